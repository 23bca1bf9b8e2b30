package web

import (
	"context"
	"net/http"

	"clearwell/internal/locale"
)

// scene is what is known of a request so far. It is filled in from the outside
// inwards, and read by what stands outside: the log, the page for an error.
type scene struct {
	town  Town
	lang  locale.Lang
	route string // pattern of the route; empty for none
	mute  bool   // nothing of the address may be repeated on the page
}

type sceneKey struct{}

func (k *Kit) stage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &scene{lang: locale.English}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sceneKey{}, s)))
	})
}

// sceneOf gives the scene of a request; outside of a kit's handler an empty one.
func sceneOf(r *http.Request) *scene {
	if s, ok := r.Context().Value(sceneKey{}).(*scene); ok {
		return s
	}
	return &scene{lang: locale.English}
}

// place finds out the town. A request for none goes on, so that it meets the
// same guards and gets the same answer as any other that is unknown.
func (k *Kit) place(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sceneOf(r)
		s.town = k.resolve(r)
		next.ServeHTTP(w, s.town.below(r))
	})
}
