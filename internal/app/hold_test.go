package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/incident"
	"clearwell/internal/payment"
	"clearwell/internal/retain"
	"clearwell/internal/secret"
	"clearwell/internal/web/resident/view"
)

// holding holds a town by command, as whoever was called at night does.
func (o *townHall) holding(args ...string) ran {
	o.Helper()
	return run(o.T, append([]string{"incident", "hold", "--config", o.config, "--city", string(o.slug), "--reason", "script changed", "portal"}, args...)...)
}

// eachNight is eachOffice at the machine's own time, in which commands run.
func eachNight(t *testing.T, test func(*townHall)) {
	eachOffice(t, func(o *townHall) {
		o.clk.Set(clock.System().Now())
		test(o)
	})
}

// newcomer goes as far as the card page, in a language, and gives what was read on
// the bill and there.
func (o *townHall) newcomer(n int, language string) (bill, card string) {
	o.Helper()
	v := &visitor{cities: o.cities, host: o.host, cookies: map[string]string{}}
	v.get("/?lang=" + language)
	v.send(view.FieldUtilityAccount, display(n), string(city.HouseNumber), "12").on("/bill/")
	bill = v.body
	if action, _ := firstForm(bill); action == "" { // a page from before it was held is sent all the same
		v.do(http.MethodPost, v.at, url.Values{view.FieldAmount: {string(view.Total)}})
		return bill, v.body
	}
	v.send(view.FieldAmount, string(view.Total))
	return bill, v.body
}

// The attacker's twenty-second step: the town goes on selling. One command of
// another process, and every node shows no card page within a second, takes no
// card that was typed before, keeps the other ways to pay, and says in both
// languages that no late fee and no shut-off follows.
func TestHoldStopsCardsOnEveryNodeWithinASecond(t *testing.T) {
	eachNight(t, func(o *townHall) {
		o.quoted(o.place, "held", 7).give("4242424242424242")
		quote, err := o.payments.FindQuote(o.Context(), o.slug, o.steps["held"])
		o.must(err)
		second, err := open(o.Context(), o.works.Config, o.works.keys, o.clk, o.works.log)
		o.must(err)
		defer func() { o.must(second.close()) }()
		here := o.doors
		elsewhere, err := second.doors()
		o.must(err)
		nodes := []http.Handler{here, elsewhere}
		for i, node := range nodes {
			o.doors = node
			if bill, card := o.newcomer(4, "en"); !strings.Contains(card, "data-card") && !strings.Contains(card, "iframe") || strings.Contains(bill, "No late charge") {
				o.Fatalf("node %d is held at first:\n%s", i, card)
			}
		}
		if got := o.holding(); got.status != statusDone || !strings.Contains(got.out, "Nothing was done") {
			o.Fatalf("the dry run: %+v", got)
		}
		if standing, err := o.holds.Holds(o.Context(), o.slug); err != nil || len(standing) != 1 { // one of the story
			o.Fatalf("the dry run holds %v, %v", standing, err)
		}
		if got := o.holding("--yes"); got.status != statusDone || !strings.Contains(got.out, "sealing keys: changed.") {
			o.Fatalf("holding: %+v", got)
		}
		_, err = o.payments.Start(o.Context(), payment.StartRequest{City: o.slug, Quote: quote.ID, Consent: quote.Total(), OnPurpose: true})
		if !errors.Is(err, control.ErrCardsHeld) {
			o.Errorf("a card that was typed before: %v", err)
		}
		o.clk.Advance(control.Freshness)
		for i, node := range nodes {
			o.doors = node
			for language, want := range map[string][2]string{
				"en": {"No late charge and no shut-off for now", "We are not taking cards right now"},
				"es": {"Por ahora no hay recargos ni suspensiones", "En este momento no aceptamos tarjetas"},
			} {
				bill, card := o.newcomer(4, language)
				if !strings.Contains(bill, want[0]) || !strings.Contains(card, want[1]) || !strings.Contains(card, want[0]) || strings.Contains(card, "iframe") {
					o.Errorf("node %d in %s:\n%s\n%s", i, language, bill, card)
				}
			}
		}
		o.doors = here
	})
}

