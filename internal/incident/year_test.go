package incident

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
)

// way is one way of paying, or of trying to, as a town knows it.
type way struct {
	name    string
	change  func(*exposure.Occasion)
	results []exposure.Result
}

func card(outcome exposure.Outcome, entry string) exposure.Result {
	return exposure.Result{Attempt: "att_1", Outcome: outcome, Entry: entry, Brand: "visa", Last4: "4242"}
}

func of(path exposure.CapturePath, flow exposure.Flow, channel string) func(*exposure.Occasion) {
	return func(o *exposure.Occasion) { o.CapturePath, o.Flow, o.Channel = path, flow, channel }
}

func forService(service string) func(*exposure.Occasion) {
	return func(o *exposure.Occasion) { o.Service = service }
}

// ways lists every way. Without a change it is a one-time payment of water by a
// card typed into the page.
func ways() []way {
	typed := []exposure.Result{card(exposure.Submitted, "typed"), card(exposure.Approved, "typed")}
	stored := []exposure.Result{card(exposure.Approved, "stored")}
	reader := []exposure.Result{card(exposure.Approved, "reader")}
	return []way{
		{"web", nil, typed},
		{"web declined", nil, []exposure.Result{card(exposure.Submitted, "typed"), card(exposure.Declined, "typed")}},
		{"web abandoned", nil, []exposure.Result{{Outcome: exposure.Abandoned}}},
		{"web shown", nil, []exposure.Result{{Attempt: "att_1", Outcome: exposure.Submitted}}},
		{"web wallet", nil, []exposure.Result{card(exposure.Approved, "wallet")}},
		{"enrolment", of(exposure.WebFrame, exposure.AutopayEnrolment, "web"), typed},
		{"card update", of(exposure.WebFrame, exposure.CardUpdate, "web"), typed},
		{"saved card", of(exposure.StoredToken, exposure.OneTime, "web"), stored},
		{"autopay", of(exposure.StoredToken, exposure.AutopayRun, "autopay"), stored},
		{"counter", of(exposure.CounterReader, exposure.OneTime, "counter"), reader},
		{"kiosk", of(exposure.CounterReader, exposure.OneTime, "kiosk"), reader},
		{"phone", of(exposure.PhoneKeypad, exposure.OneTime, "phone"), typed},
		{"phone to staff", of(exposure.StaffKeyed, exposure.OneTime, "phone"), typed},
		{"e-check", func(o *exposure.Occasion) { o.Instrument = exposure.BankAccount }, typed},
		{"bank file", func(o *exposure.Occasion) {
			o.CapturePath, o.Instrument, o.Channel = exposure.BankFile, exposure.BankAccount, "bank_file"
		}, typed},
		{"parking", forService("parking"), typed},
		{"parking to staff", func(o *exposure.Occasion) {
			o.Service, o.CapturePath, o.Channel = "parking", exposure.StaffKeyed, "phone"
		}, typed},
		{"parking counter", func(o *exposure.Occasion) {
			o.Service, o.CapturePath, o.Channel = "parking", exposure.CounterReader, "counter"
		}, reader},
		{"court", forService("court"), typed},
		{"permit", forService("permit"), typed},
		{"library", forService("library"), typed},
	}
}

// town writes occasions. Everybody has a name that says on which way and day they
// paid, so that a list of names shows who is on it.
type town struct {
	t    *testing.T
	db   *db.DB
	desk *Desk
	city id.City
}

func newTown(t *testing.T, d *db.DB, city id.City) *town { return &town{t, d, New(d), city} }

// seen is one occasion to be written.
type seen struct {
	exposure.Occasion
	results []exposure.Result
	payer   exposure.Payer
}

func (w way) on(day calendar.Date, who string) seen {
	o := exposure.Occasion{
		On: day, CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card, Channel: "web",
		Service: "water", UtilityAccount: "ua " + who, Processor: "sandbox", PageManifest: "9f3a", Release: "4f2c", Node: "one",
	}
	if w.change != nil {
		w.change(&o)
	}
	return seen{o, w.results, exposure.Payer{Name: who, Email: who + "@example.org"}}
}

// write records occasions through exposure's own functions.
func (w *town) write(all ...seen) {
	w.t.Helper()
	err := w.db.Write(w.t.Context(), w.city, func(_ context.Context, tx *db.Tx) error {
		for _, s := range all {
			occasion := exposure.ShownTx(tx, s.Occasion)
			for _, r := range s.results {
				r.Occasion, r.Payer = occasion, s.payer
				exposure.ResultTx(tx, r)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// year writes each way on each of some days: those at the edges of the windows,
// and others as chance has it.
func (w *town) year(windows ...Span) map[string]calendar.Date {
	days := map[calendar.Date]bool{}
	first, last := windows[0].First, windows[0].Last
	for _, window := range windows {
		for n := -2; n <= 2; n++ {
			days[window.First.AddDays(n)], days[window.Last.AddDays(n)] = true, true
		}
	}
	chance := rand.New(rand.NewPCG(2019, 827))
	for range 12 {
		days[first.AddDays(chance.IntN(365+last.Sub(first))-180)] = true
	}
	when := map[string]calendar.Date{}
	var all []seen
	for day := range days {
		for _, way := range ways() {
			who := fmt.Sprintf("%s %s", way.name, day)
			when[who] = day
			all = append(all, way.on(day, who))
		}
	}
	w.write(all...)
	return when
}

// names lists who answers a scope.
func (w *town) names(text string) map[string]bool {
	w.t.Helper()
	list, err := w.desk.People(w.t.Context(), w.city, scope(w.t, text), false)
	if err != nil {
		w.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, p := range list.People {
		names[p.Name] = true
	}
	if len(names) != list.Counts.People {
		w.t.Errorf("%d names of %d people", len(names), list.Counts.People)
	}
	return names
}
