package mailing

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

func TestARerunPrintsTheSameLettersAndPostsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann", "Bo")
		w.freeze()
		m := w.write(order())
		if m.Letters != 2 || m.State != Ready || m.FirstSerial != 100 {
			t.Errorf("written as %+v", m)
		}
		pages, list := w.printed(m)
		if _, err := w.Write(t.Context(), w.city, order(), nil, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("again: %v", err)
		}
		later := order()
		later.Terms.Notice.On = calendar.MakeDate(2020, 1, 7)
		if _, err := w.Write(t.Context(), w.city, later, nil, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("on another day: %v", err)
		}
		if p, l := w.printed(m); p != pages || l != list {
			t.Error("the same mailing prints other letters")
		}
		if !strings.Contains(list, "000001-9,Ann,4 Elm Street,,,\"Odessa, TX 79761\"") {
			t.Errorf("the list is %s", list)
		}
	})
}

func TestARevisionPostsToTheNewlyExposed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann", "Bo")
		w.freeze()
		w.post(w.write(order()))
		w.paid(elm, "Cy")
		w.freeze()
		plan, err := w.Plan(t.Context(), w.city, order())
		if err != nil || len(plan.Fresh) != 1 || plan.Fresh[0].Name != "Cy" || plan.Had != 2 {
			t.Errorf("planned %+v, %v", plan, err)
		}
		m := w.write(order())
		if m.Number != 2 || m.Letters != 1 || m.FirstSerial != 102 {
			t.Errorf("the second mailing is %+v", m)
		}
		corrected := order()
		corrected.Terms.Notice.Phone = "1-800-555-0199"
		if plan, err := w.Plan(t.Context(), w.city, corrected); err != nil || len(plan.Fresh) != 3 || plan.Again != 3 {
			t.Errorf("another text is planned as %+v, %v", plan, err)
		}
		corrected.Newly = true
		if plan, err := w.Plan(t.Context(), w.city, corrected); err != nil || len(plan.Fresh) != 0 {
			t.Errorf("another text, for who has none, is planned as %+v, %v", plan, err)
		}
	})
}

// What is posted is told, once, and only to those who have an address.
func TestPostedIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann")
		w.paid("", "Bo")
		w.freeze()
		m := w.write(order())
		if _, err := w.Post(t.Context(), w.city, worst, m.Number, calendar.Date{}, "a receipt", "staff:ann"); !errors.Is(err, ErrEvidence) {
			t.Errorf("without a day: %v", err)
		}
		if m := w.post(w.post(m)); m.State != Posted || m.PostedOn != calendar.MakeDate(2019, 12, 16) {
			t.Errorf("posted as %+v", m)
		}
		told := map[string]int{}
		w.must(w.desk.Each(t.Context(), w.city, worst, 0, func(p incident.Person) error {
			told[p.Name] = len(p.Told)
			return nil
		}))
		facts, err := w.desk.Facts(t.Context(), w.city, worst)
		w.must(err)
		if told["Ann"] != 1 || told["Bo"] != 0 || incident.Known(facts, incident.Told) != calendar.MakeDate(2019, 12, 16) || len(facts) != 1 {
			t.Errorf("told %v, with the facts %v", told, facts)
		}
	})
}

// The information letter goes to everybody else, once, and the second letter to
// who is found exposed after it.
func TestEverybodyElseIsInformed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.customer("of Ann", "Ann", "4 Elm Street")    // who is exposed
		w.customer("5", "Dee", "5 Elm Street")         // who never paid here
		w.customer("6", "Dee", "5 Elm Street")         // the same
		w.customer("of Bo", "ROE, CY", "6 Elm Street") // whose bill somebody exposed paid
		w.paid(elm, "Ann", "Bo")
		w.paidOn(calendar.MakeDate(2019, 1, 3), elm, "Eve") // in another time
		w.freeze()
		names := map[string]int{}
		m := w.write(informing())
		for _, p := range w.all() {
			names[p.Name]++
		}
		if fmt.Sprint(names) != "map[Dee:1 ROE, CY:1]" {
			t.Errorf("informed are %v", names)
		}
		w.post(m)
		if _, err := w.Write(t.Context(), w.city, informing(), nil, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("informing again: %v", err)
		}
		if second := w.write(order()); second.Letters != 2 {
			t.Errorf("the second letter goes to %d", second.Letters)
		}
	})
}

func TestCodesAreHandedOutOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann", "Bo")
		w.freeze()
		o := order()
		o.Terms.Notice.Monitoring = "monitoring.example"
		w.codes("MON-0001")
		if _, err := w.Write(t.Context(), w.city, o, nil, "staff:ann"); !errors.Is(err, ErrCodesShort) || len(w.all()) != 0 {
			t.Errorf("with one code for two: %v, and %d letters", err, len(w.all()))
		}
		if added := w.codes("MON-0001", "MON-0002", "MON-0003"); added != 2 {
			t.Errorf("%d codes are new", added)
		}
		first := w.write(o)
		before, err := w.recipients(t.Context(), w.city, worst, first)
		w.must(err)
		o.Terms.Edition = "second"
		again, err := w.recipients(t.Context(), w.city, worst, w.write(o))
		w.must(err)
		for i, r := range before {
			if r.Code == "" || r.Code != again[i].Code || r.Code == before[1-i].Code {
				t.Errorf("%s has %q and then %q", r.Name, r.Code, again[i].Code)
			}
		}
		if all, handed, err := w.Codes(t.Context(), w.city, worst); all != 3 || handed != 2 || err != nil {
			t.Errorf("%d of %d codes are handed out, %v", handed, all, err)
		}
	})
}

// No sequence of runs, revisions and texts posts anybody one text twice, or two
// people one code, also where several run at once.
func TestEachPersonGetsEachTextOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for seed := range uint64(6) {
			w := newTown(t, d, id.City(fmt.Sprint("town-", seed)))
			chance := rand.New(rand.NewPCG(seed, 1))
			w.paid(elm, "Ann")
			w.freeze()
			for step := range 12 {
				o := order()
				o.Terms.Notice.Monitoring = "monitoring.example"
				o.Terms.Edition = fmt.Sprint(chance.IntN(2))
				switch chance.IntN(4) {
				case 0:
					w.paid(elm, fmt.Sprint("Payer", step))
					w.freeze()
				case 1:
					w.codes(fmt.Sprintf("MON-%04d", step), fmt.Sprintf("MON-1%03d", step))
				case 2:
					w.dies(o, chance.IntN(3))
				default:
					var runs sync.WaitGroup
					for range 2 {
						runs.Go(func() { _, _ = w.Write(t.Context(), w.city, o, nil, "staff:ann") })
					}
					runs.Wait()
				}
				w.onceEach(seed, step)
			}
			w.nobodyIsForgotten(seed)
		}
	})
}

// dies writes a mailing and stops behind a step, as a kill does.
func (w *town) dies(o Order, step int) {
	w.Helper()
	plan, err := w.Plan(w.Context(), w.city, o)
	w.must(err)
	if plan.Codes > plan.FreeCodes || len(plan.Fresh) == 0 {
		return
	}
	m, err := w.begin(w.Context(), w.city, o, plan, "staff:ann")
	w.must(err)
	if step > 0 {
		w.must(w.add(w.Context(), w.city, o, m, plan.Fresh[:1]))
	}
	if step > 1 {
		w.must(w.add(w.Context(), w.city, o, m, plan.Fresh))
	}
}

