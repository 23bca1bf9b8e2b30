package mailing

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/money"
)

func back(letter string) Return {
	return Return{Letter: letter, On: calendar.MakeDate(2019, 12, 28), Why: "no such number"}
}

func (w *town) returned(letters ...string) int {
	w.Helper()
	var all []Return
	for _, l := range letters {
		all = append(all, back(l))
	}
	noted, err := w.Return(w.Context(), w.city, worst, all, "staff:ann")
	w.must(err)
	return noted
}

func (w *town) again() Mailing {
	w.Helper()
	made, err := w.Again(w.Context(), w.city, worst, "staff:ann")
	w.must(err)
	if len(made) != 1 {
		w.Fatalf("%d mailings are made", len(made))
	}
	return made[0]
}

// A letter that came back is posted again, as the same letter, to where somebody
// found out; and may come back from there.
func TestReturnedLettersArePostedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann", "Bo")
		w.freeze()
		first := w.write(order())
		ann := w.all()[0]
		if _, err := w.Return(t.Context(), w.city, worst, []Return{back(ann.Number.String())}, "staff:ann"); !errors.Is(err, ErrNotPosted) {
			t.Errorf("returned before it was posted: %v", err)
		}
		w.post(first)
		if err := w.Correct(t.Context(), w.city, worst, ann.Number.String(), []string{"9 Oak Street", "Odessa, TX 79762"}, "staff:ann"); !errors.Is(err, ErrNotReturned) {
			t.Errorf("corrected before it came back: %v", err)
		}
		if n := w.returned(ann.Number.String()); n != 1 {
			t.Errorf("%d are noted", n)
		}
		if n := w.returned(ann.Number.String()); n != 0 {
			t.Errorf("again, %d are noted", n)
		}
		if _, err := w.Again(t.Context(), w.city, worst, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("posted again to nowhere: %v", err)
		}
		w.must(w.Correct(t.Context(), w.city, worst, ann.Number.String(), []string{" 9 Oak  Street", "", "Odessa, TX 79762"}, "staff:ann"))
		second := w.again()
		_, list := w.printed(second)
		if second.Letters != 1 || second.FirstSerial != 102 || !strings.Contains(list, ann.Number.String()+",Ann,9 Oak Street,,,\"Odessa, TX 79762\"") {
			t.Errorf("posted again as %+v: %s", second, list)
		}
		if _, err := w.Again(t.Context(), w.city, worst, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("a third envelope: %v", err)
		}
		w.post(second)
		w.returned("00270123456" + fmt.Sprintf("%09d", second.FirstSerial))
		if p := w.all()[0]; p.Posting != 2 || !p.Unreachable() || p.Why != "no such number" {
			t.Errorf("by its barcode, it came back as %+v", p)
		}
	})
}

// The first envelope that comes back late is not taken for the second.
func TestALateReturnIsOfItsOwnEnvelope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann")
		w.freeze()
		w.post(w.write(order()))
		number := w.all()[0].Number.String()
		w.returned(number)
		w.must(w.Correct(t.Context(), w.city, worst, number, []string{"9 Oak Street", "Odessa, TX 79762"}, "staff:ann"))
		m := w.again()
		_, err := w.Post(t.Context(), w.city, worst, m.Number, calendar.MakeDate(2020, 1, 7), "a receipt", "staff:ann")
		w.must(err)
		if n := w.returned(number, "00270123456000000100"); n != 0 || !w.all()[0].ReturnedOn.IsZero() {
			t.Errorf("%d more are noted, of %+v", n, w.all()[0])
		}
	})
}

func TestReturnsAreNotedAllOrNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann")
		w.freeze()
		w.post(w.write(order()))
		for _, wrong := range []string{"000002-7", "000001-8", "Ann", "00270123456000000999"} {
			_, err := w.Return(t.Context(), w.city, worst, []Return{back("000001-9"), back(wrong)}, "staff:ann")
			if !errors.Is(err, ErrLetterUnknown) || !w.all()[0].ReturnedOn.IsZero() {
				t.Errorf("%s: %v, and %+v", wrong, err, w.all()[0])
			}
		}
		for _, lines := range [][]string{{"9 Oak Street"}, {"9 Oak Street", "Odessa"}, {"1", "2", "3", "4", "5", "TX 79761"}} {
			if err := w.Correct(t.Context(), w.city, worst, "000001-9", lines, "staff:ann"); !errors.Is(err, ErrAddressMalformed) {
				t.Errorf("%q: %v", lines, err)
			}
		}
	})
}

// Who had no address gets one, and is told when that letter goes.
func TestAnAddressThatIsFoundLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid("", "Ann")
		w.freeze()
		w.post(w.write(order()))
		if count := Unreachable(w.all()); count["TX"] != 1 {
			t.Errorf("unreachable are %v", count)
		}
		w.must(w.Correct(t.Context(), w.city, worst, "000001-9", []string{"9 Oak Street", "Odessa, TX 79762"}, "staff:ann"))
		w.post(w.again())
		w.must(w.desk.Each(t.Context(), w.city, worst, 0, func(p incident.Person) error {
			if len(p.Told) != 1 {
				t.Errorf("told %v", p.Told)
			}
			return nil
		}))
	})
}

// Public notice stands for letters where the law says so, and says why.
func TestSubstituteNoticeSaysWhy(t *testing.T) {
	book, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	stray := Piece{Person: "p", Content: "exposed-1", State: "TX"}
	home := Piece{Person: "q", Content: "exposed-1", State: "OK", Lines: []string{"1", "2"}}
	for _, c := range []struct {
		name    string
		people  map[string]int
		cost    money.Amount
		letters []Piece
		want    string
	}{
		{"everybody has a letter", map[string]int{"TX": 1, "OK": 1}, money.Cents(0), []Piece{home}, ""},
		{"one cannot be reached", map[string]int{"TX": 1, "OK": 1}, money.Cents(0), []Piece{stray, home}, "TX [unaddressed] false 1 Tex. Bus. & Com. Code § 521.053(f)\n"},
		{"one is reached by another letter", map[string]int{"TX": 1}, money.Cents(0), []Piece{stray, {Person: "p", Content: "exposed-2", State: "TX", Lines: []string{"1", "2"}}}, ""},
		{"a bystander cannot be reached", map[string]int{"TX": 1}, money.Cents(0), []Piece{{Person: "p", Content: "information-1", State: "TX"}}, ""},
		{"too dear", map[string]int{"TX": 1}, money.Cents(250_000_01), nil, "TX [cost] true 0 Tex. Bus. & Com. Code § 521.053(f)\n"},
		{"as dear as may be", map[string]int{"TX": 1}, money.Cents(250_000_00), nil, ""},
		{"too many", map[string]int{"TX": 500_001}, money.Cents(0), nil, "TX [persons] true 0 Tex. Bus. & Com. Code § 521.053(f)\n"},
	} {
		facts := law.Facts{Entity: law.LocalGovernment, State: "TX", People: c.people, CostCents: c.cost}
		got := ""
		for _, s := range Substitutes(book, facts, c.letters, calendar.MakeDate(2026, 1, 5)) {
			got += fmt.Sprintln(s.Jurisdiction, s.Grounds, s.All, s.Unreachable, s.Citation)
		}
		if got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
