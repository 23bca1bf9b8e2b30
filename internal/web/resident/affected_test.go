package resident_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/web/resident/view"
)

// breached freezes a list with everybody who paid the bill, and publishes it.
func (tw *town) breached(payers ...string) {
	tw.Helper()
	day := calendar.MakeDate(2026, 11, 20)
	tw.must(tw.d.Write(tw.Context(), sampletown, func(_ context.Context, tx *db.Tx) error {
		for _, payer := range payers {
			occasion := exposure.ShownTx(tx, exposure.Occasion{
				On: day, CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card, Service: "water", UtilityAccount: string(number),
			})
			exposure.ResultTx(tx, exposure.Result{Occasion: occasion, Attempt: "att_" + payer, Outcome: exposure.Approved, Entry: "typed", Payer: exposure.Payer{Name: payer}})
		}
		return nil
	}))
	desk := incident.New(tw.d)
	tw.must(desk.Open(tw.Context(), sampletown, "portal", "", incident.Scope{}, "staff:ann"))
	_, err := desk.Freeze(tw.Context(), sampletown, "portal", 0, nil, "staff:ann")
	tw.must(err)
	_, err = tw.notices.Publish(tw.Context(), sampletown, "portal", letter.Notice{
		Town: "City of Sampletown", Office: "Utility Billing", Address: []string{"1 Main Street", "Sampletown, TX 78600"},
		Phone: "1-800-555-0134", Site: "pay.sampletown.example/notice", Hours: "8 to 5", Entity: law.LocalGovernment, State: "TX",
		On: day, Discovered: day, Windows: []letter.Window{{From: day, To: day}}, Seen: letter.SeenCard, Ways: []string{"one_time_web"},
	}, "staff:ann")
	tw.must(err)
}

// asks proves to be the customer on the page, and reads the answer.
func (tw *town) asks() *browser {
	tw.Helper()
	b := tw.browser().get(tw.portal.URL + "/sampletown/affected")
	return b.send(view.FieldUtilityAccount, "004217-001", string(city.HouseNumber), "12", string(city.Name), "Example")
}

func TestResidentsReadWhetherTheyWereAffected(t *testing.T) {
	for _, c := range []struct {
		payers []string
		reads  []string
		not    string
	}{
		{[]string{"Ana Example"}, []string{"Yes: details typed", "You get a letter by mail", "security freeze", "Equifax"}, "Somebody else who paid"},
		{[]string{"Bo Stranger"}, []string{"Yes: details typed", "Somebody else who paid this bill"}, "You get a letter"},
		{nil, []string{"No: nobody is on our list", "bill of another utility account"}, "security freeze"},
	} {
		residents(t, func(t *testing.T, tw *town) {
			tw.breached(c.payers...)
			b := tw.asks().on("/affected/", c.reads...)
			if strings.Contains(b.page, c.not) || strings.Contains(b.page, "Stranger") {
				t.Errorf("with %v, the page says too much", c.payers)
			}
			b.get(tw.portal.URL+"/sampletown/notice").on("/notice", "Notice of a data breach", "Was I affected?")
		})
	}
}

// Nothing of it is there before it is published, nor after it was withdrawn.
func TestNothingIsSaidUnpublished(t *testing.T) {
	residents(t, func(t *testing.T, tw *town) {
		missing := func(when string) {
			for _, path := range []string{"/notice", "/affected", "/affected/vis_00000000000000000000000000"} {
				if w := tw.ask(http.MethodGet, path, nil, nil); w.Code != http.StatusNotFound {
					t.Errorf("%s, %s gets %d", when, path, w.Code)
				}
			}
			if w := tw.ask(http.MethodPost, "/affected", url.Values{view.FieldUtilityAccount: {ana}, string(city.HouseNumber): {"12"}, string(city.Name): {"Example"}}, nil); w.Code != http.StatusNotFound {
				t.Errorf("%s, asking gets %d", when, w.Code)
			}
		}
		missing("before")
		tw.breached("Ana Example")
		if w := tw.ask(http.MethodGet, "/affected", nil, nil); w.Code != http.StatusOK {
			t.Errorf("published, it gets %d", w.Code)
		}
		_, err := tw.notices.Withdraw(t.Context(), sampletown, "staff:ann")
		tw.must(err)
		missing("afterwards")
	})
}

// Guesses on this page and on the first count together, and every failure has one
// answer.
func TestGuessesCountOnBothPages(t *testing.T) {
	residents(t, func(t *testing.T, tw *town) {
		tw.breached("Ana Example")
		guess := func(account, house string) int {
			form := url.Values{view.FieldUtilityAccount: {account}, string(city.HouseNumber): {house}, string(city.Name): {"Nobody"}}
			return tw.ask(http.MethodPost, "/affected", form, func(r *http.Request) { r.RemoteAddr = "192.0.2.9:1" }).Code
		}
		if known, unknown := guess(ana, "99"), guess("009999001", "99"); known != unknown {
			t.Errorf("a number that exists gets %d, another %d", known, unknown)
		}
		tries := 0
		for tries < 20 && guess(ana, "99") != http.StatusTooManyRequests {
			tries++
		}
		if tries == 20 {
			t.Error("guesses are never refused")
		}
		if got := tw.look("192.0.2.9:1", ana, "12", "Example"); got != wait {
			t.Errorf("on the first page the same network gets %q", got)
		}
	})
}

func residents(t *testing.T, test func(*testing.T, *town)) {
	t.Helper()
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) { test(t, found(t, d, clk)) })
}
