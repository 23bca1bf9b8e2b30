package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/law"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// book is the law on file.
func book(t testing.TB) *law.Book {
	t.Helper()
	b, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func day(text string) calendar.Date {
	d, err := calendar.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func central() *time.Location {
	zone, err := calendar.Zone("America/Chicago")
	if err != nil {
		panic(err)
	}
	return zone
}

// today is a day on which the law of 2026 is in force.
var today = day("2026-11-24")

// odessa is a Texas town that learned and determined on December 11, 2019.
func odessa(people int) law.Facts {
	return law.Facts{
		Entity: law.LocalGovernment, State: "TX", Zone: central(),
		CityDiscovered: day("2019-12-11"), Determined: day("2019-12-11"),
		People: map[string]int{"TX": people},
	}
}

// said prints duties in order: who, when, from what.
func said(duties []law.Duty) []string {
	var lines []string
	for _, d := range duties {
		lines = append(lines, fmt.Sprintf("%s %s: %s", d.Jurisdiction, who(d), when(d)))
	}
	return lines
}

func who(d law.Duty) string {
	if d.Who == "" {
		return string(d.Kind)
	}
	short, _, _ := strings.Cut(d.Who, " (")
	return short
}

func when(d law.Duty) string {
	words := "promptly"
	switch {
	case !d.Met:
		return fmt.Sprintf("%d of %d", d.People, d.Least)
	case d.Due.Immediate:
		words = "immediately"
	case !d.Due.At.IsZero():
		words = d.Due.At.Format(time.RFC3339)
	case !d.Due.On.IsZero():
		words = d.Due.On.String()
	}
	if d.Held {
		words += ", held"
	}
	return words + " from " + string(d.From)
}

func TestOdessaUnderTheLawOfToday(t *testing.T) {
	want := []string{
		"NET Acquiring bank or processor: immediately from discovered",
		"NET Mastercard, through the acquiring bank: immediately from discovered",
		"TX Texas Cyber Command: 2019-12-13 from discovered",
		"NET Visa and Mastercard, incident report: 2019-12-14 from discovered",
		"NET Visa, the cards at risk: 2019-12-26 from discovered",
		"TX Attorney General: 2020-01-10 from determined",
		"TX individuals: 2020-02-09 from determined",
		"TX Texas Cyber Command, details and cause: promptly from ",
		"TX bureaus: 8000 of 10001",
		"TX vendor: 0 of 0",
	}
	if diff := cmp.Diff(want, said(book(t).Duties(odessa(8000), today))); diff != "" {
		t.Error(diff)
	}
}

// In December 2019 Texas said "as quickly as possible", and asked for no other
// notice.
func TestOdessaUnderTheLawOfItsDay(t *testing.T) {
	got := said(book(t).Duties(odessa(8000), day("2019-12-11")))
	want := []string{"TX individuals: promptly from determined", "TX bureaus: 8000 of 10001", "TX vendor: 0 of 0"}
	got = slices.DeleteFunc(got, func(line string) bool { return strings.HasPrefix(line, "NET") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTheVendorKnew(t *testing.T) {
	facts := odessa(8000)
	facts.VendorKnew = day("2019-11-08")
	want := map[string]string{"Attorney General": "2019-12-08", "individuals": "2020-01-07", "Texas Cyber Command": "2019-11-10"}
	got := map[string]string{}
	for _, d := range book(t).Duties(facts, today) {
		if d.Jurisdiction == "TX" && !d.IfVendorKnew.IsZero() {
			got[who(d)] = d.IfVendorKnew.On.String()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWacoKnewInNovember(t *testing.T) {
	facts := odessa(8000)
	facts.CityDiscovered, facts.Determined = day("2019-11-08"), day("2019-11-08")
	got := said(book(t).Duties(facts, today))
	for _, want := range []string{"TX Attorney General: 2019-12-08 from determined", "TX individuals: 2020-01-07 from determined"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

// met finds a duty that must be done.
func met(duties []law.Duty, code string, name string) (law.Duty, bool) {
	at := slices.IndexFunc(duties, func(d law.Duty) bool { return d.Jurisdiction == code && who(d) == name && d.Met })
	if at < 0 {
		return law.Duty{}, false
	}
	return duties[at], true
}

func TestTexasThresholds(t *testing.T) {
	b := book(t)
	for _, entity := range []law.Entity{law.Business, law.LocalGovernment} {
		for _, c := range []struct {
			people int
			who    string
			want   bool
		}{
			{249, "Attorney General", false}, {250, "Attorney General", true},
			{10000, "bureaus", false}, {10001, "bureaus", true},
			{0, "individuals", false}, {1, "individuals", true},
			{0, "Texas Cyber Command", entity == law.LocalGovernment},
		} {
			facts := odessa(c.people)
			facts.Entity = entity
			if _, got := met(b.Duties(facts, today), "TX", c.who); got != c.want {
				t.Errorf("%s, %d people, %s: %v", entity, c.people, c.who, got)
			}
		}
	}
}

// The bureaus are told when everybody together is more than ten thousand.
func TestTexasCountsEverybodyForTheBureaus(t *testing.T) {
	facts := odessa(9000)
	facts.People["OK"] = 1001
	if _, ok := met(book(t).Duties(facts, today), "TX", "bureaus"); !ok {
		t.Error("10,001 people are not told to the bureaus")
	}
	facts.People = map[string]int{"OK": 20000}
	if _, ok := met(book(t).Duties(facts, today), "TX", "bureaus"); ok {
		t.Error("the law of Texas speaks for people none of whom live there")
	}
}

func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		name  string
		code  string
		who   string
		want  string
		facts func(*law.Facts)
	}{
		{"sixty days end on a Sunday and stay there", "TX", "individuals", "2020-02-09", nil},
		{"the tenth business day skips Christmas, New Year and weekends", "TX", "Texas Cyber Command, details and cause", "2020-01-07",
			func(f *law.Facts) { f.Recovered = day("2019-12-20") }},
		{"five business days after the letters", "IA", "Consumer Protection Division of the Attorney General", "2020-01-08",
			func(f *law.Facts) { f.Told = day("2019-12-31") }},
		{"fifteen days after the last day for letters, until they are out", "CA", "Attorney General", "2020-01-25", nil},
		{"fifteen days after the letters", "CA", "Attorney General", "2020-01-04",
			func(f *law.Facts) { f.Told = day("2019-12-20") }},
		{"Vermont's fourteen business days", "VT", "Attorney General", "2020-01-02", nil},
		{"Maryland's Attorney General hears before its residents", "MD", "Attorney General", "2020-01-25", nil},
		{"New Jersey's police too, without a day", "NJ", "Division of State Police", "", nil},
		{"Minnesota's bureaus in 48 hours", "MN", "bureaus", "2019-12-13", nil},
		{"Arkansas: with the letters, or 45 days", "AR", "Attorney General", "2020-01-25", nil},
		{"what was not determined counts from its discovery", "CO", "individuals", "2020-01-10",
			func(f *law.Facts) { f.Determined = calendar.Date{} }},
		{"what was determined later counts from then", "CO", "individuals", "2020-02-08",
			func(f *law.Facts) { f.Determined = day("2020-01-09") }},
	} {
		facts := odessa(2000)
		facts.People[c.code] = 2000
		if c.facts != nil {
			c.facts(&facts)
		}
		d, ok := met(book(t).Duties(facts, today), c.code, c.who)
		if got := d.Due.On.String(); !ok || got != c.want {
			t.Errorf("%s: %s %s is due %q, want %q (met: %v)", c.name, c.code, c.who, got, c.want, ok)
		}
	}
}

// At six in the evening before the clocks spring forward, 48 hours end at seven.
func TestHoursAreCountedFromTheInstant(t *testing.T) {
	facts := odessa(2000)
	facts.CityDiscovered = day("2019-03-09")
	facts.DiscoveredAt = time.Date(2019, 3, 9, 18, 0, 0, 0, central())
	d, _ := met(book(t).Duties(facts, today), "TX", "Texas Cyber Command")
	if want := time.Date(2019, 3, 11, 19, 0, 0, 0, central()); !d.Due.At.Equal(want) || d.Due.On != day("2019-03-11") {
		t.Errorf("due %v, want %v", d.Due, want)
	}
}

func TestTownsKeepTheirOwnStatesRules(t *testing.T) {
	for _, c := range []struct {
		state, who, want string
	}{
		{"ID", "Attorney General", "2019-12-12"},
		{"IN", "Office of Technology", "2019-12-13"},
		{"NY", "Division of Homeland Security and Emergency Services", "2019-12-14"},
		{"WV", "Cybersecurity Office", "2019-12-21"},
		{"RI", "individuals", "2020-01-10"},
		{"RI", "State Police", "2019-12-12"},
		{"CA", "individuals", ""},
		{"HI", "Legislature, written report", "2019-12-31"},
	} {
		facts := odessa(0)
		facts.State, facts.People = c.state, map[string]int{c.state: 600}
		b := book(t)
		d, ok := met(b.Duties(facts, today), c.state, c.who)
		if !ok || d.Due.On.String() != c.want {
			t.Errorf("a town of %s: %s due %s, want %s", c.state, c.who, d.Due.On, c.want)
		}
		facts.State = "TX"
		foreign, ok := met(b.Duties(facts, today), c.state, c.who)
		if c.who != "individuals" && ok {
			t.Errorf("a town of Texas owes %s of %s its report", c.who, c.state)
		}
		if c.who == "individuals" && foreign.Due == d.Due {
			t.Errorf("a town of Texas is taken for one of %s", c.state)
		}
	}
}

func TestLawEnforcementDelays(t *testing.T) {
	b := book(t)
	facts := odessa(8000)
	facts.Delay = law.Delay{From: day("2019-12-20")}
	held, _ := met(b.Duties(facts, today), "TX", "individuals")
	regulator, _ := met(b.Duties(facts, today), "TX", "Attorney General")
	if !held.Held || regulator.Held || held.Due.On != day("2020-02-09") {
		t.Errorf("while it lasts: letters %+v, Attorney General %+v", held, regulator)
	}
	for until, want := range map[string]string{"2020-01-15": "2020-02-09", "2020-03-02": "2020-03-02"} {
		facts.Delay.Until = day(until)
		d, _ := met(b.Duties(facts, today), "TX", "individuals")
		if d.Held || d.Due.On != day(want) {
			t.Errorf("until %s: letters are due %s, held %v, want %s", until, d.Due.On, d.Held, want)
		}
	}
}

// Somebody moved to Ontario, somebody to Guam, and of somebody no state is known.
func TestNobodyIsLeftOutWhereTheTableEnds(t *testing.T) {
	facts := odessa(8000)
	for _, code := range []string{"ON", "GU", ""} {
		facts.People[code] = 2
		if d, ok := met(book(t).Duties(facts, today), code, "individuals"); !ok || d.Citation != "" || d.Note == "" || d.Standing() != law.Unverified {
			t.Errorf("people of %q: %+v", code, d)
		}
	}
}

func TestDutiesAreInOrder(t *testing.T) {
	b := book(t)
	codes := b.Codes()
	rapid.Check(t, func(t *rapid.T) {
		facts := odessa(rapid.IntRange(0, 20000).Draw(t, "Texans"))
		for _, code := range rapid.SliceOfN(rapid.SampledFrom(codes), 0, 20).Draw(t, "states") {
			facts.People[code] = rapid.IntRange(1, 3000).Draw(t, "people")
		}
		facts.Determined = facts.CityDiscovered.AddDays(rapid.IntRange(0, 90).Draw(t, "days"))
		var last law.Duty
		for i, d := range b.Duties(facts, today) {
			if i > 0 && outOfOrder(last, d) {
				t.Fatalf("%s before %s", said([]law.Duty{last}), said([]law.Duty{d}))
			}
			if d.Met && !d.Due.On.IsZero() && d.Due.On.Before(facts.CityDiscovered) {
				t.Fatalf("due before anybody knew: %s", said([]law.Duty{d}))
			}
			last = d
		}
	})
}

// outOfOrder reports whether a stands wrongly before b.
func outOfOrder(a, b law.Duty) bool {
	switch {
	case a.Met != b.Met:
		return b.Met
	case !a.Met:
		return false
	case b.Due.Immediate:
		return !a.Due.Immediate
	case a.Due.On.IsZero() || b.Due.On.IsZero():
		return !a.Due.Immediate && a.Due.On.IsZero() && !b.Due.On.IsZero() && a.Order != law.Before
	}
	return b.Due.On.Before(a.Due.On)
}

// On one day, whoever must hear before residents stands before them, and who may
// hear with them after.
func TestOrderWithinADay(t *testing.T) {
	facts := odessa(0)
	facts.People = map[string]int{"MD": 9, "DE": 600}
	var got []string
	for _, d := range book(t).Duties(facts, today) {
		if d.Met && (d.Jurisdiction == "MD" || d.Jurisdiction == "DE") && d.Kind != law.Bureaus {
			got = append(got, fmt.Sprint(d.Jurisdiction, " ", who(d), " ", d.Due.On))
		}
	}
	want := []string{
		"MD Attorney General 2020-01-25", "MD individuals 2020-01-25",
		"DE individuals 2020-02-09", "DE Attorney General 2020-02-09",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A vendor that knew no earlier than the city changes nothing, and owes its
// telling under the law of the city's state only.
func TestVendorWhoLearnedLater(t *testing.T) {
	facts := odessa(8000)
	facts.VendorKnew = facts.CityDiscovered.AddDays(1)
	facts.People["AL"] = 5
	var vendors []string
	for _, d := range book(t).Duties(facts, today) {
		if !d.IfVendorKnew.IsZero() {
			t.Errorf("%s %s has another date: %s", d.Jurisdiction, who(d), d.IfVendorKnew.On)
		}
		if d.Kind == law.Vendor {
			vendors = append(vendors, d.Jurisdiction)
		}
	}
	if !slices.Equal(vendors, []string{"TX"}) {
		t.Errorf("vendors owe under %v", vendors)
	}
}
