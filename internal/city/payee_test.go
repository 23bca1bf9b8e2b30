package city_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// treasury is a town whose money somebody would like to have.
type treasury struct {
	*testing.T
	db      *db.DB
	clk     *clock.Manual
	s       *city.Registry
	towns   *city.Directory
	council *council
	told    []string // "waiting to a@example.com: processor.merchant"
	unsent  bool     // mail does not leave
}

func eachTreasury(t *testing.T, test func(*treasury)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		y := &treasury{T: t, db: d, clk: clk, s: city.New(d, sealing()), towns: city.NewDirectory(d, sealing()), council: newCouncil(t, d)}
		apply(t, y.s, y.file())
		test(y)
	})
}

// file is the town's file, with changes: what was, what is instead, and so on.
func (y *treasury) file(changes ...string) string {
	file := strings.Replace(string(city.Example()), "email: utilities@", "finance: treasurer@sampletown.example\n  email: utilities@", 1)
	for i := 0; i < len(changes); i += 2 {
		file = replaced(y.T, file, changes[i], changes[i+1])
	}
	return file
}

func (y *treasury) courier() city.Courier {
	return city.Courier{
		Tell: func(_ *db.Tx, n city.News) error {
			var paths []string
			for _, change := range n.Changes {
				paths = append(paths, change.Path)
			}
			y.told = append(y.told, fmt.Sprintf("%s to %s: %s", n.State, n.To, strings.Join(paths, ", ")))
			return nil
		},
		Told: func(context.Context, *db.Tx, city.Waiting) (bool, error) { return !y.unsent, nil },
	}
}

// await has a file wait that so many have signed.
func (y *treasury) await(file string, signatures int) (city.Waiting, error) {
	y.Helper()
	p := plan(y.T, y.s, file)
	return y.s.Await(y.Context(), p, y.council.sign(p, signatures), y.courier(), "operator:cy")
}

func (y *treasury) awaited(file string) city.Waiting {
	y.Helper()
	w, err := y.await(file, 2)
	if err != nil {
		y.Fatal(err)
	}
	return w
}

// due carries on what is due, and gives what became of it.
func (y *treasury) due() string {
	y.Helper()
	ended, err := y.s.Due(y.Context(), y.council.people, y.courier())
	if err != nil {
		y.Fatal(err)
	}
	var states []string
	for _, w := range ended {
		states = append(states, string(w.State))
	}
	return strings.Join(states, " ")
}

// goes fails unless the town's money goes to a merchant.
func (y *treasury) goes(when, merchant string) {
	y.Helper()
	if err := y.towns.Refresh(y.Context()); err != nil {
		y.Fatal(err)
	}
	if town, err := y.towns.ByID("sampletown"); err != nil || town.Processor.Merchant != merchant {
		y.Errorf("%s money goes to %s, want %s (%v)", when, town.Processor.Merchant, merchant, err)
	}
}

