package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Enter signs in with a password. A login that there is not takes as long, and
// gets the same answers. Returns [ErrEmail], [ErrNoMatch], [ErrLocked].
func (s *Service) Enter(ctx context.Context, city id.City, email string, password secret.String, by Visitor) (session Session, err error) {
	if email, err = ReadEmail(email); err != nil {
		return Session{}, err
	}
	tried, login, err := s.try(ctx, city, email, password)
	if errors.Is(err, ErrNoMatch) {
		return Session{}, s.refuse(ctx, city, login, tried)
	}
	if err != nil {
		return Session{}, err
	}
	err = s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		session = s.begin(tx, login, ByPassword, by)
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("signing in: %w", err)
	}
	return session, nil
}

// try compares a password. The try is counted before, and the count forgotten by
// whoever succeeds.
func (s *Service) try(ctx context.Context, city id.City, email string, password secret.String) (tried lock, login Login, err error) {
	key := s.lockOf(city, email)
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("login of " + fmt.Sprintf("%x", key))
		before, err := selectLock(ctx, tx, key)
		if err != nil {
			return err
		}
		if wait := before.locked(tx.Now()); wait > 0 {
			return lockedFor(wait)
		}
		tried = before.tried(tx.Now())
		saveLock(tx, key, tried)
		login, _, err = selectByEmail(ctx, tx, email)
		return err
	})
	if err != nil {
		return lock{}, Login{}, fmt.Errorf("trying a password: %w", err)
	}
	right, err := s.hasher.matches(ctx, login.hash, normal(password.Reveal()))
	if err == nil && !right {
		err = ErrNoMatch
	}
	return tried, login, err
}

// lockedFor refuses, and says how long to wait.
func lockedFor(wait time.Duration) error {
	return ErrLocked.With("Count", int((wait+time.Minute-1)/time.Minute))
}

// refuse writes down that a password was wrong. Whose last try it was is told by
// mail.
func (s *Service) refuse(ctx context.Context, city id.City, login Login, tried lock) error {
	thing := "login unknown"
	if !login.ID.IsZero() {
		thing = login.ID.String()
	}
	err := s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		audit.RecordTx(tx, audit.Event{Actor: audit.Guest, Action: "login.refused", Thing: thing})
		if tried.until.IsZero() {
			return nil
		}
		audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "login.locked", Thing: thing})
		if login.ID.IsZero() {
			return nil
		}
		return s.tell(tx, id.New[sessionKind](tx.Now()).String(), login, newsLocked, "")
	})
	switch {
	case err != nil:
		return fmt.Errorf("refusing a password: %w", err)
	case !tried.until.IsZero():
		return lockedFor(lockLasts)
	}
	return ErrNoMatch
}

// EnterByCode signs in with a code that was sent. It opens a login that wrong
// passwords have locked: who reads its mail is its owner (PCI DSS 8.3.4). Returns
// [ErrCodeWrong], [ErrCodeOver].
func (s *Service) EnterByCode(ctx context.Context, city id.City, typed Typed, by Visitor) (session Session, err error) {
	err = s.use(ctx, city, typed, SignIn, func(ctx context.Context, tx *db.Tx, c code) error {
		login, err := selectLogin(ctx, tx, c.login)
		if err != nil {
			return overIfGone(err)
		}
		saveSpent(tx, c.id)
		session = s.begin(tx, login, ByCode, by)
		return nil
	})
	return session, err
}

// overIfGone: the login was given up since the code was sent.
func overIfGone(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return ErrCodeOver
	}
	return err
}

// MayReset takes the code of a recovery. Whoever typed it may then choose a
// password, once. Returns [ErrCodeWrong], [ErrCodeOver].
func (s *Service) MayReset(ctx context.Context, city id.City, typed Typed) error {
	return s.use(ctx, city, typed, Recover, func(context.Context, *db.Tx, code) error { return nil })
}

// Reset gives a login a new password, by a code that [Service.MayReset] took. All
// its sessions end, its owner is told, and this browser is signed in.
//
// Returns [ErrCodeOver], and what [Service.Apply] returns of passwords.
func (s *Service) Reset(ctx context.Context, city id.City, by CodeID, password secret.String, visitor Visitor) (session Session, err error) {
	var asked code
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		asked, err = resettable(ctx, tx, by)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("resetting a password: %w", err)
	}
	hash, err := s.newHash(ctx, password, asked.email)
	if err != nil {
		return Session{}, err
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("login code " + by.String())
		if _, err := resettable(ctx, tx, by); err != nil {
			return err
		}
		login, err := selectLogin(ctx, tx, asked.login)
		if err != nil {
			return overIfGone(err)
		}
		saveSpent(tx, by)
		if err := s.newPassword(tx, login, hash, SessionID{}); err != nil {
			return err
		}
		session = s.begin(tx, login, ByCode, visitor)
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("resetting a password: %w", err)
	}
	return session, nil
}

// resettable finds the code of a recovery that was typed and not spent.
func resettable(ctx context.Context, tx *db.Tx, by CodeID) (code, error) {
	c, err := selectCode(ctx, tx, by)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return code{}, ErrCodeOver
	case err != nil:
		return code{}, err
	case c.purpose != Recover, !c.serves(tx.Now()):
		return code{}, ErrCodeOver
	}
	return c, nil
}

// newPassword keeps a password, ends all sessions but one, and tells the owner.
func (s *Service) newPassword(tx *db.Tx, login Login, hash string, but SessionID) error {
	saveHash(tx, login.ID, hash)
	voidCodes(tx, login.ID)
	endSessions(tx, login.ID, but)
	record(tx, login.ID, "login.password_changed", nil)
	return s.tell(tx, id.New[sessionKind](tx.Now()).String(), login, newsNewPass, "")
}
