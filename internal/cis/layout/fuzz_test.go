package layout

import (
	"bytes"
	"strings"
	"testing"

	"clearwell/internal/cardscan"
)

// FuzzReader reads anything as each of three layouts and holds the reader to
// its promises: each row is a record or a reject, totals add up, what is
// refused is safe to show, and a file read in two parts reads the same.
func FuzzReader(f *testing.F) {
	names := []string{"sip", "smartfusion-usage", "clearwell"}
	var layouts []*Layout
	for i, name := range names {
		layouts = append(layouts, shipped(f, name))
		f.Add(testdata(f, name), uint8(i), uint8(2))
	}
	f.Fuzz(func(t *testing.T, file []byte, which, stop uint8) {
		l := layouts[int(which)%len(layouts)]
		examined, err := Examine(l, bytes.NewReader(file), nil)
		if err != nil {
			readThrough(t, l, file) // what is refused whole must still be read safely
			return
		}
		whole := deliver(t, examined, file, Position{}, all)
		r, err := examined.Open(bytes.NewReader(file), Position{})
		if err != nil {
			t.Fatal(err)
		}
		parts := collect(t, r, int(stop))
		parts = append(parts, deliver(t, examined, file, r.Position(), all)...)
		if strings.Join(parts, "\n") != strings.Join(whole, "\n") {
			t.Fatalf("in parts:\n%q\nwhole:\n%q", parts, whole)
		}
	})
}

func readThrough(t *testing.T, l *Layout, file []byte) {
	r, err := Open(l, bytes.NewReader(file))
	if err != nil {
		return
	}
	for r.Next() {
		check(t, r)
	}
}

func deliver(t *testing.T, examined *Examination, file []byte, from Position, limit int) []string {
	r, err := examined.Open(bytes.NewReader(file), from)
	if err != nil {
		t.Fatal(err)
	}
	rows := collect(t, r, limit)
	check(t, r)
	return rows
}

func check(t *testing.T, r *Reader) {
	totals := r.Totals()
	if totals.Rows != totals.Accepted+totals.Skipped+totals.Refused {
		t.Fatalf("totals do not add up: %+v", totals)
	}
	if reject := r.Reject(); reject != nil {
		if r.Record() != nil || reject.Reason == "" || reject.Code == "" {
			t.Fatalf("reject %+v, record %+v", reject, r.Record())
		}
		if cardscan.Contains([]byte(reject.Raw)) {
			t.Fatalf("the reject shows a card number: %q", reject.Raw)
		}
	}
}
