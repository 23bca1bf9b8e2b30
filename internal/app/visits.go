package app

import (
	"net/http"
	"strings"

	"clearwell/internal/access"
	"clearwell/internal/id"
)

// nowhere is the city of requests for no town. It has no visits.
const nowhere id.City = "nowhere"

// ofCity notes which city a request is for, so that its visit is looked for in
// that city and in no other.
func (w *works) ofCity(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(out, r.WithContext(access.WithCity(r.Context(), w.cityOf(r))))
	})
}

func (w *works) cityOf(r *http.Request) id.City {
	if town, err := w.towns.ByHost(r.Host); err == nil {
		return town.City
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if town, err := w.towns.ByPath(segment); err == nil && w.Origin != "" {
		return town.City
	}
	return nowhere
}
