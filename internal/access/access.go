package access

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/id"
)

// Config says how long visits last, and how the cookie travels.
type Config struct {
	// Lifetime ends a session however busy it is; 0 means 2 hours.
	Lifetime time.Duration
	// Idle ends a session that nobody used for so long; 0 means 30 minutes. A
	// library's computer has another guest soon.
	Idle time.Duration
	// Plain lets the cookie travel without TLS, for the demo on one's own
	// machine. Otherwise its name has the prefix __Host-, which browsers take
	// from this very host only, over TLS only (RFC 6265bis, 4.1.3.2).
	Plain bool
}

// ErrNoCity: the door did not say which city the request is for.
var ErrNoCity = errors.New("no city in the context of a session")

type cityKey struct{}

// WithCity notes which city a request is for.
func WithCity(ctx context.Context, city id.City) context.Context {
	return context.WithValue(ctx, cityKey{}, city)
}

// CityOf is the city noted with [WithCity]; ok is false when there is none.
func CityOf(ctx context.Context) (city id.City, ok bool) {
	city, ok = ctx.Value(cityKey{}).(id.City)
	return city, ok && city != ""
}
