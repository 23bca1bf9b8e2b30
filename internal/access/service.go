package access

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/secret"
)

// Deps is what logins need.
type Deps struct {
	DB      *db.DB
	Towns   *city.Directory
	Key     secret.Key // of digests; all nodes have the same
	Hashing Hashing
	// Address is where a path of a town's pages is, for mail.
	Address func(town *city.City, path string) string
}

// Service keeps logins.
type Service struct {
	Deps
	hasher *hasher
	common map[string]bool
}

// New makes the service.
func New(deps Deps) (*Service, error) {
	common, err := readCommon()
	if err != nil {
		return nil, err
	}
	return &Service{deps, newHasher(deps.Hashing), common}, nil
}

// Visitor is the browser that somebody signs in with.
type Visitor struct {
	Agent    string // what it calls itself
	Language locale.Lang
}

// Home is the path of a login's own page, which mail leads to.
const Home = "/my"

// Find gives the session of a name, and notes that it is used. Returns
// [ErrNoSession] where there is none, it ended, or was idle too long.
func (s *Service) Find(ctx context.Context, city id.City, session SessionID) (found Session, err error) {
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err = signedIn(ctx, tx, session)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("finding a session: %w", err)
	}
	now := s.DB.Clock().Now()
	if now.Sub(found.SeenAt) < seenEvery {
		return found, nil
	}
	found.SeenAt = now
	err = s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		saveSeen(tx, found.ID)
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("finding a session: %w", err)
	}
	return found, nil
}

// signedIn gives a session that is one now.
func signedIn(ctx context.Context, tx *db.Tx, session SessionID) (Session, error) {
	found, err := selectSession(ctx, tx, session)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return Session{}, ErrNoSession
	case err != nil:
		return Session{}, err
	case !found.live(tx.Now()):
		return Session{}, ErrNoSession
	}
	return found, nil
}

// write runs fn for who is signed in, with the session as it is now.
func (s *Service) write(ctx context.Context, doing string, of Session, fn func(ctx context.Context, tx *db.Tx, now Session) error) error {
	err := s.DB.Write(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		now, err := signedIn(ctx, tx, of.ID)
		if err != nil {
			return err
		}
		return fn(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// change is write for what a browser that was left open must not do.
func (s *Service) change(ctx context.Context, doing string, of Session, fn func(ctx context.Context, tx *db.Tx, now Session) error) error {
	return s.write(ctx, doing, of, func(ctx context.Context, tx *db.Tx, now Session) error {
		if !now.Fresh(tx.Now()) {
			return ErrProofNeeded
		}
		return fn(ctx, tx, now)
	})
}

// begin signs a browser in, and forgets what went wrong before.
func (s *Service) begin(tx *db.Tx, login Login, way Way, by Visitor) Session {
	fresh := Session{
		ID: id.Unguessable[sessionKind](tx.Now()), Login: login, Way: way, Agent: agent(by.Agent),
		BeganAt: tx.Now(), SeenAt: tx.Now(), ProvedAt: tx.Now(), EndsAt: tx.Now().Add(sessionLasts), town: tx.City(),
	}
	insertSession(tx, fresh)
	forgetLock(tx, s.lockOf(tx.City(), login.Email))
	if by.Language != "" && by.Language != login.Language {
		saveLanguage(tx, login.ID, by.Language)
		fresh.Login.Language = by.Language
	}
	record(tx, login.ID, "login.entered", map[string]string{"way": string(way), "session": fresh.ID.String()})
	return fresh
}

// record writes down what somebody did with their login.
func record(tx *db.Tx, login LoginID, action string, detail map[string]string) {
	audit.RecordTx(tx, audit.Event{Actor: Actor(login), Action: action, Thing: login.String(), Detail: detail})
}

// Actor is a login as the audit log names it.
func Actor(login LoginID) audit.Actor { return audit.Actor("login:" + login.String()) }

func (s *Service) lockOf(city id.City, email string) []byte {
	return s.Key.MAC("login lock", []byte(string(city)+" "+email))
}

// tell mails somebody what happened to their login.
func (s *Service) tell(tx *db.Tx, key string, to Login, what news, about string) error {
	town, err := s.Towns.ByID(tx.City())
	if err != nil {
		return err
	}
	return notify.EnqueueTx(tx, notify.Message{
		Key: "login " + string(what) + " " + key, To: to.Email, Language: to.Language,
		Content: notify.LoginNews{
			Town: town.Name.In(to.Language), What: string(what), About: about, At: tx.Now(), Zone: town.Zone.String(),
			Address: s.Address(town, Home), Phone: town.Contact.PhoneInWords(), Practice: town.Processor.Mode == city.Sandbox,
		},
	})
}
