package law_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"clearwell/internal/law"
	"clearwell/internal/locale"
	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// surveyed reads testdata/survey.txt: by code, the columns as published.
func surveyed(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/survey.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if columns := strings.Split(strings.TrimSpace(line), " | "); len(columns) == 8 {
			rows[columns[0]] = columns[1:]
		}
	}
	if len(rows) != 52 {
		t.Fatalf("the survey has %d rows", len(rows))
	}
	return rows
}

// general is the cell of a part that binds businesses today.
func general(t *testing.T, cells []law.Cell, place, part string) []law.Cell {
	t.Helper()
	var all []law.Cell
	for _, c := range cells {
		if c.Jurisdiction == place && c.Part == part && strings.Contains(c.Binds, "business") && !strings.Contains(c.InForce, "until") {
			all = append(all, c)
		}
	}
	return all
}

var figure = regexp.MustCompile(`\d[\d,]*`)

// figures are the numbers in a text: thresholds as the smallest number that
// counts, so that more than 1,000 is 1,001.
func figures(text string) []int {
	var all []int
	for _, at := range figure.FindAllStringIndex(text, -1) {
		n, err := strconv.Atoi(strings.ReplaceAll(text[at[0]:at[1]], ",", ""))
		if err != nil {
			return nil
		}
		if strings.HasSuffix(text[:at[0]], ">") {
			n++
		}
		all = append(all, n)
	}
	return all
}

// The file of each place says what the survey says, number by number.
func TestFilesSayWhatTheSurveySays(t *testing.T) {
	b := book(t)
	table := b.Table()
	for code, columns := range surveyed(t) {
		place := b.Name(code)
		individuals := general(t, table, place, "individuals")
		if len(individuals) != 1 || !slices.Equal(figures(individuals[0].Says), figures(columns[0])) {
			t.Errorf("%s: individuals %v, surveyed %q", code, individuals, columns[0])
		}
		if strings.HasPrefix(columns[1], "none") != (len(general(t, table, place, "regulator")) == 0) {
			t.Errorf("%s: regulators %v, surveyed %q", code, general(t, table, place, "regulator"), columns[1])
		}
		for _, r := range general(t, table, place, "regulator") {
			_, says, _ := strings.Cut(r.Says, ": ")
			want := regexp.MustCompile(`\[.*\]|\(.*\)|content rule.*|, it publishes.*`).ReplaceAllString(columns[1], "")
			if !slices.Equal(figures(says), figures(want)) {
				t.Errorf("%s: regulator %q, surveyed %q", code, says, columns[1])
			}
		}
		for _, c := range general(t, table, place, "bureaus") {
			if want := figures(columns[2]); len(want) > 0 && code != "WA" && !slices.Equal(figures(c.Says), want) {
				t.Errorf("%s: bureaus %q, surveyed %q", code, c.Says, columns[2])
			}
		}
		if places := len(general(t, table, place, "bureaus")); (columns[2] == "none" || strings.HasPrefix(columns[2], "as ")) != (places == 0) {
			t.Errorf("%s: bureaus in %d cells, surveyed %q", code, places, columns[2])
		}
		for _, s := range general(t, table, place, "substitute notice") {
			if code != "WY" && !slices.Equal(figures(s.Says), figures(strings.TrimSuffix(columns[3], "(S61)"))) {
				t.Errorf("%s: substitute notice %q, surveyed %q", code, s.Says, columns[3])
			}
		}
		for _, v := range general(t, table, place, "vendor") {
			if (v.Says == "immediately") != (columns[6] == "imm") || !slices.Equal(figures(v.Says), figures(columns[6])) {
				t.Errorf("%s: vendor %q, surveyed %q", code, v.Says, columns[6])
			}
		}
		checkWords(t, code, general(t, table, place, "finding of no harm"), columns[4])
		checkWords(t, code, general(t, table, place, "card"), columns[5])
	}
}

// checkWords compares the two columns that are words.
func checkWords(t *testing.T, code string, cells []law.Cell, surveyed string) {
	t.Helper()
	meaning := map[string]string{
		"yes": "ends the duty", "no": "none", "in": "in the definition", "[!]": "contradicted",
		"N+C": "number with code", "N": "number", "N?": "number if usable alone", "N+C/exp": "number with code or expiry",
		"N (N+C if code needed)": "number if usable alone", "N (debit N+C)": "number debit with code",
	}
	want := meaning[surveyed]
	if want == "" {
		want = meaning[strings.Fields(surveyed)[0]]
	}
	says := ""
	if len(cells) == 1 {
		says, _, _ = strings.Cut(cells[0].Says, ", kept")
	}
	if want == "" || says != want {
		t.Errorf("%s: %q, surveyed %q", code, says, surveyed)
	}
}

// Every cell says what it rests on, and a cell that nobody verified says so.
func TestCellsSayWhatTheyRestOn(t *testing.T) {
	b := book(t)
	table := b.Table()
	verified := 0
	for _, c := range table {
		if c.Citation == "" || b.SourceTitle(c.Source) == "" {
			t.Errorf("%s, %s rests on nothing", c.Jurisdiction, c.Part)
		}
		if (c.Standing() == law.Unverified) == (c.Verified != "") {
			t.Errorf("%s, %s prints %q", c.Jurisdiction, c.Part, c.Standing())
		}
		if c.Verified == "" {
			continue
		}
		verified++
		if c.Jurisdiction != "Texas" || c.Source == "memory" {
			t.Errorf("%s, %s says it is verified", c.Jurisdiction, c.Part)
		}
	}
	if len(table) < 52*7 || verified < 10 {
		t.Errorf("%d cells, %d verified", len(table), verified)
	}
}

