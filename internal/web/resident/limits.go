package resident

import (
	"time"

	"clearwell/internal/city"
	"clearwell/internal/fault"
	"clearwell/internal/limit"
	"clearwell/internal/web"
)

// ErrTooOften refuses a try to pay, or to have a receipt sent, by a network that
// has tried too often. This try was not sent; whether another was, only its
// payment knows. Count: minutes to wait.
var ErrTooOften = fault.New(fault.Throttled, "too_often")

// flow is what one network may do, and all of a town's guests together.
type flow struct{ network, town limit.Bucket }

// lookups bounds finding bills at all, found or not. A library's or a telephone
// company's many visitors share one network: see prove.go for what was wrong.
func lookups() flow {
	return flow{
		network: limit.Bucket{Name: "lookups", Burst: 200, Every: time.Second},
		town:    limit.Bucket{Name: "lookups of a town", Burst: 600, Every: 50 * time.Millisecond},
	}
}

// shows bounds making quotes and showing card fields, each of which is a row that
// is kept: what one visit needs, and what a library's visitors need together.
func shows() (visit limit.Bucket, all flow) {
	return limit.Bucket{Name: "shows of a visit", Burst: 20, Every: 15 * time.Second}, flow{
		network: limit.Bucket{Name: "shows", Burst: 300, Every: time.Second},
		town:    limit.Bucket{Name: "shows of a town", Burst: 1200, Every: 25 * time.Millisecond},
	}
}

// mayShow lets a visit have one more quote, or look at the card fields once more.
func (d *Door) mayShow(r *web.Request, visit string) error {
	one, all := shows()
	if wait, ok := d.Gate.Allow(one, visit); !ok {
		return tooOften(wait)
	}
	if wait := d.enter(r, all); wait > 0 {
		return tooOften(wait)
	}
	return nil
}

// slips bounds the forms sent with something missing, before anything is looked
// up: each is remembered for its next page.
func slips() flow {
	return flow{
		network: limit.Bucket{Name: "slips", Burst: 30, Every: 2 * time.Second},
		town:    limit.Bucket{Name: "slips of a town", Burst: 300, Every: 100 * time.Millisecond},
	}
}

// starts bounds how often one network opens a payment at all. Neighbours who pay
// at a library never meet it.
func starts() flow {
	return flow{
		network: limit.Bucket{Name: "starts", Burst: 100, Every: 5 * time.Second},
		town:    limit.Bucket{Name: "starts of a town", Burst: 300, Every: 100 * time.Millisecond},
	}
}

// declines bounds the declined cards of one network: whoever tests stolen cards
// needs thousands, and most are declined.
func declines(town *city.File) limit.Bucket {
	return limit.Bucket{Name: "declines", Burst: town.DeclinedTries, Every: time.Minute}
}

// wideDeclines bounds those of the networks around it, which may be of one
// attacker, or a telephone company's: see [limit.Wide].
func wideDeclines(town *city.File) limit.Bucket {
	return limit.Bucket{Name: "declines of a wide network", Burst: 4 * town.DeclinedTries, Every: 15 * time.Second}
}

// strays bounds addresses of payments that nobody was given.
func strays() limit.Bucket { return limit.Bucket{Name: "strays", Burst: 60, Every: 5 * time.Second} }

// ErrLoginTooOften refuses a try to sign in, or to have a code sent, by a network
// that has tried too often. Count: minutes to wait.
var ErrLoginTooOften = fault.New(fault.Throttled, "login_too_often")

// codes bounds the codes that are asked for: each is a mail, and a password that
// is hashed.
func codes() flow {
	return flow{
		network: limit.Bucket{Name: "codes", Burst: 15, Every: time.Minute},
		town:    limit.Bucket{Name: "codes of a town", Burst: 200, Every: time.Second},
	}
}

// signIns bounds passwords and codes that are tried, right or wrong: each costs
// memory and time to hash.
func signIns() flow {
	return flow{
		network: limit.Bucket{Name: "sign-ins", Burst: 60, Every: 5 * time.Second},
		town:    limit.Bucket{Name: "sign-ins of a town", Burst: 300, Every: 100 * time.Millisecond},
	}
}

