package access

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/retain"
)

// Passkeys are kept, used, found by their owner's handle, and removed by their
// owner alone; under a legal hold one that was removed stays, and is nobody's.
func TestPasskeysAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana := Login{ID: id.New[loginKind](dbtest.Began), Email: "ana@example.com", MadeAt: dbtest.Began}
		bo := Login{ID: id.New[loginKind](dbtest.Began), Email: "bo@example.com", MadeAt: dbtest.Began}
		key := Passkey{ID: "a-key", Name: "Phone", login: ana.ID, credential: webauthn.Credential{ID: []byte("a key"), PublicKey: []byte("public")}}
		write := func(do func(ctx context.Context, tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), "sampletown", do); err != nil {
				t.Fatal(err)
			}
		}
		owned := func(handle string) (n int, err error) {
			err = d.Read(t.Context(), "sampletown", func(ctx context.Context, tx *db.Tx) error {
				found, err := selectOwner(ctx, tx, handle)
				n = len(found.WebAuthnCredentials())
				return err
			})
			return n, err
		}
		write(func(_ context.Context, tx *db.Tx) error {
			insertLogin(tx, ana)
			insertLogin(tx, bo)
			insertPasskey(tx, key)
			return nil
		})
		key.credential.Authenticator.SignCount = 7
		write(func(_ context.Context, tx *db.Tx) error {
			savePasskey(tx, key.ID, key.credential)
			removePasskey(tx, bo.ID, key.ID) // not theirs
			return nil
		})
		write(func(ctx context.Context, tx *db.Tx) error {
			all, err := selectPasskeys(ctx, tx, ana.ID)
			if len(all) != 1 || all[0].credential.Authenticator.SignCount != 7 || all[0].UsedAt.IsZero() || string(all[0].credential.PublicKey) != "public" {
				t.Errorf("kept: %+v", all)
			}
			return err
		})
		if n, err := owned(ana.ID.String()); n != 1 || err != nil {
			t.Errorf("Ana has %d, %v", n, err)
		}
		if _, err := owned("session_0123456789abcdefghjkmnpqrs"); !errors.Is(err, ErrPasskey) {
			t.Errorf("a handle of another kind: %v", err)
		}
		write(func(ctx context.Context, tx *db.Tx) error {
			_, err := retain.HoldTx(ctx, tx, "a matter", "a reason", "operator:ada")
			return err
		})
		write(func(_ context.Context, tx *db.Tx) error { removePasskey(tx, ana.ID, key.ID); return nil })
		if n, err := owned(ana.ID.String()); n != 0 || err != nil {
			t.Errorf("after its removal Ana has %d, %v", n, err)
		}
		write(func(ctx context.Context, tx *db.Tx) error {
			if n, err := deletePasskeysOver(ctx, tx); n != 0 || err != nil {
				t.Errorf("under a hold %d are destroyed, %v", n, err)
			}
			return retain.EndTx(tx, "a matter", "it is settled", "operator:ada")
		})
		write(func(ctx context.Context, tx *db.Tx) error {
			n, err := deletePasskeysOver(ctx, tx)
			if n != 1 {
				t.Errorf("%d are destroyed", n)
			}
			return err
		})
	})
}

// What was asked of a browser is answered within ten minutes, or not.
func TestCeremoniesEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Service{Deps: Deps{DB: d}}
		c, err := s.ceremony(nil, &webauthn.SessionData{Challenge: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if session, err := s.recall(c.State); err != nil || session.Challenge != "x" {
			t.Errorf("at once: %+v, %v", session, err)
		}
		if _, err := s.recall(""); !errors.Is(err, ErrPasskey) {
			t.Errorf("nothing was asked: %v", err)
		}
		old := `{"At":"` + dbtest.Began.Add(-10*time.Minute).Format(time.RFC3339) + `","Session":{}}`
		if _, err := s.recall(old); !errors.Is(err, ErrPasskey) {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}