// What the billing system is told: every utility account, both kinds, and the day
// until which, once the hold is lifted.
func TestBillingSystemIsToldWhomNothingFollows(t *testing.T) {
	eachNight(t, func(o *townHall) {
		lines := func() [][]string {
			path := filepath.Join(o.TempDir(), "spared.csv")
			got := run(o.T, "posting", "spared", "--config", o.config, "--city", string(o.slug), "--out", path)
			if got.status != statusDone {
				o.Fatalf("writing it: %+v", got)
			}
			text, err := os.ReadFile(path)
			o.must(err)
			rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
			o.must(err)
			return rows
		}
		if rows := lines(); len(rows) != 2 || rows[1][0] != "TRAILER" || rows[1][1] != "0" {
			o.Errorf("nothing is held, and it says %v", rows)
		}
		o.holding("--yes")
		rows := lines()
		first, last := rows[1], rows[len(rows)-1]
		if len(rows) != 2*utilityAccounts+2 || last[1] != fmt.Sprint(2*utilityAccounts) || first[0] != "SPARED" || first[1] != o.written(1) ||
			first[3] != "LATE_FEE" || rows[2][3] != "SHUT_OFF" || first[5] != "" {
			o.Errorf("%d rows, %v, %v", len(rows), first, last)
		}
		o.lift()
		if rows := lines(); rows[1][5] == "" || rows[1][5] < rows[1][4] {
			o.Errorf("after lifting: %v", rows[1])
		}
	})
}

// people names two in the configuration, and gives what signs for them.
func (o *townHall) people() (sign func(text, name string) string) {
	o.Helper()
	keys := map[string]audit.Key{}
	text, err := os.ReadFile(o.config)
	o.must(err)
	lines := string(text) + "people:\n"
	for _, name := range []string{"ada", "bo"} {
		key, _, err := audit.NewKey(name)
		o.must(err)
		keys[name] = key
		lines += "  - " + key.Verifier() + "\n"
	}
	o.must(os.WriteFile(o.config, []byte(lines), 0o600))
	return func(text, name string) string {
		signed, err := approval.Sign(text, keys[name].Signer())
		o.must(err)
		return signed
	}
}

// lift lifts the hold as two people do.
func (o *townHall) lift() { o.byTwo(o.people(), "lift", "script is ours again") }

// byTwo has an act upon the incident asked for by one person, approved by another
// and carried out.
func (o *townHall) byTwo(sign func(text, name string) string, act, reason string) {
	o.Helper()
	command := func(input string, args ...string) ran {
		return runWith(o.T, input, append(args, "--config", o.config, "--city", string(o.slug))...)
	}
	text := command("", "incident", act, "--as", "ada", "--reason", reason, "portal").out
	number := text[strings.Index(text, "apr_"):][:30]
	carry := func() ran { return command("", "incident", act, "--request", number, "portal") }
	asked := sign(text, "ada")
	if got := command(asked, "approval", "take"); got.status != statusDone {
		o.Fatalf("asking: %+v", got)
	}
	if got := carry(); got.status == statusDone || !strings.Contains(got.err, "A second person has not approved this yet") {
		o.Fatalf("%s by one: %+v", act, got)
	}
	if _, card := o.newcomer(4, "en"); act == "lift" && !strings.Contains(card, "We are not taking cards right now") {
		o.Fatalf("one person has lifted it: %s", card)
	}
	if got := command(sign(asked, "bo"), "approval", "take"); got.status != statusDone {
		o.Fatalf("approving: %+v", got)
	}
	if got := carry(); got.status != statusDone {
		o.Fatalf("%s: %+v", act, got)
	}
}

// What a legal hold keeps names people. It ends when two people say so, and not
// while the incident's own hold stands.
func TestALegalHoldIsEndedByTwo(t *testing.T) {
	eachNight(t, func(o *townHall) {
		o.holding("--yes")
		desk, request := incident.New(o.db), approval.Standing{}
		if err := desk.Release(o.Context(), o.slug, "portal", approval.People{}, request, "operator:mallory"); !errors.Is(err, incident.ErrStillHeld) {
			o.Errorf("it is released while the hold stands: %v", err)
		}
		sign := o.people()
		o.byTwo(sign, "lift", "script is ours again")
		o.clk.Advance(control.Freshness)
		if err := desk.Release(o.Context(), o.slug, "portal", approval.People{}, request, "operator:mallory"); !errors.Is(err, approval.ErrUnknown) {
			o.Errorf("one person releases it: %v", err)
		}
		o.byTwo(sign, "release", "the matter is settled")
		if kept, err := retain.New(o.db).Holds(o.Context(), o.slug); err != nil || len(kept) != 0 {
			o.Errorf("it stands: %v, %v", kept, err)
		}
	})
}

func TestLiftingNeedsTwoPeople(t *testing.T) {
	eachNight(t, func(o *townHall) {
		o.holding("--yes")
		o.clk.Advance(control.Freshness)
		held, err := incident.New(o.db).Standstill(o.Context(), o.slug, "portal")
		o.must(err)
		for _, hold := range held.Holds {
			if err := o.holds.Lift(o.Context(), o.slug, hold, "by myself", "operator:mallory"); !errors.Is(err, control.ErrByTwo) {
				o.Errorf("one person lifts one part of it: %v", err)
			}
		}
		o.lift()
		o.clk.Advance(control.Freshness)
		if bill, card := o.newcomer(5, "en"); strings.Contains(bill, "No late charge") || strings.Contains(card, "not taking cards") {
			o.Error("it stands after it is lifted")
		}
		if kept, err := retain.New(o.db).Holds(o.Context(), o.slug); err != nil || len(kept) != 1 {
			o.Errorf("the legal hold has gone with it: %v, %v", kept, err)
		}
	})
}

