package resident

import (
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/limit"
	"clearwell/internal/web"
)

// ErrTooOften refuses a try to pay, or to have a receipt sent, by a network that
// has tried too often. Nothing was charged.
var ErrTooOften = fault.New(fault.Throttled, "too_often")

// guesses bounds the failed answers for one utility account, from wherever they
// come: a house number is guessed in some hundred tries.
func guesses() limit.Rule { return limit.Rule{Name: "guesses", Most: 8, Window: limit.Span(time.Hour)} }

// flow is what one network may do, and all of a town's guests together.
type flow struct{ network, town limit.Bucket }

// lookups bounds finding bills. A library's or a city hall's many visitors share
// one network.
func lookups() flow {
	return flow{
		network: limit.Bucket{Name: "lookups", Burst: 20, Every: 15 * time.Second},
		town:    limit.Bucket{Name: "lookups of a town", Burst: 600, Every: 50 * time.Millisecond},
	}
}

// charges bounds tries to pay: whoever tests stolen cards needs thousands.
func charges() flow {
	return flow{
		network: limit.Bucket{Name: "charges", Burst: 8, Every: time.Minute},
		town:    limit.Bucket{Name: "charges of a town", Burst: 300, Every: 100 * time.Millisecond},
	}
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
	if wait, ok := d.Gate.Allow(f.network, city+" "+r.Network().String()); !ok {
		return wait
	}
	if wait, ok := d.Gate.Allow(f.town, city); !ok {
		return wait
	}
	return 0
}
