package city

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if it should, run with -update\n%s", path, diff)
	}
}

func parse(t testing.TB, data string) File {
	t.Helper()
	f, err := Parse("city.yaml", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// edited is the example with some of its text replaced; each old text must be
// there, or the test tests nothing.
func edited(t testing.TB, pairs ...string) string {
	t.Helper()
	text := string(Example())
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the example has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func TestTheExampleIsSound(t *testing.T) {
	f := parse(t, string(Example()))
	if len(f.Warnings) > 0 {
		t.Errorf("warnings = %v", f.Warnings)
	}
	if f.City != "sampletown" || f.Name.In(locale.Spanish) != "Ciudad de Sampletown" || f.Zone.String() != "America/Chicago" ||
		len(f.Services) != 3 || f.DuplicateWindow != 24*time.Hour || f.Posting.AcknowledgeWithin != 26*time.Hour {
		t.Errorf("the example reads %+v", f)
	}
	set, err := f.Rules.InForce(calendar.MakeDate(2026, 11, 24))
	if err != nil || set.Version != "2026-1" {
		t.Fatalf("rules in force: %s, %v", set.Version, err)
	}
	if fee := set.Fees[3]; fee.Kind != policy.ServiceFee || fee.Tariff.String() != "$1.25 up to $100.00, beyond that 2.25 %" {
		t.Errorf("card fee = %+v", fee)
	}
	if block := set.Blocks[0]; block.Within != (policy.Period{Months: 12}) || block.For != (policy.Period{Months: 6}) {
		t.Errorf("block = %+v", block)
	}
	if set.CutOff(policy.BankAccount, f.Zone).Hour != 17 {
		t.Errorf("cut-off = %s", set.CutOff(policy.BankAccount, f.Zone))
	}
}

func TestADraftIsSoundAndIsTheTowns(t *testing.T) {
	f := parse(t, string(Draft(Basics{City: "lake-odd", English: `City of "Odd": Lake`, Spanish: "Ciudad de Añil", State: "OH", Zone: "America/New_York", Host: "pay.odd.example"})))
	if f.City != "lake-odd" || f.Path != "lake-odd" || f.Name.In(locale.English) != `City of "Odd": Lake` || f.Name.In(locale.Spanish) != "Ciudad de Añil" ||
		f.State != "OH" || f.Zone.String() != "America/New_York" || !slices.Equal(f.Hosts, []string{"pay.odd.example"}) || f.Processor.Merchant != "lake-odd" || f.Processor.Descriptor != "CITY OF ODD LAKE" {
		t.Errorf("the draft reads %+v", f)
	}
	for name, want := range map[string]string{"Ödt": "DT UTILITIES", "The Village of Kiryas Joel and Environs": "THE VILLAGE OF KIRYAS"} {
		if got := onStatement(name); got != want {
			t.Errorf("%s is %q on a statement, want %q", name, got, want)
		}
	}
}

// Every mistake is found, at its line, in one go.
func TestMistakesAreAllReportedAtOnce(t *testing.T) {
	text := edited(t,
		"city: sampletown", "city: Sample Town",
		"zone: America/Chicago", "zone: Chicago",
		"hosts: [", "hots: [",
		`color: "#1a5e8a"`, "color: blue",
		"mcc: 4900", "mcc: 49",
		"check_digit: none", "check_digit: lhun",
		"required: 1", "required: 9",
		"duplicate_window: 24 hours", "duplicate_window: a day",
		"mode: sandbox", "mode: live",
		"minimum: 1.00", "minimum: 1.5",
		"returns: 2", "returns: two",
		"effective_from: 2026-01-01", "effective_from: 2026-02-30",
		"{percent: 2.25}", "{percent: 2.255}",
		`at: "17:00"`, `at: "5 pm"`,
	)
	_, err := Parse("sampletown.yaml", []byte(text))
	if !errors.Is(err, ErrFileInvalid) {
		t.Fatalf("error = %v", err)
	}
	golden(t, "mistakes.txt", err.Error()+"\n")
}

func TestEachMistakeSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new string
		path     string
		words    string
	}{
		{"not YAML", "brand:", "brand: [", "file", "is not YAML here"},
		{"a key twice", "state: TX", "state: TX\nstate: OK", "", "state"},
		{"an empty value", "state: TX", "state:", "state", "is empty"},
		{"a missing value", "state: TX\n", "", "state", "is missing"},
		{"a list for a value", "state: TX", "state: [TX]", "state", "plain value"},
		{"a value for a list", "languages: [en, es]", "languages: en", "languages", "must be a list"},
		{"a value for a section", "  en: City of Sampletown\n  es: Ciudad de Sampletown", "  Sampletown", "name", "key: value"},
		{"an anchor", "state: TX", "state: &s TX", "state", "anchors"},
		{"no state", "state: TX", "state: TZ", "state", "two letters"},
		{"a language we lack", "languages: [en, es]", "languages: [en, fr]", "languages", "en or es"},
		{"no English", "languages: [en, es]", "languages: [es]", "languages", "must contain en"},
		{"a text in one language", "    es: De lunes", "    #", "contact.hours", "no text in es"},
		{"a host with a port", "pay.sampletown.example]", "pay.sampletown.example:80]", "hosts", "without a port"},
		{"no address", "hosts: [pay.sampletown.example]\npath: sampletown\n", "", "hosts", "residents need an address"},
		{"a service twice", "id: sewer", "id: water", "services[water]", "stands twice"},
		{"a misspelt rule", "accept: [card, bank_account]", "accepts: [card, bank_account]", "rules[2023-1].tenders[remote-tenders].accepts", `did you mean "accept"?`},
		{"a tender we do not know", "accept: [card, bank_account]", "accept: [card, bitcoin]", "rules[2023-1].tenders[remote-tenders].accept", `found "bitcoin"`},
		{"a service that is not there", "when: {tenders: [card]}", "when: {tenders: [card], services: [gas]}", "rules[2026-1].fees[card-fee].when.services", `no service "gas"`},
		{"a category that is not there", "when: {tenders: [card]}", "when: {tenders: [card], mccs: [9222]}", "rules[2026-1].fees[card-fee].when.mccs", "9222"},
		{"a fee in two ways", "kind: service\n", "kind: service\n        flat: 1.00\n", "rules[2026-1].fees[card-fee].steps", "either steps or"},
		{"a negative fee", "flat: 1.25", "flat: -1.25", "rules[2026-1].fees[card-fee].steps[1].flat", "dollars and cents"},
		{"steps without an end", "{percent: 2.25}", "{percent: 2.25, up_to: 500.00}", "rules[2026-1].fees[card-fee]", "must have no bound"},
		{"sets out of order", "effective_from: 2026-01-01", "effective_from: 2022-01-01", "rules[2026-1].effective_from", "put the earlier first"},
		{"a version twice", "version: 2026-1", "version: 2023-1", "rules[2023-1]", "stands twice"},
		{"no rule accepts", "        accept: [card, bank_account]\n", "", "rules[2023-1].tenders[remote-tenders]", "say what is accepted"},
		{"no patterns", "patterns: [\"######-###\"]", "patterns: []", "utility_account_number.patterns", "how the numbers are written"},
		{"a strange pattern", "######-###", "999999*", "utility_account_number.patterns", "# is a digit"},
		{"an example that does not fit", "example: 004217-001", "example: 4217-ABC", "utility_account_number.example", "does not fit"},
		{"no factors", "factors: [house_number, name]", "factors: []", "guest.factors", "finds nobody"},
		{"as many factors as offered", "required: 1", "required: 2", "", ""},
		{"more factors than offered", "required: 1", "required: 3", "guest.required", "offers 2"},
		{"the ZIP Code alone", "factors: [house_number, name]", "factors: [zip]", "guest.factors", "whole town"},
		{"real money in the sandbox", "mode: sandbox", "mode: live", "processor.mode", "moves no money"},
		{"a real processor without secrets", "name: sandbox", "name: stripe", "processor.secrets", "needs secrets"},
		{"a script in the logo", "<title>Water tower</title>", "<script>alert(1)</script>", "brand.logo", "<script>"},
		{"a sentence for where weaknesses are reported", "  address: [100", "  security: at the counter\n  address: [100", "contact.security", "e-mail address"},
		{"a language of alarms that nobody prints", "  address: [100", "  language: fr\n  address: [100", "contact.language", "en"},
		{"a language of alarms", "  address: [100", "  language: es\n  address: [100", "", ""},
		{"a form for weaknesses", "  address: [100", "  security: https://town.example/report\n  address: [100", "", ""},
		{"a banner never seen", "capture: fields", "banners:\n  - {id: holiday, text: {en: Closed, es: Cerrado}, from: 2026-12-25, until: 2026-12-25}\ncapture: fields", "banners[holiday].until", "never be seen"},
	} {
		_, err := Parse("city.yaml", []byte(edited(t, c.old, c.new)))
		mistakes, _ := errors.AsType[*MistakesError](err)
		switch {
		case c.words == "" && err != nil:
			t.Errorf("%s: %v, want none", c.name, err)
		case c.words != "" && (mistakes == nil || !slices.ContainsFunc(mistakes.Problems, func(p Problem) bool {
			return (c.path == "" || p.Path == c.path) && strings.Contains(p.Message, c.words) && p.Line > 0 && p.Column > 0
		})):
			t.Errorf("%s: %v\nwant %s: …%s…", c.name, err, c.path, c.words)
		}
	}
}

func TestAnEmptyFileIsRefused(t *testing.T) {
	for _, text := range []string{"", "---\n", "# nothing\n", "just words", "- a list", "a: 1\n---\nb: 2\n", "\x00"} {
		if _, err := Parse("city.yaml", []byte(text)); !errors.Is(err, ErrFileInvalid) {
			t.Errorf("Parse(%q) = %v", text, err)
		}
	}
}

// A secret that somebody wrote into the file is not repeated in the mistake.
func TestASecretIsNotRepeated(t *testing.T) {
	text := edited(t, "  mode: sandbox", "  mode: sandbox\n  secrets: {api-key: sk_live_DEADBEEF}")
	_, err := Parse("city.yaml", []byte(text))
	if err == nil || strings.Contains(err.Error(), "DEADBEEF") || !strings.Contains(err.Error(), "replace it") {
		t.Errorf("error = %v", err)
	}
	f := parse(t, edited(t, "  mode: sandbox", "  mode: sandbox\n  secrets: {api-key: file:/etc/clearwell/key}"))
	if f.Processor.Secrets["api-key"] != "file:/etc/clearwell/key" {
		t.Errorf("secrets = %v", f.Processor.Secrets)
	}
}

func TestPhonesAsPeopleWriteThem(t *testing.T) {
	for phone, want := range map[string]string{"+1 512 555 0100": "(512) 555-0100", "": "", "512 555 0100": "512 555 0100"} {
		if got := (Contact{Phone: phone}).PhoneInWords(); got != want {
			t.Errorf("%q is written %q, want %q", phone, got, want)
		}
	}
}

// Where one answer is enough the ZIP Code is not among them.
func TestTheZIPCodeIsNotAskedAlone(t *testing.T) {
	g := Guest{Factors: Factors(), Required: 1}
	if slices.Contains(g.Asked(), ZIP) || len(g.Asked()) != 3 {
		t.Errorf("asked for %v", g.Asked())
	}
	g.Required = 2
	if !slices.Contains(g.Asked(), ZIP) {
		t.Errorf("asked for %v, two of which are needed", g.Asked())
	}
}

func TestWarningsDoNotStopAFile(t *testing.T) {
	for _, c := range []struct{ name, old, new, path, words string }{
		{"a pale colour", `"#1a5e8a"`, `"#ffd100"`, "brand.color", "links and buttons use #"},
		{"the ZIP Code as one answer of several", "factors: [house_number, name]", "factors: [house_number, zip]", "guest.factors", "whole town"},
		{"a grey on which nothing is legible", `"#1a5e8a"`, `"#7c7c7c"`, "brand.color", "neither white nor black"},
		{"numbers like those of cards", "example: 004217-001", "example: 4111111111111111", "utility_account_number.patterns", "card numbers"},
		{"a fee the network forbids, with a waiver", "kind: service", "kind: convenience\n        waiver: letter of 2 March 2026", "rules[2026-1].fees[card-fee]", "waived by letter of 2 March 2026"},
	} {
		text := edited(t, c.old, c.new)
		if strings.Contains(c.new, "4111") {
			text = strings.Replace(text, "######-###", "################", 1)
		}
		f := parse(t, text)
		if !slices.ContainsFunc(f.Warnings, func(p Problem) bool { return p.Path == c.path && strings.Contains(p.Message, c.words) && p.Line > 1 }) {
			t.Errorf("%s: warnings = %v, want %s: …%s…", c.name, f.Warnings, c.path, c.words)
		}
	}
}

func TestBannersStandBetweenTheirDays(t *testing.T) {
	f := parse(t, edited(t, "capture: fields", "banners:\n  - {id: holiday, text: {en: Closed, es: Cerrado}, from: 2026-12-24, until: 2026-12-26}\ncapture: fields"))
	for instant, want := range map[string]bool{
		"2026-12-24T05:59:59Z": false, "2026-12-24T06:00:00Z": true, "2026-12-26T05:59:59Z": true, "2026-12-26T06:00:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Banners[0].Shown(at); got != want {
			t.Errorf("shown at %s = %v", instant, got)
		}
	}
	if (Banner{}).Shown(time.Time{}) != true {
		t.Error("a banner without days is not shown")
	}
}

