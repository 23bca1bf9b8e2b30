package web

import (
	"net"
	"net/http"
	"net/url"
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
// its path where towns share a host. A host that nobody has set up is for no
// town: a page elsewhere could otherwise point a name of its own at us, and read
// what we answer (DNS rebinding).
func (k *Kit) resolve(r *http.Request) Town {
	name, port := k.asked(r)
	if found, err := k.cfg.Towns.ByHost(name); err == nil && port == k.cfg.Port {
		return Town{File: &found.File}
	}
	if !k.shared(r) {
		return Town{}
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	found, err := k.cfg.Towns.ByPath(segment)
	if err != nil {
		return Town{}
	}
	return Town{File: &found.File, Base: "/" + segment}
}

// asked is the host and the port that a request names, without the port that
// goes without saying.
func (k *Kit) asked(r *http.Request) (name, port string) {
	name, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		name, port = r.Host, ""
	}
	if port == defaultPort(k.cfg.Secure) {
		port = ""
	}
	return strings.ToLower(name), port
}

func defaultPort(secure bool) string {
	if secure {
		return "443"
	}
	return "80"
}

// shared reports whether a request names the host that towns share.
func (k *Kit) shared(r *http.Request) bool {
	if k.cfg.Shared == "" {
		return false
	}
	origin, err := url.Parse(k.cfg.Shared)
	if err != nil {
		return false
	}
	port := origin.Port()
	if port == defaultPort(origin.Scheme == "https") {
		port = ""
	}
	name, asked := k.asked(r)
	return name == strings.ToLower(origin.Hostname()) && asked == port
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
