package resident

import (
	"errors"

	"clearwell/internal/billing"
	"clearwell/internal/exposure"
	"clearwell/internal/payment"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// unfinished tells a payer who has turned back at the bank's question, or left
// the processor's page, that nothing is paid yet, and leads back there.
func (d *Door) unfinished(r *web.Request, p payment.Payment) view.Unfinished {
	v := view.Unfinished{Page: r.Page(), Total: p.Total(), Since: p.StartedAt, GoOn: goOnAddress(r, p.ID), Another: start(r)}
	v.Page.Refresh = lookSoon
	if d.Clock.Now().Sub(p.StartedAt) >= isLong {
		v.Page.Refresh = lookLater
	}
	if visit := r.Session.Recall(p.Quote().String()); visit != "" {
		v.Another = billAddress(r, visit)
	}
	return v
}

// standing is how a payment stands now. Of one whose payer was away when we last
// heard of it the processor is asked: a card may have been entered since, and then
// nobody may read that nothing is paid.
func (d *Door) standing(r *web.Request, p payment.Pending) (payment.State, error) {
	if p.State != payment.Away {
		return p.State, nil
	}
	now, err := d.Payments.Refresh(r.Context(), r.Town.City(), p.ID)
	return now.State, err
}

// owedNow is what is owed, after a look at the payments that nobody has finished.
func (d *Door) owedNow(r *web.Request, number billing.Number) (payment.Owed, error) {
	owed, err := d.Payments.Owed(r.Context(), r.Town.City(), number)
	if err != nil {
		return owed, err
	}
	moved := false
	for _, p := range owed.Unfinished {
		state, err := d.standing(r, p)
		if err != nil {
			return owed, err
		}
		moved = moved || state != payment.Away
	}
	if !moved {
		return owed, nil
	}
	return d.Payments.Owed(r.Context(), r.Town.City(), number)
}

// goOn leads back to where a payment was left: to the question of the card's
// bank, or to the processor's page. It makes no payment and tries no card; where
// there is nothing left to do, it leads to how the payment stands.
func (d *Door) goOn(r *web.Request) (web.Answer, error) {
	p, elsewhere, err := d.payment(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	switch {
	case p.State != payment.Away:
		return web.GoTo(doneAddress(r, p.ID)), nil
	case p.Challenge != "":
		return web.GoTo(p.Challenge), nil
	case p.CapturePath != exposure.ProcessorPage:
		return web.GoTo(doneAddress(r, p.ID)), nil
	}
	back := r.Absolute("/back/" + p.Quote().String())
	_, page, err := d.Payments.StartAway(r.Context(), payment.StartRequest{
		City: r.Town.City(), Quote: p.Quote(), Consent: p.Total(),
	}, payment.Return{Done: back, Cancel: back})
	if errors.Is(err, payment.ErrNoQuote) {
		return noReceipt(r), nil
	}
	if err != nil {
		return web.Answer{}, err
	}
	if page == "" {
		page = doneAddress(r, p.ID)
	}
	return web.GoTo(page), nil
}
