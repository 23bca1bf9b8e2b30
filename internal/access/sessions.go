package access

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Sessions are the visits of one process's doors.
type Sessions struct {
	db      *db.DB
	manager *scs.SessionManager
}

const (
	defaultLifetime = 2 * time.Hour
	defaultIdle     = 30 * time.Minute
)

// NewSessions makes them. Doors set the manager's ErrorFunc to show a page of
// theirs.
func NewSessions(d *db.DB, cfg Config) *Sessions {
	manager := scs.New()
	manager.Store = store{d} // the store in memory that scs begins with stays empty
	manager.Lifetime = orElse(cfg.Lifetime, defaultLifetime)
	manager.IdleTimeout = orElse(cfg.Idle, defaultIdle)
	manager.Cookie.Name = "__Host-session"
	if cfg.Plain {
		manager.Cookie.Name = "session"
	}
	manager.Cookie.Secure = !cfg.Plain
	manager.Cookie.HttpOnly = true
	// Lax and not Strict: the resident comes back from the processor's page.
	manager.Cookie.SameSite = http.SameSiteLaxMode
	manager.Cookie.Persist = false // ends with the browser
	return &Sessions{d, manager}
}

func orElse(length, otherwise time.Duration) time.Duration {
	if length == 0 {
		return otherwise
	}
	return length
}

// Manager is what doors load and save sessions with.
func (s *Sessions) Manager() *scs.SessionManager { return s.manager }

// EndAllTx ends every visit of the transaction's city, and tells how many. A
// browser that comes back is a new guest; who copied a cookie is one too. Nobody
// is signed in any more.
func EndAllTx(ctx context.Context, tx *db.Tx) (int64, error) {
	endAllLogins(tx)
	ended, err := endAll(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("ending all visits: %w", err)
	}
	return ended, nil
}

// Over counts the sessions that are over, in all cities: those that Sweep would
// delete, and those that a legal hold keeps.
func (s *Sessions) Over(ctx context.Context) (over, held int64, err error) {
	err = s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		over, held, err = countOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting sessions: %w", err)
	}
	return over, held, nil
}

// Sweep deletes the sessions that are over, in all cities that are not under a
// legal hold, and tells how many.
func (s *Sessions) Sweep(ctx context.Context) (swept int64, err error) {
	err = s.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		swept, err = deleteOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweeping sessions: %w", err)
	}
	return swept, nil
}