func (w *town) onceEach(seed uint64, step int) {
	w.Helper()
	letters, codes := map[string]int{}, map[string]int{}
	mailings, err := w.Mailings(w.Context(), w.city, worst)
	w.must(err)
	for _, m := range mailings {
		posted, err := w.pieces(w.Context(), w.city, worst, m.Number)
		w.must(err)
		for _, p := range posted {
			letters[p.Name+p.Content]++
		}
		if m.State != Preparing && m.Letters != len(posted) {
			w.Errorf("seed %d, step %d: a mailing of %d has %d", seed, step, m.Letters, len(posted))
		}
	}
	handed, err := w.codesOf(w.Context(), w.city, worst)
	w.must(err)
	for _, code := range handed {
		codes[code.Reveal()]++
	}
	for _, counts := range []map[string]int{letters, codes} {
		for what, count := range counts {
			if count > 1 {
				w.Errorf("seed %d, step %d: %s %d times", seed, step, what, count)
			}
		}
	}
}

// nobodyIsForgotten writes both texts once more, with codes enough: then everybody
// has a letter of each in a mailing that can be printed.
func (w *town) nobodyIsForgotten(seed uint64) {
	w.Helper()
	for i := range 30 {
		w.codes(fmt.Sprintf("MON-9%03d", i))
	}
	want := map[string]int{}
	for _, edition := range []string{"0", "1"} {
		o := order()
		o.Terms.Notice.Monitoring, o.Terms.Edition = "monitoring.example", edition
		if _, err := w.Write(w.Context(), w.city, o, nil, "staff:ann"); err != nil && !errors.Is(err, ErrNobody) {
			w.Error(err)
		}
		w.must(w.desk.Each(w.Context(), w.city, worst, 0, func(p incident.Person) error {
			want[p.Name+o.Terms.Content(o.Kind)]++
			return nil
		}))
	}
	mailings, err := w.Mailings(w.Context(), w.city, worst)
	w.must(err)
	for _, m := range mailings {
		if m.State == Preparing {
			continue
		}
		posted, err := w.pieces(w.Context(), w.city, worst, m.Number)
		w.must(err)
		for _, p := range posted {
			want[p.Name+p.Content]--
		}
	}
	for what, missing := range want {
		if missing != 0 {
			w.Errorf("seed %d: %d letters are missing of %s", seed, missing, what)
		}
	}
}

// A mailing that was killed is ended by the next run, with everybody on it.
func TestAKilledMailingGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for step := range 3 {
			w := newTown(t, d, id.City(fmt.Sprint("town-", step)))
			w.paid(elm, "Ann", "Bo", "Cy")
			w.freeze()
			w.dies(order(), step)
			if _, err := w.Print(t.Context(), w.city, worst, 1, &strings.Builder{}, &strings.Builder{}, "", "staff:ann"); !errors.Is(err, ErrNotReady) {
				t.Errorf("printing what is not whole: %v", err)
			}
			if m := w.write(order()); m.Number != 1 || m.Letters != 3 || m.State != Ready {
				t.Errorf("killed at step %d, it ends as %+v", step, m)
			}
		}
	})
}

// What the law forbids is refused before anything is written down.
func TestUnlawfulLettersAreNotWrittenDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid("4 Elm Street, Chicago, IL 60601", "Ann", "Bo")
		w.freeze()
		o := order()
		o.Terms.Notice.Doing = map[locale.Lang]string{"en": "We told all 2 of them."}
		if _, err := w.Write(t.Context(), w.city, o, nil, "staff:ann"); !errors.Is(err, letter.ErrForbidden) || len(w.all()) != 0 {
			t.Errorf("telling Illinois how many: %v, and %d letters", err, len(w.all()))
		}
	})
}

func TestNumbersFindSlips(t *testing.T) {
	for _, n := range []Number{1, 417, 123456, 1234567} {
		text := n.String()
		if read, ok := ParseNumber(" " + strings.ToLower(text)); !ok || read != n {
			t.Errorf("%s is read as %d", text, read)
		}
		for i := range 5 {
			slip := []byte(text)
			slip[i] = '0' + (slip[i]-'0'+1)%10
			swap := []byte(text)
			swap[i], swap[i+1] = swap[i+1], swap[i]
			for _, wrong := range []string{string(slip), string(swap)} {
				if _, ok := ParseNumber(wrong); ok && wrong != text {
					t.Errorf("%s passes for %s", wrong, text)
				}
			}
		}
	}
}
