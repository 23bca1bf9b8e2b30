package web

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/a-h/templ"

	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
)

// Routes is a door: what answers at which pattern, as "GET /bill/{visit}".
// Paths are those below the town's base.
type Routes map[string]Handler

// Handler answers one request. An error becomes a page: see [fault.Kind].
type Handler func(r *Request) (Answer, error)

// Request is a request of somebody for one town.
type Request struct {
	*http.Request
	Town    Town
	Words   *locale.Printer
	Session Session

	kit *Kit
}

// View is a page filled in.
type View interface {
	HTML() templ.Component
}

// Answer is a page, or where to go instead.
type Answer struct {
	status  int
	page    templ.Component
	policy  ui.Policy
	away    string
	content *content
}

// content is an answer that is not a page.
type content struct {
	mediaType string
	bytes     []byte
	named     bool // by its address: another content has another
}

// Text answers with a text for machines, which browsers do not keep.
func Text(mediaType string, text []byte) Answer {
	return Answer{status: http.StatusOK, content: &content{mediaType: mediaType, bytes: text}}
}

// Show answers with a page.
func Show(v View) Answer { return Answer{status: http.StatusOK, page: v.HTML()} }

// ShowWrong answers with a page that says what is wrong with what was sent.
func ShowWrong(v View) Answer { return Answer{status: http.StatusUnprocessableEntity, page: v.HTML()} }

// With gives the answer another status.
func (a Answer) With(status int) Answer {
	a.status = status
	return a
}

// Allowing says what the page may load besides our own origin.
func (a Answer) Allowing(p ui.Policy) Answer {
	a.policy = p
	return a
}

// GoTo sends the browser to another address with GET, so that neither Back nor
// refresh repeats what was posted.
func GoTo(address string) Answer { return Answer{status: http.StatusSeeOther, away: address} }

// Address is the address of a path of the town's.
func (r *Request) Address(path string) string { return r.Town.Base + path }

// Absolute is that address with its origin, for those who send the resident back.
func (r *Request) Absolute(path string) string { return r.Origin() + r.Address(path) }

// Origin is the origin at which the town is asked, as it is set up: the shared
// one, or the town's own host with the portal's port.
func (r *Request) Origin() string {
	if r.Town.Base != "" {
		return r.kit.cfg.Shared
	}
	host, _ := r.kit.asked(r.Request) // the town has that very host
	if r.kit.cfg.Port != "" {
		host = net.JoinHostPort(host, r.kit.cfg.Port)
	}
	if r.kit.cfg.Secure {
		return "https://" + host
	}
	return "http://" + host
}

// Manifest names all that our pages are made of.
func (r *Request) Manifest() string { return r.kit.manifest }

// Network is where the request comes from, as limits count it: see
// [limit.Network].
func (r *Request) Network() netip.Prefix { return r.kit.network(r.Request) }

// rooms puts the door's handlers where their patterns say.
func (k *Kit) rooms(door Routes) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, handler := range door {
		mux.Handle(pattern, k.handle(handler))
	}
	mux.Handle(logoRoute, k.handle(logo))
	mux.Handle(securityRoute, k.handle(k.securityText))
	return mux
}

// find finds out the route. It is not yet followed.
func (k *Kit) find(rooms *http.ServeMux) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := sceneOf(r)
			if s.town.Known() && plainPath(r.URL.Path) {
				_, s.route = rooms.Handler(r)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// enter lets a request into its room, and gives one answer to all others.
func (k *Kit) enter(rooms *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := sceneOf(r)
		switch {
		case s.route != "":
			rooms.ServeHTTP(w, r)
		case s.town.Known() && r.URL.Path == "":
			k.send(w, r, GoTo(s.town.Base+"/"))
		case !s.town.Known() && r.URL.Path == SecurityAddress && r.Method == http.MethodGet && k.shared(r):
			k.send(w, r, k.sharedSecurityText(r))
		case !s.town.Known() && r.URL.Path == "/" && k.shared(r):
			k.send(w, r, k.listTowns(r))
		default:
			k.send(w, r, k.missing(r))
		}
	})
}

func (k *Kit) handle(handler Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := handler(k.request(r))
		if err != nil {
			answer = k.sorry(r, err)
		}
		k.send(w, r, answer)
	})
}

func (k *Kit) request(r *http.Request) *Request {
	s := sceneOf(r)
	return &Request{
		Request: r, Town: s.town, Words: k.cfg.Catalogue.Printer(s.lang), kit: k,
		Session: Session{k.sessions, r.Context(), s.town.City()},
	}
}
