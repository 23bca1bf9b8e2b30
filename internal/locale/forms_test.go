package locale

import (
	"testing"
	"time"
	_ "time/tzdata" // towns keep their own time, whatever the machine knows

	"clearwell/internal/calendar"
	"clearwell/internal/money"

	"pgregory.net/rapid"
)

func TestAmount(t *testing.T) {
	c := mustLoad(t, invented())
	for cents, want := range map[int64]string{
		0:              "$0.00",
		5:              "$0.05",
		-5:             "-$0.05",
		99999:          "$999.99",
		100000:         "$1,000.00",
		123456789:      "$1,234,567.89",
		-123456:        "-$1,234.56",
		money.MaxCents: "$10,000,000,000,000.00",
	} {
		for _, lang := range Languages {
			if got := c.Printer(lang).Amount(money.Cents(cents)); got != want {
				t.Errorf("%s: Amount(%d cents) = %q, want %q", lang, cents, got, want)
			}
		}
	}
}

// What we write, the reader of amounts reads.
func TestAmountsReadBack(t *testing.T) {
	c := mustLoad(t, invented())
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Cents(rapid.Int64Range(0, 99_999_999_99).Draw(t, "cents"))
		text := c.Printer(Spanish).Amount(amount)
		if got, err := money.Parse(text); err != nil || got != amount {
			t.Fatalf("Parse(%q) = %v, %v", text, got, err)
		}
	})
}

func TestNumber(t *testing.T) {
	p := mustLoad(t, invented()).Printer(English)
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", -999: "-999", -1000: "-1,000", 123456: "123,456", 1234567: "1,234,567",
	} {
		if got := p.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	c := mustLoad(t, invented())
	en, es := c.Printer(English), c.Printer(Spanish)
	day := calendar.MakeDate(2026, time.November, 24)
	for _, test := range []struct{ got, want string }{
		{en.Date(day), "November 24, 2026"},
		{es.Date(day), "24 de noviembre de 2026"},
		{en.Weekday(day), "Tuesday, November 24, 2026"},
		{es.Weekday(day), "martes, 24 de noviembre de 2026"},
		{en.ShortDate(day), "Tue, Nov 24, 2026"},
		{es.ShortDate(day), "mar, 24 de nov de 2026"},
		{en.Month(day), "November 2026"},
		{es.Month(day), "noviembre de 2026"},
		{es.Weekday(calendar.MakeDate(2026, time.January, 3)), "sábado, 3 de enero de 2026"},
		{es.Date(calendar.Date{}) + en.Weekday(calendar.Date{}) + en.ShortDate(calendar.Date{}) + es.Month(calendar.Date{}), ""},
	} {
		if test.got != test.want {
			t.Errorf("wrote %q, want %q", test.got, test.want)
		}
	}
}

func TestTimes(t *testing.T) {
	c := mustLoad(t, invented())
	en, es := c.Printer(English), c.Printer(Spanish)
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.July, 1, 4, 59, 59, 0, time.UTC) // still June in Chicago
	noon := time.Date(2026, time.December, 1, 18, 0, 0, 0, time.UTC)
	for _, test := range []struct{ got, want string }{
		{en.Time(at, zone), "June 30, 2026 at 11:59\u00a0p.m.\u00a0CDT"},
		{es.Time(at, zone), "30 de junio de 2026, 11:59\u00a0p.\u00a0m.\u00a0CDT"},
		{en.Clock(noon, zone), "12:00\u00a0p.m."},
		{es.Clock(noon.Add(-12*time.Hour), zone), "12:00\u00a0a.\u00a0m."},
	} {
		if test.got != test.want {
			t.Errorf("wrote %q, want %q", test.got, test.want)
		}
	}
}

func TestJoin(t *testing.T) {
	c := mustLoad(t, invented())
	for _, test := range []struct {
		lang  Lang
		words []string
		want  string
	}{
		{English, nil, ""},
		{English, []string{"gas"}, "gas"},
		{English, []string{"gas", "water", "sewer"}, "gas, water and sewer"},
		{Spanish, []string{"gas", "agua"}, "gas y agua"},
		{Spanish, []string{"agua", "impuestos"}, "agua e impuestos"},
		{Spanish, []string{"agua", "hielo"}, "agua y hielo"},
		{Spanish, []string{"agua", "hidrantes"}, "agua e hidrantes"},
	} {
		if got := c.Printer(test.lang).Join(test.words); got != test.want {
			t.Errorf("%s: Join(%q) = %q, want %q", test.lang, test.words, got, test.want)
		}
	}
}
