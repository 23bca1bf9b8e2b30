package incident

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
)

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// notice is a real case: what the notice said, as a person types it, and on which
// ways and days the people paid who must be on the list, and nobody else.
type notice struct {
	town, scope string
	first, last string
	in          string // the ways, with commas between
}

// The windows and words are those of the notices of 2018 and 2019, civil dates
// with both ends included. "Typed" takes in what was abandoned: nobody knows how
// far it was typed.
func notices() []notice {
	const untouched = "web,web declined,web abandoned,web shown"
	return []notice{
		{"Odessa, Texas", "on 2019-08-27..2019-10-14 and service water and capture web_frame and flow one_time and instrument card and entry typed",
			"2019-08-27", "2019-10-14", untouched},
		{"Fort Worth, Texas", "on 2019-08-27..2019-10-23 and service water and capture web_frame and flow one_time and instrument card and entry typed",
			"2019-08-27", "2019-10-23", untouched},
		{"Waco, Texas", "on 2019-08-30..2019-10-14 and service water and capture web_frame and instrument card and entry typed",
			"2019-08-30", "2019-10-14", untouched + ",enrolment,card update"},
		{"College Station, Texas", "on 2019-08-30..2019-10-14 and service water and capture web_frame and instrument card and entry typed",
			"2019-08-30", "2019-10-14", untouched + ",enrolment,card update"},
		{"Dothan, Alabama", "on 2019-08-26..2019-10-14 and service water and capture web_frame and instrument card and not entry stored,wallet",
			"2019-08-26", "2019-10-14", untouched + ",enrolment,card update"},
		{"Tyler, Texas", "on 2018-06-18..2018-08-21 and service water,court and instrument card and (capture web_frame and flow one_time or capture counter_reader and not channel kiosk)",
			"2018-06-18", "2018-08-21", untouched + ",web wallet,court,counter"},
		{"Oxnard, California", "on 2018-03-26..2018-05-29 and service water and capture web_frame and instrument card",
			"2018-03-26", "2018-05-29", untouched + ",web wallet,enrolment,card update"},
		{"St. Petersburg, Florida", "on 2018-08-11..2018-09-25 and service water,parking,license,permit,citation and capture web_frame and instrument card",
			"2018-08-11", "2018-09-25", untouched + ",web wallet,enrolment,card update,parking,permit"},
		{"Saint John, New Brunswick", "on 2017-05-01..2018-12-16 and service parking and capture web_frame,staff_keyed,counter_reader and instrument card",
			"2017-05-01", "2018-12-16", "parking,parking to staff,parking counter"},
	}
}

func TestEveryNoticeFindsWhoWasExposed(t *testing.T) {
	for _, n := range notices() {
		t.Run(n.town, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newTown(t, d, "town")
				window := Span{day(t, n.first), day(t, n.last)}
				when := w.year(window)
				got, expected := w.names(n.scope), 0
				for who, on := range when {
					way, _, _ := strings.Cut(who, " 20")
					want := slices.Contains(strings.Split(n.in, ","), way) && !on.Before(window.First) && !on.After(window.Last)
					if want {
						expected++
					}
					if got[who] != want {
						t.Errorf("%s: in is %v, want %v", who, got[who], want)
					}
				}
				preview, err := w.desk.Preview(t.Context(), w.city, scope(t, n.scope))
				if err != nil || preview.People != expected || preview.Occasions != expected {
					t.Errorf("preview has %d people, %d occasions, %v; want %d", preview.People, preview.Occasions, err, expected)
				}
			})
		})
	}
}

