package layout

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const keyed = `name: keyed
title: Rows with a key
source: invented
moments: ["YYYY-MM-DD hh:mm"]
records:
  - record: bill
    fields:
      - {field: utility_account, at: 1, required: true}
      - {field: bill_number, at: 2, required: true}
      - {field: amount_due, at: 3, required: true}
      - {field: updated, at: 4, required: true}
duplicates: {key: [utility_account, bill_number], keep: KEEP}
several_bills: last
`

func TestDuplicates(t *testing.T) {
	const file = "a,1,1.00,2024-01-02 10:00\n" +
		"b,1,2.00,2024-01-02 10:00\n" +
		"a,1,3.00,2024-01-02 12:00\n" +
		"a,1,4.00,2024-01-02 12:00\n" +
		"a,1,5.00,2024-01-02 11:00\n" +
		"a1,,6.00,2024-01-02 10:00\n" + // refused: no rival of anybody
		"ab,1,7.00,2024-01-02 10:00\n" +
		"a,b1,8.00,2024-01-02 10:00\n" // with the one before: the same letters, another key
	for _, c := range []struct {
		keep keep
		want string
	}{
		{keepNone, "2.00 7.00 8.00 | duplicate duplicate duplicate duplicate missing"},
		{keepFirst, "1.00 2.00 7.00 8.00 | superseded superseded superseded missing"},
		{keepLast, "2.00 5.00 7.00 8.00 | superseded superseded superseded missing"},
		{keepLatest, "2.00 4.00 7.00 8.00 | superseded superseded superseded missing"},
	} {
		l, err := Load("keyed.yaml", []byte(strings.Replace(keyed, "KEEP", string(c.keep), 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(t, l, file); got != c.want {
			t.Errorf("keep %s: got %s, want %s", c.keep, got, c.want)
		}
	}
}

// outcome lists the amounts that were taken and the codes of the others.
func outcome(t *testing.T, l *Layout, file string) string {
	t.Helper()
	examined, err := Examine(l, strings.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := examined.Open(strings.NewReader(file), Position{})
	if err != nil {
		t.Fatal(err)
	}
	var taken, others []string
	for r.Next() {
		if r.Reject() != nil {
			others = append(others, string(r.Reject().Code))
			continue
		}
		taken = append(taken, r.Record().Bill.AmountDue.String())
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return strings.Join(taken, " ") + " | " + strings.Join(others, " ")
}

// BenchmarkExamineDuplicates shows the memory of a million keys.
func BenchmarkExamineMillion(b *testing.B) {
	var file bytes.Buffer
	for i := range 1_000_000 {
		fmt.Fprintf(&file, "%d,B%d,1.00,2024-01-02 10:00\n", i, i)
	}
	l, err := Load("keyed.yaml", []byte(strings.Replace(keyed, "KEEP", "latest", 1)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Examine(l, bytes.NewReader(file.Bytes()), nil); err != nil {
			b.Fatal(err)
		}
	}
}
