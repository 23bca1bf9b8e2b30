package resident

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/id"
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
// receipt. While it is not decided the processor is asked at each look.
func (d *Door) showDone(r *web.Request) (web.Answer, error) {
	p, elsewhere, err := d.payment(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	switch p.State {
	case payment.Approved:
		return web.Show(d.receipt(r, p)), nil
	case payment.Declined:
		return web.Show(view.Declined{Page: r.Page(), Total: p.Total(), Again: payAddress(r, p.Quote())}), nil
	case payment.Lapsed:
		return expired(r), nil
	case payment.Disputed:
		return web.Show(view.Refused{Page: r.Page(), Explanation: r.Words.T(p.State.Facts().Public), Back: start(r)}), nil
	}
	return web.Show(d.waiting(r, p)).Allowing(ui.Policy{Connect: []string{"'self'"}}), nil
}

// payment finds the payment in the address, as it stands now.
func (d *Door) payment(r *web.Request) (payment.Payment, *web.Answer, error) {
	named, err := parse[payment.ID](r.PathValue("payment"))
	if err != nil {
		return payment.Payment{}, to(noReceipt(r)), nil
	}
	p, err := d.Payments.Refresh(r.Context(), r.Town.City(), named)
	if errors.Is(err, payment.ErrNoPayment) {
		return payment.Payment{}, to(noReceipt(r)), nil
	}
	return p, nil, err
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
	if r.Session.Recall(p.Quote().String()) != "" { // the address alone tells nobody's e-mail
		v.Email = p.Payer.Email
	}
	return v
}

func (d *Door) receipt(r *web.Request, p payment.Payment) view.Receipt {
	return view.Receipt{
		Page: r.Page(), Resend: view.Form{Action: doneAddress(r, p.ID)}, Confirmation: p.Confirmation,
		UtilityAccount: display(r, p.UtilityAccount), Service: serviceName(r, p.Service), Amount: p.Amount, Fee: p.Fee,
		PaidAt: p.StartedAt, Card: cardView(p.Card), Descriptor: r.Town.File.Processor.Descriptor, Posted: !p.AcknowledgedAt.IsZero(),
		SentTo: r.Session.Take(sentName(p.ID)), Start: start(r),
	}
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
	if p.State != payment.Approved {
		return web.GoTo(doneAddress(r, p.ID)), nil
	}
	email, ok := address(r.PostFormValue(view.FieldEmail))
	if !ok || email == "" {
		v := d.receipt(r, p)
		v.Email = email
		v.Page.Errors = []ui.FieldError{{Field: view.FieldEmail, Text: r.Words.T("resident.invalid.email")}}
		return web.ShowWrong(v), nil
	}
	if d.enter(r, mails()) > 0 {
		return web.Answer{}, ErrTooOften
	}
	if err := d.Mail.Resend(r.Context(), r.Town.City(), p, email); err != nil {
		return web.Answer{}, err
	}
	r.Session.Remember(sentName(p.ID), email)
	return web.GoTo(doneAddress(r, p.ID)), nil
}
