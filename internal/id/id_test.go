package id

import (
	"testing"
	"time"
)

type thing struct{}

func (thing) Prefix() string { return "thg" }

type other struct{}

func (other) Prefix() string { return "oth" }

func TestNewSortsByTimeAndWithinAMillisecond(t *testing.T) {
	at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	before := New[thing](at)
	for range 10_000 {
		after := New[thing](at)
		if after.String() <= before.String() {
			t.Fatalf("%s does not sort after %s", after, before)
		}
		before = after
	}
	if later := New[thing](at.Add(time.Millisecond)); later.String() <= before.String() {
		t.Errorf("%s does not sort after %s", later, before)
	}
}

func TestParseKnowsItsKind(t *testing.T) {
	made := New[thing](time.UnixMilli(1))
	got, err := Parse[thing](made.String())
	if err != nil || got != made {
		t.Errorf("Parse(%q) = %v, %v", made, got, err)
	}
	for _, text := range []string{"", "thg_", made.String() + "0", "oth" + made.String()[3:], made.String()[:29] + "U"} {
		if _, err := Parse[thing](text); err == nil {
			t.Errorf("Parse(%q) succeeded", text)
		}
	}
	if _, err := Parse[other](made.String()); err == nil {
		t.Error("an identifier of one kind parsed as another")
	}
}

func TestScan(t *testing.T) {
	made := New[thing](time.UnixMilli(1))
	var got ID[thing]
	if err := got.Scan(made.String()); err != nil || got != made {
		t.Errorf("Scan = %v, %v", got, err)
	}
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(nil) = %v, %v", got, err)
	}
	if err := got.Scan(int64(4)); err == nil {
		t.Error("a number scanned as an identifier")
	}
}

// Receipts were opened by identifiers that count up by a 32-bit step within a
// millisecond: who had one could reach its neighbours.
func TestNeighboursOfAnUnguessableAreFar(t *testing.T) {
	at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	const shared = len("thg_") + 10 // the time fills ten characters
	rising := 0
	before := Unguessable[thing](at).String()
	for range 1_000 {
		after := Unguessable[thing](at).String()
		if after[:shared] != before[:shared] {
			t.Fatalf("%s and %s are of one millisecond, and begin otherwise", before, after)
		}
		if after[shared:shared+6] == before[shared:shared+6] { // 30 of the random bits
			t.Fatalf("%s and %s are neighbours", before, after)
		}
		if after > before {
			rising++
		}
		before = after
	}
	if rising < 400 || rising > 600 {
		t.Errorf("%d of 1,000 sort after the one before: they count up", rising)
	}
	if later := Unguessable[thing](at.Add(time.Millisecond)).String(); later <= before {
		t.Errorf("%s does not sort after %s", later, before)
	}
}
