package incident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/money"
)

const september = "on 2019-09-01..2019-09-30 and capture web_frame"

// paidBy writes that somebody paid on the web in September 2019.
func (w *town) paidBy(names ...string) {
	w.t.Helper()
	var all []seen
	for i, name := range names {
		all = append(all, ways()[0].on(calendar.MakeDate(2019, 9, 1).AddDays(i%30), name))
	}
	w.write(all...)
}

func (w *town) list(name string) []string {
	w.t.Helper()
	var names []string
	err := w.desk.Each(w.t.Context(), w.city, name, 0, func(p Person) error {
		names = append(names, p.Name)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return names
}

// tamper changes what is stored behind everybody's back.
func (w *town) tamper(statement string) {
	w.t.Helper()
	err := w.db.Write(w.t.Context(), w.city, func(_ context.Context, tx *db.Tx) error {
		tx.ExecOne(errors.New("nothing was tampered with"), statement)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func logOf(t *testing.T, d *db.DB) *audit.Log {
	t.Helper()
	key, _, err := audit.NewKey("pay.town.example")
	if err != nil {
		t.Fatal(err)
	}
	return audit.New(d, key)
}

func TestAFrozenListNeverChanges(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		w := newTown(t, d, "town")
		w.paidBy("ann", "bo")
		w.open("portal", september)
		frozen := w.freeze("portal")
		if frozen.Counts != (Counts{2, 2, 2}) || frozen.State != Frozen || frozen.FrozenBy != "staff:ann" || !frozen.FrozenAt.Equal(clk.Now()) || frozen.Digest == "" {
			t.Errorf("frozen as %+v", frozen)
		}
		w.paidBy("cy")
		if got := w.list("portal"); len(got) != 2 {
			t.Errorf("the frozen list has become %v", got)
		}
		if _, err := w.desk.Freeze(t.Context(), w.city, "portal", 0, nil, "staff:ann"); !errors.Is(err, ErrFrozen) {
			t.Errorf("freezing again: %v", err)
		}
		diff, err := w.desk.Difference(t.Context(), w.city, "portal", 0)
		if err != nil || len(diff.Untold) != 2 || diff.Since.Number != 0 {
			t.Errorf("the frozen list differs: %+v, %v", diff, err)
		}
	})
}

// A list that somebody changes in the database is found out, whatever they change.
func TestVerifyFindsAChangedList(t *testing.T) {
	for _, tamper := range []string{
		"update incident_people set name = 'cy' where name = 'ann'",
		"update incident_people set now_state = 'OK' where place = 1",
		"delete from incident_members where place = 0",
		"delete from incident_people where place = 1",
		"update incident_revisions set scope = 'capture web_frame'",
		"update incident_revisions set people = 1",
	} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newTown(t, d, "town")
			w.paidBy("ann", "bo")
			w.open("portal", september)
			w.freeze("portal")
			log := logOf(t, d)
			if verdict, _, err := w.desk.Verify(t.Context(), log, w.city, "portal", 0); verdict != Intact || err != nil {
				t.Fatalf("before: %s, %v", verdict, err)
			}
			if _, err := log.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.tamper(tamper)
			if verdict, _, err := w.desk.Verify(t.Context(), log, w.city, "portal", 0); verdict != Changed || err != nil {
				t.Errorf("%s: %q, %v", tamper, verdict, err)
			}
		})
	}
}

func TestAListThatNobodyLoggedIsFoundOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.open("portal", september)
		if _, _, err := w.desk.Verify(t.Context(), logOf(t, d), w.city, "portal", 0); !errors.Is(err, ErrNotFrozen) {
			t.Errorf("verifying what is not frozen: %v", err)
		}
		w.tamper("update incident_revisions set state = 'frozen'")
		if verdict, _, err := w.desk.Verify(t.Context(), logOf(t, d), w.city, "portal", 0); verdict != Missing || err != nil {
			t.Errorf("%q, %v", verdict, err)
		}
	})
}

