package layout

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"

	"pgregory.net/rapid"
)

func exampleBill(i int) *Record {
	date := calendar.MakeDate(2026, time.November, 1)
	r := &Record{
		Role: RoleBill, UtilityAccount: fmt.Sprintf("10-%07d", i), Name: "Ana Example", ServiceAddress: fmt.Sprintf("%d Main Street", i),
		Mailing: Mailing{City: "Sampletown", State: "TX", Zip: "75001"}, Service: "water",
		Bill: Bill{Number: fmt.Sprintf("B%d", i), Date: date, DueDate: date.AddDays(20),
			AmountDue: money.Cents(int64(i)*7 - 100), Current: money.Cents(int64(i) * 7), PastDue: money.Cents(-100)},
		Reading: Reading{Meter: fmt.Sprintf("M%d", i), CurrentOn: date, Current: Quantity(i * 1000), Usage: Quantity(i * 100), Units: "gallons"},
	}
	r.State(UtilityAccount, Name, ServiceAddress, MailingCity, MailingState, MailingZip, Service, BillNumber, BillDate, DueDate,
		AmountDue, Current, PastDue, Meter, CurrentReadOn, CurrentReading, Usage, Units)
	return r
}

func examplePosting(confirmation string, cents int64) *Record {
	r := &Record{
		Role: RolePosting, UtilityAccount: "0000010001", Service: "water", Bill: Bill{Number: "B-77"},
		Posting: Posting{Confirmation: confirmation, Kind: "payment", Amount: money.Cents(cents), Tender: "card", Channel: "web",
			PaidAt: time.Date(2026, time.November, 24, 16, 59, 7, 0, time.UTC)},
	}
	if cents < 0 {
		r.Posting.Kind = "reversal"
	}
	r.State(UtilityAccount, Service, BillNumber, Confirmation, Kind, Amount, Tender, Channel, PaidAt)
	return r
}

func postingControl() Control {
	return Control{Batch: "sampletown-2026-11-24-1", BusinessDate: calendar.MakeDate(2026, time.November, 24)}
}

func writePostings(t testing.TB, name string) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(shipped(t, name), &file, postingControl())
	if err != nil {
		t.Fatal(err)
	}
	for i, cents := range []int64{4_250, 100, -4_250, 123_456_789} {
		if err := w.Write(examplePosting(fmt.Sprintf("CW-0000%d", i+1), cents)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestPostingFiles(t *testing.T) {
	for _, name := range []string{"clearwell-posting", "fixed-posting"} {
		file := writePostings(t, name)
		golden(t, filepath.Join("testdata", "posting", name+".golden"), string(file))
		l := shipped(t, name)
		examined, err := Examine(l, bytes.NewReader(file), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, sum := examined.Control, money.Cents(123_456_889)
		if got.Count != 4 || got.Total != sum || examined.Rows != 4 {
			t.Errorf("%s: %d rows, control = %+v, want 4 rows and %s", name, examined.Rows, got, sum)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	for _, c := range []struct {
		name, layout string
		change       func(*Record)
	}{
		{"a missing confirmation", "clearwell-posting", func(r *Record) { r.stated &^= 1 << Confirmation }},
		{"an unknown kind", "clearwell-posting", func(r *Record) { r.Posting.Kind = "gift" }},
		{"a line feed", "clearwell-posting", func(r *Record) { r.Bill.Number = "1\n2" }},
		{"a card number", "clearwell-posting", func(r *Record) { r.Service = "4111111111111111" }},
		{"a text too long", "clearwell-posting", func(r *Record) { r.Service = strings.Repeat("x", 21) }},
		{"what does not fit", "fixed-posting", func(r *Record) { r.UtilityAccount = strings.Repeat("1", 21) }},
		{"an amount that does not fit", "fixed-posting", func(r *Record) { r.Posting.Amount = money.Cents(100_000_000_000) }},
		{"what the encoding lacks", "fixed-posting", func(r *Record) { r.UtilityAccount = "漢" }},
		{"a bill", "clearwell-posting", func(r *Record) { r.Role = RoleBill }},
	} {
		r := examplePosting("CW-1", 100)
		c.change(r)
		var file bytes.Buffer
		w, err := NewWriter(shipped(t, c.layout), &file, postingControl())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(r); err == nil {
			t.Errorf("%s was written", c.name)
		}
	}
}

func TestLayoutsThatOnlyRead(t *testing.T) {
	for _, name := range []string{"nycha", "infinity-bif951"} {
		if _, err := NewWriter(shipped(t, name), &bytes.Buffer{}, Control{}); err == nil {
			t.Errorf("%s can be written", name)
		}
	}
}

// TestWrittenFilesReadTheSame is the writer and the reader checking each other.
func TestWrittenFilesReadTheSame(t *testing.T) {
	l := shipped(t, "clearwell")
	text := rapid.StringMatching(`[A-Za-z0-9"',;áñ][A-Za-z0-9 "',;áñ-]{0,10}[A-Za-z"',;]`)
	rapid.Check(t, func(rt *rapid.T) {
		var file bytes.Buffer
		w, err := NewWriter(l, &file, Control{})
		if err != nil {
			rt.Fatal(err)
		}
		var want []string
		for i := range rapid.IntRange(0, 5).Draw(rt, "rows") {
			r := exampleBill(i)
			r.Name, r.ServiceAddress = text.Draw(rt, "name"), text.Draw(rt, "address")
			r.Bill.AmountDue = money.Cents(rapid.Int64Range(-1_000_000_000, 1_000_000_000).Draw(rt, "due"))
			r.Reading.Usage = Quantity(rapid.Int64Range(-1_000_000, 1_000_000).Draw(rt, "usage"))
			if err := w.Write(r); err != nil {
				rt.Fatal(err)
			}
			want = append(want, stated(r))
		}
		if err := w.Close(); err != nil {
			rt.Fatal(err)
		}
		if got := readStated(rt, l, file.Bytes()); strings.Join(got, "\n") != strings.Join(want, "\n") {
			rt.Fatalf("written\n%s\nread\n%s", want, got)
		}
	})
}

func readStated(t *rapid.T, l *Layout, file []byte) []string {
	r, err := Open(l, bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for r.Next() {
		if r.Reject() != nil {
			t.Fatalf("%+v in\n%s", *r.Reject(), file)
		}
		rows = append(rows, stated(r.Record()))
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows
}

// stated writes down what a record states, and nothing of where it stood.
func stated(r *Record) string {
	var out strings.Builder
	for n := range nounCount {
		if r.Has(n) {
			fmt.Fprintf(&out, "%s=%s ", n, value(r, n))
		}
	}
	return out.String()
}
