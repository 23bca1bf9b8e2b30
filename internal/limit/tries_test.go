package limit_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/limit"
	"clearwell/internal/secret"
)

const (
	town   id.City = "sampletown"
	number         = "100-2345"
)

var guesses = limit.Rule{Name: "guess", Most: 3, Window: limit.Day(time.UTC)}

func begin(t *testing.T, tries *limit.Tries, key string) *limit.Try {
	t.Helper()
	try, err := tries.Begin(t.Context(), town, guesses, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(try.End)
	return try
}

func fail(t *testing.T, tries *limit.Tries, key string) {
	t.Helper()
	try := begin(t, tries, key)
	defer try.End()
	if err := try.Failed(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, tries *limit.Tries, key string) bool {
	t.Helper()
	try, err := tries.Begin(t.Context(), town, guesses, key)
	if err == nil {
		try.End()
		return false
	}
	if !errors.Is(err, limit.ErrTooManyTries) || fault.KindOf(err) != fault.Throttled {
		t.Fatal(err)
	}
	return true
}

func TestTriesEndWithTheRule(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		tries := limit.NewTries(d, secret.NewKey())
		for range 20 { // what succeeds costs nothing
			begin(t, tries, number).End()
		}
		for range guesses.Most {
			fail(t, tries, number)
		}
		if !closed(t, tries, number) || !closed(t, tries, number) {
			t.Error("one more than the rule allows")
		}
		if closed(t, tries, "another") {
			t.Error("another utility account is closed too")
		}
		if _, err := tries.Begin(t.Context(), "othertown", guesses, number); err != nil {
			t.Errorf("in another town: %v", err)
		}
		clk.Set(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
		if closed(t, tries, number) {
			t.Error("closed on the next day")
		}
	})
}

// Two nodes with one key count together, also after one was restarted.
func TestTriesCountOnAllNodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := secret.NewKey()
		here, there := limit.NewTries(d, key), limit.NewTries(d, key)
		fail(t, here, number)
		fail(t, there, number)
		fail(t, here, number)
		if !closed(t, here, number) || !closed(t, there, number) || !closed(t, limit.NewTries(d, key), number) {
			t.Error("a node counts alone")
		}
	})
}

// A crowd of guesses at the same instant gets as many as one after another.
func TestTriesAtOneInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tries := limit.NewTries(d, secret.NewKey())
		begin(t, tries, number).End()
		var (
			all     sync.WaitGroup
			through atomic.Int32
		)
		for range 40 {
			all.Go(func() {
				try, err := tries.Begin(t.Context(), town, guesses, number)
				if err != nil {
					return
				}
				defer try.End()
				through.Add(1)
				if err := try.Failed(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := int(through.Load()); got > guesses.Most {
			t.Errorf("%d guesses where %d are allowed", got, guesses.Most)
		}
	})
}

// Tries under way hold a place, and give it back when they end without failing.
func TestTriesUnderWayHoldAPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tries := limit.NewTries(d, secret.NewKey())
		first := begin(t, tries, number)
		begin(t, tries, number)
		begin(t, tries, number)
		if !closed(t, tries, number) {
			t.Error("a fourth is under way")
		}
		first.End()
		first.End() // harmless
		if closed(t, tries, number) {
			t.Error("a place that was given back is lost")
		}
	})
}

func TestUncountableTriesAreAnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tries := limit.NewTries(d, secret.NewKey())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := tries.Begin(ctx, town, guesses, number); err == nil || errors.Is(err, limit.ErrTooManyTries) {
			t.Errorf("error is %v", err)
		}
		for range guesses.Most { // and the place is given back
			begin(t, tries, number)
		}
	})
}

// stored lists what the table says, for looking over an attacker's shoulder.
func stored(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	err := d.Read(t.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select rule, key_hash from limit_counts`)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var rule string
			var key []byte
			err := scan(&rule, &key)
			all = append(all, rule+" "+string(key))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCountsNameNobodyAndAreSwept(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		tries := limit.NewTries(d, secret.NewKey())
		fail(t, tries, number)
		rows := stored(t, d)
		if len(rows) != 1 || strings.Contains(rows[0], number) {
			t.Errorf("stored is %q", rows)
		}
		clk.Set(time.Date(2026, 11, 24, 23, 59, 59, 0, time.UTC))
		if swept, err := tries.Sweep(t.Context()); err != nil || swept != 0 {
			t.Errorf("swept %d before the day is over, %v", swept, err)
		}
		clk.Advance(time.Second)
		if swept, err := tries.Sweep(t.Context()); err != nil || swept != 1 || len(stored(t, d)) != 0 {
			t.Errorf("swept %d, %v", swept, err)
		}
	})
}

// A try may count under several marks: each has its own rule, and what is under
// way counts for all of them.
func TestATryCountsUnderEachOfItsMarks(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		tries := limit.NewTries(d, secret.NewKey())
		hour := limit.Rule{Name: "hour", Most: 2, Window: limit.Span(time.Hour)}
		day := limit.Rule{Name: "day", Most: 3, Window: limit.Day(time.UTC)}
		began := func(from string) *limit.Try {
			try, err := tries.BeginAll(t.Context(), town, limit.Mark{Rule: hour, Key: from}, limit.Mark{Rule: day, Key: number})
			if err != nil {
				t.Fatal(err)
			}
			return try
		}
		look := func(from string, wantHour, wantDay bool) {
			t.Helper()
			try := began(from)
			defer try.End()
			if try.Reached(0) != wantHour || try.Reached(1) != wantDay {
				t.Errorf("%s: reached %v and %v", from, try.Reached(0), try.Reached(1))
			}
		}
		for _, from := range []string{"here", "here", "there"} {
			try := began(from)
			if err := try.Failed(t.Context()); err != nil {
				t.Fatal(err)
			}
			try.End()
		}
		look("here", true, true)
		look("there", false, true)
		clk.Advance(time.Hour)
		look("here", false, true)
		clk.Set(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
		first, second := began("here"), began("here")
		look("here", true, false) // two are under way
		first.End()
		second.End()
		look("here", false, false)
	})
}