// The eighteenth step: who was evicted comes back with what they copied. After the
// hold a copied cookie opens no bill, and copied keys open nothing that is sealed
// from then on; what was sealed before still opens for the town.
func TestWhatWasCopiedIsUselessAfterAHold(t *testing.T) {
	eachNight(t, func(o *townHall) {
		path := filepath.Join(o.works.Keys, keyOfSecrets)
		before := o.sealer()
		earlier, err := before.Seal(o.slug, "a purpose", secret.New("sealed before"))
		o.must(err)
		copied, err := os.ReadFile(path)
		o.must(err)
		loot := filepath.Join(o.TempDir(), "loot")
		o.must(os.WriteFile(loot, copied, 0o600))
		v := o.quoted(o.place, "held", 7)
		bill, cookies := "/bill/"+o.named["visit"][len(o.named["visit"])-1], v.cookies
		if got := o.ask("GET", o.host, bill, cookies, nil); !strings.Contains(got.body, display(7)) {
			o.Fatalf("the cookie opens nothing at first: %s", got.body)
		}
		o.holding("--yes")
		if got := o.ask("GET", o.host, bill, cookies, nil); strings.Contains(got.body, display(7)) {
			o.Errorf("the copied cookie opens the bill: %s", got.body)
		}
		thief, err := secret.ReadSealer(loot)
		o.must(err)
		later, err := o.sealer().Seal(o.slug, "a purpose", secret.New("sealed after"))
		o.must(err)
		if _, err := thief.Open(o.slug, "a purpose", later); !errors.Is(err, secret.ErrUnopenable) {
			o.Errorf("the copied keys open what is sealed now: %v", err)
		}
		for _, sealed := range [][]byte{earlier, later} {
			if _, err := o.sealer().Open(o.slug, "a purpose", sealed); err != nil {
				o.Errorf("the town cannot open its own: %v", err)
			}
		}
	})
}

// Whatever cuts a hold off, saying it again finishes it and does nothing twice.
func TestAHoldThatWasCutOffIsFinished(t *testing.T) {
	eachNight(t, func(o *townHall) {
		desk, changes := incident.New(o.db), 0
		stop := incident.Stop{Name: "portal", Reason: "script changed", By: "operator:ana"}
		first, fresh, err := desk.Hold(o.Context(), o.slug, stop)
		if err != nil || !fresh {
			o.Fatalf("%+v, %v", first, err)
		}
		again, fresh, err := desk.Hold(o.Context(), o.slug, stop)
		if err != nil || fresh || again.Holds[control.CardEntry] != first.Holds[control.CardEntry] {
			o.Errorf("again: %+v, %v, %v", again, fresh, err)
		}
		if _, _, err := desk.Rotate(o.Context(), o.slug, "portal", "operator:ana", func() error { return errors.New("disk is full") }); err == nil {
			o.Error("keys that could not be changed are noted as changed")
		}
		dying, die := context.WithCancel(o.Context())
		if _, _, err := desk.Rotate(dying, o.slug, "portal", "operator:ana", func() error { changes++; die(); return nil }); err == nil {
			o.Error("a change was noted by a process that was gone")
		}
		for i, want := range []bool{true, false} {
			_, done, err := desk.Rotate(o.Context(), o.slug, "portal", "operator:ana", func() error { changes++; return nil })
			if err != nil || done != want {
				o.Errorf("finishing, %d: %v, %v", i, done, err)
			}
		}
		if changes != 2 {
			o.Errorf("changed %d times", changes)
		}
		stop.Scope.Service = "water"
		if _, _, err := desk.Hold(o.Context(), o.slug, stop); !errors.Is(err, incident.ErrHeldOtherwise) {
			o.Errorf("another scope: %v", err)
		}
	})
}

// A hold that would reach nothing is refused: nobody would notice.
func TestAHoldThatReachesNothingIsRefused(t *testing.T) {
	eachNight(t, func(o *townHall) {
		for _, scope := range [][]string{{"--service", "wather"}, {"--processor", "stripe"}, {"--release", "4f2"}} {
			if got := o.holding(append(scope, "--yes")...); got.status == statusDone {
				o.Errorf("%v: %s", scope, got.out)
			}
		}
		other := strings.Repeat("0", 64)
		if got := o.holding("--release", other, "--yes"); got.status != statusDone {
			o.Fatalf("%+v", got)
		}
		o.clk.Advance(control.Freshness)
		if _, card := o.newcomer(4, "en"); strings.Contains(card, "not taking cards") {
			o.Error("a hold on another release reaches this one")
		}
	})
}
