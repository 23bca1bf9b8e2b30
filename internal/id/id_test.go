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
