package resident

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

func (d *Door) showReview(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.at(r)
	switch {
	case err != nil || elsewhere != nil:
		return answer(elsewhere), err
	case !s.quote.HasCard():
		return web.GoTo(payAddress(r, s.id)), nil
	}
	q := s.quote
	return web.Show(view.Review{
		Page: r.Page(), Form: view.Form{Action: reviewAddress(r, s.id), Hidden: consent(q.Total())},
		Amount: q.Amount, Fee: q.Fee, Card: cardView(q.Card), Email: q.Payer.Email, Repriced: recallRepriced(r, s.id),
		Change: billAddress(r, s.visit), Other: payAddress(r, s.id),
	}).Allowing(d.challenges(r)), nil
}

// challenges lets the answer to a form lead to the processor's own page, where
// the card's bank may ask whether it is the holder who pays.
func (d *Door) challenges(r *web.Request) ui.Policy {
	return ui.Policy{Forms: d.Companies[r.Town.File.Processor.Name].Pages}
}

func cardView(card processor.Instrument) view.Card {
	return view.Card{Brand: card.Brand, Last4: card.Last4}
}

// confirm pays, with the resident's consent to one total. Pressed twice, or in
// two tabs, it leads to the one payment.
func (d *Door) confirm(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.at(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	onPurpose := r.PostFormValue(view.FieldOnPurpose) == "yes"
	if !s.quote.HasCard() {
		if onPurpose {
			return d.sendAway(r, s, s.quote.Payer.Email, true)
		}
		return web.GoTo(payAddress(r, s.id)), nil
	}
	if d.enter(r, charges()) > 0 {
		return web.Answer{}, ErrTooOften
	}
	p, err := d.Payments.Start(r.Context(), payment.StartRequest{
		City: r.Town.City(), Quote: s.id, Consent: consented(r), OnPurpose: onPurpose,
		ReturnURL: r.Absolute("/back/" + s.id.String()),
	})
	switch {
	case errors.Is(err, payment.ErrLikelyDuplicate):
		return web.GoTo(duplicateAddress(r, s.id)), nil
	case errors.Is(err, payment.ErrRepriced):
		return d.reprice(r, s)
	case errors.Is(err, payment.ErrNoCard):
		return web.GoTo(payAddress(r, s.id)), nil
	case errors.Is(err, payment.ErrQuoteExpired):
		return expired(r), nil
	case err != nil:
		return web.Answer{}, err
	}
	if p.Challenge != "" {
		return web.GoTo(p.Challenge), nil // the card's bank has a question
	}
	return web.GoTo(doneAddress(r, p.ID)), nil
}

// reprice makes a new quote of what is owed now, for the same card, and lets the
// resident look at it. Who wanted to pay all that was due still does.
func (d *Door) reprice(r *web.Request, s stage) (web.Answer, error) {
	old := s.quote
	owed, err := d.Payments.Owed(r.Context(), r.Town.City(), old.UtilityAccount)
	if err != nil {
		return web.Answer{}, err
	}
	amount := old.Amount
	if amount == old.Owed && owed.Total.IsPositive() {
		amount = owed.Total
	}
	fresh, err := d.Payments.Quote(r.Context(), payment.QuoteRequest{
		City: old.City, UtilityAccount: old.UtilityAccount, Channel: policy.Web, Amount: amount,
		Language: r.Words.Lang(), Payer: old.Payer, CapturePath: old.CapturePath,
	})
	if err != nil {
		return web.Answer{}, fmt.Errorf("pricing again: %w", err)
	}
	r.Session.Remember(fresh.ID.String(), s.visit)
	rememberRepriced(r, fresh.ID, view.Repriced{Before: old.Owed, After: owed.Total})
	if !old.HasCard() {
		return web.GoTo(payAddress(r, fresh.ID)), nil
	}
	if _, err := d.Payments.GiveCard(r.Context(), old.City, fresh.ID, old.Token, old.Payer); err != nil {
		return web.Answer{}, err
	}
	return web.GoTo(reviewAddress(r, fresh.ID)), nil
}

// The change of a price is remembered beside its quote, so that a refreshed page
// still shows it.
func rememberRepriced(r *web.Request, quote payment.QuoteID, v view.Repriced) {
	r.Session.Remember(quote.String()+".repriced", fmt.Sprintf("%d %d", v.Before.Cents(), v.After.Cents()))
}

func recallRepriced(r *web.Request, quote payment.QuoteID) *view.Repriced {
	before, after, found := strings.Cut(r.Session.Recall(quote.String()+".repriced"), " ")
	b, errBefore := strconv.ParseInt(before, 10, 64)
	a, errAfter := strconv.ParseInt(after, 10, 64)
	if !found || errBefore != nil || errAfter != nil || a == b {
		return nil
	}
	return &view.Repriced{Before: money.Cents(b), After: money.Cents(a)}
}

// showDuplicate tells of the payments that this one might repeat.
func (d *Door) showDuplicate(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.at(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	earlier, err := d.Payments.Earlier(r.Context(), r.Town.City(), s.id)
	if err != nil {
		return web.Answer{}, err
	}
	v := view.Duplicate{
		Page: r.Page(), Total: s.quote.Total(), Leave: billAddress(r, s.visit),
		Form: view.Form{Action: duplicateAddress(r, s.id), Hidden: consent(s.quote.Total())},
	}
	for _, p := range earlier {
		v.Earlier = append(v.Earlier, view.Earlier{Amount: p.Amount, At: p.At, Channel: channelName(p.Channel), Pending: p.State.Moving()})
	}
	return web.Show(v).Allowing(d.challenges(r)), nil
}

// channelName is the message that says where a payment was made.
func channelName(c policy.Channel) string {
	switch c {
	case policy.Phone, policy.Counter, policy.Autopay:
		return "resident.channel." + string(c)
	case policy.BankFile:
		return "resident.channel.bank"
	}
	return "resident.channel.web"
}