func (y *treasury) wants(what string, got, want error) {
	y.Helper()
	if !errors.Is(got, want) {
		y.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (y *treasury) hears(want ...string) {
	y.Helper()
	if got := strings.Join(y.told, "\n"); got != strings.Join(want, "\n") {
		y.Errorf("told was\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

const eve = "merchant: eve"

func (y *treasury) diverted() string { return y.file("merchant: sampletown", eve) }

func TestMoneyGoesElsewhereOnlyByTwoAndAfterADay(t *testing.T) {
	eachTreasury(t, func(y *treasury) {
		p := plan(t, y.s, y.diverted())
		_, err := y.s.Apply(t.Context(), p, "operator:eve")
		y.wants("by one", err, city.ErrNeedsApproval)
		_, err = y.s.ApplyApproved(t.Context(), p, y.council.sign(p, 2), "operator:eve")
		y.wants("by two, at once", err, city.ErrPayeeWaits)
		_, err = y.await(y.diverted(), 1)
		y.wants("by one, to wait", err, approval.ErrNotApproved)
		_, err = y.s.Await(t.Context(), p, y.council.sign(p, 2), city.Courier{}, "operator:eve")
		y.wants("where nobody can be told", err, city.ErrNobodyTold)
		y.hears()

		waiting := y.awaited(y.diverted())
		y.clk.Advance(city.PayeeDelay - time.Second)
		if got := y.due(); got != "" {
			t.Errorf("before the day is over: %s", got)
		}
		y.goes("before the day is over", "sampletown")
		y.clk.Advance(time.Second)
		if got := y.due(); got != "in_force" {
			t.Errorf("after a day: %s", got)
		}
		y.goes("after a day", "eve")
		y.hears("waiting to treasurer@sampletown.example: processor.merchant", "in_force to treasurer@sampletown.example: processor.merchant")
		if got := y.due(); got != "" {
			t.Errorf("once more: %s", got)
		}
		_, err = y.s.Stop(t.Context(), "sampletown", waiting.Request, "too late", y.courier(), "operator:ada")
		y.wants("stopped too late", err, city.ErrNotWaiting)
	})
}

func TestAChangedPayeeIsStopped(t *testing.T) {
	eachTreasury(t, func(y *treasury) {
		p := plan(t, y.s, y.diverted())
		warrant := y.council.sign(p, 2)
		waiting, err := y.s.Await(t.Context(), p, warrant, y.courier(), "operator:cy")
		y.wants("waiting", err, nil)
		_, err = y.s.Stop(t.Context(), "lake-odd", waiting.Request, "x", y.courier(), "operator:ada")
		y.wants("stopped in another town", err, city.ErrNotWaiting)
		_, err = y.s.Stop(t.Context(), "sampletown", waiting.Request, "nobody knows of it", y.courier(), "operator:ada")
		y.wants("stopped by one", err, nil)
		y.clk.Advance(2 * city.PayeeDelay)
		if got := y.due(); got != "" {
			t.Errorf("what was stopped: %s", got)
		}
		y.goes("after it was stopped", "sampletown")
		y.hears("waiting to treasurer@sampletown.example: processor.merchant", "stopped to treasurer@sampletown.example: processor.merchant")
		_, err = y.s.Await(t.Context(), p, warrant, y.courier(), "operator:eve")
		y.wants("under the same request again", err, approval.ErrDone)
		all, err := y.s.Waiting(t.Context(), "sampletown")
		if err != nil || len(all) != 1 || all[0].State != city.Stopped || all[0].Reason != "nobody knows of it" {
			t.Errorf("listed is %+v, %v", all, err)
		}
	})
}

// Whoever changes the finance officer's address first, so that the officer is not
// told of what comes next, is told of to the address that was.
func TestTheOldAddressIsToldOfTheNew(t *testing.T) {
	eachTreasury(t, func(y *treasury) {
		moved := []string{"treasurer@sampletown.example", "eve@example.net"}
		p := plan(t, y.s, y.file(moved...))
		_, err := y.s.Apply(t.Context(), p, "operator:eve")
		y.wants("by one", err, city.ErrNeedsApproval)
		y.awaited(y.file(moved...))
		y.clk.Advance(city.PayeeDelay / 2)
		y.awaited(y.diverted()) // while the address waits, news still goes to the old one
		y.clk.Advance(city.PayeeDelay / 2)
		if got := y.due(); got != "in_force" {
			t.Errorf("the address: %s", got)
		}
		const old, new = "treasurer@sampletown.example", "eve@example.net"
		y.hears("waiting to "+old+": contact.finance", "waiting to "+old+": processor.merchant", "in_force to "+old+": contact.finance", "in_force to "+new+": contact.finance")
		y.clk.Advance(city.PayeeDelay)
		if got := y.due(); got != "void" {
			t.Errorf("what was approved in the place of another file: %s", got)
		}
		y.goes("afterwards", "sampletown")
	})
}

// Without finance, the town's own address is the officer's: to change it is the
// same thing.
func TestTheTownsAddressCountsWhereFinanceIsNotNamed(t *testing.T) {
	before := parsed(t, string(city.Example()))
	now := parsed(t, replaced(t, string(city.Example()), "email: utilities@sampletown.example", "email: eve@example.net"))
	if changes := city.Payee(before, now); len(changes) != 1 || changes[0].Path != "contact.finance" || changes[0].New != "eve@example.net" {
		t.Errorf("changes are %v", changes)
	}
	for old, new := range map[string]string{
		"merchant: sampletown": "merchant: eve", "name: sandbox": "name: another", "descriptor: SAMPLETOWN UTILITIES": "descriptor: EVE UTILITIES",
		"layout: clearwell-posting": "layout: /tmp/eve.yaml", "posting:\n": "posting:\n  folder: /srv/eve\n",
	} {
		text := replaced(t, string(city.Example()), old, new)
		if new == "name: another" {
			text = replaced(t, text, "mode: sandbox", "mode: live\n  secrets: {key: \"file:/etc/eve\"}")
		}
		if changes := city.Payee(before, parsed(t, text)); len(changes) == 0 {
			t.Errorf("%s is nobody's money", new)
		}
	}
}

func TestWhatMayNotBeInForceAnyMoreIsVoid(t *testing.T) {
	change := func(sql string) func(*treasury, city.Waiting) {
		return func(y *treasury, w city.Waiting) {
			err := y.db.Write(y.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
				tx.Exec(sql, "sampletown", w.Request)
				return nil
			})
			y.wants(sql, err, nil)
		}
	}
	for name, spoil := range map[string]func(*treasury, city.Waiting){
		"an earlier day": change(`update city_waiting set begun_at = 1, due_at = 2 where city_id = $1 and request = $2`),
		"another file":   change(`update city_waiting set file = replace(file, 'eve', 'mallory') where city_id = $1 and request = $2`),
		"another told":   change(`update city_waiting set told = 'eve@example.net' where city_id = $1 and request = $2`),
		"withdrawn": func(y *treasury, w city.Waiting) {
			y.wants("withdrawing", y.council.desk.Withdraw(y.Context(), "sampletown", w.Request, "operator:ada"), nil)
		},
		"another file in force": func(y *treasury, w city.Waiting) {
			apply(y.T, y.s, y.file("declined_cards: 6", "declined_cards: 5"))
		},
		"not told": func(y *treasury, w city.Waiting) {
			y.unsent = true
			y.clk.Advance(3 * city.PayeeDelay)
			if got := y.due(); got != "" {
				y.Errorf("what nobody was told of: %s", got)
			}
			y.clk.Advance(approval.Lifetime)
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachTreasury(t, func(y *treasury) {
				spoil(y, y.awaited(y.diverted()))
				if name != "an earlier day" {
					y.clk.Advance(city.PayeeDelay)
				}
				if got := y.due(); got != "void" {
					y.Errorf("it is %q", got)
				}
				y.goes("then", "sampletown")
				if last := y.told[len(y.told)-1]; !strings.HasPrefix(last, "void to treasurer@sampletown.example") {
					y.Errorf("told was %v", y.told)
				}
			})
		})
	}
}

func TestARequestLastsLongerThanTheDay(t *testing.T) {
	eachTreasury(t, func(y *treasury) {
		p := plan(t, y.s, y.diverted())
		warrant := y.council.sign(p, 2)
		y.clk.Advance(approval.Lifetime - city.PayeeDelay)
		_, err := y.s.Await(t.Context(), p, warrant, y.courier(), "operator:cy")
		y.wants("a request that ends first", err, city.ErrPayeeLate)
	})
}