// revision makes a new revision, says what it would change, and freezes it.
func (w *town) revise(name, text string) Difference {
	w.t.Helper()
	if _, err := w.desk.Rescope(w.t.Context(), w.city, name, scope(w.t, text), "", "staff:ann"); err != nil {
		w.t.Fatal(err)
	}
	diff, err := w.desk.Difference(w.t.Context(), w.city, name, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	w.freeze(name)
	return diff
}

func (w *town) freeze(name string) Revision {
	w.t.Helper()
	frozen, err := w.desk.Freeze(w.t.Context(), w.city, name, 0, nil, "staff:ann")
	if err != nil {
		w.t.Fatal(err)
	}
	return frozen
}

func (w *town) open(name, text string) {
	w.t.Helper()
	if err := w.desk.Open(w.t.Context(), w.city, name, "The portal", scope(w.t, text), "staff:ann"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) tell(name, content string) int {
	w.t.Helper()
	told, err := w.desk.Tell(w.t.Context(), w.city, name, 0, nil, Telling{Content: content, Way: "letter", By: "staff:ann"})
	if err != nil {
		w.t.Fatal(err)
	}
	return told
}

// Midwest City told 2,256 people in June 2018, and on 24 July found that 43 single
// days before had been exposed too: 4,559 people, of whom 2,303 were new.
func TestMidwestCityIsTwoLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "midwest")
		web := ways()[0]
		first, early := day(t, "2018-05-25"), day(t, "2017-12-11")
		chance := rand.New(rand.NewPCG(43, 2018))
		dates := chance.Perm(first.Sub(early))[:43]
		slices.Sort(dates)
		var all []seen
		for n := range 2256 {
			who := fmt.Sprint("June ", n)
			all = append(all, web.on(first.AddDays(n%28), who))
			if n%5 == 0 { // paid in spring, too, and is not new
				all = append(all, web.on(early.AddDays(dates[n%43]), who))
			}
		}
		for n := range 2303 {
			all = append(all, web.on(early.AddDays(dates[n%43]), fmt.Sprint("spring ", n)))
		}
		between := slices.IndexFunc(dates, func(d int) bool { return !slices.Contains(dates, d+1) })
		all = append(all, web.on(early.AddDays(dates[between]+1), "between"), ways()[8].on(first, "autopay"), ways()[13].on(first, "e-check"))
		w.write(all...)

		w.open("portal-2018", "on 2018-05-25..2018-06-21 and service water and capture web_frame and flow one_time and instrument card")
		if frozen := w.freeze("portal-2018"); frozen.People != 2256 {
			t.Errorf("%d people in June, want 2256", frozen.People)
		}
		if told := w.tell("portal-2018", "letter-1"); told != 2256 {
			t.Errorf("%d were told, want 2256", told)
		}
		var single []string
		for _, n := range dates {
			single = append(single, early.AddDays(n).String())
		}
		diff := w.revise("portal-2018", "on 2018-05-25..2018-06-21,"+strings.Join(single, ",")+
			" and service water and capture web_frame and flow one_time and instrument card")
		if len(diff.Newly) != 2303 || diff.Told != 2256 || len(diff.NoLonger) != 0 || diff.Staying != 2256 || len(diff.Untold) != 2303 {
			t.Errorf("%d newly, %d told, %d no longer, %d stay, %d untold", len(diff.Newly), diff.Told, len(diff.NoLonger), diff.Staying, len(diff.Untold))
		}
		if told := w.tell("portal-2018", "letter-1"); told != 2303 {
			t.Errorf("%d were told anew, want 2303: one letter for each person", told)
		}
		incident, err := w.desk.Find(t.Context(), w.city, "portal-2018")
		if err != nil || incident.Revisions[1].People != 4559 {
			t.Errorf("%+v, %v; want 4559 people", incident.Revisions, err)
		}
	})
}

// San Angelo began with web payments of no dates, widened it to the counter and
// autopay, and ended with two months of web payments.
func TestSanAngeloIsThreeRevisions(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		w := newTown(t, d, "san-angelo")
		first, last := day(t, "2018-06-17"), day(t, "2018-08-16")
		when := w.year(Span{first, last})
		const name, web = "portal-2018", "capture web_frame and flow one_time and instrument card and service water"
		w.open(name, web)
		one := w.freeze(name)
		w.tell(name, "letter-1")
		clk.Advance(time.Hour)
		two := w.revise(name, "instrument card and service water and (capture web_frame and flow one_time or capture counter_reader or flow autopay_run)")
		days := len(when) / len(ways())
		if one.People != 5*days || len(two.Newly) != 3*days || len(two.NoLonger) != 0 || two.Told != 5*days {
			t.Errorf("first %d; then %d newly, %d no longer, %d told; of %d days", one.People, len(two.Newly), len(two.NoLonger), two.Told, days)
		}
		clk.Advance(time.Hour)
		three := w.revise(name, "on 2018-06-17..2018-08-16 and "+web)
		within := 0
		for _, on := range when {
			if !on.Before(first) && !on.After(last) {
				within++
			}
		}
		within = within / len(ways()) * 5
		if len(three.Newly) != 0 || three.Staying != within || three.Told != within || len(three.Untold) != 0 || len(three.NoLonger) != 8*days-within {
			t.Errorf("at last %d newly, %d stay, %d told, %d untold, %d no longer; want %d to stay", len(three.Newly), three.Staying, three.Told, len(three.Untold), len(three.NoLonger), within)
		}
	})
}

// In February 2026 San Angelo's processor was down: no card fields were shown, and
// nobody was exposed. That is a list too, and it is nobody.
func TestAnOutageExposesNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "san-angelo")
		first := day(t, "2026-02-06")
		for _, way := range ways() {
			o := way.on(first, way.name)
			if o.Instrument == exposure.Card {
				o = way.on(first.AddDays(-1), way.name)
			}
			w.write(o)
		}
		w.open("outage-2026", "on 2026-02-06.. and instrument card")
		if frozen := w.freeze("outage-2026"); frozen.Counts != (Counts{}) || frozen.State != Frozen {
			t.Errorf("frozen as %+v", frozen)
		}
	})
}
