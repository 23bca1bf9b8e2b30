package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/web/ui"
)

// IsZero reports whether paying costs nothing.
func (f Fee) IsZero() bool { return len(f.ByBrand) == 0 && f.Amount.IsZero() }

// under sets what a view knows of its own page.
func under(p ui.Page, title string, step int) ui.Page {
	p.Title = title
	p.Step = step
	return p
}

// waysShown says that how to pay without a fee stands beside, or in, the page.
func waysShown(p ui.Page) ui.Page {
	p.WaysShown = true
	return p
}

// The words of the page that differ by what the guest asks for.
func (v Find) title() string {
	if v.Adding {
		return v.Page.Words.T("resident.adding.title")
	}
	if v.Affected {
		return v.Page.Words.T("resident.affected.title")
	}
	return v.Page.Words.T("resident.find.title")
}

func (v Find) lead() string {
	if v.Adding {
		return v.Page.Words.T("resident.adding.lead")
	}
	if v.Affected {
		return v.Page.Words.T("resident.affected.lead")
	}
	return v.Page.Words.T("resident.find.lead")
}

func (v Find) button() string {
	if v.Adding {
		return v.Page.Words.T("resident.adding.button")
	}
	if v.Affected {
		return v.Page.Words.T("resident.affected.button")
	}
	return v.Page.Words.T("resident.find.button")
}

func (v Find) safe() string {
	if v.Adding {
		return v.Page.Words.T("resident.adding.safe")
	}
	if v.Affected {
		return v.Page.Words.T("resident.affected.safe")
	}
	return v.Page.Words.T("resident.find.safe")
}

func (v Find) utilityAccountField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldUtilityAccount, Value: v.Number, MaxLength: 60,
		Label: v.Page.Words.T("resident.find.number"),
		Hint:  v.numberHint(),
		Error: v.Page.ErrorOf(FieldUtilityAccount),
	}
}

func (v Find) numberHint() string {
	words := v.Page.Words
	hint := words.T("resident.find.number_hint", "Example", unbroken(v.Example))
	if v.Ending > 0 {
		hint += " " + words.T("resident.find.number_ending", "Count", v.Ending)
	}
	return hint
}

// shown is the question that stands open at first, where one is enough: one that
// was answered, or the first.
func (v Find) shown() city.Factor {
	for _, factor := range v.Factors {
		if v.Answers[factor] != "" {
			return factor
		}
	}
	return v.Factors[0]
}

// factorField asks for one thing that only the resident knows. Nothing is
// required by the browser where the guest may choose what to answer.
func (v Find) factorField(factor city.Factor) ui.Field {
	words, name := v.Page.Words, string(factor)
	field := ui.Field{
		Words: words, Name: name, Value: v.Answers[factor], MaxLength: 100,
		Label: words.T("resident.find.factor." + name),
		Hint:  words.T("resident.find.factor_hint." + name),
		Error: v.Page.ErrorOf(name),
	}
	switch factor {
	case city.LastPayment:
		field.Prefix, field.InputMode = "$", "decimal"
	case city.ZIP:
		field.InputMode = "numeric"
	}
	return field
}

// chosen reports whether the guest may choose among the factors.
func (v Find) chosen() bool { return v.Required < len(v.Factors) }

// minutes rounds up, so that whoever waits so long has waited enough.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// line is one line of how a bill adds up. Amounts have their signs, so that the
// lines before the last are the last.
type line struct {
	label  string // message id
	amount money.Amount
	at     time.Time // of a payment
	due    bool
}

// lines shows how what is due adds up. Billing systems state a balance, and most
// of them its parts: where these are less than the balance they are not all that
// makes it, and only the balance is shown; where they are more there was a credit
// before.
func (o Owed) lines() []line {
	parts := o.Current.Add(o.PastDue)
	lines := []line{{label: "resident.bill.balance", amount: o.Stated}}
	if !parts.Less(o.Stated) {
		lines = []line{{label: "resident.bill.current", amount: o.Current}}
		if !o.PastDue.IsZero() {
			lines = append(lines, line{label: "resident.bill.past_due", amount: o.PastDue, due: o.PastDue.IsPositive()})
		}
		if before := o.Stated.Sub(parts); !before.IsZero() {
			lines = append(lines, line{label: "resident.bill.credit_before", amount: before})
		}
	}
	for _, p := range o.Pending {
		lines = append(lines, line{label: p.label(), amount: p.Amount.Neg(), at: p.At})
	}
	if !o.Again.IsZero() {
		lines = append(lines, line{label: "resident.bill.again", amount: o.Again, due: true})
	}
	last := line{label: "resident.bill.total", amount: o.Total()}
	if o.Total().IsNegative() {
		last.label = "resident.bill.credit"
	}
	return append(lines, last)
}

