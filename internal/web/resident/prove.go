package resident

import (
	"errors"
	"fmt"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/limit"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// errMoreAnswers asks for more answers than elsewhere.
var errMoreAnswers = errors.New("more answers are needed")

// cautious is how many answers are asked for where answers have been wrong too
// often. A resident knows two; whoever tries a common name, or one house number
// after another, does not.
const cautious = 2

// Wrong answers for one utility account are counted from anywhere and from each
// network. From anywhere they lead to more answers being asked for, never to a
// refusal that a stranger could bring upon a resident; only so many that two
// answers might be guessed do. A house number alone is guessed in some hundred
// tries, so a day's count holds where an hour's begins anew.
const (
	fromHere = iota // by one network, in an hour: it must wait
	inHour          // by anybody: more answers
	inDay           // by anybody: more answers
	tooMany         // by anybody: everybody must wait
)

func guesses(r *web.Request, number string) []limit.Mark {
	hour := limit.Span(time.Hour)
	return []limit.Mark{
		fromHere: {Rule: limit.Rule{Name: "guesses from a network", Most: 8, Window: hour}, Key: number + " " + r.Network().String()},
		inHour:   {Rule: limit.Rule{Name: "guesses", Most: 8, Window: hour}, Key: number},
		inDay:    {Rule: limit.Rule{Name: "guesses of a day", Most: 24, Window: limit.Day(r.Town.File.Zone)}, Key: number},
		tooMany:  {Rule: limit.Rule{Name: "guesses, whatever is asked", Most: 80, Window: hour}, Key: number},
	}
}

// misses bounds the wrong answers of one network, for whichever utility accounts.
func misses() limit.Bucket { return limit.Bucket{Name: "misses", Burst: 30, Every: 15 * time.Second} }

// suspicions are the wrong answers after which more are asked for: of a network,
// of its neighbours (see [limit.Wide]), and of the whole town.
func (d *Door) suspicions(r *web.Request) map[limit.Bucket]string {
	return map[limit.Bucket]string{
		{Name: "misses with one answer", Burst: 10, Every: time.Minute}:        d.networkKey(r),
		{Name: "misses of a wide network", Burst: 60, Every: 10 * time.Second}: d.wideKey(r),
		{Name: missesOfATown, Burst: 300, Every: 2 * time.Second}:              string(r.Town.City()),
	}
}

const missesOfATown = "misses of a town"

// prove asks whether number and answers belong together, unless somebody has
// asked too often. A number of another form than the town's belongs to nothing.
// Guesses are counted whether or not the number exists. Who is asked for more
// answers than v says gets [errMoreAnswers], and v says how many.
func (d *Door) prove(r *web.Request, v *view.Find) (number billing.Number, wait time.Duration, err error) {
	if wait := d.enter(r, lookups()); wait > 0 {
		return "", wait, nil
	}
	normal, err := r.Town.File.Numbers.Normalise(v.Number)
	if err != nil {
		return "", 0, billing.ErrNoMatch
	}
	if wait, ok := d.Gate.Allow(misses(), d.networkKey(r)); !ok {
		d.alarm(r, web.BillGuessed)
		return "", wait, nil
	}
	number = billing.Number(normal)
	wait, err = d.try(r, number, v)
	if !errors.Is(err, billing.ErrNoMatch) {
		d.Gate.Return(misses(), d.networkKey(r)) // nothing was wrong
	}
	return number, wait, err
}

// try compares, and counts what is wrong.
func (d *Door) try(r *web.Request, number billing.Number, v *view.Find) (wait time.Duration, err error) {
	try, err := d.Tries.BeginAll(r.Context(), r.Town.City(), guesses(r, string(number))...)
	if err != nil {
		return 0, fmt.Errorf("finding a bill: %w", err)
	}
	defer try.End()
	doubted := try.Reached(inHour) || try.Reached(inDay)
	if doubted {
		d.alarm(r, web.BillGuessed)
	}
	if try.Reached(fromHere) || try.Reached(tooMany) || doubted && len(v.Factors) < cautious {
		_, ends := limit.Span(time.Hour).Bounds(d.Clock.Now())
		return ends.Sub(d.Clock.Now()), nil
	}
	if doubted || d.suspects(r) {
		v.Required = max(v.Required, min(cautious, len(v.Factors)))
	}
	if len(unanswered(*v)) > 0 {
		return 0, errMoreAnswers
	}
	_, err = d.Bills.Prove(r.Context(), r.Town.City(), number, v.Answers, v.Required)
	if errors.Is(err, billing.ErrNoMatch) {
		d.noteMiss(r)
		err = errors.Join(err, try.Failed(r.Context()))
	}
	return 0, err
}

// suspects reports whether there have been so many wrong answers, from here,
// nearby or all over the town, that one answer is not enough.
func (d *Door) suspects(r *web.Request) bool {
	for rule, key := range d.suspicions(r) {
		if _, ok := d.Gate.Ready(rule, key); !ok {
			return true
		}
	}
	return false
}

func (d *Door) noteMiss(r *web.Request) {
	for rule, key := range d.suspicions(r) {
		if _, ok := d.Gate.Allow(rule, key); ok {
			continue
		}
		if rule.Name == missesOfATown {
			d.alarm(r, web.TownGuessed)
		} else {
			d.alarm(r, web.BillGuessed)
		}
	}
}

func (d *Door) alarm(r *web.Request, alarm web.Alarm) {
	if d.Alarms != nil {
		d.Alarms.Raise(r.Context(), r.Town.City(), alarm, "POST /{$}")
	}
}