// A freeze that was interrupted goes on, and one whose answer has changed since
// begins anew. Nothing of it is on a list before it is whole.
func TestAnInterruptedFreezeGoesOn(t *testing.T) {
	for _, changed := range []bool{false, true} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := newTown(t, d, "town")
			var names []string
			for n := range chunk + 20 {
				names = append(names, fmt.Sprintf("p%04d", n))
			}
			w.paidBy(names...)
			w.open("portal", september)
			incident, err := w.desk.Find(t.Context(), w.city, "portal")
			if err != nil {
				t.Fatal(err)
			}
			r := incident.Revisions[0]
			list, err := w.desk.Answer(t.Context(), incident, r)
			if err != nil {
				t.Fatal(err)
			}
			r.Counts, r.Digest = list.Counts, digest(list.People)
			if _, err := w.desk.begin(t.Context(), w.city, "portal", r); err != nil {
				t.Fatal(err)
			}
			err = d.Write(t.Context(), w.city, func(ctx context.Context, tx *db.Tx) error {
				return insertPeople(ctx, tx, "portal", r, 0, list.People[:chunk])
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.desk.Each(t.Context(), w.city, "portal", 1, func(Person) error { return nil }); !errors.Is(err, ErrNotFrozen) {
				t.Errorf("half a list is handed out: %v", err)
			}
			want := len(names)
			if changed {
				w.paidBy("a new one")
				want++
			}
			if frozen := w.freeze("portal"); frozen.People != want {
				t.Errorf("%d people, want %d", frozen.People, want)
			}
			if got := w.list("portal"); len(got) != want {
				t.Errorf("%d are on the list, want %d", len(got), want)
			}
			if verdict, _, err := w.desk.Verify(t.Context(), logOf(t, d), w.city, "portal", 0); verdict != Intact || err != nil {
				t.Errorf("%q, %v", verdict, err)
			}
		})
	}
}

// What is written down otherwise than it was computed is not frozen.
func TestAListThatReadsOtherwiseIsNotFrozen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paidBy("ann", "bo")
		w.open("portal", september)
		list, err := w.desk.People(t.Context(), w.city, scope(t, september), false)
		if err != nil {
			t.Fatal(err)
		}
		r := Revision{Number: 1, Scope: scope(t, september), Counts: list.Counts, Digest: digest(list.People)}
		list.People[1].Name = "cy"
		if err := w.desk.writeDown(t.Context(), w.city, "portal", r, list.People); !errors.Is(err, ErrOvertaken) {
			t.Errorf("froze another list: %v", err)
		}
		if got := w.freeze("portal"); got.Digest != r.Digest {
			t.Errorf("frozen as %+v", got)
		}
	})
}

// Who has seen one count does not freeze another.
func TestFreezingRefusesAnotherCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paidBy("ann")
		w.open("portal", september)
		_, err := w.desk.Freeze(t.Context(), w.city, "portal", 0, new(2), "staff:ann")
		if !errors.Is(err, ErrOvertaken) {
			t.Errorf("froze one person where two were agreed to: %v", err)
		}
		if _, err := w.desk.Freeze(t.Context(), w.city, "portal", 0, new(1), "staff:ann"); err != nil {
			t.Error(err)
		}
	})
}

// Somebody who becomes known by more keeps their name, and is told once.
func TestPeopleAreRecognisedInLaterRevisions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		ann := paid("9", "", exposure.Payer{Name: "Ann Lee", Email: "ann@x.org"})
		w.write(ann)
		w.open("portal", september)
		w.freeze("portal")
		w.tell("portal", "letter-1")
		other := paid("8", "log_a", exposure.Payer{Email: "ann@x.org"})
		other.On = calendar.MakeDate(2019, 10, 4)
		w.write(other)
		diff := w.revise("portal", "on 2019-09-01..2019-10-30 and capture web_frame")
		if len(diff.Newly)+len(diff.NoLonger)+len(diff.Untold) != 0 || diff.Told != 1 {
			t.Errorf("%+v", diff)
		}
		if told := w.tell("portal", "letter-1"); told != 0 {
			t.Error("told twice by one letter")
		}
		if told := w.tell("portal", "letter-2"); told != 1 {
			t.Error("not told by another letter")
		}
	})
}

func TestTellingNamesPeopleOnTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paidBy("ann", "bo")
		w.open("portal", september)
		telling := Telling{Content: "letter-1", Way: "letter", By: "staff:ann"}
		if _, err := w.desk.Tell(t.Context(), w.city, "portal", 0, nil, telling); !errors.Is(err, ErrNotFrozen) {
			t.Errorf("told a list that is not frozen: %v", err)
		}
		w.freeze("portal")
		if _, err := w.desk.Tell(t.Context(), w.city, "portal", 0, []string{"psn_0000"}, telling); !errors.Is(err, ErrNobody) {
			t.Errorf("told nobody: %v", err)
		}
		var first string
		if err := w.desk.Each(t.Context(), w.city, "portal", 0, func(p Person) error { first = p.ID; return nil }); err != nil {
			t.Fatal(err)
		}
		if told, err := w.desk.Tell(t.Context(), w.city, "portal", 0, []string{first, first}, telling); told != 1 || err != nil {
			t.Errorf("told %d, %v", told, err)
		}
		err := w.desk.Each(t.Context(), w.city, "portal", 0, func(p Person) error {
			if (len(p.Told) == 1) != (p.ID == first) {
				t.Errorf("%s was told %v", p.Name, p.Told)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestIncidentsAreNamedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.open("portal", september)
		if err := w.desk.Open(t.Context(), w.city, "portal", "", Scope{}, "staff:ann"); !errors.Is(err, ErrNameTaken) {
			t.Errorf("opened twice: %v", err)
		}
		if err := w.desk.Open(t.Context(), "other", "portal", "", Scope{}, "staff:ann"); err != nil {
			t.Errorf("another town's: %v", err)
		}
		for _, name := range []string{"", "Portal", "a/b", "-a"} {
			if err := w.desk.Open(t.Context(), w.city, name, "", Scope{}, "staff:ann"); !errors.Is(err, ErrNameMalformed) {
				t.Errorf("opened %q: %v", name, err)
			}
		}
		if _, err := w.desk.Rescope(t.Context(), w.city, "nothing", Scope{}, "", "staff:ann"); !errors.Is(err, ErrUnknown) {
			t.Errorf("revised nothing: %v", err)
		}
		if _, err := w.desk.Difference(t.Context(), w.city, "portal", 7); !errors.Is(err, ErrUnknown) {
			t.Errorf("compared nothing: %v", err)
		}
	})
}

func TestFactsHaveEvidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.open("portal", september)
		on := calendar.MakeDate(2019, 12, 11)
		for _, bad := range []Fact{{Name: VendorKnew, On: on}, {Name: VendorKnew, Evidence: "letter"}, {Name: Cost, On: on, Evidence: "offer"},
			{Name: Discovered, On: on, Cost: money.Cents(5), Evidence: "x"}} {
			if err := w.desk.Record(t.Context(), w.city, "portal", bad); !errors.Is(err, ErrFactMalformed) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		for _, f := range []Fact{{Name: VendorKnew, On: on, Evidence: "letter of the vendor"}, {Name: VendorKnew, On: on.AddDays(-33), Evidence: "its own report"},
			{Name: Cost, Cost: money.Cents(900000), Evidence: "offer of the printer"}} {
			f.RecordedBy = "staff:ann"
			if err := w.desk.Record(t.Context(), w.city, "portal", f); err != nil {
				t.Fatal(err)
			}
		}
		facts, err := w.desk.Facts(t.Context(), w.city, "portal")
		if err != nil || len(facts) != 3 || Known(facts, VendorKnew) != on.AddDays(-33) || facts[0].On != on || facts[2].Cost != money.Cents(900000) || facts[1].RecordedBy != "staff:ann" {
			t.Errorf("%+v, %v", facts, err)
		}
	})
}

// Each act stands in the audit log, under the incident.
func TestActsAreLogged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paidBy("ann")
		w.open("portal", september)
		frozen := w.freeze("portal")
		w.tell("portal", "letter-1")
		w.revise("portal", "capture web_frame")
		rows, err := logOf(t, d).History(t.Context(), w.city, "incident/portal")
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, row := range rows {
			acts = append(acts, row.Action)
		}
		if got := fmt.Sprint(acts); got != "[incident.open incident.freeze incident.told incident.scope incident.freeze]" {
			t.Errorf("logged %s", got)
		}
		var detail map[string]string
		if err := json.Unmarshal([]byte(rows[1].Detail), &detail); err != nil || detail["sha256"] != frozen.Digest || detail["people"] != "1" || detail["scope"] != september {
			t.Errorf("%v, %v", detail, err)
		}
	})
}
