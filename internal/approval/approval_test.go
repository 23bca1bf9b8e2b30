package approval_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/cardscan"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

const (
	town id.City         = "sampletown"
	lift approval.Action = "incident.lift"
	what                 = "lift portal-2026\n\nwhich pauses card entry"
)

// hall is a town hall with people and their keys.
type hall struct {
	*testing.T
	db      *db.DB
	clk     *clock.Manual
	keys    map[string]note.Signer
	people  approval.People
	service *approval.Service
}

func eachHall(t *testing.T, names string, test func(*hall)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		h := &hall{T: t, db: d, clk: clk, keys: map[string]note.Signer{}}
		var public []string
		for _, name := range append(strings.Fields(names), "mallory") {
			key, _, err := audit.NewKey(name)
			h.must(err)
			h.keys[name] = key.Signer()
			if name != "mallory" {
				public = append(public, key.Verifier())
			}
		}
		var err error
		h.people, err = approval.MakePeople(public)
		h.must(err)
		h.service = approval.New(d, h.people)
		test(h)
	})
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hall) request(by string) approval.Request {
	h.Helper()
	r, err := h.service.Write(approval.Draft{City: town, Action: lift, Content: what, By: by})
	h.must(err)
	return r
}

func (h *hall) sign(text string, names ...string) string {
	h.Helper()
	for _, name := range names {
		signed, err := approval.Sign(text, h.keys[name])
		h.must(err)
		text = signed
	}
	return text
}

func (h *hall) take(signed string) error {
	_, err := h.service.Take(h.Context(), town, signed)
	return err
}

func (h *hall) carryOut(r approval.Request, content string) error {
	return h.db.Write(h.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		return approval.CarryOutTx(ctx, tx, h.people, r.ID, lift, content, "operator:cy")
	})
}

func (h *hall) wants(what string, got, want error) {
	h.Helper()
	if !errors.Is(got, want) || got == nil && want != nil {
		h.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestTwoPeopleCarryOutOnce(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		r := h.request("ada")
		asked := h.sign(r.Text(), "ada")
		h.must(h.take(asked))
		h.wants("before approval", h.carryOut(r, what), approval.ErrNotApproved)
		h.must(h.take(h.sign(asked, "bo")))
		h.must(h.take(h.sign(asked, "bo"))) // again changes nothing
		h.wants("other words", h.carryOut(r, what+" and more"), approval.ErrOtherContent)
		h.must(h.carryOut(r, what))
		h.wants("twice", h.carryOut(r, what), approval.ErrDone)
		if got := h.events(); got != "person:ada approval.ask, person:bo approval.approve, operator:cy approval.carry_out" {
			t.Errorf("the log has %s", got)
		}
	})
}

