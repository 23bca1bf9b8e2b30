package access

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/db"
	"clearwell/internal/locale"
)

// Export is all that is kept of a login, for its owner. What somebody else could
// come in with is not in it.
type Export struct {
	Login    LoginID           `json:"login"`
	Email    string            `json:"email"`
	Language locale.Lang       `json:"language"`
	MadeAt   time.Time         `json:"made_at"`
	Sessions []ExportedSession `json:"sessions"`
	Links    []ExportedLink    `json:"utility_accounts"`
}

// ExportedLink is one utility account that a login sees.
type ExportedLink struct {
	UtilityAccount billing.Number `json:"utility_account"`
	Nickname       string         `json:"nickname"`
	Role           Role           `json:"role"`
	Until          string         `json:"until,omitempty"`
}

// ExportedSession is one session, for its owner.
type ExportedSession struct {
	Way     Way        `json:"way"`
	Agent   string     `json:"browser"`
	BeganAt time.Time  `json:"began_at"`
	SeenAt  time.Time  `json:"last_used_at"`
	EndedAt *time.Time `json:"ended_at,omitempty"`
}

// Export gives the owner of a login all that is kept of it. Returns
// [ErrNoSession].
func (s *Service) Export(ctx context.Context, of Session) (all Export, err error) {
	err = s.DB.Read(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		now, err := signedIn(ctx, tx, of.ID)
		if err != nil {
			return err
		}
		all = Export{Login: now.Login.ID, Email: now.Login.Email, Language: now.Login.Language, MadeAt: now.Login.MadeAt, Links: []ExportedLink{}}
		sessions, err := selectSessions(ctx, tx, now.Login.ID)
		for _, one := range sessions {
			all.Sessions = append(all.Sessions, one.exported())
		}
		if err != nil {
			return err
		}
		links, err := s.linksOf(ctx, tx, now.Login.ID)
		for _, one := range links {
			all.Links = append(all.Links, ExportedLink{one.UtilityAccount, one.Nickname, one.Role, dayOf(one.Until)})
		}
		return err
	})
	if err != nil {
		return Export{}, fmt.Errorf("exporting a login: %w", err)
	}
	return all, nil
}

func (s Session) exported() ExportedSession {
	one := ExportedSession{Way: s.Way, Agent: s.Agent, BeganAt: s.BeganAt, SeenAt: s.SeenAt}
	if !s.endedAt.IsZero() {
		one.EndedAt = &s.endedAt
	}
	return one
}
