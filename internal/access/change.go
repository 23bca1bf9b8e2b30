package access

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// ProveByPassword has who is signed in prove again who they are. Returns
// [ErrNoSession], [ErrNoMatch], [ErrLocked].
func (s *Service) ProveByPassword(ctx context.Context, of Session, password secret.String) error {
	tried, login, err := s.try(ctx, of.town, of.Login.Email, password)
	if errors.Is(err, ErrNoMatch) {
		return s.refuse(ctx, of.town, login, tried)
	}
	if err != nil {
		return err
	}
	return s.write(ctx, "proving", of, func(_ context.Context, tx *db.Tx, now Session) error {
		forgetLock(tx, s.lockOf(tx.City(), now.Login.Email))
		s.prove(tx, now, ByPassword)
		return nil
	})
}

func (s *Service) prove(tx *db.Tx, now Session, way Way) {
	saveProved(tx, now.ID)
	record(tx, now.Login.ID, "login.proved", map[string]string{"way": string(way), "session": now.ID.String()})
}

// AskProof sends a code to who is signed in, to prove again who they are. Returns
// [ErrNoSession].
func (s *Service) AskProof(ctx context.Context, of Session) (asked CodeID, err error) {
	err = s.write(ctx, "asking for a proof", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		asked, err = s.send(ctx, tx, code{purpose: Prove, email: now.Login.Email, login: now.Login.ID, lang: string(now.Login.Language)}, true)
		return err
	})
	return asked, err
}

// ProveByCode is ProveByPassword with a code that was sent. Returns
// [ErrNoSession], [ErrCodeWrong], [ErrCodeOver].
func (s *Service) ProveByCode(ctx context.Context, of Session, typed Typed) error {
	return s.use(ctx, of.town, typed, Prove, func(ctx context.Context, tx *db.Tx, c code) error {
		now, err := signedIn(ctx, tx, of.ID)
		if err != nil {
			return err
		}
		if c.login != now.Login.ID {
			return ErrCodeOver
		}
		saveSpent(tx, c.id)
		s.prove(tx, now, ByCode)
		return nil
	})
}

// ChangePassword gives the login another password, ends its other sessions and
// tells its owner. Returns [ErrNoSession], [ErrProofNeeded], and what
// [Service.Apply] returns of passwords.
func (s *Service) ChangePassword(ctx context.Context, of Session, password secret.String) error {
	hash, err := s.newHash(ctx, password, of.Login.Email)
	if err != nil {
		return err
	}
	return s.change(ctx, "changing a password", of, func(_ context.Context, tx *db.Tx, now Session) error {
		return s.newPassword(tx, now.Login, hash, now.ID)
	})
}

// AskNewEmail sends a code to another address that the login shall have. Where it
// has a login of its own, that is told there and nowhere else. Returns
// [ErrEmail], [ErrNoSession], [ErrProofNeeded].
func (s *Service) AskNewEmail(ctx context.Context, of Session, email string) (asked CodeID, err error) {
	if email, err = ReadEmail(email); err != nil {
		return CodeID{}, err
	}
	err = s.change(ctx, "asking for a new address", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		other, taken, err := selectByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		asked, err = s.send(ctx, tx, code{purpose: NewEmail, email: email, login: now.Login.ID, lang: string(now.Login.Language)}, !taken)
		if err != nil || !taken {
			return err
		}
		return s.tellOfAnother(ctx, tx, asked, other)
	})
	return asked, err
}

// ChangeEmail gives the login the address at which the code was read. The old
// address is told, and all other sessions end. Returns [ErrNoSession],
// [ErrProofNeeded], [ErrCodeWrong], [ErrCodeOver].
func (s *Service) ChangeEmail(ctx context.Context, of Session, typed Typed) error {
	err := s.use(ctx, of.town, typed, NewEmail, func(ctx context.Context, tx *db.Tx, c code) error {
		now, err := signedIn(ctx, tx, of.ID)
		switch {
		case err != nil:
			return err
		case c.login != now.Login.ID:
			return ErrCodeOver
		case !now.Fresh(tx.Now()):
			return ErrProofNeeded
		}
		saveSpent(tx, c.id)
		saveEmail(tx, now.Login.ID, c.email)
		voidCodes(tx, now.Login.ID)
		endSessions(tx, now.Login.ID, now.ID)
		record(tx, now.Login.ID, "login.address_changed", nil)
		return s.tell(tx, c.id.String(), now.Login, newsNewAddress, "")
	})
	if errors.Is(err, db.ErrDuplicate) {
		return ErrCodeOver
	}
	return err
}

// Sessions lists where the login is signed in, the newest first.
func (s *Service) Sessions(ctx context.Context, of Session) (live []Session, err error) {
	err = s.DB.Read(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		all, err := selectSessions(ctx, tx, of.Login.ID)
		if err != nil {
			return err
		}
		live = nil
		for _, one := range all {
			if one.live(tx.Now()) {
				live = append(live, one)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return live, nil
}

// End ends one session of the login, its own or another. One that has ended, or
// is somebody else's, stays as it is.
func (s *Service) End(ctx context.Context, of Session, which SessionID) error {
	return s.write(ctx, "ending a session", of, func(_ context.Context, tx *db.Tx, now Session) error {
		endSession(tx, now.Login.ID, which)
		record(tx, now.Login.ID, "login.left", map[string]string{"session": which.String()})
		return nil
	})
}

// EndOthers ends all sessions of the login but this.
func (s *Service) EndOthers(ctx context.Context, of Session) error {
	return s.write(ctx, "ending other sessions", of, func(_ context.Context, tx *db.Tx, now Session) error {
		endSessions(tx, now.Login.ID, now.ID)
		record(tx, now.Login.ID, "login.left_elsewhere", nil)
		return nil
	})
}

// Delete gives the login up: nobody signs in with it again, and what was paid
// stays paid. Returns [ErrNoSession], [ErrProofNeeded].
func (s *Service) Delete(ctx context.Context, of Session) error {
	return s.change(ctx, "deleting a login", of, func(_ context.Context, tx *db.Tx, now Session) error {
		endLinks(tx, now.Login.ID)
		giveUp(tx, now.Login.ID)
		voidCodes(tx, now.Login.ID)
		endSessions(tx, now.Login.ID, SessionID{})
		record(tx, now.Login.ID, "login.deleted", nil)
		return s.tell(tx, id.New[sessionKind](tx.Now()).String(), now.Login, newsDeleted, "")
	})
}

// Over counts the logins that were given up, in all cities: those that Sweep would
// destroy, and those that a legal hold keeps.
func (s *Service) Over(ctx context.Context) (over, held int64, err error) {
	err = s.DB.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		over, held, err = countLoginsOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting what is over of logins: %w", err)
	}
	return over, held, nil
}

// Sweep destroys what is kept of logins and is over, in all cities that are not
// under a legal hold, and tells how many rows that were.
func (s *Service) Sweep(ctx context.Context) (swept int64, err error) {
	err = s.DB.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		swept, err = deleteLoginsOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweeping logins: %w", err)
	}
	return swept, nil
}