// strangers bounds wrong passwords and codes, of whichever logins: who tries a
// list of passwords that were stolen elsewhere tries each once, so that no login
// is locked by it.
func (d *Door) strangers(r *web.Request) []doubt {
	return []doubt{
		{limit.Bucket{Name: "wrong sign-ins", Burst: 20, Every: time.Minute}, d.networkKey(r), true},
		{limit.Bucket{Name: "wrong sign-ins of a wide network", Burst: 120, Every: 10 * time.Second}, d.wideKey(r), true},
		{limit.Bucket{Name: "wrong sign-ins of a town", Burst: 300, Every: 2 * time.Second}, string(r.Town.City()), false},
	}
}

// doubt is what is wrong too often under one key, and whether that stops
// anybody: a stranger must not stop a whole town.
type doubt struct {
	rule  limit.Bucket
	key   string
	stops bool
}

// stakeSignIn takes one of the wrong tries that are left, before a password or a
// code is looked at; back gives it back to who was right. Returns
// [ErrLoginTooOften].
func (d *Door) stakeSignIn(r *web.Request) (back func(), err error) {
	if wait := d.enter(r, signIns()); wait > 0 {
		return nil, waitFor(ErrLoginTooOften, wait)
	}
	var taken []doubt
	back = func() {
		for _, one := range taken {
			d.Gate.Return(one.rule, one.key)
		}
	}
	for _, one := range d.strangers(r) {
		wait, ok := d.Gate.Allow(one.rule, one.key)
		if ok {
			taken = append(taken, one)
			continue
		}
		d.alarm(r, web.LoginsGuessed)
		if one.stops {
			back()
			return nil, waitFor(ErrLoginTooOften, wait)
		}
	}
	return back, nil
}

// mayAskCode lets a network have one more code. Returns [ErrLoginTooOften].
func (d *Door) mayAskCode(r *web.Request) error {
	if wait := d.enter(r, codes()); wait > 0 {
		return waitFor(ErrLoginTooOften, wait)
	}
	return nil
}

// mails bounds receipts sent to whatever address is typed.
func mails() flow {
	return flow{
		network: limit.Bucket{Name: "mails", Burst: 4, Every: 5 * time.Minute},
		town:    limit.Bucket{Name: "mails of a town", Burst: 60, Every: 2 * time.Second},
	}
}

// enter lets a request through, or says how long to wait.
func (d *Door) enter(r *web.Request, f flow) time.Duration {
	city := string(r.Town.City())
	if wait, ok := d.Gate.Allow(f.network, d.networkKey(r)); !ok {
		return wait
	}
	if wait, ok := d.Gate.Allow(f.town, city); !ok {
		return wait
	}
	return 0
}

// tooOften refuses, and says how long to wait.
func tooOften(wait time.Duration) error { return waitFor(ErrTooOften, wait) }

func waitFor(refusal *fault.Error, wait time.Duration) error {
	return refusal.With("Count", int((wait.Round(time.Second)+time.Minute-1)/time.Minute))
}

// stake takes one of the declines that a network has left, before a card is
// tried. Unless the card is declined, back gives it back: only so are a thousand
// tries at the same instant not a thousand declines.
func (d *Door) stake(r *web.Request) (back func(), wait time.Duration) {
	if wait := d.enter(r, starts()); wait > 0 {
		return nil, wait
	}
	near, around, key, wideKey := declines(r.Town.File), wideDeclines(r.Town.File), d.networkKey(r), d.wideKey(r)
	if wait, ok := d.Gate.Allow(near, key); !ok {
		return nil, wait
	}
	if wait, ok := d.Gate.Allow(around, wideKey); !ok {
		d.Gate.Return(near, key)
		return nil, wait
	}
	return func() {
		d.Gate.Return(near, key)
		d.Gate.Return(around, wideKey)
	}, 0
}

// noteDecline counts a decline that was learned of after its try.
func (d *Door) noteDecline(r *web.Request) {
	d.Gate.Allow(declines(r.Town.File), d.networkKey(r))
	d.Gate.Allow(wideDeclines(r.Town.File), d.wideKey(r))
}

func (d *Door) wideKey(r *web.Request) string {
	return string(r.Town.City()) + " " + limit.Wide(r.Network()).String()
}

func (d *Door) networkKey(r *web.Request) string {
	return string(r.Town.City()) + " " + r.Network().String()
}