func (p Pending) label() string {
	if p.Posted {
		return "resident.bill.posted"
	}
	return "resident.bill.pending"
}

func (o Owed) figures(words *locale.Printer, zone *time.Location) []ui.Figure {
	lines := o.lines()
	rows := make([]ui.Figure, len(lines))
	for i, line := range lines {
		rows[i] = ui.Figure{Label: words.T(line.label), Amount: signed(words, line.amount), Due: line.due, Total: i == len(lines)-1}
		if !line.at.IsZero() {
			rows[i].Note = words.T("resident.bill.pending_since", "When", words.Time(line.at, zone))
		}
	}
	return rows
}

// signed writes an amount, what is taken off with the sign that typesetters use.
func signed(words *locale.Printer, a money.Amount) string {
	if a.IsNegative() {
		return minus(words, a.Abs())
	}
	return words.Amount(a)
}

// minus writes what is taken off, with the sign that typesetters use.
func minus(words *locale.Printer, a money.Amount) string { return "−" + words.Amount(a) }

// late reports whether the due date has passed.
func (v Bill) late() bool { return !v.Owed.Due.IsZero() && v.Owed.Due.Before(v.Today) }

// due says by when, or since when.
func (v Bill) due() string {
	words := v.Page.Words
	switch days := v.Today.Sub(v.Owed.Due); {
	case days > 0:
		return words.T("resident.bill.was_due", "On", v.Owed.Due, "Count", days)
	case days == 0:
		return words.T("resident.bill.due_today", "On", v.Owed.Due)
	}
	return words.Date(v.Owed.Due)
}

// pastDueNote says when the rest must be paid, if only what is past due is.
func (v Bill) pastDueNote() string {
	if v.late() {
		return v.Page.Words.T("resident.bill.choice_note.all_due")
	}
	return v.Page.Words.T("resident.bill.choice_note.past_due")
}

func (f CardFee) said(words *locale.Printer) string {
	switch {
	case f.Unknown:
		return words.T("resident.card_fee.by_card")
	case len(f.Steps) == 0:
		return words.T("resident.card_fee.none")
	}
	var parts []string
	for i, step := range f.Steps {
		fee := stepFee(words, step)
		switch {
		case !step.UpTo.IsZero():
			fee = words.T("resident.card_fee.up_to", "Fee", fee, "UpTo", step.UpTo)
		case i > 0:
			fee = words.T("resident.card_fee.beyond", "Fee", fee)
		}
		parts = append(parts, fee)
	}
	return words.T("resident.card_fee.rule", "Fee", strings.Join(parts, "; "))
}

// stepFee is "$0.30 plus 2.25%, at least $1.25".
func stepFee(words *locale.Printer, s policy.TariffStep) string {
	share := percent(s.BasisPoints)
	fee := words.Amount(s.Flat)
	switch {
	case s.BasisPoints == 0 && s.Flat.IsZero():
		return words.T("resident.card_fee.nothing")
	case s.BasisPoints != 0 && s.Flat.IsZero():
		fee = share
	case s.BasisPoints != 0:
		fee = words.T("resident.card_fee.plus", "Flat", s.Flat, "Share", share)
	}
	if s.AtLeast.IsPositive() {
		fee = words.T("resident.card_fee.at_least", "Fee", fee, "Least", s.AtLeast)
	}
	if s.AtMost.IsPositive() {
		fee = words.T("resident.card_fee.at_most", "Fee", fee, "Most", s.AtMost)
	}
	return fee
}

// percent writes hundredths of a percent: 225 is "2.25%".
func percent(basisPoints int64) string {
	text := fmt.Sprintf("%d.%02d", basisPoints/100, basisPoints%100)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "%"
}

func (v Bill) otherField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldOtherAmount, Value: v.Other, Prefix: "$", InputMode: "decimal", MaxLength: 14,
		Label: v.Page.Words.T("resident.bill.other_label"),
		Hint:  v.limits(),
		Error: v.Page.ErrorOf(FieldOtherAmount),
	}
}