func (h *hall) events() string {
	h.Helper()
	var all []string
	h.must(h.db.Read(h.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select actor, action from audit_unsealed where city_id = $1 order by id`, town)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var actor, action string
			err := scan(&actor, &action)
			all = append(all, actor+" "+action)
			return err
		})
	}))
	return strings.Join(all, ", ")
}

func TestOnePersonIsNotTwo(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		r := h.request("ada")
		h.wants("unsigned", h.take(r.Text()), approval.ErrNotSigned)
		h.wants("signed by another", h.take(h.sign(r.Text(), "bo")), approval.ErrNotSigned)
		h.wants("signed by a stranger", h.take(h.sign(r.Text(), "mallory")), approval.ErrNotSigned)
		asked := h.sign(r.Text(), "ada")
		h.must(h.take(asked))
		h.wants("approved by who asked", h.take(asked), approval.ErrSamePerson)
		h.wants("approved by a stranger", h.take(h.sign(asked, "mallory")), approval.ErrSamePerson)
		h.wants("nothing of it", h.carryOut(r, what), approval.ErrNotApproved)
		changed := strings.Replace(h.sign(asked, "bo"), "portal-2026", "portal-2027", 1)
		h.wants("changed words", h.take(changed), approval.ErrMalformed)
		_, err := h.service.Take(h.Context(), "othertown", h.sign(asked, "bo"))
		h.wants("in another town", err, approval.ErrUnknown)
	})
}

// Who can write to the database approves nothing: what counts is signatures.
func TestAChangedRowApprovesNothing(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		for _, change := range []string{
			`update approvals set state = 'approved', approved_by = 'bo', approved_at = 1 where city_id = $1 and id = $2`,
			`update approvals set content = 'something else', state = 'approved', approved_by = 'bo' where city_id = $1 and id = $2`,
		} {
			r := h.request("ada")
			h.must(h.take(h.sign(r.Text(), "ada")))
			h.must(h.db.Write(h.Context(), town, func(_ context.Context, tx *db.Tx) error {
				tx.Exec(change, town, r.ID)
				return nil
			}))
			for _, content := range []string{what, "something else"} {
				if err := h.carryOut(r, content); err == nil {
					t.Errorf("%s: carried out", change)
				}
			}
		}
	})
}

func TestRequestsEnd(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		r := h.request("ada")
		both := h.sign(r.Text(), "ada", "bo")
		h.must(h.take(both)) // both signatures at once
		h.clk.Advance(approval.Lifetime)
		h.wants("late", h.carryOut(r, what), approval.ErrOver)
		late := h.request("ada")
		h.clk.Advance(approval.Lifetime)
		h.wants("asked late", h.take(h.sign(late.Text(), "ada")), approval.ErrOver)
		longer := h.request("ada")
		longer.Until = longer.Until.Add(time.Hour)
		h.wants("more time", h.take(h.sign(longer.Text(), "ada")), approval.ErrMalformed)
		gone := h.request("ada")
		h.must(h.take(h.sign(gone.Text(), "ada", "bo")))
		h.must(h.service.Withdraw(h.Context(), town, gone.ID, "operator:cy"))
		h.wants("withdrawn", h.carryOut(gone, what), approval.ErrDone)
	})
}

// A town with one person, or none, waits instead: nobody can approve.
func TestWhoIsAloneWaits(t *testing.T) {
	for _, names := range []string{"", "ada"} {
		eachHall(t, names, func(h *hall) {
			r := h.request("ada")
			text := r.Text()
			if names != "" {
				h.wants("unsigned", h.take(text), approval.ErrNotSigned)
				text = h.sign(text, "ada")
			}
			h.must(h.take(text))
			h.clk.Advance(approval.AloneAfter - time.Second)
			h.wants("too soon", h.carryOut(r, what), approval.ErrTooSoon)
			h.clk.Advance(time.Second)
			h.must(h.carryOut(r, what))
		})
	}
}

// Of many who carry a request out at once, one does.
func TestCarriedOutOnceAtOnce(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		r := h.request("ada")
		h.must(h.take(h.sign(r.Text(), "ada", "bo")))
		done := make(chan error, 8)
		var running sync.WaitGroup
		for range cap(done) {
			running.Go(func() { done <- h.carryOut(r, what) })
		}
		running.Wait()
		close(done)
		did := 0
		for err := range done {
			if err == nil {
				did++
			}
		}
		if did != 1 {
			t.Errorf("carried out %d times", did)
		}
	})
}

func TestWhatIsNoRequestIsRefused(t *testing.T) {
	eachHall(t, "ada bo", func(h *hall) {
		for content, want := range map[string]error{
			"": approval.ErrMalformed, "a\x00b": approval.ErrMalformed, "pay \u202eevil": approval.ErrMalformed,
			"the card 4111 1111 1111 1111": cardscan.ErrCard,
		} {
			_, err := h.service.Write(approval.Draft{City: town, Action: lift, Content: content, By: "ada"})
			h.wants(content, err, want)
		}
		for _, text := range []string{"", "hello", h.request("ada").Text() + "more\n", strings.Replace(h.request("ada").Text(), "digest: ", "digest: 0", 1)} {
			h.wants(text, h.take(text), approval.ErrMalformed)
			if _, err := approval.Sign(text, h.keys["ada"]); err == nil {
				t.Errorf("signed %q", text)
			}
		}
	})
}

func TestPeopleAreDifferent(t *testing.T) {
	ada, _, err := audit.NewKey("ada")
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := audit.NewKey("Ada")
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range [][]string{{ada.Verifier(), ada.Verifier()}, {ada.Verifier(), other.Verifier()}, {"ada"}} {
		if _, err := approval.MakePeople(keys); err == nil {
			t.Errorf("%v are people", keys)
		}
	}
	if p, err := approval.MakePeople([]string{ada.Verifier()}); err != nil || p.Two() || len(p.Keys()) != 1 {
		t.Errorf("%v, %v", p.Names(), err)
	}
}

// A digest in a request is never taken for a long number, nor for a card.
func TestFingerprintsPass(t *testing.T) {
	for n := range 5000 {
		sum := sha256.Sum256([]byte{byte(n), byte(n >> 8)})
		if err := cardscan.Check("SHA-256: " + approval.Fingerprint(hex.EncodeToString(sum[:]))); err != nil {
			t.Fatalf("%x: %v", sum, err)
		}
	}
}
