package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
)

// AskCode sends a code for signing in or for recovery to an address, if it has a
// login. What is done and answered is the same where it has none, but that no
// mail leaves. Returns [ErrEmail].
func (s *Service) AskCode(ctx context.Context, city id.City, purpose Purpose, email string, lang locale.Lang) (asked CodeID, err error) {
	if email, err = ReadEmail(email); err != nil {
		return CodeID{}, err
	}
	if purpose != SignIn && purpose != Recover {
		return CodeID{}, fmt.Errorf("asking for a code: %q is for who is signed in", purpose)
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		login, known, err := selectByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		asked, err = s.send(ctx, tx, code{purpose: purpose, email: email, login: login.ID, lang: string(lang)}, known)
		return err
	})
	if err != nil {
		return CodeID{}, fmt.Errorf("asking for a code: %w", err)
	}
	return asked, nil
}

// send makes a code, and mails it where somebody is to have it and not too many
// were mailed to the address. Another is like it, but nothing that is typed is
// right.
func (s *Service) send(ctx context.Context, tx *db.Tx, c code, toReader bool) (CodeID, error) {
	recent, err := countCodes(ctx, tx, c.email, tx.Now().Add(-codesEvery))
	if err != nil {
		return CodeID{}, err
	}
	digits := draw()
	c.id, c.hash = id.Unguessable[codeKind](tx.Now()), random(hashBytes)
	if mailed := toReader && recent < codesSent; mailed {
		c.hash = s.codeHash(c.id, digits)
		if err := s.mailCode(tx, c, digits); err != nil {
			return CodeID{}, err
		}
	}
	insertCode(tx, c)
	return c.id, nil
}

// draw makes the digits of a code.
func draw() string {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(codeDigits), nil)
	n, err := rand.Int(rand.Reader, most)
	if err != nil {
		return string(random(codeDigits)) // never: crypto/rand ends the process instead; and nobody can type this
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}

func (s *Service) codeHash(of CodeID, digits string) []byte {
	return s.Key.MAC("login code", []byte(of.String()+" "+digits))
}

func (s *Service) mailCode(tx *db.Tx, c code, digits string) error {
	town, err := s.Towns.ByID(tx.City())
	if err != nil {
		return err
	}
	lang := locale.Lang(c.lang)
	return notify.EnqueueTx(tx, notify.Message{
		Key: "login code " + c.id.String(), To: c.email, Language: lang,
		Content: notify.LoginCode{
			Town: town.Name.In(lang), Purpose: string(c.purpose), Code: aloud(digits), Minutes: int(codeLasts / time.Minute),
			Phone: town.Contact.PhoneInWords(), Practice: town.Processor.Mode == city.Sandbox,
		},
	})
}

// use takes a code that was typed, and does in the same transaction what it is
// for. What was mistyped is counted, which is why a refusal does not undo the
// transaction. Returns [ErrCodeWrong], [ErrCodeOver].
func (s *Service) use(ctx context.Context, city id.City, typed Typed, purpose Purpose, then func(ctx context.Context, tx *db.Tx, c code) error) error {
	var refusal error
	err := s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		refusal = nil
		c, err := s.read(ctx, tx, typed, purpose)
		if errors.Is(err, ErrCodeWrong) || errors.Is(err, ErrCodeOver) {
			refusal = err
			return nil
		}
		if err != nil {
			return err
		}
		saveUsed(tx, c.id)
		return then(ctx, tx, c)
	})
	if err = errors.Join(err, refusal); err != nil {
		return fmt.Errorf("using a code: %w", err)
	}
	return nil
}

// Typed is a code as somebody typed it, and which one is meant.
type Typed struct {
	ID   CodeID
	Text string
}

// read finds the code that was meant, if it was typed right. Who tries all at the
// same time waits in a row.
func (s *Service) read(ctx context.Context, tx *db.Tx, typed Typed, purpose Purpose) (code, error) {
	tx.Lock("login code " + typed.ID.String())
	c, err := selectCode(ctx, tx, typed.ID)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return code{}, ErrCodeOver
	case err != nil:
		return code{}, err
	case c.purpose != purpose, !c.open(tx.Now()):
		return code{}, ErrCodeOver
	case s.Key.Check("login code", []byte(c.id.String()+" "+digitsOf(typed.Text)), c.hash):
		return c, nil
	}
	countTry(tx, c.id)
	if c.tries+1 >= codeTries {
		return code{}, ErrCodeOver
	}
	return code{}, ErrCodeWrong
}
