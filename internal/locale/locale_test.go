package locale

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/money"
)

// invented is a catalogue of two small areas.
func invented() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"catalogue/bill.en.yaml": file(`
bill.due: "{{.Amount}} is due on {{ .Day }}."
bill.count: {one: "{{.Count}} bill", other: "{{.Count}} bills"}
bill.pay: Pay
bill.since: since {{.Year}}
bill.taken: We take {{.Tenders}}, not {{.Other}}.
bill.tender.card: cards
bill.tender.cash: cash
fault.invalid: Please check it.
fault.internal: On our side.
fault.amount_too_low: Pay {{.minimum}} or more.
`),
		"catalogue/bill.es.yaml": file(`
bill.due: "{{.Amount}} vence el {{.Day}}."
bill.count: {one: "{{.Count}} factura", other: "{{.Count}} facturas"}
bill.pay: Pagar
bill.since: desde {{.Year}}
bill.taken: Aceptamos {{.Tenders}}, no {{.Other}}.
bill.tender.card: tarjetas
bill.tender.cash: efectivo
fault.invalid: Revíselo.
fault.internal: De nuestro lado.
fault.amount_too_low: Pague {{.minimum}} o más.
`),
	}
}

func mustLoad(t *testing.T, files fstest.MapFS) *Catalogue {
	t.Helper()
	c, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestT(t *testing.T) {
	c := mustLoad(t, invented())
	day := calendar.MakeDate(2026, time.November, 24)
	for _, test := range []struct {
		id      string
		params  []any
		en, es  string
		comment string
	}{
		{"bill.pay", nil, "Pay", "Pagar", "fixed"},
		{"bill.due", []any{"Amount", money.Cents(123456), "Day", day}, "$1,234.56 is due on November 24, 2026.", "$1,234.56 vence el 24 de noviembre de 2026.", "filled"},
		{"bill.count", []any{"Count", 1}, "1 bill", "1 factura", "one"},
		{"bill.count", []any{"Count", 0}, "0 bills", "0 facturas", "none"},
		{"bill.count", []any{"Count", 1000000}, "1,000,000 bills", "1,000,000 facturas", "Spanish has a form of its own for millions"},
		{"bill.since", []any{"Year", 2026}, "since 2026", "desde 2026", "a year is not grouped"},
		{"bill.since", []any{"Year", "{{.Year}}"}, "since {{.Year}}", "desde {{.Year}}", "values are not sentences"},
		{"bill.taken", []any{"Tenders", List{"bill.tender.card", "bill.tender.cash"}, "Other", Phrase("bill.tender.cash")}, "We take cards and cash, not cash.", "Aceptamos tarjetas y efectivo, no efectivo.", "phrases"},
		{"bill.nothing", nil, "bill.nothing", "bill.nothing", "missing"},
		{"bill.since", nil, "bill.since", "bill.since", "nothing to fill it with"},
		{"bill.since", []any{"Year"}, "bill.since", "bill.since", "a name without a value"},
		{"bill.since", []any{"Year", 2026.5}, "bill.since", "bill.since", "a value we do not write"},
		{"bill.count", []any{"Count", "many"}, "bill.count", "bill.count", "not a number"},
		{"bill.taken", []any{"Tenders", List{"bill.tender.gold"}, "Other", ""}, "bill.taken", "bill.taken", "a phrase that is missing"},
	} {
		if got := c.Printer(English).T(test.id, test.params...); got != test.en {
			t.Errorf("%s: English T(%q, %v) = %q, want %q", test.comment, test.id, test.params, got, test.en)
		}
		if got := c.Printer(Spanish).T(test.id, test.params...); got != test.es {
			t.Errorf("%s: Spanish T(%q, %v) = %q, want %q", test.comment, test.id, test.params, got, test.es)
		}
	}
}

func TestFault(t *testing.T) {
	p := mustLoad(t, invented()).Printer(English)
	low := fault.New(fault.Refused, "amount_too_low")
	for _, test := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("starting: %w", low.With("minimum", money.Cents(500))), "Pay $5.00 or more."},
		{fault.New(fault.Invalid, "no_sentence"), "Please check it."},
		{fault.New(fault.Invalid, "amount_too_low"), "Please check it."}, // nothing to fill it with
		{errors.New("disk on fire"), "On our side."},
	} {
		if got := p.Fault(test.err); got != test.want {
			t.Errorf("Fault(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}

func TestPrinterSpeaksEnglishWhenItDoesNotKnowTheLanguage(t *testing.T) {
	c := mustLoad(t, invented())
	if got := c.Printer("fr").Lang(); got != English {
		t.Errorf("Printer(fr).Lang() = %q", got)
	}
	if c.Printer(Spanish) != c.Printer(Spanish) {
		t.Error("printers are made again and again")
	}
}

func TestLoadRefusesWhatItCannotSay(t *testing.T) {
	for name, text := range map[string]string{
		"a condition":        `bill.x: "{{if .A}}b{{end}}"`,
		"a call":             `bill.x: "{{len .A}}"`,
		"a blank left open":  `bill.x: "{{.A"`,
		"a bare name":        `bill.x: "{{A}}"`,
		"a path":             `bill.x: "{{.A.B}}"`,
		"the same twice":     "bill.x: a\nbill.x: b",
		"the same elsewhere": "bill.pay: Pay now",
		"not YAML":           "bill.x: [",
	} {
		files := invented()
		files["catalogue/more.en.yaml"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := load(files); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		accept string
		want   Lang
	}{
		{"", English},
		{"es-MX,es;q=0.9,en;q=0.8", Spanish},
		{"en-US,en;q=0.9,es;q=0.8", English},
		{"fr-FR, es;q=0.5, en;q=0.2", Spanish},
		{"vi", English},
		{"; nonsense", English},
		{"es" + string(make([]byte, longestAccept)), English},
	} {
		if got := Match(test.accept); got != test.want {
			t.Errorf("Match(%.40q) = %q, want %q", test.accept, got, test.want)
		}
	}
}

func BenchmarkFixed(b *testing.B) {
	c, err := load(invented())
	if err != nil {
		b.Fatal(err)
	}
	p := c.Printer(Spanish)
	for b.Loop() {
		p.T("bill.pay")
	}
}

func BenchmarkFilled(b *testing.B) {
	c, err := load(invented())
	if err != nil {
		b.Fatal(err)
	}
	p := c.Printer(Spanish)
	due, day := money.Cents(123456), calendar.MakeDate(2026, time.November, 24)
	for b.Loop() {
		p.T("bill.due", "Amount", due, "Day", day)
	}
}

func BenchmarkMatch(b *testing.B) {
	for b.Loop() {
		Match("es-MX,es;q=0.9,en;q=0.8")
	}
}

func BenchmarkAmount(b *testing.B) {
	c, err := load(invented())
	if err != nil {
		b.Fatal(err)
	}
	p := c.Printer(English)
	for b.Loop() {
		p.Amount(money.Cents(123456))
	}
}
