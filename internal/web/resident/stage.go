package resident

import (
	"errors"

	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// stage is how far a quote has come, and who asks.
type stage struct {
	id    payment.QuoteID
	visit string          // the visit that made the quote
	quote payment.Quote   // as it stands now
	made  payment.Payment // zero before the first try
}

// at finds out how far the quote in the address has come. Where its pages are
// over, elsewhere is where to go instead: to the payment that it became, or to
// the page that says the visit has ended.
//
// The payment is asked first: whoever has lost the session, or comes back to an
// old page, must never read that nothing was charged when something was.
func (d *Door) at(r *web.Request) (s stage, elsewhere *web.Answer, err error) {
	if s.id, err = parse[payment.QuoteID](r.PathValue("quote")); err != nil {
		return s, nil, payment.ErrNoQuote
	}
	s.made, err = d.Payments.Payment(r.Context(), r.Town.City(), payment.OfQuote(s.id))
	switch {
	case err == nil && s.made.State != payment.Declined && s.made.State != payment.Away:
		return s, to(web.GoTo(doneAddress(r, s.made.ID))), nil
	case err != nil && !errors.Is(err, payment.ErrNoPayment):
		return s, nil, err
	}
	if s.visit = r.Session.Recall(s.id.String()); s.visit == "" {
		return s, to(d.withoutVisit(r, s.made)), nil
	}
	s.quote, err = d.Payments.FindQuote(r.Context(), r.Town.City(), s.id)
	switch {
	case errors.Is(err, payment.ErrQuoteExpired):
		return s, to(d.withoutVisit(r, s.made)), nil
	case err != nil && s.made.State == payment.Away:
		return s, to(web.GoTo(doneAddress(r, s.made.ID))), nil // the rules may have changed since it was begun
	case err == nil && s.quote.Login != "" && !d.isLogin(r, s.quote.Login):
		return s, to(d.withoutVisit(r, s.made)), nil // signed out since, here or from elsewhere
	case err == nil && s.quote.Language != r.Words.Lang():
		s.quote.Language = r.Words.Lang()
		err = d.Payments.Speak(r.Context(), r.Town.City(), s.id, s.quote.Language)
	}
	return s, nil, err
}

// open is [Door.at] for pages on which nothing can be done any more once the
// payer was sent to the bank or to the processor: these lead to the payment.
func (d *Door) open(r *web.Request) (s stage, elsewhere *web.Answer, err error) {
	s, elsewhere, err = d.at(r)
	if err == nil && elsewhere == nil && s.made.State == payment.Away {
		elsewhere = to(web.GoTo(doneAddress(r, s.made.ID)))
	}
	return s, elsewhere, err
}

// over is how much more than is due a quote pays.
func (s stage) over() money.Amount {
	return money.Max(s.quote.Amount.Sub(money.Max(s.quote.Owed, money.Amount{})), money.Amount{})
}

func (s stage) about(r *web.Request) view.About {
	return about(r, s.quote.UtilityAccount, s.quote.Service)
}

func to(a web.Answer) *web.Answer { return &a }

// withoutVisit sends somebody whose visit has ended to the payment that may have
// been charged, and to the beginning where there is none.
func (d *Door) withoutVisit(r *web.Request, made payment.Payment) web.Answer {
	if made.State.Moving() {
		return web.GoTo(doneAddress(r, made.ID))
	}
	return expired(r)
}

// expired says that the visit has ended. Nothing was charged.
func expired(r *web.Request) web.Answer {
	return web.Show(view.Expired{Page: r.Page(), Start: start(r)}).With(web.Status(payment.ErrQuoteExpired.Kind))
}

// parse reads an identifier out of an address.
func parse[T any, P interface {
	*T
	UnmarshalText([]byte) error
}](text string) (T, error) {
	var parsed T
	err := P(&parsed).UnmarshalText([]byte(text))
	return parsed, err
}

// isLogin reports whether a login is signed in here.
func (d *Door) isLogin(r *web.Request, login string) bool {
	signedIn, err := d.session(r)
	return err == nil && signedIn.Login.ID.String() == login
}
