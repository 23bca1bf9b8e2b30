package resident

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// Mail sends a receipt again.
type Mail interface {
	Resend(ctx context.Context, city id.City, p payment.Payment, email string) error
}

const (
	lookSoon  = 5 * time.Second  // between two looks of a waiting page
	lookLater = 30 * time.Second // and when it takes long
	isLong    = time.Minute
)

// showDone is the page of a payment, by how it stands: waiting, declined, or the
// receipt. While it is not decided the processor is asked, once in a while.
func (d *Door) showDone(r *web.Request) (web.Answer, error) {
	p, elsewhere, err := d.payment(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	switch p.State {
	case payment.Approved:
		return d.showReceipt(r, p)
	case payment.Declined:
		return d.showDeclined(r, p)
	case payment.Lapsed:
		return expired(r), nil
	case payment.Disputed:
		return web.Show(view.Disputed{Page: r.Page(), Total: p.Total(), PaidAt: p.PaidAt(), Confirmation: p.Confirmation}), nil
	case payment.Away:
		return web.Show(d.unfinished(r, p)).Allowing(waits()), nil
	}
	return web.Show(d.waiting(r, p)).Allowing(waits()), nil
}

// waits lets a page ask how its payment stands.
func waits() ui.Policy { return ui.Policy{Connect: []string{"'self'"}} }

// mine reports whether this visit made a payment: the address alone tells
// nobody's e-mail, and nothing of the bill.
func mine(r *web.Request, p payment.Payment) bool { return r.Session.Recall(p.Quote().String()) != "" }

// left is what is still due after a payment, as far as its payer may know it.
func (d *Door) left(r *web.Request, p payment.Payment) (*money.Amount, error) {
	if !mine(r, p) {
		return nil, nil
	}
	owed, err := d.Payments.Owed(r.Context(), r.Town.City(), p.UtilityAccount)
	if err != nil {
		return nil, err
	}
	return &owed.Total, nil
}

func (d *Door) showReceipt(r *web.Request, p payment.Payment) (web.Answer, error) {
	v := d.receipt(r, p)
	m := mistaken(r, doneAddress(r, p.ID))
	v.Email, v.Page.Errors = m.Typed[view.FieldEmail], m.Errors
	var err error
	v.Left, err = d.left(r, p)
	return m.shown(v), err
}

// showDeclined says that the bank said no; or, where the payer left the
// processor's page before any card was given, that they went back.
func (d *Door) showDeclined(r *web.Request, p payment.Payment) (web.Answer, error) {
	left, err := d.left(r, p)
	if err != nil {
		return web.Answer{}, err
	}
	if p.CapturePath == exposure.ProcessorPage && p.Card.Last4 == "" {
		return web.Show(view.Cancelled{Page: r.Page(), Left: left, Again: payAddress(r, p.Quote())}), nil
	}
	return web.Show(view.Declined{Page: r.Page(), Tried: p.Total(), Left: left, Again: payAddress(r, p.Quote())}), nil
}

// payment finds the payment in the address, as it stands now.
func (d *Door) payment(r *web.Request) (payment.Payment, *web.Answer, error) {
	if wait, ok := d.Gate.Ready(strays(), d.networkKey(r)); !ok {
		return payment.Payment{}, nil, tooOften(wait)
	}
	named, err := parse[payment.ID](r.PathValue("payment"))
	if err != nil {
		return payment.Payment{}, to(d.stray(r)), nil
	}
	p, err := d.Payments.Refresh(r.Context(), r.Town.City(), named)
	if errors.Is(err, payment.ErrNoPayment) || err == nil && !mine(r, p) && d.Clock.Now().Sub(p.StartedAt) > receiptLife {
		return payment.Payment{}, to(d.stray(r)), nil
	}
	return p, nil, err
}

// receiptLife is how long the address of a receipt shows it to whoever has it: a
// tax year and some weeks. Its mail says the same, and does not end.
const receiptLife = 400 * 24 * time.Hour

// stray answers an address that nobody was given, and counts it.
func (d *Door) stray(r *web.Request) web.Answer {
	d.Gate.Allow(strays(), d.networkKey(r))
	return noReceipt(r)
}

func noReceipt(r *web.Request) web.Answer {
	return web.Show(view.NoReceipt{Page: r.Page(), Start: start(r)}).With(web.Status(payment.ErrNoPayment.Kind))
}

func (d *Door) waiting(r *web.Request, p payment.Payment) view.Waiting {
	v := view.Waiting{
		Page: r.Page(), Total: p.Total(), Since: p.StartedAt, Address: doneAddress(r, p.ID),
		Long: d.Clock.Now().Sub(p.StartedAt) >= isLong,
	}
	v.Page.Refresh = lookSoon
	if v.Long {
		v.Page.Refresh = lookLater
	}
	if mine(r, p) {
		v.Email = p.Payer.Email
	}
	return v
}

func (d *Door) receipt(r *web.Request, p payment.Payment) view.Receipt {
	v := view.Receipt{
		Page: r.Page(), Confirmation: p.Confirmation,
		About: about(r, p.UtilityAccount, p.Service), Amount: p.Amount, Fee: p.Fee,
		PaidAt: p.PaidAt(), BookedOn: p.BusinessOn, Card: cardView(p.Card), Descriptor: r.Town.File.Processor.Descriptor, Posted: !p.AcknowledgedAt.IsZero(),
		SentTo: r.Session.Take(sentName(p.ID)), Start: start(r),
	}
	if mine(r, p) {
		v.GoesTo, v.Resend.Action = p.Payer.Email, doneAddress(r, p.ID)
	} else {
		v.About.UtilityAccount = masked(v.About.UtilityAccount)
	}
	return v
}

// masked is as much of a utility account number as the mailed receipt has: who
// was handed the address of a receipt must not find the bill with it.
func masked(number string) string {
	const shown = 4
	return "…" + number[max(0, len(number)-shown):]
}

// sentName is where the address of a receipt just sent is remembered, for one
// page.
func sentName(p payment.ID) string { return payment.QuoteOf(p).String() + ".sent" }

// resend sends the receipt to an address typed on its page.
func (d *Door) resend(r *web.Request) (web.Answer, error) {
	p, elsewhere, err := d.payment(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	if p.State != payment.Approved || !mine(r, p) { // we write to nobody for a stranger
		return web.GoTo(doneAddress(r, p.ID)), nil
	}
	email, ok := address(r.PostFormValue(view.FieldEmail))
	if !ok || email == "" {
		m := wrongEmail(r, email)
		m.Errors[0].Text = r.Words.T("resident.invalid.email_needed")
		return again(r, doneAddress(r, p.ID), m), nil
	}
	if wait := d.enter(r, mails()); wait > 0 {
		return web.Answer{}, tooOften(wait)
	}
	if err := d.Mail.Resend(r.Context(), r.Town.City(), p, email); err != nil {
		return web.Answer{}, err
	}
	r.Session.Remember(sentName(p.ID), email)
	return web.GoTo(doneAddress(r, p.ID)), nil
}
