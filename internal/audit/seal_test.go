package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

const town id.City = "sampletown"

func newKey(t testing.TB) audit.Key {
	t.Helper()
	key, _, err := audit.NewKey("audit.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// record records n events in one transaction each.
func record(t testing.TB, d *db.DB, city id.City, n int) {
	t.Helper()
	for i := range n {
		err := d.Write(t.Context(), city, func(_ context.Context, tx *db.Tx) error {
			audit.RecordTx(tx, audit.Event{
				Actor: audit.Guest, Action: "payment.start", Thing: fmt.Sprintf("pay_%d", i),
				Detail: map[string]string{"amount_cents": fmt.Sprint(100 * i), "channel": "web"},
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func seal(t testing.TB, l *audit.Log) int {
	t.Helper()
	sealed, err := l.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealSealsEverythingOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		record(t, d, town, 5)
		record(t, d, "othertown", 3)
		if got := seal(t, l); got != 8 {
			t.Errorf("sealed %d events, want 8", got)
		}
		if got := seal(t, l); got != 0 {
			t.Errorf("sealed %d events twice", got)
		}
	})
}

func TestNodesSealSideBySide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := newKey(t)
		const nodes, each = 4, 25
		var wait sync.WaitGroup
		for range nodes {
			wait.Go(func() {
				l := audit.New(d, key)
				for range each {
					record(t, d, town, 1)
					if _, err := l.Seal(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		l := audit.New(d, key)
		seal(t, l)
	})
}
