package audit_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// events lists the sealed events of the town, in the order of the tree.
func events(t testing.TB, l *audit.Log) []audit.ID {
	t.Helper()
	var all []audit.ID
	lines := bufio.NewScanner(bytes.NewReader(export(t, l, town)))
	for lines.Scan() {
		var line struct{ Row struct{ ID audit.ID } }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if !line.Row.ID.IsZero() {
			all = append(all, line.Row.ID)
		}
	}
	return all
}

func TestProofsFromTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		record(t, d, town, 3)
		seal(t, l)
		older := newest(t, l)
		record(t, d, town, 4)
		seal(t, l)
		for place, event := range events(t, l) {
			p, err := l.ProveInclusion(t.Context(), town, event)
			if err != nil || p.Place != int64(place) {
				t.Errorf("event %s: place %d, %v", event, p.Place, err)
			}
			checkAsJSON(t, p, p.Check(l.Verifiers()))
		}
		p, err := l.ProveConsistency(t.Context(), town, older)
		if err != nil {
			t.Error(err)
		}
		checkAsJSON(t, p, p.Check(l.Verifiers()))
	})
}

// checkAsJSON: a proof is given to somebody else, as a file.
func checkAsJSON[P interface{ Check([]string) error }](t *testing.T, p P, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read P
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("read as %s, written as %s", again, text)
	}
}

func TestNothingIsProvedOfDamage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := sealedInThrees(t, d, newKey(t))
		older, all := newest(t, l), events(t, l)
		record(t, d, town, 1)
		_, err := l.ProveInclusion(t.Context(), town, unknownEvent(t))
		if !errors.Is(err, audit.ErrNotSealed) {
			t.Errorf("proving an unknown event: %v", err)
		}
		seal(t, l)
		tamper(t, d, "update audit_events set actor = 'x'"+atPlace+"4")
		_, err = l.ProveInclusion(t.Context(), town, all[4])
		if !errors.Is(err, audit.ErrDamaged) {
			t.Errorf("proving an edited event: %v", err)
		}
		rewrite(t, d, l, 5)
		_, err = l.ProveConsistency(t.Context(), town, older)
		if !errors.Is(err, audit.ErrDamaged) {
			t.Errorf("proving growth from another history: %v", err)
		}
	})
}

func unknownEvent(t *testing.T) audit.ID {
	t.Helper()
	var unknown audit.ID
	if err := unknown.UnmarshalText([]byte("aud_00000000000000000000000000")); err != nil {
		t.Fatal(err)
	}
	return unknown
}

// The event that was tampered with is named by its identifier, even gone.
func TestEventsAreNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := sealedInThrees(t, d, newKey(t))
		all := events(t, l)
		tamper(t, d, "update audit_events set actor = 'x'"+atPlace+"4", "delete from audit_events"+atPlace+"7",
			"delete from audit_events"+where+"leaf_index > 9")
		online, _ := verifyBoth(t, l, town)
		text := online.Text()
		for _, place := range []int{4, 7, 10} {
			if !strings.Contains(text, all[place].String()) {
				t.Errorf("event %s of place %d is not named in\n%s", all[place], place, text)
			}
		}
		if strings.Contains(text, all[5].String()) {
			t.Errorf("an event that nobody touched is named in\n%s", text)
		}
	})
}

// More than one page and one batch.
func TestLongLog(t *testing.T) {
	d := dbtest.SQLite(t, clock.NewManual(dbtest.Began))
	l := audit.New(d, newKey(t))
	const many = 4500
	recordAtOnce(t, d, many)
	if sealed := seal(t, l); sealed != many {
		t.Errorf("sealed %d events, want %d", sealed, many)
	}
	online, offline := verifyBoth(t, l, town)
	if !online.OK() || !offline.OK() || online.Vouched != many || online.Checkpoints != 9 {
		t.Errorf("%s\n%s", online.Text(), offline.Text())
	}
}

func recordAtOnce(t testing.TB, d *db.DB, n int) {
	t.Helper()
	err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
		for range n {
			audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "tick"})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.key")
	made, err := audit.CreateKey(path, "audit.example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.CreateKey(path, "audit.example.com"); err == nil {
		t.Error("a key was overwritten")
	}
	read, err := audit.ReadKey(path)
	if err != nil || read.Verifier() != made.Verifier() {
		t.Errorf("read %q, %v; want %q", read.Verifier(), err, made.Verifier())
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.ReadKey(path); err == nil {
		t.Error("a key that everybody may read was used")
	}
}
