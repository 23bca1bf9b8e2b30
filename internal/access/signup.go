package access

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/secret"
)

// Applicant is somebody who wants a login.
type Applicant struct {
	Email    string
	Password secret.String
	Language locale.Lang
}

// Apply sends a code to the address of somebody who wants a login; the login is
// made by [Service.Join]. Who has one already is told by mail, and whoever asks
// reads the same as for an address that has none.
//
// Returns [ErrEmail], [ErrPasswordShort], [ErrPasswordLong], [ErrPasswordCommon],
// cardscan.ErrCard.
func (s *Service) Apply(ctx context.Context, city id.City, a Applicant) (asked CodeID, err error) {
	email, err := ReadEmail(a.Email)
	if err != nil {
		return CodeID{}, err
	}
	hash, err := s.newHash(ctx, a.Password, email)
	if err != nil {
		return CodeID{}, err
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		login, known, err := selectByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		asked, err = s.send(ctx, tx, code{purpose: SignUp, email: email, login: login.ID, pass: hash, lang: string(a.Language)}, !known)
		if err != nil || !known {
			return err
		}
		return s.tellOfAnother(ctx, tx, asked, login)
	})
	if err != nil {
		return CodeID{}, fmt.Errorf("applying for a login: %w", err)
	}
	return asked, nil
}

// newHash judges a new password and hashes it.
func (s *Service) newHash(ctx context.Context, password secret.String, email string) (string, error) {
	text := normal(password.Reveal())
	if err := checkPassword(text, email, s.common); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, text)
}

// tellOfAnother tells the owner of a login that somebody wants one with their
// address, unless that has been told often.
func (s *Service) tellOfAnother(ctx context.Context, tx *db.Tx, asked CodeID, login Login) error {
	recent, err := countCodes(ctx, tx, login.Email, tx.Now().Add(-codesEvery))
	if err != nil || recent > codesSent {
		return err
	}
	return s.tell(tx, asked.String(), login, newsExists, "")
}

// Join makes the login of somebody who read the code, and signs them in. Returns
// [ErrCodeWrong], [ErrCodeOver].
func (s *Service) Join(ctx context.Context, city id.City, typed Typed, by Visitor) (session Session, err error) {
	err = s.use(ctx, city, typed, SignUp, func(_ context.Context, tx *db.Tx, c code) error {
		login := Login{ID: id.New[loginKind](tx.Now()), Email: c.email, Language: locale.Lang(c.lang), MadeAt: tx.Now(), hash: c.pass}
		insertLogin(tx, login)
		saveSpent(tx, c.id)
		record(tx, login.ID, "login.made", nil)
		session = s.begin(tx, login, ByCode, by)
		return nil
	})
	if errors.Is(err, db.ErrDuplicate) { // two applied with one address, and both read its mail
		return Session{}, ErrCodeOver
	}
	return session, err
}
