package audit_test

import (
	"errors"
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// follow copies all there is into a mirror, in slices of about so many rows.
func follow(t *testing.T, l *audit.Log, m *audit.Mirror, most int) {
	t.Helper()
	for {
		s, err := l.SliceFrom(t.Context(), town, m.Size(), most)
		if err != nil {
			t.Fatal(err)
		}
		if s.Checkpoint == "" {
			return
		}
		if err := m.Add(s); err != nil {
			t.Fatal(err)
		}
	}
}

func mirror(t *testing.T, key audit.Key) *audit.Mirror {
	t.Helper()
	m, err := audit.NewMirror(town, []string{key.Verifier()})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMirrorHasWhatWasSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := newKey(t)
		l := audit.New(d, key)
		small, large := mirror(t, key), mirror(t, key)
		for _, n := range []int{1, 4, 2, 9} {
			record(t, d, town, n)
			seal(t, l)
			follow(t, l, small, 3) // less than some checkpoints have
		}
		record(t, d, town, 5) // not sealed yet
		follow(t, l, large, 1000)
		newest, err := l.Newest(t.Context(), town)
		if err != nil || small.Compare(newest) != nil || large.Compare(newest) != nil {
			t.Errorf("compared: %v, %v, %v", small.Compare(newest), large.Compare(newest), err)
		}
		if small.Size() != 16 || large.Size() != 16 || small.Newest() != large.Newest() || small.Newest().Size != 16 {
			t.Errorf("the mirrors have %d and %d rows", small.Size(), large.Size())
		}
	})
}

// Whoever owns the host, and the signing key with it, signs another history. The
// copy refuses it.
func TestAMirrorRefusesAnotherHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := newKey(t)
		l := audit.New(d, key)
		record(t, d, town, 5)
		seal(t, l)
		m := mirror(t, key)
		first, err := l.SliceFrom(t.Context(), town, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		refuses := func(what string, s audit.Slice, want error) {
			t.Helper()
			if before := m.Size(); !errors.Is(m.Add(s), want) || m.Size() != before {
				t.Errorf("%s: %v, want %v; %d rows", what, m.Add(s), want, m.Size())
			}
		}
		edited := first
		edited.Rows = append([]audit.Row(nil), first.Rows...)
		edited.Rows[2].Actor = "nobody"
		refuses("an edited row", edited, audit.ErrNotExtending)
		short := first
		short.Rows = first.Rows[:4]
		refuses("a row fewer", short, audit.ErrNotExtending)
		ahead := first
		ahead.From = 1
		refuses("a place that is not next", ahead, audit.ErrNotNext)
		stranger := first
		stranger.Checkpoint = forged(t, d, 5)
		refuses("another signature", stranger, audit.ErrNotExtending)
		neighbor, err := audit.NewMirror("lake-odd", []string{key.Verifier()})
		if err != nil {
			t.Fatal(err)
		}
		renamed := first
		renamed.City = "lake-odd"
		if err := errors.Join(neighbor.Add(first), neighbor.Add(renamed)); !errors.Is(err, audit.ErrNotExtending) || neighbor.Size() != 0 {
			t.Errorf("another city's log: %v", err)
		}
		if err := m.Add(first); err != nil {
			t.Fatal(err)
		}
		refuses("the same again", first, audit.ErrNotNext)
	})
	dbtest.Each(t, func(t *testing.T, other *db.DB) { // the same key, another history
		key := newKey(t)
		l := audit.New(other, key)
		record(t, other, town, 3)
		seal(t, l)
		m := mirror(t, key)
		follow(t, l, m, 100)
		again := dbtest.SQLite(t, other.Clock())
		rewritten := audit.New(again, key)
		for _, n := range []int{2, 1, 3} { // cut off, then as long, then longer
			record(t, again, town, n)
			seal(t, rewritten)
			newest, err := rewritten.Newest(t.Context(), town)
			if err != nil {
				t.Fatal(err)
			}
			s, err := rewritten.SliceFrom(t.Context(), town, m.Size(), 100)
			if err != nil {
				t.Fatal(err)
			}
			if s.Checkpoint != "" {
				if err := m.Add(s); !errors.Is(err, audit.ErrNotExtending) {
					t.Errorf("a longer history: %v", err)
				}
			} else if err := m.Compare(newest); !errors.Is(err, audit.ErrNotExtending) {
				t.Errorf("a history of %d and more: %v", n, err)
			}
		}
	})
}

// forged is a checkpoint of so many rows by a key that nobody trusts.
func forged(t *testing.T, d *db.DB, n int) string {
	t.Helper()
	thief := dbtest.SQLite(t, d.Clock())
	l := audit.New(thief, newKey(t))
	record(t, thief, town, n)
	seal(t, l)
	signed, err := l.Newest(t.Context(), town)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
