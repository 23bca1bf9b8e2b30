package limit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/limit"
	"clearwell/internal/secret"
)

var (
	perUtilityAccount = limit.Rule{Name: "decline utility account", Most: 3, Window: limit.Span(time.Hour)}
	perCard           = limit.Rule{Name: "decline card", Most: 2, Window: limit.Span(time.Hour)}
)

func note(t *testing.T, d *db.DB, b limit.Breaker, marks ...limit.Mark) {
	t.Helper()
	err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
		b.NoteTx(tx, marks...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tripped(t *testing.T, d *db.DB, b limit.Breaker, marks ...limit.Mark) (yes bool) {
	t.Helper()
	err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) (err error) {
		yes, err = b.TrippedTx(ctx, tx, marks...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

// One utility account with many cards, and one card with many utility accounts.
func TestBreakerTrips(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		b := limit.NewBreaker(secret.NewKey())
		mark := func(number, card string) []limit.Mark {
			return []limit.Mark{{Rule: perUtilityAccount, Key: number}, {Rule: perCard, Key: card}}
		}
		if tripped(t, d, b, mark("1", "a")...) || tripped(t, d, b) {
			t.Error("tripped at first")
		}
		note(t, d, b, mark("1", "a")...)
		note(t, d, b, mark("1", "b")...)
		if tripped(t, d, b, mark("1", "c")...) {
			t.Error("tripped after two cards")
		}
		note(t, d, b, mark("1", "c")...)
		if !tripped(t, d, b, mark("1", "d")...) {
			t.Error("a fourth card for one utility account")
		}
		note(t, d, b, mark("2", "a")...)
		if !tripped(t, d, b, mark("3", "a")...) || tripped(t, d, b, mark("3", "b")...) {
			t.Error("a card for a third utility account")
		}
		clk.Advance(time.Hour)
		if tripped(t, d, b, mark("1", "a")...) {
			t.Error("tripped an hour later")
		}
	})
}

// Payments without a fingerprint are not one card.
func TestBreakerLeavesOutWhatIsNotKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := limit.NewBreaker(secret.NewKey())
		unknown := limit.Mark{Rule: perCard}
		note(t, d, b, unknown)
		note(t, d, b, unknown)
		if tripped(t, d, b, unknown) || len(stored(t, d)) > 0 {
			t.Error("what is not known is counted")
		}
	})
}

// A decline whose transaction is undone did not happen.
func TestBreakerCountsInTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := limit.NewBreaker(secret.NewKey())
		undone := errors.New("undone")
		err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			b.NoteTx(tx, limit.Mark{Rule: perCard, Key: "a"})
			return undone
		})
		if !errors.Is(err, undone) || len(stored(t, d)) > 0 {
			t.Errorf("counted in vain: %v", err)
		}
	})
}

// Declines that name the same marks in another order do not block each other,
// and each counts.
func TestBreakerAtOneInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := limit.NewBreaker(secret.NewKey())
		many := limit.Rule{Name: "many", Most: 20, Window: limit.Span(time.Hour)}
		one, other := limit.Mark{Rule: many, Key: "a"}, limit.Mark{Rule: many, Key: "b"}
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if i%2 == 0 {
					note(t, d, b, one, other)
					return
				}
				note(t, d, b, other, one)
			})
		}
		all.Wait()
		if !tripped(t, d, b, one) || !tripped(t, d, b, other) {
			t.Error("a decline was not counted")
		}
	})
}
