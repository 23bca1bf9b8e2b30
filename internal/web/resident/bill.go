package resident

import (
	"errors"
	"fmt"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/city"
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
	number = billing.Number(r.Session.Recall(named.String()))
	return named.String(), number, number != ""
}

func (d *Door) showBill(r *web.Request) (web.Answer, error) {
	visit, number, ok := proved(r)
	if !ok {
		return expired(r), nil
	}
	v, _, err := d.billPage(r, visit, number)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Show(v), nil
}

func (d *Door) billPage(r *web.Request, visit string, number billing.Number) (view.Bill, payment.Owed, error) {
	owed, err := d.Payments.Owed(r.Context(), r.Town.City(), number)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	bills, err := d.Bills.Bills(r.Context(), r.Town.City(), number, billsShown)
	if err != nil {
		return view.Bill{}, payment.Owed{}, err
	}
	v := view.Bill{
		Page: r.Page(), Form: view.Form{Action: billAddress(r, visit)}, Start: start(r),
		UtilityAccount: display(r, number), Service: serviceName(r, owed.Statement.Service),
		AsOf: owed.Statement.AsOf, Owed: owedView(owed), ShutOff: shutOff(owed), Choices: choices(owed),
	}
	for _, bill := range bills {
		v.Bills = append(v.Bills, view.Statement{On: bill.BilledOn, Amount: bill.Amount})
	}
	if !owed.Total.IsPositive() {
		v.Notices = append(v.Notices, v.Page.Words.T(policy.NoticeNothingDue))
	}
	return v, owed, nil
}

func display(r *web.Request, number billing.Number) string {
	return r.Town.File.Numbers.Display(string(number))
}

func serviceName(r *web.Request, service policy.Service) string {
	found, _ := r.Town.File.Service(service)
	return found.Name.In(r.Words.Lang())
}

func owedView(o payment.Owed) view.Owed {
	v := view.Owed{Current: o.Current, PastDue: o.PastDue, Total: o.Total, Due: o.Statement.DueOn}
	if o.Statement.Balance.IsNegative() {
		v.Credit = o.Statement.Balance.Neg()
	}
	for _, p := range o.Pending {
		v.Pending = append(v.Pending, view.Pending{Amount: p.Amount, At: p.At})
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
	visit, number, ok := proved(r)
	if !ok {
		return expired(r), nil
	}
	v, owed, err := d.billPage(r, visit, number)
	if err != nil {
		return web.Answer{}, err
	}
	kind := view.Amount(r.PostFormValue(view.FieldAmount))
	v.Other = strings.TrimSpace(r.PostFormValue(view.FieldOtherAmount))
	for i := range v.Choices {
		v.Choices[i].Chosen = v.Choices[i].Kind == kind
	}
	amount, field, err := chosen(v, owed, kind)
	if err == nil {
		return d.quote(r, visit, number, amount, v, field)
	}
	v.Page.Errors = []ui.FieldError{{Field: field, Text: r.Words.T(wrongAmount(field))}}
	return web.ShowWrong(v), nil
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

func wrongAmount(field string) string {
	if field == view.FieldOtherAmount {
		return "resident.invalid.other_amount"
	}
	return "resident.invalid.amount"
}

// quote asks what it costs, and says beside the field why it cannot be paid.
func (d *Door) quote(r *web.Request, visit string, number billing.Number, amount money.Amount, v view.Bill, field string) (web.Answer, error) {
	quote, err := d.Payments.Quote(r.Context(), payment.QuoteRequest{
		City: r.Town.City(), UtilityAccount: number, Channel: policy.Web, Amount: amount,
		Language: r.Words.Lang(), CapturePath: capturePath(r.Town.File),
	})
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		v.Page.Errors = []ui.FieldError{{Field: field, Text: r.Words.Fault(err)}}
		return web.ShowWrong(v), nil
	}
	if err != nil {
		return web.Answer{}, fmt.Errorf("choosing an amount: %w", err)
	}
	r.Session.Remember(quote.ID.String(), visit)
	return web.GoTo(payAddress(r, quote.ID)), nil
}

func capturePath(town *city.File) exposure.CapturePath {
	if town.Capture == city.CaptureRedirect {
		return exposure.ProcessorPage
	}
	return exposure.WebFrame
}
