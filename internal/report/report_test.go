package report

import (
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/locale"
)

func on(day int) calendar.Date { return calendar.MakeDate(2026, 1, day) }

func duty(state string, days int) law.Duty {
	return law.Duty{Jurisdiction: state, Kind: law.Individuals, Due: law.Due{On: on(days)}, Met: true}
}

// What is open stands above what is done, and that above what is not asked; a
// deed of a duty that the law no longer has is not lost.
func TestWhatIsOpenStandsFirst(t *testing.T) {
	unasked := law.Duty{Jurisdiction: "TX", Kind: law.Bureaus}
	deeds := []incident.Deed{
		{Number: 1, Duty: "tx-individuals", Act: incident.Done, On: on(9)},
		{Number: 2, Duty: "tx-poet-laureate", Act: incident.Done, On: on(9)},
		{Number: 3, Duty: "ok-individuals", Act: incident.Done, On: on(9)},
		{Number: 4, Duty: "ok-individuals", Act: incident.Undone},
	}
	var c Clocks
	c.sort([]law.Duty{duty("TX", 8), unasked, duty("OK", 20)}, deeds)
	var order []string
	for _, d := range c.Duties {
		order = append(order, d.Key())
	}
	if got := strings.Join(order, " "); got != "ok-individuals tx-individuals tx-bureaus" {
		t.Errorf("the order is %s", got)
	}
	if done, found := c.Find("tx-individuals"); !found || !done.Late() || done.Open() {
		t.Errorf("done after its last day: %+v", done)
	}
	if len(c.Strays) != 1 || c.Strays[0].Duty != "tx-poet-laureate" {
		t.Errorf("strays: %+v", c.Strays)
	}
}

// Times count from the earliest: to the hour where both are known to the hour, in
// whole days otherwise.
func TestTimesCountFromKnowledge(t *testing.T) {
	zone := time.FixedZone("CST", -6*60*60)
	knew := time.Date(2026, 1, 5, 20, 0, 0, 0, zone)
	line := timeline{zone: zone}
	line.on("discovered", on(6))
	line.at("vendor_knew", knew)
	line.at("town_told", knew.Add(7*time.Hour))
	line.on("determined", calendar.Date{})
	var got []string
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range line.done() {
		got = append(got, m.Name+": "+m.since(words.Printer(locale.English)))
	}
	want := "discovered: 1 day after the first, vendor_knew: , town_told: 7 hours after the first"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s", strings.Join(got, ", "))
	}
}

// The digest is of the matter: who read the report, and when, changes nothing;
// one person more does.
func TestTheDigestIsOfTheMatter(t *testing.T) {
	one := Closing{Incident: "portal", Counts: Counts{Exposed: 7}}
	read := one
	read.Closed, read.Acts = true, []Act{{Actor: "staff:ann"}}
	more := one
	more.Counts.Exposed++
	sum := func(c Closing) string {
		text, err := c.Sum()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if sum(one) != sum(read) || sum(one) == sum(more) {
		t.Errorf("%s %s %s", sum(one), sum(read), sum(more))
	}
}
