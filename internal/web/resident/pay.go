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
	s, elsewhere, err := d.open(r)
	if err != nil || elsewhere != nil {
		return answer(elsewhere), err
	}
	email := s.quote.Payer.Email
	m := mistaken(r, payAddress(r, s.id))
	if typed, sent := m.Typed[view.FieldEmail]; sent {
		email = typed
	}
	return d.payPage(r, s, email, m)
}

func answer(a *web.Answer) web.Answer {
	if a == nil {
		return web.Answer{}
	}
	return *a
}

// payPage shows the card fields, and records first that it does.
func (d *Door) payPage(r *web.Request, s stage, email string, m mistake) (web.Answer, error) {
	company := d.Companies[r.Town.File.Processor.Name]
	v := view.Pay{
		Page: r.Page(), Form: view.Form{Action: payAddress(r, s.id), Hidden: consent(s.quote.Total())}, About: s.about(r),
		Amount: s.quote.Amount, Over: s.over(), Fee: feeView(s.quote), Email: email, Repriced: recallRepriced(r, s.id),
		OnPage: len(company.Pages) > 0, Company: company.Name, Back: billAddress(r, s.visit),
	}
	v.Page.Errors = m.Errors
	if r.Town.File.Capture == city.CaptureRedirect {
		return m.shown(v).Allowing(ui.Policy{Forms: company.Pages}), nil
	}
	if err := d.mayShow(r, s.visit); err != nil {
		return web.Answer{}, err
	}
	embed, err := d.Payments.ShowFields(r.Context(), r.Town.City(), s.id, r.Origin(), r.Manifest())
	if err != nil {
		return web.Answer{}, err
	}
	v.Frame = frame(embed)
	return m.shown(v).Allowing(allow(embed, company)), nil
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
		return again(r, payAddress(r, s.id), wrongEmail(r, email)), nil
	}
	if s.made.State == payment.Away && s.made.CapturePath != exposure.ProcessorPage {
		return web.GoTo(doneAddress(r, s.made.ID)), nil // the card's bank has been asked already
	}
	if r.PostFormValue(view.FieldHow) == view.HowPage {
		return d.sendAway(r, s, email, false)
	}
	return d.takeToken(r, s, email)
}

func wrongEmail(r *web.Request, email string) mistake {
	return mistake{
		Typed:  map[string]string{view.FieldEmail: email},
		Errors: []ui.FieldError{{Field: view.FieldEmail, Text: r.Words.T("resident.invalid.email")}},
	}
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
	giveBack, wait := d.stake(r)
	if wait > 0 {
		return web.Answer{}, tooOften(wait)
	}
	giveBack() // what the card's bank says is learned when the payer comes back
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
	return text, err == nil && parsed.Address == text && len(text) <= 254 && mailable(text)
}

// mailable leaves out what no resident has and mail programs misread: a name that
// begins as an option does, quotes, a host without a dot, an address of a machine.
func mailable(email string) bool {
	name, host, _ := strings.Cut(email, "@")
	last := host[strings.LastIndexByte(host, '.')+1:]
	return !strings.HasPrefix(name, "-") && !strings.ContainsAny(email, `"[]() `) && last != host && strings.Trim(last, "0123456789") != ""
}

// comeBack is where the processor's page sends the resident. Its address says
// nothing about the outcome: the processor is asked. A decline that is first
// heard of here counts for the network.
func (d *Door) comeBack(r *web.Request) (web.Answer, error) {
	quote, err := parse[payment.QuoteID](r.PathValue("quote"))
	if err != nil {
		return web.Answer{}, payment.ErrNoPayment
	}
	before, err := d.Payments.Payment(r.Context(), r.Town.City(), payment.OfQuote(quote))
	if err != nil {
		return web.Answer{}, err
	}
	p, err := d.Payments.Refresh(r.Context(), r.Town.City(), before.ID)
	if err != nil {
		return web.Answer{}, err
	}
	if before.State != payment.Declined && p.State == payment.Declined {
		d.noteDecline(r)
	}
	return web.GoTo(doneAddress(r, p.ID)), nil
}
