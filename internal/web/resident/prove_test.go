package resident_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// looked is what came of looking for a bill.
type looked string

const (
	opened looked = "the bill"
	wrong  looked = "nothing found"
	more   looked = "more answers are asked for"
	wait   looked = "to wait"
)

// look looks for a bill from an address. Answers left empty are not given.
func (tw *town) look(from, number, house, name string) looked {
	tw.Helper()
	form := url.Values{view.FieldUtilityAccount: {number}, string(city.HouseNumber): {house}, string(city.Name): {name}}
	w := tw.ask(http.MethodPost, "/", form, func(r *http.Request) { r.RemoteAddr = from })
	switch {
	case w.Code == http.StatusTooManyRequests:
		return wait
	case w.Code != http.StatusSeeOther:
		tw.Fatalf("looking from %s gets %d", from, w.Code)
	case strings.HasPrefix(w.Header().Get("Location"), "/bill/"):
		return opened
	}
	page := tw.ask(http.MethodGet, "/", nil, func(r *http.Request) {
		for _, cookie := range w.Result().Cookies() {
			r.AddCookie(cookie)
		}
	})
	if strings.Contains(page.Body.String(), "could not find") {
		return wrong
	}
	return more
}

// until looks again and again, and counts until something else comes of it.
func (tw *town) until(change looked, most int, look func(try int) looked) int {
	for try := range most {
		if look(try) == change {
			return try
		}
	}
	return most
}

const ana = "004217001" // the utility account of Ana Example, at 12 Main Street

func network(n int) string { return fmt.Sprintf("198.%d.%d.7:1000", 18+n/256, n%256) }

// Eight wrong answers from anywhere shut a resident out of their bill for the rest
// of the hour. Now they make us ask for one answer more.
func TestAStrangerLocksNobodyOut(t *testing.T) {
	for what, number := range map[string]string{"known": ana, "unknown": "999999999"} {
		tw := open(t)
		if count := tw.until(more, 50, func(try int) looked { return tw.look(network(try), number, "13", "") }); count != 8 {
			t.Errorf("%s: %d wrong answers before more are asked for", what, count)
		}
		if got := tw.alarms.count(web.BillGuessed); got == 0 {
			t.Errorf("%s: no alarm", what)
		}
	}
	tw := open(t)
	for try := range 40 { // with two answers as well
		tw.look(network(try), ana, "13", "SMITH")
	}
	const home = "203.0.113.7:1000"
	if got := tw.look(home, ana, "12", ""); got != more {
		t.Errorf("the resident with one answer gets %s", got)
	}
	if got := tw.look(home, ana, "12", "EXAMPLE"); got != opened {
		t.Errorf("the resident with two answers gets %s", got)
	}
	tw.clk.Advance(24 * time.Hour)
	if got := tw.look(home, ana, "12", ""); got != opened {
		t.Errorf("the next day one answer gets %s", got)
	}
}

// One network has few guesses at one utility account, and two answers cannot be
// guessed either, from however many.
func TestGuessesAreSlowedDown(t *testing.T) {
	tw := open(t)
	const from = "203.0.113.9:1000"
	if count := tw.until(wait, 50, func(int) looked { return tw.look(from, ana, "13", "SMITH") }); count != 8 {
		t.Errorf("%d guesses from one network", count)
	}
	if got := tw.look(from, ana, "12", "EXAMPLE"); got != wait {
		t.Errorf("the right answer at last gets %s", got)
	}
	count := tw.until(wait, 200, func(try int) looked { return tw.look(network(try), ana, "13", "SMITH") })
	if count != 80-8 {
		t.Errorf("%d guesses from as many networks", count)
	}
	tw = open(t) // an hour's count begins anew, a day's does not
	for hour := range 4 {
		for try := range 8 {
			tw.look(network(hour*8+try), ana, "13", "")
		}
		tw.clk.Advance(time.Hour)
	}
	if got := tw.look("203.0.113.7:1000", ana, "12", ""); got != more {
		t.Errorf("one answer after 24 wrong ones in the day gets %s", got)
	}
}

