package resident

import (
	"errors"
	"net/mail"
	"strconv"
	"strings"

	"clearwell/internal/city"
	"clearwell/internal/exposure"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// fieldConsent carries the total that the page has shown, in cents.
const fieldConsent = "consent"

func (d *Door) showPay(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.at(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	return d.payPage(r, s, s.quote.Payer.Email, nil)
}

func answer(a *web.Answer) web.Answer {
	if a == nil {
		return web.Answer{}
	}
	return *a
}

// payPage shows the card fields, and records first that it does.
func (d *Door) payPage(r *web.Request, s stage, email string, wrong []ui.FieldError) (web.Answer, error) {
	company := d.Companies[r.Town.File.Processor.Name]
	v := view.Pay{
		Page: r.Page(), Form: view.Form{Action: payAddress(r, s.id), Hidden: consent(s.quote.Total())}, Amount: s.quote.Amount,
		Fee: feeView(s.quote), Email: email, OnPage: len(company.Pages) > 0, Company: company.Name, Back: billAddress(r, s.visit),
	}
	v.Page.Errors = wrong
	allowed := ui.Policy{Forms: company.Pages}
	if s.made.State != payment.Away && r.Town.File.Capture != city.CaptureRedirect {
		embed, err := d.Payments.ShowFields(r.Context(), r.Town.City(), s.id, r.Origin(), r.Manifest())
		if err != nil {
			return web.Answer{}, err
		}
		v.Frame = frame(embed)
		allowed = allow(embed, company)
	}
	if len(wrong) > 0 {
		return web.ShowWrong(v).Allowing(allowed), nil
	}
	return web.Show(v).Allowing(allowed), nil
}

func frame(e processor.Embed) *view.Frame {
	return &view.Frame{URL: e.FrameURL, Origin: e.Settings["frame-origin"], Title: e.FrameName}
}

// allow is what the page may load: what the processor's fields need, no more.
func allow(e processor.Embed, company Company) ui.Policy {
	p := ui.Policy{Frames: e.FrameSrc, Connect: e.Connect, Forms: company.Pages}
	for _, script := range e.Scripts {
		p.Scripts = append(p.Scripts, script.URL)
	}
	return p
}

func consent(total money.Amount) []ui.Hidden {
	return []ui.Hidden{{Name: fieldConsent, Value: strconv.FormatInt(total.Cents(), 10)}}
}

// consented reads the total that the resident saw; none was, where it cannot be
// read.
func consented(r *web.Request) money.Amount {
	cents, err := strconv.ParseInt(r.PostFormValue(fieldConsent), 10, 64)
	if err != nil {
		return money.Amount{}
	}
	return money.Cents(cents)
}

func feeView(q payment.Quote) view.Fee {
	if q.FeeKnown {
		return view.Fee{Amount: q.Fee}
	}
	var fee view.Fee
	for _, by := range q.FeesByBrand {
		fee.ByBrand = append(fee.ByBrand, view.BrandFee{Brand: processor.Brand(by.Brand), Fee: by.Fee})
	}
	return fee
}

// giveCard takes the token of a card, or sends the resident to the processor's
// own page.
func (d *Door) giveCard(r *web.Request) (web.Answer, error) {
	s, elsewhere, err := d.at(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	email, ok := address(r.PostFormValue(view.FieldEmail))
	if !ok {
		return d.payPage(r, s, email, []ui.FieldError{{Field: view.FieldEmail, Text: r.Words.T("resident.invalid.email")}})
	}
	if r.PostFormValue(view.FieldHow) == view.HowPage {
		return d.sendAway(r, s, email, false)
	}
	return d.takeToken(r, s, email)
}

func (d *Door) takeToken(r *web.Request, s stage, email string) (web.Answer, error) {
	token := processor.Token(r.PostFormValue(view.FieldCardToken))
	if s.made.State == payment.Away || token == "" {
		return web.GoTo(payAddress(r, s.id)), nil
	}
	_, err := d.Payments.GiveCard(r.Context(), r.Town.City(), s.id, token, exposure.Payer{Email: email})
	if errors.Is(err, processor.ErrTokenUnknown) || errors.Is(err, processor.ErrTokenSpent) {
		return web.GoTo(payAddress(r, s.id)), nil // Back to an old form: the card is asked anew
	}
	if err != nil {
		return web.Answer{}, err
	}
	return web.GoTo(reviewAddress(r, s.id)), nil
}

// sendAway sends the resident to the processor's own page. Doing so again leads
// to the same page.
func (d *Door) sendAway(r *web.Request, s stage, email string, onPurpose bool) (web.Answer, error) {
	if d.enter(r, charges()) > 0 {
		return web.Answer{}, ErrTooOften
	}
	back := r.Absolute("/back/" + s.id.String())
	p, page, err := d.Payments.StartAway(r.Context(), payment.StartRequest{
		City: r.Town.City(), Quote: s.id, Consent: consented(r), OnPurpose: onPurpose,
		Payer: exposure.Payer{Email: email},
	}, payment.Return{Done: back, Cancel: back})
	switch {
	case errors.Is(err, payment.ErrLikelyDuplicate):
		return web.GoTo(duplicateAddress(r, s.id)), nil
	case errors.Is(err, payment.ErrRepriced):
		return d.reprice(r, s)
	case err != nil:
		return web.Answer{}, err
	case page == "":
		return web.GoTo(doneAddress(r, p.ID)), nil
	}
	return web.GoTo(page), nil
}

// address reads an e-mail address, which may be left out.
func address(text string) (email string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	parsed, err := mail.ParseAddress(text)
	return text, err == nil && parsed.Address == text && len(text) <= 254
}

// comeBack is where the processor's page sends the resident. Its address says
// nothing about the outcome: the processor is asked.
func (d *Door) comeBack(r *web.Request) (web.Answer, error) {
	quote, err := parse[payment.QuoteID](r.PathValue("quote"))
	if err != nil {
		return web.Answer{}, payment.ErrNoPayment
	}
	p, err := d.Payments.Refresh(r.Context(), r.Town.City(), payment.OfQuote(quote))
	if err != nil {
		return web.Answer{}, err
	}
	return web.GoTo(doneAddress(r, p.ID)), nil
}
