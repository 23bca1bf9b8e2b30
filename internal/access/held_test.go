package access_test

import (
	"context"
	"testing"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/retain"
)

// Ending all visits is for good: also for a page that was under way, and in no
// other town.
func TestEndedVisitsStayOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, end := storeOf(t, d), dbtest.Began.Add(time.Hour)
		commit(t, store, "token", "one", end)
		if err := store.CommitCtx(contextFor(t, "othertown"), "token", []byte("theirs"), end); err != nil {
			t.Fatal(err)
		}
		err := d.Write(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			ended, err := access.EndAllTx(ctx, tx)
			if ended != 1 {
				t.Errorf("ended %d", ended)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		commit(t, store, "token", "one, later", end) // the page that was under way
		if got := find(t, store, town, "token"); got != "-" {
			t.Errorf("the visit came back with %q", got)
		}
		if got := find(t, store, "othertown", "token"); got != "theirs" {
			t.Errorf("the other town's is %q", got)
		}
	})
}

// Under a legal hold nothing of the town is destroyed.
func TestHeldVisitsAreNotSwept(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		sessions, store := access.NewSessions(d, access.Config{}), storeOf(t, d)
		for _, token := range []string{"a", "b"} {
			commit(t, store, token, "one", dbtest.Began.Add(time.Minute))
		}
		if err := store.CommitCtx(contextFor(t, "othertown"), "c", []byte("three"), dbtest.Began.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		err := d.Write(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			_, err := retain.HoldTx(ctx, tx, "a matter", "a reason", "operator:ada")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.DeleteCtx(contextFor(t, town), "a"); err != nil { // the visitor left
			t.Fatal(err)
		}
		if got := find(t, store, town, "a"); got != "-" {
			t.Error("who left is still there")
		}
		clk.Advance(time.Minute)
		if over, held, err := sessions.Over(t.Context()); err != nil || over != 1 || held != 2 {
			t.Errorf("over %d, held %d, %v", over, held, err)
		}
		if swept, err := sessions.Sweep(t.Context()); err != nil || swept != 1 {
			t.Errorf("swept %d, %v", swept, err)
		}
	})
}
