package resident

import (
	"clearwell/internal/access"
	"errors"
	"fmt"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/control"
	"clearwell/internal/exposure"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// billsShown is how many bills of the past stand beside the new one.
const billsShown = 6

// proved gives the utility account that the visit in the address has proved to
// know; ok is false once the visit has ended.
func proved(r *web.Request) (visit string, number billing.Number, ok bool) {
	named, err := parse[id.ID[visitKind]](r.PathValue("visit"))
	if err != nil || named.IsZero() {
		return "", "", false
	}
	kept := r.Session.Recall(named.String())
	if kept == "" || strings.Contains(kept, " ") { // by a link, which proves nothing: see reached
		return "", "", false
	}
	return named.String(), billing.Number(kept), true
}

func (d *Door) showBill(r *web.Request) (web.Answer, error) {
	at, ok, err := d.reached(r)
	if err != nil || !ok {
		return expired(r), err
	}
	v, _, err := d.billPage(r, at.visit, at.number)
	if err != nil {
		return web.Answer{}, err
	}
	if !at.pays {
		v.Refusal = r.Words.T("resident.home.see_only")
	}
	m := mistaken(r, billAddress(r, at.visit))
	if len(m.Typed) > 0 {
		v.Other, v.Page.Errors = m.Typed[view.FieldOtherAmount], m.Errors
		choose(v.Choices, view.Amount(m.Typed[view.FieldAmount]))
	}
	return m.shown(v), nil
}

func choose(choices []view.Choice, kind view.Amount) {
	for i := range choices {
		choices[i].Chosen = choices[i].Kind == kind
	}
}

func (d *Door) billPage(r *web.Request, visit string, number billing.Number) (view.Bill, payment.Owed, error) {
	owed, err := d.owedNow(r, number)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	bills, err := d.Bills.Bills(r.Context(), r.Town.City(), number, billsShown)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	spared, err := d.spared(r, owed.Statement.Service)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	v := view.Bill{
		Page: r.Page(), Spared: spared, Form: view.Form{Action: billAddress(r, visit)}, Start: start(r), About: about(r, number, owed.Statement.Service),
		AsOf: owed.Statement.AsOf, Owed: owedView(owed), ShutOff: shutOff(owed), Choices: choices(owed), Bills: statements(bills, owed),
		Today: calendar.Of(d.Clock.Now(), r.Town.File.Zone), CardFee: d.cardFee(r, owed.Statement.Service),
	}
	v.Paused, err = d.paused(r, owed.Statement.Service)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	for _, p := range owed.Unfinished {
		v.Unfinished = append(v.Unfinished, view.Begun{Total: p.Total(), At: p.At, GoOn: goOnAddress(r, p.ID)})
	}
	if !owed.Total.IsPositive() {
		v.Notices = append(v.Notices, v.Page.Words.T(policy.NoticeNothingDue))
	}
	return v, owed, nil
}

// paused reports whether no card is taken for a service now.
func (d *Door) paused(r *web.Request, service policy.Service) (bool, error) {
	err := d.Payments.CardsHeld(r.Context(), r.Town.City(), service)
	if errors.Is(err, control.ErrCardsHeld) || errors.Is(err, control.ErrPaymentsHeld) {
		return true, nil
	}
	return false, err
}

// spared says what does not follow now when a bill of a service is not paid.
func (d *Door) spared(r *web.Request, service policy.Service) (view.Spared, error) {
	if d.Holds == nil {
		return view.Spared{}, nil
	}
	standing, err := d.Holds.Holds(r.Context(), r.Town.City())
	if err != nil {
		return view.Spared{}, err
	}
	return view.Spared{
		LateFees: control.Spares(standing, control.LateFees, string(service)),
		ShutOffs: control.Spares(standing, control.ShutOffs, string(service)),
	}, nil
}

func about(r *web.Request, number billing.Number, service policy.Service) view.About {
	return view.About{UtilityAccount: display(r, number), Service: serviceName(r, service)}
}

// statements are the bills of the past, each with what became of it as far as the
// billing system says. A bill that carries nothing over says that those before
// it were paid.
func statements(bills []billing.Bill, owed payment.Owed) []view.Statement {
	all := make([]view.Statement, len(bills))
	for i, bill := range bills {
		all[i] = view.Statement{On: bill.BilledOn, Amount: bill.Amount}
		switch {
		case !owed.Statement.Balance.IsPositive(), i > 0 && bills[i-1].Current == bills[i-1].Amount:
			all[i].Standing = view.Paid
		case !owed.Total.IsPositive():
			all[i].Standing = view.OnItsWay
		case i == 0:
			all[i].Standing = view.Open
		}
	}
	return all
}

func display(r *web.Request, number billing.Number) string {
	return r.Town.File.Numbers.Display(string(number))
}

func serviceName(r *web.Request, service policy.Service) string {
	found, _ := r.Town.File.Service(service)
	return found.Name.In(r.Words.Lang())
}

func owedView(o payment.Owed) view.Owed {
	v := view.Owed{Stated: o.Statement.Balance, Again: o.Again, Current: o.Current, PastDue: o.PastDue, Due: o.Statement.DueOn}
	for _, p := range o.Pending {
		v.Pending = append(v.Pending, view.Pending{Amount: p.Amount, At: p.At, Posted: p.Posted})
	}
	return v
}

func shutOff(o payment.Owed) *view.ShutOff {
	if o.Statement.ShutOffOn.IsZero() {
		return nil
	}
	return &view.ShutOff{On: o.Statement.ShutOffOn, Amount: o.Statement.ShutOff}
}

// choices offers all that is due, what is late, and another amount.
func choices(o payment.Owed) []view.Choice {
	var all []view.Choice
	if o.Total.IsPositive() {
		all = append(all, view.Choice{Kind: view.Total, Amount: o.Total, Chosen: true})
	}
	if o.PastDue.IsPositive() && o.PastDue.Less(o.Total) {
		all = append(all, view.Choice{Kind: view.PastDue, Amount: o.PastDue})
	}
	return append(all, view.Choice{Kind: view.Other, Chosen: !o.Total.IsPositive()})
}

// chooseAmount makes a quote of the amount that the resident chose.
func (d *Door) chooseAmount(r *web.Request) (web.Answer, error) {
	at, ok, err := d.reached(r)
	switch {
	case err != nil || !ok:
		return expired(r), err
	case !at.pays:
		return web.Answer{}, access.ErrRole
	}
	v, owed, err := d.billPage(r, at.visit, at.number)
	if err != nil {
		return web.Answer{}, err
	}
	kind := view.Amount(r.PostFormValue(view.FieldAmount))
	v.Other = strings.TrimSpace(r.PostFormValue(view.FieldOtherAmount))
	amount, field, err := chosen(v, owed, kind)
	if err == nil {
		return d.quote(r, at, amount, v, field)
	}
	return wrongBill(r, v, field, r.Words.T(wrongAmount(v.Other, field), "Typed", v.Other, "Meant", meant(v.Other))), nil
}

// wrongBill sends the resident back to the bill, with what is wrong with one
// field.
func wrongBill(r *web.Request, v view.Bill, field, text string) web.Answer {
	return again(r, v.Form.Action, mistake{
		Typed:  map[string]string{view.FieldAmount: r.PostFormValue(view.FieldAmount), view.FieldOtherAmount: v.Other},
		Errors: []ui.FieldError{{Field: field, Text: text}},
	})
}

// errNoAmount says that no amount was chosen, or none that can be read.
var errNoAmount = errors.New("no amount was chosen")

// chosen is the amount of the choice, and the field to be told of when it will
// not do.
func chosen(v view.Bill, owed payment.Owed, kind view.Amount) (amount money.Amount, field string, err error) {
	for _, choice := range v.Choices {
		if choice.Kind == kind && kind != view.Other {
			return choice.Amount, view.FieldAmount + "-" + string(kind), nil
		}
	}
	if kind != view.Other {
		return money.Amount{}, view.FieldAmount + "-" + string(v.Choices[0].Kind), errNoAmount
	}
	amount, err = money.Parse(v.Other)
	return amount, view.FieldOtherAmount, err
}

func wrongAmount(typed, field string) string {
	switch {
	case field != view.FieldOtherAmount:
		return "resident.invalid.amount"
	case meant(typed) != "":
		return "resident.invalid.comma"
	}
	return "resident.invalid.other_amount"
}

// meant is an amount whose cents stand after a comma, as most of the world
// writes them, in the form that is read here; empty for any other.
func meant(typed string) string {
	whole, cents, found := strings.Cut(typed, ",")
	if !found || len(cents) < 1 || len(cents) > 2 || strings.Trim(cents, "0123456789") != "" {
		return ""
	}
	_, err := money.Parse(whole)
	if err != nil {
		return ""
	}
	return whole + "." + cents
}

// quote asks what it costs, and says beside the field why it cannot be paid.
func (d *Door) quote(r *web.Request, at reached, amount money.Amount, v view.Bill, field string) (web.Answer, error) {
	if err := d.mayShow(r, at.visit); err != nil {
		return web.Answer{}, err
	}
	quote, err := d.Payments.Quote(r.Context(), payment.QuoteRequest{
		City: r.Town.City(), UtilityAccount: at.number, Channel: policy.Web, Amount: amount,
		Language: r.Words.Lang(), Login: at.login, Payer: exposure.Payer{Email: at.email}, CapturePath: capturePath(r.Town.File),
	})
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return wrongBill(r, v, field, r.Words.Fault(err)+remains(r, quote.Notices)), nil
	}
	if err != nil {
		return web.Answer{}, fmt.Errorf("choosing an amount: %w", err)
	}
	r.Session.Remember(quote.ID.String(), at.visit)
	return web.GoTo(payAddress(r, quote.ID)), nil
}

// remains says what is left to a resident from whom a rule has taken tenders away.
func remains(r *web.Request, notices []policy.Notice) string {
	var text string
	for _, n := range notices {
		if n.ID == policy.NoticeLeftHere || n.ID == policy.NoticeLeftAtCounter {
			text += " " + n.In(r.Words)
		}
	}
	return text
}

func capturePath(town *city.File) exposure.CapturePath {
	if town.Capture == city.CaptureRedirect {
		return exposure.ProcessorPage
	}
	return exposure.WebFrame
}
