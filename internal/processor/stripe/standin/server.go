package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"clearwell/internal/clock"
)

// apiVersion is the one that stripe-go of this house speaks.
const apiVersion = "2026-03-25.dahlia"

// keyLife is how long an idempotency key is kept: Stripe promises a day and no
// more, so no more is kept here.
const keyLife = 24 * time.Hour

// Config says who has an interest here.
type Config struct {
	Clock clock.Clock
	// Merchants are known by their secret key.
	Merchants map[string]string
	// Connected are merchants of one platform, known by its key and their names.
	Platform  string
	Connected []string
}

// Exchange is one request and its answer, to be compared with Stripe's own
// description.
type Exchange struct {
	Method, Path string
	Form         url.Values
	Status       int
	Answer       []byte
}

// Server is the stand-in. Its [Server.Handler] is served on an origin of its own,
// which [Server.At] is told.
type Server struct {
	cfg    Config
	origin string

	mu        sync.Mutex
	counter   int
	books     map[string]*book
	lost      map[string]bool // tokens whose charge's reply is lost
	trouble   func(*http.Request) int
	exchanges []Exchange
}

// New opens a stand-in.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, books: map[string]*book{}, lost: map[string]bool{}}
	for _, name := range cfg.Merchants {
		s.books[name] = newBook(name)
	}
	for _, name := range cfg.Connected {
		s.books[name] = newBook(name)
	}
	return s
}

// At says under which origin the stand-in is served.
func (s *Server) At(origin string) { s.origin = origin }

func (s *Server) now() time.Time { return s.cfg.Clock.Now() }

// Trouble makes requests be answered with a status before anything is done: what
// ask returns, or nothing where it returns zero. Status 1 hangs up.
func (s *Server) Trouble(ask func(*http.Request) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = ask
}

// Exchanges are all requests so far.
func (s *Server) Exchanges() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges)
}

// Handler serves the API, Stripe's pages, and Stripe.js.
func (s *Server) Handler() http.Handler {
	all := http.NewServeMux()
	for pattern, serve := range s.routes() {
		all.HandleFunc(pattern, s.answering(serve))
	}
	s.routePages(all)
	return all
}

// call is one request to the API.
type call struct {
	book *book
	id   string // from the path
	form url.Values
}

func (c call) text(name string) string { return c.form.Get(name) }

func (c call) number(name string) int64 {
	var n int64
	_, _ = fmt.Sscan(c.form.Get(name), &n)
	return n
}

// metadata reads name[metadata][...] or metadata[...].
func (c call) metadata(prefix string) object {
	read := object{}
	for name, values := range c.form {
		inner, ok := strings.CutPrefix(name, prefix+"[")
		if ok {
			read[strings.TrimSuffix(inner, "]")] = values[0]
		}
	}
	return read
}

func (c call) expand() []string {
	var all []string
	for name, values := range c.form {
		if strings.HasPrefix(name, "expand[") {
			all = append(all, values...)
		}
	}
	return all
}

// answer is what a call gives: an object, or an error with its status. What was
// refused before anything was done is not kept under the key.
type answer struct {
	status int
	body   object
	forget bool
}

func ok(body object) answer { return answer{http.StatusOK, body, false} }

func refuse(status int, kind, code, param string) answer {
	e := object{"type": kind, "message": "refused by the stand-in: " + code + " " + param}
	if code != "" {
		e["code"] = code
	}
	if param != "" {
		e["param"] = param
	}
	return answer{status, object{"error": e}, true}
}

func invalid(code, param string) answer {
	return refuse(http.StatusBadRequest, "invalid_request_error", code, param)
}

func absent(param string) answer {
	return refuse(http.StatusNotFound, "invalid_request_error", "resource_missing", param)
}

func (s *Server) answering(serve func(call) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.mu.Lock()
		given, replayed, lose := s.serve(r, serve)
		body, err := json.Marshal(given.body)
		if err == nil {
			s.exchanges = append(s.exchanges, Exchange{r.Method, r.URL.Path, r.Form, given.status, body})
		}
		s.mu.Unlock()
		if lose || given.status == hangUp {
			hang(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Request-Id", "req_standin")
		if replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		w.WriteHeader(given.status)
		_, _ = w.Write(body)
	}
}

// hangUp is the status of a connection that ends without an answer.
const hangUp = 1

func hang(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close()
	}
}

func (s *Server) serve(r *http.Request, do func(call) answer) (given answer, replayed, lose bool) {
	if s.trouble != nil {
		if status := s.trouble(r); status != 0 {
			return refuse(status, "api_error", "", ""), false, false
		}
	}
	b, known := s.bookOf(r)
	if !known {
		return refuse(http.StatusUnauthorized, "invalid_request_error", "", ""), false, false
	}
	c := call{book: b, id: r.PathValue("id"), form: r.Form}
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		return do(c), false, false
	}
	given, replayed = s.once(b, key, r, func() answer { return do(c) })
	lose = s.lost[c.text("confirmation_token")] && !replayed
	return given, replayed, lose
}

// once keeps the promise of a key: the same request gets the same answer, another
// is refused.
func (s *Server) once(b *book, key string, r *http.Request, do func() answer) (answer, bool) {
	sum := sha256.Sum256([]byte(r.URL.Path + "?" + r.Form.Encode()))
	content := hex.EncodeToString(sum[:])
	kept, found := b.keys[key]
	if found && s.now().Sub(kept.at) < keyLife {
		if kept.content != content {
			return refuse(http.StatusBadRequest, "idempotency_error", "", ""), false
		}
		return answer{kept.status, kept.answer, false}, true
	}
	given := do()
	if !given.forget {
		b.keys[key] = &remembered{content, s.now(), given.status, given.body}
	}
	return given, false
}

func (s *Server) bookOf(r *http.Request) (*book, bool) {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	name := s.cfg.Merchants[secret]
	if secret != "" && secret == s.cfg.Platform && slices.Contains(s.cfg.Connected, r.Header.Get("Stripe-Account")) {
		name = r.Header.Get("Stripe-Account")
	}
	b, known := s.books[name]
	return b, known
}
