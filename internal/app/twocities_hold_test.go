package app

import (
	"os"
	"strings"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/approval"
	"clearwell/internal/control"
	"clearwell/internal/incident"
	"clearwell/internal/retain"
)

// request writes a request of a city whose words give it away.
func (c *cities) request(p *place) approval.Request {
	c.Helper()
	r, err := c.approvals.Write(approval.Draft{City: p.slug, Action: "test.lift", Content: "what " + string(p.slug) + " wishes", By: "operator:ana"})
	c.must(err)
	return r
}

// wish is a request that was asked for in a city.
func (c *cities) wish(p *place) approval.ID {
	c.Helper()
	taken, err := c.approvals.Take(c.Context(), p.slug, c.request(p).Text())
	c.must(err)
	return taken.ID
}

// wishing leaves a city with a request that is open, and one that was withdrawn.
func (c *cities) wishing(p *place) {
	c.Helper()
	c.must(c.approvals.Withdraw(c.Context(), p.slug, c.wish(p), "operator:ana"))
	p.wish, p.lift = c.wish(p), c.lifting(p)
}

// still holds a city for an incident of its own: the cards of a release that does
// not run.
func (c *cities) still(p *place) incident.Standstill {
	c.Helper()
	held, _, err := incident.New(c.db).Hold(c.Context(), p.slug, incident.Stop{Name: "lifted-" + string(p.slug), Scope: control.Scope{Release: strings.Repeat("0", 64)}, Reason: "a letter to " + string(p.slug), By: "operator:ana"})
	c.must(err)
	return held
}

// lifting holds a city, and asks to lift that so long ago that nobody else need
// approve it.
func (c *cities) lifting(p *place) approval.ID {
	c.Helper()
	r, err := c.approvals.Write(approval.Draft{City: p.slug, Action: incident.LiftAction, Content: c.still(p).LiftWords("mended in " + string(p.slug)), By: "operator:ana"})
	c.must(err)
	taken, err := c.approvals.Take(c.Context(), p.slug, r.Text())
	c.must(err)
	return taken.ID
}

// wished writes a request to a file.
func (c *cities) wished(p *place, path string) string {
	c.Helper()
	c.must(os.WriteFile(path, []byte(c.request(p).Text()), 0o600))
	return path
}

// aboutHolding asks one city for what the other holds and wishes.
func aboutHolding() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"approval.Service.Find": func(a asking) (any, error) { return a.c.approvals.Find(a.ctx, a.here.slug, a.other.wish) },
		"approval.Service.List": func(a asking) (any, error) { return a.c.approvals.List(a.ctx, a.here.slug) },
		"approval.Service.Take": func(a asking) (any, error) {
			return a.c.approvals.Take(a.ctx, a.here.slug, a.c.request(a.other).Text())
		},
		"billing.Service.Each": func(a asking) (any, error) {
			var all []string
			err := a.c.bills.Each(a.ctx, a.here.slug, func(number, service string) error {
				all = append(all, number+service)
				return nil
			})
			return all, err
		},
		"control.Service.Between": func(a asking) (any, error) {
			return a.c.holds.Between(a.ctx, a.here.slug, control.LateFees, time.Time{}, a.c.clk.Now().Add(long))
		},
		"control.Service.Standing": func(a asking) (any, error) { return a.c.holds.Standing(a.ctx, a.here.slug) },
		"retain.Service.Holds":     func(a asking) (any, error) { return retain.New(a.c.db).Holds(a.ctx, a.here.slug) },
		"incident.Desk.Hold": func(a asking) (any, error) {
			held, _, err := incident.New(a.c.db).Hold(a.ctx, a.here.slug, incident.Stop{Name: "another", Reason: "a reason", By: "operator:thief"})
			return held, err
		},
		"incident.Desk.Standstill": func(a asking) (any, error) {
			return incident.New(a.c.db).Standstill(a.ctx, a.here.slug, "lifted-"+string(a.other.slug))
		},
		"incident.Desk.Rotate": func(a asking) (any, error) {
			held, _, err := incident.New(a.c.db).Rotate(a.ctx, a.here.slug, "lifted-"+string(a.other.slug), "operator:thief", func() error { return nil })
			return held, err
		},
		"incident.Desk.Lift": func(a asking) (any, error) {
			return nil, incident.New(a.c.db).Lift(a.ctx, a.here.slug, "lifted-"+string(a.other.slug), approval.People{}, approval.Standing{}, "operator:thief")
		},
		"incident.Desk.Kept": func(a asking) (any, error) {
			return incident.New(a.c.db).Kept(a.ctx, a.here.slug, "lifted-"+string(a.other.slug))
		},
		"incident.Desk.Release": func(a asking) (any, error) {
			return nil, incident.New(a.c.db).Release(a.ctx, a.here.slug, "lifted-"+string(a.other.slug), approval.People{}, approval.Standing{}, "operator:thief")
		},
		"approval.Service.Withdraw": func(a asking) (any, error) {
			return nil, a.c.approvals.Withdraw(a.ctx, a.here.slug, a.other.wish, "operator:thief")
		},
	}
}

// ridesOfHolding are those who carry out, in a transaction of one city, what was
// asked for in the other.
func ridesOfHolding() map[string]func(riding) (any, error) {
	return map[string]func(riding) (any, error){
		"access.EndAllTx": func(r riding) (any, error) { return access.EndAllTx(r.ctx, r.tx) },
		"control.ThrowTx": func(r riding) (any, error) {
			_, err := control.ThrowTx(r.tx, control.Hold{Kind: control.Refunds, Reason: "a reason"}, "operator:thief")
			return nil, err
		},
		"control.LiftTx": func(r riding) (any, error) {
			return nil, control.LiftTx(r.tx, r.other.hold, "a reason", "operator:thief")
		},
		"retain.HoldTx": func(r riding) (any, error) {
			return retain.HoldTx(r.ctx, r.tx, "still of "+string(r.other.slug), "a reason", "operator:thief")
		},
		"retain.EndTx": func(r riding) (any, error) {
			return nil, retain.EndTx(r.tx, "incident/lifted-"+string(r.other.slug), "a reason", "operator:thief")
		},
		"approval.ReadyTx": func(r riding) (any, error) {
			return nil, approval.ReadyTx(r.ctx, r.tx, approval.People{}, r.other.wish, "test.lift", "a wish", r.tx.Now())
		},
		"approval.CarryOutTx": func(r riding) (any, error) {
			return nil, approval.CarryOutTx(r.ctx, r.tx, approval.People{}, r.other.wish, "test.lift", "a wish", "operator:thief")
		},
	}
}
