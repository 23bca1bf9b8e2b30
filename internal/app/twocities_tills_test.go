package app

import (
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/till"
)

// tills are the drawers of both cities.
func (c *cities) tills() *till.Service { return till.New(c.db, c.towns, c.payments) }

// saleIn is a sale of cash at a drawer.
func saleIn(p *place, session till.SessionID) till.Sale {
	return till.Sale{
		City: p.slug, Session: session, Key: "page-of-" + string(p.slug) + "-1", Language: locale.English, By: "staff:rosa",
		Lines:   []till.Line{{UtilityAccount: numbered(2), Amount: money.Cents(p.cents)}},
		Tenders: []till.Tender{{Kind: policy.Cash, Amount: money.Cents(p.cents)}},
	}
}

// atCounter opens a drawer of a city and rings a sale up.
func (c *cities) atCounter(p *place) {
	c.Helper()
	session, err := c.tills().Open(c.Context(), p.slug, "front-1", money.Cents(p.cents*3), "staff:rosa")
	c.must(err)
	receipt, _, err := c.tills().Ring(c.Context(), saleIn(p, session.ID))
	c.must(err)
	p.drawer, p.rung = session.ID, receipt.ID
}

func aboutTills() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"till.Service.Open": func(a asking) (any, error) {
			return a.c.tills().Open(a.ctx, a.here.slug, "side", money.Cents(100), "staff:thief")
		},
		"till.Service.Find":     func(a asking) (any, error) { return a.c.tills().Find(a.ctx, a.here.slug, a.other.drawer) },
		"till.Service.Standing": func(a asking) (any, error) { return a.c.tills().Standing(a.ctx, a.here.slug, "front-1") },
		"till.Service.Drop": func(a asking) (any, error) {
			return a.c.tills().Drop(a.ctx, till.Dropping{
				City: a.here.slug, Session: a.other.drawer, Cash: []till.Pieces{{Denomination: money.Cents(100), Count: 1}}, By: "staff:rosa", Witness: "staff:thief",
			})
		},
		"till.Service.Drops": func(a asking) (any, error) { return a.c.tills().Drops(a.ctx, a.here.slug, a.other.drawer) },
		"till.Service.Count": func(a asking) (any, error) {
			return a.c.tills().Count(a.ctx, till.Counting{City: a.here.slug, Session: a.other.drawer, By: "staff:thief"})
		},
		"till.Service.Approve": func(a asking) (any, error) {
			return a.c.tills().Approve(a.ctx, a.here.slug, a.other.drawer, "staff:thief")
		},
		"till.Service.Reject": func(a asking) (any, error) {
			return a.c.tills().Reject(a.ctx, a.here.slug, a.other.drawer, "a reason", "staff:thief")
		},
		"till.Service.Reopen": func(a asking) (any, error) {
			return a.c.tills().Reopen(a.ctx, a.here.slug, a.other.drawer, "staff:thief")
		},
		"till.Service.Close": func(a asking) (any, error) {
			return a.c.tills().Close(a.ctx, a.here.slug, a.other.drawer, "staff:thief")
		},
		"till.Service.Ring": func(a asking) (any, error) {
			receipt, _, err := a.c.tills().Ring(a.ctx, saleIn(a.here, a.other.drawer))
			return receipt, err
		},
		"till.Service.Which": func(a asking) (any, error) {
			return a.c.tills().Which(a.ctx, a.here.slug, a.other.drawer, saleIn(a.other, a.other.drawer).Key, "staff:thief")
		},
		"till.Service.Receipts": func(a asking) (any, error) { return a.c.tills().Receipts(a.ctx, a.here.slug, a.other.drawer) },
		"till.Service.Receipt":  func(a asking) (any, error) { return a.c.tills().Receipt(a.ctx, a.here.slug, a.other.rung) },
		"till.Service.Void": func(a asking) (any, error) {
			return a.c.tills().Void(a.ctx, till.Undo{City: a.here.slug, Receipt: a.other.rung, Reason: "a reason", By: "staff:thief", Second: "staff:luis"})
		},
		"till.Service.Reverse": func(a asking) (any, error) {
			return a.c.tills().Reverse(a.ctx, till.Undo{City: a.here.slug, Receipt: a.other.rung, Reason: "a reason", By: "staff:thief", Second: "staff:luis"})
		},
		"till.Service.Slips":    func(a asking) (any, error) { return a.c.tills().Slips(a.ctx, a.here.slug, a.other.drawer) },
		"till.Service.Totals":   func(a asking) (any, error) { return a.c.tills().Totals(a.ctx, a.here.slug, a.today(), a.today()) },
		"till.Service.Sessions": func(a asking) (any, error) { return a.c.tills().Sessions(a.ctx, a.here.slug, a.today(), a.today()) },
	}
}