func (v Bill) limits() string {
	words := v.Page.Words
	switch {
	case v.Least.IsPositive() && v.Most.IsPositive():
		return words.T("resident.bill.between", "Least", v.Least, "Most", v.Most)
	case v.Least.IsPositive():
		return words.T("resident.bill.at_least", "Least", v.Least)
	case v.Most.IsPositive():
		return words.T("resident.bill.at_most", "Most", v.Most)
	}
	return ""
}

// offersOther reports whether another amount may be typed.
func (v Bill) offersOther() bool {
	for _, c := range v.Choices {
		if c.Kind == Other {
			return true
		}
	}
	return false
}

func emailField(words *locale.Printer, page ui.Page, value, hint string) ui.Field {
	return ui.Field{
		Words: words, Name: FieldEmail, Value: value, Type: "email", Autocomplete: "email", MaxLength: 254, Optional: true,
		Label: words.T("resident.email"), Hint: hint, Error: page.ErrorOf(FieldEmail),
	}
}

// sum is the figures of a payment: the amount, the fee and why there is one,
// both together.
func sum(words *locale.Printer, amount, fee money.Amount, note string) []ui.Figure {
	rows := []ui.Figure{{Label: words.T("resident.sum.amount"), Amount: words.Amount(amount)}}
	if fee.IsZero() {
		note = words.T("resident.sum.no_fee")
	}
	rows = append(rows, ui.Figure{Label: words.T("resident.sum.fee"), Note: note, Amount: words.Amount(fee)})
	return append(rows, ui.Figure{Label: words.T("resident.sum.total"), Amount: words.Amount(amount.Add(fee)), Total: true})
}

// said is "Visa ending in 4242".
func (c Card) said(words *locale.Printer) string {
	return words.T("resident.card", "Brand", brandName(words, c.Brand), "Last4", c.Last4)
}

func brandName(words *locale.Printer, b processor.Brand) string {
	switch b {
	case "visa", "mastercard", "amex", "discover":
		return words.T("resident.brand." + string(b))
	}
	return words.T("resident.brand.unknown")
}

func (v Receipt) facts() []ui.Fact {
	words := v.Page.Words
	return []ui.Fact{
		{Name: words.T("resident.receipt.confirmation"), Value: v.Confirmation, Number: true},
		{Name: words.T("resident.receipt.paid"), Value: words.Time(v.PaidAt, v.Page.Town.Zone)},
		{Name: words.T("resident.utility_account"), Value: v.About.UtilityAccount, Number: true},
		{Name: words.T("resident.service"), Value: v.About.Service},
		{Name: words.T("resident.receipt.method"), Value: v.Card.said(words)},
		{Name: words.T("resident.receipt.descriptor"), Value: v.Descriptor},
	}
}

// radio is the id of a choice.
func radio(kind Amount) string { return FieldAmount + "-" + string(kind) }

// checked is the attribute of a choice that is made.
func checked(yes bool) templ.Attributes { return templ.Attributes{"checked": yes} }

// left says what is due on the bill after all, where the reader may know it.
func left(words *locale.Printer, amount *money.Amount) string {
	switch {
	case amount == nil:
		return ""
	case amount.IsPositive():
		return words.T("resident.left.due", "Amount", *amount)
	case amount.IsNegative():
		return words.T("resident.left.credit", "Amount", amount.Abs())
	}
	return words.T("resident.left.nothing")
}

// unbroken keeps a number with dashes on one line.
func unbroken(number string) string {
	return strings.NewReplacer(" ", "\u00a0", "-", "\u2011").Replace(number)
}

// showing has a question stand open only while it is the one chosen, where one is
// enough and scripts run.
func (v Find) showing(factor city.Factor) templ.Attributes {
	if v.Required != 1 {
		return nil
	}
	return templ.Attributes{"data-shown-by": factorRadio(factor)}
}

func factorRadio(factor city.Factor) string { return FieldFactor + "-" + string(factor) }

// describedBy ties a box to what is wrong with it.
func describedBy(field, wrong string) templ.Attributes {
	if wrong == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": field + "-error", "aria-invalid": "true"}
}

// counts says when a payment counts as received, and where the day's cut-off was
// over, on which day the town books it.
func (v Receipt) counts() string {
	words, zone := v.Page.Words, v.Page.Town.Zone
	when := words.Time(v.PaidAt, zone)
	if v.BookedOn.After(calendar.Of(v.PaidAt, zone)) {
		return words.T("resident.receipt.counts_next", "When", when, "Day", v.BookedOn)
	}
	return words.T("resident.receipt.counts", "When", when)
}