func TestMassachusettsAndIllinois(t *testing.T) {
	b := book(t)
	facts := odessa(100)
	massachusetts := b.Content(facts, "MA", today)
	if !massachusetts.Forbids(law.Nature) || !massachusetts.Forbids(law.ResidentsCount) || !massachusetts.Requires(law.PoliceReport) || massachusetts.Requires(law.Parent) {
		t.Errorf("Massachusetts: %+v", massachusetts)
	}
	if illinois := b.Content(facts, "IL", today); illinois.Forbids(law.Nature) || !illinois.Forbids(law.ResidentsCount) {
		t.Errorf("Illinois: %+v", illinois)
	}
	if texas := b.Content(facts, "TX", today); len(texas.Required)+len(texas.Forbidden) > 0 {
		t.Errorf("Texas prescribes nothing, yet %+v", texas)
	}
	facts.Entity = law.Business
	if !b.Content(facts, "MA", today).Requires(law.Parent) {
		t.Error("a business does not name its parent in Massachusetts")
	}
}

// What a file requires of letters are elements that letters know.
func TestElementsAreKnown(t *testing.T) {
	b := book(t)
	for _, code := range b.Codes() {
		c := b.Content(odessa(1), code, today)
		for _, e := range slices.Concat(c.Required, c.Forbidden) {
			if !slices.Contains(law.Elements(), e) {
				t.Errorf("%s speaks of %q", code, e)
			}
		}
		if c.Requires(law.AttorneyGeneral) && len(b.Contacts("attorney_general."+code, today)) != 1 {
			t.Errorf("%s wants the address of its attorney general, which is not on file", code)
		}
	}
	if bureaus, ftc := b.Contacts("bureau", today), b.Contacts("ftc", today); len(bureaus) != 3 || len(ftc) != 1 {
		t.Errorf("%d bureaus, %d commissions", len(bureaus), len(ftc))
	}
}

func TestSubstituteNotice(t *testing.T) {
	b := book(t)
	for _, c := range []struct {
		name  string
		facts func(*law.Facts)
		want  []law.Ground
	}{
		{"letters to all", func(*law.Facts) {}, nil},
		{"a quarter of a million dollars is the limit", func(f *law.Facts) { f.CostCents = money.Cents(250_000_00) }, nil},
		{"a cent more", func(f *law.Facts) { f.CostCents = money.Cents(250_000_01) }, []law.Ground{law.TooDear}},
		{"half a million people is the limit", func(f *law.Facts) { f.People["TX"] = 500_000 }, nil},
		{"one more, of another state", func(f *law.Facts) { f.People = map[string]int{"TX": 500_000, "OK": 1} }, []law.Ground{law.TooMany}},
		{"somebody without an address", func(f *law.Facts) { f.Unaddressed = 1 }, []law.Ground{law.NoAddresses}},
	} {
		facts := odessa(8000)
		c.facts(&facts)
		all := b.Substitutes(facts, today)
		at := slices.IndexFunc(all, func(s law.Substitute) bool { return s.Jurisdiction == "TX" })
		if at < 0 || !slices.Equal(all[at].Grounds, c.want) {
			t.Errorf("%s: %+v", c.name, all)
		}
	}
}

// What is named in the rules is said in every language.
func TestRulesAreSaidInEveryLanguage(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := book(t)
	facts := odessa(1)
	for _, code := range b.Codes() {
		facts.People[code] = 20000
	}
	for _, lang := range locale.Languages {
		p := catalogue.Printer(lang)
		for _, d := range b.Duties(facts, today) {
			ids := []string{"law.kind." + string(d.Kind)}
			for _, ask := range d.Ask {
				ids = append(ids, "law.ask."+ask)
			}
			if d.Order != "" {
				ids = append(ids, "law.order."+string(d.Order))
			}
			if d.From != "" {
				ids = append(ids, "law.clock."+string(d.From))
			}
			for _, id := range ids {
				if p.T(id) == id {
					t.Errorf("%s: %s is not said", lang, id)
				}
			}
		}
	}
}

const (
	tableBegins = "<!-- The table is written by go test ./internal/law -update. -->\n"
	document    = "../../docs/law.md"
)

// printed is the table of all cells, as the document has it.
func printed(b *law.Book) string {
	var text strings.Builder
	place := ""
	for _, c := range b.Table() {
		if c.Jurisdiction != place {
			place = c.Jurisdiction
			fmt.Fprintf(&text, "\n### %s\n\n| part | binds | says | in force | rests on | |\n|---|---|---|---|---|---|\n", place)
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s [%s] | %s |\n", c.Part, c.Binds, noted(c), c.InForce, c.Citation, c.Source, c.Standing())
	}
	return text.String()
}

func noted(c law.Cell) string {
	if c.Note == "" {
		return c.Says
	}
	return c.Says + " (" + c.Note + ")"
}

// Counsel reads the document, the program the files: they are the same.
func TestDocumentHasTheTable(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	above, got, found := strings.Cut(string(text), tableBegins)
	if !found {
		t.Fatal("the document has no place for the table")
	}
	want := printed(book(t))
	if *update {
		if err := os.WriteFile(document, []byte(above+tableBegins+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
