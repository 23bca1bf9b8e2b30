package resident

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

func (d *Door) showReview(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.open(r)
	switch {
	case err != nil || elsewhere != nil:
		return answer(elsewhere), err
	case !s.quote.HasCard():
		return web.GoTo(payAddress(r, s.id)), nil
	}
	q := s.quote
	return web.Show(view.Review{
		Page: r.Page(), Form: view.Form{Action: reviewAddress(r, s.id), Hidden: consent(q.Total())},
		About: s.about(r), Amount: q.Amount, Over: s.over(), Fee: q.Fee, Card: cardView(q.Card), Email: q.Payer.Email, Repriced: recallRepriced(r, s.id),
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
	if _, asked := r.PostForm[view.FieldAsked]; asked && !onPurpose {
		return again(r, duplicateAddress(r, s.id), mistake{Errors: []ui.FieldError{
			{Field: view.FieldOnPurpose, Text: r.Words.T("resident.invalid.on_purpose")},
		}}), nil
	}
	switch {
	case s.made.State == payment.Away:
		return web.GoTo(doneAddress(r, s.made.ID)), nil
	case !s.quote.HasCard() && onPurpose:
		return d.sendAway(r, s, s.quote.Payer.Email, true)
	case !s.quote.HasCard():
		return web.GoTo(payAddress(r, s.id)), nil
	}
	giveBack, wait := d.stake(r)
	if wait > 0 {
		return d.notSent(r, s, wait)
	}
	p, err := d.Payments.Start(r.Context(), payment.StartRequest{
		City: r.Town.City(), Quote: s.id, Consent: consented(r), OnPurpose: onPurpose,
		ReturnURL: r.Absolute("/back/" + s.id.String()),
	})
	if err != nil || p.State == payment.Approved || p.State == payment.Away {
		giveBack()
	}
	return d.started(r, s, p, err)
}

// notSent says that a try was not sent, and how long to wait. Where the quote has
// become a payment by another try, that is shown instead.
func (d *Door) notSent(r *web.Request, s stage, wait time.Duration) (web.Answer, error) {
	p, err := d.Payments.Payment(r.Context(), r.Town.City(), payment.OfQuote(s.id))
	switch {
	case err == nil && p.State != payment.Declined:
		return web.GoTo(doneAddress(r, p.ID)), nil
	case err != nil && !errors.Is(err, payment.ErrNoPayment):
		return web.Answer{}, err
	}
	refusal := view.Refused{Page: r.Page(), Explanation: r.Words.Fault(tooOften(wait)), Back: reviewAddress(r, s.id)}
	return web.Show(refusal).With(web.Status(ErrTooOften.Kind)), nil
}

// started leads on from what became of a payment, or of the try to make it.
func (d *Door) started(r *web.Request, s stage, p payment.Payment, err error) (web.Answer, error) {
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
		Language: r.Words.Lang(), Payer: old.Payer, Login: old.Login, CapturePath: old.CapturePath,
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
	s, elsewhere, err := d.open(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	earlier, err := d.Payments.Earlier(r.Context(), r.Town.City(), s.id)
	if err != nil {
		return web.Answer{}, err
	}
	v := view.Duplicate{
		Page: r.Page(), About: s.about(r), Amount: s.quote.Amount, Total: s.quote.Total(), Leave: billAddress(r, s.visit),
		Form: view.Form{Action: duplicateAddress(r, s.id), Hidden: append(consent(s.quote.Total()), ui.Hidden{Name: view.FieldAsked, Value: "yes"})},
	}
	m := mistaken(r, duplicateAddress(r, s.id))
	v.Page.Errors = m.Errors
	for _, p := range earlier {
		if p.State, err = d.standing(r, p); err != nil {
			return web.Answer{}, err
		}
		v.Earlier = append(v.Earlier, view.Earlier{
			Amount: p.Amount, At: p.At, Channel: channelName(p.Channel), Address: doneAddress(r, p.ID),
			Pending: p.State.Moving(), Unfinished: p.State == payment.Away,
		})
	}
	return m.shown(v).Allowing(d.challenges(r)), nil
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
