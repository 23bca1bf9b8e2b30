package web

import "net/http"

// log writes one line for each request, of values that nobody can put a name or
// a number into: the route is the pattern, not the address.
func (k *Kit) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := k.cfg.Clock.Now()
		noted := &notedWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(noted, r)
		s := sceneOf(r)
		k.cfg.Log.InfoContext(r.Context(), "request",
			"method", knownMethod(r.Method), "route", s.route, "status", noted.status,
			"ms", k.cfg.Clock.Now().Sub(began).Milliseconds(), "city", string(s.town.City()))
	})
}

// knownMethod is the method, which a client could fill with anything.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// notedWriter remembers the status.
type notedWriter struct {
	http.ResponseWriter
	status  int
	written bool
}

// WriteHeader sends the status and notes it.
func (w *notedWriter) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *notedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