// A common name was tried at all utility accounts, one after the other.
func TestSprayingIsSlowedDown(t *testing.T) {
	number := func(try int) string { return fmt.Sprintf("%09d", 5000+try) }
	t.Run("one network", func(t *testing.T) {
		tw := open(t)
		spray := func(try int) looked { return tw.look("203.0.113.9:1000", number(try), "", "SMITH") }
		if count := tw.until(more, 100, spray); count != 10 {
			t.Errorf("%d names before more is asked for", count)
		}
		if got := tw.look("203.0.113.9:1000", ana, "12", ""); got != more {
			t.Errorf("the right answer by itself gets %s", got)
		}
		spray = func(try int) looked { return tw.look("203.0.113.9:1000", number(try), "12", "SMITH") }
		if count := tw.until(wait, 100, spray); count != 20 || tw.alarms.count(web.BillGuessed) == 0 {
			t.Errorf("%d more with two answers, %d alarms", count, tw.alarms.count(web.BillGuessed))
		}
	})
	t.Run("many of one provider", func(t *testing.T) { // each has a bucket of its own
		tw := open(t)
		spray := func(try int) looked {
			return tw.look(fmt.Sprintf("[2001:db8:7:%x00::1]:1000", try%256), number(try), "", "SMITH")
		}
		if count := tw.until(more, 300, spray); count != 60 {
			t.Errorf("%d names from one /48 before more is asked for", count)
		}
	})
	t.Run("the whole town", func(t *testing.T) {
		tw := open(t)
		spray := func(try int) looked { return tw.look(network(try), number(try), "", "SMITH") }
		if count := tw.until(more, 400, spray); count != 300 {
			t.Errorf("%d names before more is asked for", count)
		}
		tw.look(network(500), number(500), "12", "SMITH")
		if tw.alarms.count(web.TownGuessed) == 0 {
			t.Error("no alarm")
		}
		if got := tw.look("203.0.113.7:1000", ana, "12", "EXAMPLE"); got != opened {
			t.Errorf("a resident with two answers gets %s", got)
		}
	})
}

// A library's and a telephone company's visitors share one address. What they find
// is no reason to stop anybody, nor is a mistake now and then.
func TestHonestLookupsAreNotCounted(t *testing.T) {
	tw := open(t)
	const library = "203.0.113.9:1000"
	for try := range 150 {
		if got := tw.look(library, ana, "12", ""); got != opened {
			t.Fatalf("look %d gets %s", try, got)
		}
		if try%20 == 0 {
			tw.look(library, fmt.Sprintf("%09d", 7000+try), "12", "")
		}
	}
	if tw.alarms.count(web.BillGuessed) > 0 {
		t.Error("an alarm for nothing")
	}
}

// One visit made as many quotes, and as many rows of who was shown card fields, as
// it liked.
func TestOneVisitIsShownSoMuch(t *testing.T) {
	tw := open(t)
	b := tw.browser().find()
	bill := b.at.String()
	made := 0
	for ; made < 100 && b.status == http.StatusOK; made++ {
		b.get(bill).send(view.FieldAmount, string(view.Total))
	}
	if made > 15 || b.status != http.StatusTooManyRequests {
		t.Errorf("%d quotes and showings, and then %d", made, b.status)
	}
	b.reads("wait one minute")
}

// Stolen cards were tested from one network of a provider's after the other.
func TestNeighbouringNetworksShareDeclines(t *testing.T) {
	tw := openAs(t, strings.Replace(string(city.Example()), "declined_cards: 6", "declined_cards: 100", 1))
	for try := range 60 {
		tw.from = fmt.Sprintf("[2001:db8:7:%x00::1]:1000", try)
		b := tw.browser().find()
		b.send(view.FieldAmount, string(view.Total))
		if b.give(refused).send(); b.status == http.StatusTooManyRequests {
			break
		}
	}
	record, err := tw.company.Record()
	tw.must(err)
	if got := len(record.Charges); got < 32 || got > 34 {
		t.Errorf("%d charges were tried from one /48", got)
	}
}