func TestDiff(t *testing.T) {
	old := parse(t, string(Example()))
	changed := parse(t, edited(t,
		"phone: +1 512 555 0100", "phone: +1 512 555 0199",
		"quote_lifetime: 30 minutes\n", "",
		"flat: 1.25", "flat: 1.50",
		"      - rule: e-check-free\n        when: {tenders: [bank_account]}\n        kind: absorbed\n", "",
		"  - id: trash\n", "  - id: parking\n    name: {en: Parking, es: Estacionamiento}\n    department: Streets\n    mcc: 9399\n  - id: trash\n",
	))
	var lines strings.Builder
	for _, c := range Diff(old, changed) {
		lines.WriteString(c.String() + "\n")
	}
	golden(t, "diff.txt", lines.String())
}

func TestLayoutAndCommentsAreNoChange(t *testing.T) {
	same := parse(t, edited(t, "languages: [en, es]", "languages:\n  - en   # English\n  - es", "maximum: 3,000.00", "maximum: $3000",
		"duplicate_window: 24 hours", "duplicate_window: 1 day", "percent: 2.25", "percent: 2.25 %", "quote_lifetime: 30 minutes\n", ""))
	if changes := Diff(parse(t, string(Example())), same); len(changes) > 0 {
		t.Errorf("changes = %v", changes)
	}
}

