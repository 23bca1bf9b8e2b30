package calendar

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	_ sql.Scanner   = (*Date)(nil)
	_ driver.Valuer = Date{}
)

func date(t *testing.T, text string) Date {
	t.Helper()
	d, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dates() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		return Date{rapid.OneOf(rapid.Int32Range(1, lastDay), rapid.Int32Range(725_000, 750_000)).Draw(t, "day")}
	})
}

func TestDateAgreesWithPackageTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dates().Draw(t, "date")
		n := rapid.IntRange(-400_000, 400_000).Draw(t, "days")
		want := time.Date(1, 1, int(d.day), 0, 0, 0, 0, time.UTC)
		if d.Year() != want.Year() || d.Month() != want.Month() || d.Day() != want.Day() || d.Weekday() != want.Weekday() ||
			d.String() != want.Format(time.DateOnly) {
			t.Fatalf("day %d = %v, want %v", d.day, d, want)
		}
		moved := d.AddDays(n)
		if later := want.AddDate(0, 0, n); later.Year() < 1 || later.Year() > 9999 {
			if !moved.IsZero() {
				t.Fatalf("%v.AddDays(%d) = %v, want no day", d, n, moved)
			}
		} else if moved != Of(later, time.UTC) || moved.Sub(d) != n {
			t.Fatalf("%v.AddDays(%d) = %v, want %v", d, n, moved, later)
		}
	})
}

func TestDateSurvivesWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := dates().Draw(t, "date")
		if got, err := Parse(want.String()); err != nil || got != want {
			t.Fatalf("Parse(%q) = %v, %v", want, got, err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Date
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("JSON %s became %v, %v", text, got, err)
		}
		stored, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		got = Date{}
		if err := got.Scan(stored); err != nil || got != want {
			t.Fatalf("stored %v became %v, %v", stored, got, err)
		}
	})
}

func TestNoDay(t *testing.T) {
	var none Date
	last := MakeDate(9999, 12, 31)
	for name, d := range map[string]Date{
		"30 February": MakeDate(2026, 2, 30), "29 February": MakeDate(2026, 2, 29), "month 13": MakeDate(2026, 13, 1),
		"year 0": MakeDate(0, 12, 31), "year 10000": last.AddDays(1), "before year 1": MakeDate(1, 1, 1).AddDays(-1),
		"added to none": none.AddDays(5), "months to none": none.AddMonths(1), "far": last.AddDays(math.MaxInt),
		"far back": last.AddDays(math.MinInt), "far months": last.AddMonths(math.MinInt), "next month": last.AddMonths(1),
		"banking days": last.AddBankingDays(math.MaxInt), "banking days back": last.AddBankingDays(math.MinInt),
		"none banking": none.NextBankingDay(), "end of none": none.EndOfMonth(), "start of none": none.StartOfMonth(),
	} {
		if !d.IsZero() || d != none {
			t.Errorf("%s = %v, want no day", name, d)
		}
	}
	if none.String() != "" || none.IsBankingDay() || none.Holiday() != "" {
		t.Error("no day passes for a day")
	}
	if stored, err := none.Value(); stored != nil || err != nil {
		t.Errorf("Value of none = %v, %v; want NULL", stored, err)
	}
	read := last
	if err := read.Scan(nil); err != nil || !read.IsZero() {
		t.Errorf("Scan of NULL = %v, %v", read, err)
	}
	read = last
	if err := read.UnmarshalText(nil); err != nil || !read.IsZero() {
		t.Errorf("UnmarshalText of nothing = %v, %v", read, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", "2026", "2026-1-2", "2026-02-30", "11/24/2026", "20261124", "2026-11-24 ", " 2026-11-24",
		"2026-11-24T00:00:00Z", "0000-12-31", "-001-01-01", "12026-01-01", "２０２６-11-24"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, got)
		}
	}
	var d Date
	for _, src := range []any{int64(20261124), "11/24/2026", time.Time{}, ""} {
		if err := d.Scan(src); err == nil {
			t.Errorf("Scan(%v) succeeded", src)
		}
	}
}

func TestLayouts(t *testing.T) {
	want := MakeDate(2026, time.November, 4)
	for layout, text := range map[string]string{"01/02/2006": "11/04/2026", "060102": "261104", "20060102": "20261104", "2-Jan-2006": "4-Nov-2026"} {
		if got, err := ParseLayout(layout, text); err != nil || got != want {
			t.Errorf("ParseLayout(%q, %q) = %v, %v", layout, text, got, err)
		}
		if got := want.Format(layout); got != text {
			t.Errorf("Format(%q) = %q, want %q", layout, got, text)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-03-31", -1, "2026-02-28"},
		{"2026-12-15", 1, "2027-01-15"}, {"2026-01-15", -1, "2025-12-15"}, {"2028-02-29", 12, "2029-02-28"},
		{"2026-05-31", 0, "2026-05-31"}, {"2026-08-31", 18, "2028-02-29"},
	} {
		if got := date(t, c.from).AddMonths(c.months); got.String() != c.want {
			t.Errorf("%s plus %d months = %v, want %s", c.from, c.months, got, c.want)
		}
	}
	d := date(t, "2028-02-10")
	if d.StartOfMonth() != date(t, "2028-02-01") || d.EndOfMonth() != date(t, "2028-02-29") {
		t.Error("the month has other ends")
	}
}

func TestOrder(t *testing.T) {
	early, late := date(t, "2026-02-28"), date(t, "2026-03-01")
	if !early.Before(late) || early.After(late) || !late.After(early) || early.Compare(late) != -1 || late.Sub(early) != 1 || early.Sub(late) != -1 {
		t.Error("days are out of order")
	}
}
