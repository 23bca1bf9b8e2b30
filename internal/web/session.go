package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"clearwell/internal/id"
)

// A guest's visit ends after half an hour without a click, and after four hours
// whatever happens: library computers are shared.
const (
	idle     = 30 * time.Minute
	lifetime = 4 * time.Hour
)

// mostKept bounds what one visit may make us remember.
const mostKept = 64

func newSessions(cfg Config) *scs.SessionManager {
	m := scs.New()
	m.Store = cfg.Sessions
	m.IdleTimeout = idle
	m.Lifetime = lifetime
	m.HashTokenInStore = true // who reads the table cannot take over a visit
	m.Cookie.Name = "visit"
	if cfg.Secure {
		m.Cookie.Name = "__Host-visit"
	}
	m.Cookie.Secure = cfg.Secure
	m.Cookie.HttpOnly = true
	m.Cookie.Path = "/"
	m.Cookie.SameSite = http.SameSiteLaxMode // coming back from the processor is a top-level GET
	m.Cookie.Persist = false
	return m
}

// visit brings what is remembered of the visit. Whatever is unknown, and a logo,
// needs nothing of it, and costs no look into the database.
func (k *Kit) visit(next http.Handler) http.Handler {
	remembering := k.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := sceneOf(r).route; route == "" || route == logoRoute || route == securityRoute {
			next.ServeHTTP(w, r)
			return
		}
		remembering.ServeHTTP(w, r)
	})
}

// Session is what is remembered of a visit to one town. Towns that share a host
// share the cookie, and still never see each other's.
type Session struct {
	manager *scs.SessionManager
	ctx     context.Context
	city    id.City
}

func (s Session) key(name string) string { return string(s.city) + "/" + name }

// Recall gives what is remembered under a name, or nothing.
func (s Session) Recall(name string) string { return s.manager.GetString(s.ctx, s.key(name)) }

// Take is Recall, and forgets.
func (s Session) Take(name string) string { return s.manager.PopString(s.ctx, s.key(name)) }

// Remember keeps a text under a name. Names that are time-ordered identifiers
// are forgotten in their order when there are too many.
func (s Session) Remember(name, text string) {
	s.manager.Put(s.ctx, s.key(name), text)
	var mine []string
	for _, key := range s.manager.Keys(s.ctx) { // sorted
		if strings.HasPrefix(key, s.key("")) {
			mine = append(mine, key)
		}
	}
	for len(mine) > mostKept {
		s.manager.Remove(s.ctx, mine[0])
		mine = mine[1:]
	}
}

// End forgets all that is remembered of the visit to this town, and gives what
// follows a new secret name.
func (s Session) End() error {
	for _, key := range s.manager.Keys(s.ctx) {
		if strings.HasPrefix(key, s.key("")) {
			s.manager.Remove(s.ctx, key)
		}
	}
	return s.Renew()
}

// Renew gives the visit a new secret name, so that one who knew the old gains
// nothing by what is remembered from now on.
func (s Session) Renew() error {
	if err := s.manager.RenewToken(s.ctx); err != nil {
		return fmt.Errorf("renewing a visit: %w", err)
	}
	return nil
}
