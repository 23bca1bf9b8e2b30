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

// tick is a transaction that records one event.
func tick(_ context.Context, tx *db.Tx) error {
	audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "tick"})
	return nil
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
		record(t, d, id.Everyone, 1) // the operator has a log too
		if got := seal(t, l); got != 9 {
			t.Errorf("sealed %d events, want 9", got)
		}
		for city, want := range map[id.City]int64{town: 5, "othertown": 3, id.Everyone: 1, "nowhere": 0} {
			online, offline := verifyBoth(t, l, city)
			if !online.OK() || !offline.OK() || online.Events != want || online.Vouched != want {
				t.Errorf("%s", online.Text())
			}
		}
		if got := seal(t, l); got != 0 {
			t.Errorf("sealed %d events twice", got)
		}
	})
}

func TestHistoryOfAThing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		record(t, d, town, 3)
		record(t, d, "othertown", 3)
		seal(t, l)
		record(t, d, town, 2)
		for thing, want := range map[string]int{"pay_0": 2, "pay_2": 1, "pay_9": 0} {
			rows, err := l.History(t.Context(), town, thing)
			if err != nil || len(rows) != want {
				t.Errorf("%s has %d events, %v; want %d", thing, len(rows), err, want)
			}
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
					if err := d.Write(t.Context(), town, tick); err != nil {
						t.Error(err)
					}
					if _, err := l.Seal(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		l := audit.New(d, key)
		for range each { // who reads meanwhile sees no damage in what is half read
			if online, offline := verifyBoth(t, l, town); !online.OK() || !offline.OK() {
				t.Errorf("%s\n%s", online.Text(), offline.Text())
			}
		}
		wait.Wait()
		seal(t, l)
		online, offline := verifyBoth(t, l, town)
		if !online.OK() || !offline.OK() || online.Vouched != nodes*each || online.Unsealed != 0 {
			t.Error(online.Text())
		}
	})
}