func TestRulesInForceMayNotBeRewritten(t *testing.T) {
	old := parse(t, string(Example()))
	today := calendar.MakeDate(2026, 11, 24)
	later := "  - version: 2027-1\n    effective_from: 2027-01-01\n    citation: c\n    tenders:\n      - {rule: all, accept: [card]}\n    fees:\n      - {rule: free, kind: absorbed}\n"
	for _, c := range []struct {
		name, text string
		want       string // path, empty for none
	}{
		{"nothing changed", string(Example()), ""},
		{"a name changed", edited(t, "en: City of Sampletown", "en: Town"), ""},
		{"a set to come", string(Example()) + later, ""},
		{"a set from today", string(Example()) + strings.Replace(later, "2027-01-01", "2026-11-24", 1), ""},
		{"a set from yesterday", string(Example()) + strings.Replace(later, "2027-01-01", "2026-11-23", 1), "rules[2027-1].effective_from"},
		{"a fee in force", edited(t, "flat: 1.25", "flat: 1.50"), "rules[2026-1]"},
		{"an order in force", edited(t, "- {rule: ach-cut-off", "- {rule: other, at: \"16:00\"}\n      - {rule: ach-cut-off"), "rules[2026-1]"},
		{"an old set dropped", string(Example()[:strings.Index(string(Example()), "  - version: 2023-1")]) + string(Example()[strings.Index(string(Example()), "  - version: 2026-1"):]), "rules[2023-1]"},
	} {
		problems := rewritten(old, parse(t, c.text), today)
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) != 1 || problems[0].Path != c.want || problems[0].Line < 2) {
			t.Errorf("%s: %v, want %q", c.name, problems, c.want)
		}
	}
	proposed := parse(t, string(Example())+later)
	if problems := rewritten(proposed, parse(t, string(Example())), today); len(problems) > 0 {
		t.Errorf("a set that is not yet in force may be dropped: %v", problems)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Example())
	f.Add([]byte("city: {a: [1, 2]}\nrules: [{version: 1, fees: [{steps: [{}]}]}]"))
	f.Add([]byte("<<: *a\n? [x]\n: y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("city.yaml", data)
		if err == nil && (file.City == "" || file.Zone == nil || len(file.Rules) == 0) {
			t.Fatalf("accepted %q", data)
		}
	})
}

// The counter's rules are read, and a slip in them is found.
func TestTheCountersRulesAreRead(t *testing.T) {
	f, err := Parse("sampletown.yaml", Example())
	if err != nil {
		t.Fatal(err)
	}
	counter := f.Rules[len(f.Rules)-1].Counter
	if counter.VoidAlone != money.Cents(5000) || counter.CashLimit != money.Cents(100000) || counter.CashWarning != money.Cents(50000) ||
		counter.Bank(policy.Cash) != "first-bank" || counter.Bank(policy.MoneyOrder) != "second-bank" || counter.Citation == "" {
		t.Errorf("read %+v", counter)
	}
	for old, wrong := range map[string]string{"cash_limit: 1000.00": "cash_limits: 1000.00", "bank: first-bank": "bank: First Bank", "void_alone_up_to: 50.00": "void_alone_up_to: much"} {
		text := strings.Replace(string(Example()), old, wrong, 1)
		if _, err := Parse("sampletown.yaml", []byte(text)); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}
