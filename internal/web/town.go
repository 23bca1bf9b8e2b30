package web

import (
	"net/http"
	"strings"

	"clearwell/internal/city"
	"clearwell/internal/id"
)

// Towns knows which town has an address. [city.Directory] does.
type Towns interface {
	ByHost(host string) (*city.City, error)
	ByPath(segment string) (*city.City, error)
	All() []*city.City
}

// Town is the town that a request is for. The zero Town is none.
type Town struct {
	File *city.File
	Base string // what stands before every path of the town: "/sampletown", or nothing
}

// Known reports whether there is a town.
func (t Town) Known() bool { return t.File != nil }

// City is the town's slug, empty for none.
func (t Town) City() id.City {
	if t.File == nil {
		return ""
	}
	return t.File.City
}

// resolve finds the town of a request: by its host, or by the first segment of
// its path where towns share a host.
func (k *Kit) resolve(r *http.Request) Town {
	if found, err := k.cfg.Towns.ByHost(r.Host); err == nil {
		return Town{File: &found.File}
	}
	if k.cfg.Shared == "" {
		return Town{}
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	found, err := k.cfg.Towns.ByPath(segment)
	if err != nil {
		return Town{}
	}
	return Town{File: &found.File, Base: "/" + segment}
}

// below takes the town's base off a request's path.
func (t Town) below(r *http.Request) *http.Request {
	if t.Base == "" {
		return r
	}
	shorter := r.Clone(r.Context())
	shorter.URL.Path = strings.TrimPrefix(r.URL.Path, t.Base)
	shorter.URL.RawPath = ""
	return shorter
}
