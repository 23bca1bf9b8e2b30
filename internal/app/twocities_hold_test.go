package app

import (
	"os"

	"clearwell/internal/approval"
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
	p.wish = c.wish(p)
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
		"approval.Service.Withdraw": func(a asking) (any, error) {
			return nil, a.c.approvals.Withdraw(a.ctx, a.here.slug, a.other.wish, "operator:thief")
		},
	}
}

// ridesOfHolding are those who carry out, in a transaction of one city, what was
// asked for in the other.
func ridesOfHolding() map[string]func(riding) (any, error) {
	return map[string]func(riding) (any, error){
		"approval.CarryOutTx": func(r riding) (any, error) {
			return nil, approval.CarryOutTx(r.ctx, r.tx, approval.People{}, r.other.wish, "test.lift", "a wish", "operator:thief")
		},
	}
}
