package view

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/processor"
	"clearwell/internal/web/ui"
)

// View is a page filled in.
type View interface {
	HTML() templ.Component
}

// Form is where a page's answers go, and what goes with them unseen.
type Form struct {
	Action string
	Hidden []ui.Hidden
}

// Names of the fields that residents fill in.
const (
	FieldUtilityAccount = "utility_account"
	FieldAmount         = "amount"       // which amount: the value is an [Amount]
	FieldOtherAmount    = "other_amount" // dollars as typed, where the amount is Other
	FieldEmail          = "email"
	FieldCardToken      = "card_token" // what stands for the card, filled in by the script
	FieldHow            = "how"        // which button: HowFields or HowPage
	FieldOnPurpose      = "on_purpose" // "yes": pay again, knowing of the earlier payment
)

// Values of the field "how".
const (
	HowFields = "fields" // the card is in the frame on our page
	HowPage   = "page"   // on the processor's own page
)

// Find asks a guest which bill. The answer to every failure is the same: what
// does not match, which part and why are never said.
type Find struct {
	Page     ui.Page
	Form     Form
	Number   string // as typed
	Example  string // a number of the form that the town uses
	Factors  []city.Factor
	Required int // how many of the factors must be known
	Answers  map[city.Factor]string
	Failed   bool
	Wait     time.Duration // too many tries: how long to wait; 0 when there were not
}

// Bill shows what is owed and asks how much to pay.
type Bill struct {
	Page           ui.Page
	Form           Form
	UtilityAccount string
	Service        string // in the reader's language
	AsOf           time.Time
	Owed           Owed
	ShutOff        *ShutOff
	Bills          []Statement
	Choices        []Choice
	Other          string       // as typed
	Least, Most    money.Amount // of another amount; zero for no limit
	Notices        []string     // what the town's rules have to say
	Refusal        string       // why nothing can be paid here; empty when it can
	Start          string       // address of the first page
}

// Owed is what the town's billing system and we know of a utility account.
type Owed struct {
	Current money.Amount // of the latest bill
	PastDue money.Amount
	Credit  money.Amount // what the town owes, positive
	Pending []Pending    // on their way, already taken off Total
	Total   money.Amount // what is due after all that; negative for a credit
	Due     calendar.Date
}

// Pending is a payment that the billing system does not know yet.
type Pending struct {
	Amount money.Amount
	At     time.Time
}

// ShutOff is a date at which the service ends unless an amount is paid.
type ShutOff struct {
	On     calendar.Date
	Amount money.Amount
}

// Statement is one bill of the past.
type Statement struct {
	On     calendar.Date
	Amount money.Amount
}

// Amount is which amount a resident chooses to pay.
type Amount string

// The amounts.
const (
	Total   Amount = "total"
	PastDue Amount = "past_due"
	Current Amount = "current"
	Other   Amount = "other"
)

// Choice offers an amount.
type Choice struct {
	Kind   Amount
	Amount money.Amount // zero for Other
	Chosen bool
}

// Pay asks for the card, with the fee in sight.
type Pay struct {
	Page    ui.Page
	Form    Form
	Amount  money.Amount
	Fee     Fee
	Email   string
	Frame   *Frame // nil where the town takes cards on the processor's page only
	OnPage  bool   // the processor has a page of its own
	Company string // who serves the card fields, as residents know it
	Back    string // address of the page before
}

// Fee is what paying by card costs. The zero value costs nothing.
type Fee struct {
	Amount  money.Amount // for every card, where ByBrand is empty
	ByBrand []BrandFee
}

// BrandFee is the fee for the cards of one network.
type BrandFee struct {
	Brand processor.Brand
	Fee   money.Amount
}

// Frame is the processor's card fields.
type Frame struct {
	URL    string
	Origin string // exact origin, with which alone our script speaks
	Title  string // message id of what screen readers call it
}

// Review asks for consent to one sum.
type Review struct {
	Page     ui.Page
	Form     Form
	Amount   money.Amount
	Fee      money.Amount // for this card
	Card     Card
	Email    string // where the receipt goes; empty for none
	Repriced *Repriced
	Change   string // address where the amount can be changed
	Other    string // address where another card can be given
}

// Card is as much of a card as is ever shown.
type Card struct {
	Brand processor.Brand
	Last4 string
}

// Repriced is what was owed when the resident looked, and what is owed now.
type Repriced struct{ Before, After money.Amount }

// Duplicate says that a payment much like this one was made lately.
type Duplicate struct {
	Page    ui.Page
	Form    Form
	Total   money.Amount
	Earlier []Earlier
	Leave   string // address to go to when the resident would rather not
}

// Earlier is a payment made lately on the same utility account.
type Earlier struct {
	Amount  money.Amount
	At      time.Time
	Channel string // message id of where it was made
	Pending bool
}

// Waiting says that the answer is not known yet. Page.Refresh makes it look
// again; once the answer is known its address must redirect there.
type Waiting struct {
	Page    ui.Page
	Total   money.Amount
	Since   time.Time
	Long    bool   // it takes longer than usual
	Email   string // where the receipt will go; empty for none
	Address string // of this page, to look again by hand
}

// Declined says that the bank said no, and nothing else about why.
type Declined struct {
	Page  ui.Page
	Total money.Amount
	Again string // address where another card can be given
}

// Receipt is the proof of a payment.
type Receipt struct {
	Page           ui.Page
	Resend         Form
	Confirmation   string
	UtilityAccount string
	Service        string
	Amount         money.Amount
	Fee            money.Amount
	PaidAt         time.Time
	Card           Card
	Descriptor     string // as it will stand on the card's statement
	Posted         bool   // the billing system has it
	SentTo         string // where the receipt was sent just now; empty when it was not
	Email          string // as typed
	Start          string // address of the first page
}

// Refused says that a rule of the town does not allow this, why, and what can be
// done instead.
type Refused struct {
	Page        ui.Page
	Explanation string // from the rule, in the reader's language
	Instead     []string
	Back        string
}

// Paused says that cards are not taken now, and what is.
type Paused struct {
	Page    ui.Page
	Until   time.Time // zero when nobody knows
	Instead []string  // other ways to pay, in the reader's language
}

// Expired says that the visit lasted too long; nothing was charged.
type Expired struct {
	Page  ui.Page
	Start string
}

// Missing says that there is no such page.
type Missing struct {
	Page  ui.Page
	Start string
}

// NoReceipt says that no receipt stands at this address.
type NoReceipt struct {
	Page  ui.Page
	Start string
}

// Broken says that something went wrong on our side.
type Broken struct {
	Page   ui.Page
	Mark   string // by which staff find what happened
	Status string // address at which a payment under way can be looked at; empty for none
	Start  string
}

// CardNumber says that something like a card number was typed where none
// belongs, and that it was not kept.
type CardNumber struct {
	Page ui.Page
	Back string
}

// Towns lets a visitor choose a town, where several share an address.
type Towns struct {
	Page  ui.Page
	Towns []ui.Town
}

// IsZero reports whether paying costs nothing.
func (f Fee) IsZero() bool { return len(f.ByBrand) == 0 && f.Amount.IsZero() }

// under sets what a view knows of its own page.
func under(p ui.Page, title string, step int) ui.Page {
	p.Title = title
	p.Step = step
	return p
}

func (v Find) utilityAccountField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldUtilityAccount, Value: v.Number, MaxLength: 60,
		Label: v.Page.Words.T("resident.find.number"),
		Hint:  v.Page.Words.T("resident.find.number_hint", "Example", unbroken(v.Example)),
		Error: v.Page.ErrorOf(FieldUtilityAccount),
	}
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

func (o Owed) figures(words *locale.Printer, zone *time.Location) []ui.Figure {
	rows := []ui.Figure{{Label: words.T("resident.bill.current"), Amount: words.Amount(o.Current)}}
	if !o.PastDue.IsZero() {
		rows = append(rows, ui.Figure{Label: words.T("resident.bill.past_due"), Amount: words.Amount(o.PastDue), Due: true})
	}
	if !o.Credit.IsZero() {
		rows = append(rows, ui.Figure{Label: words.T("resident.bill.credit"), Amount: minus(words, o.Credit)})
	}
	for _, p := range o.Pending {
		rows = append(rows, ui.Figure{
			Label:  words.T("resident.bill.pending"),
			Note:   words.T("resident.bill.pending_since", "When", words.Time(p.At, zone)),
			Amount: minus(words, p.Amount),
		})
	}
	return append(rows, ui.Figure{Label: words.T("resident.bill.total"), Amount: words.Amount(money.Max(o.Total, money.Amount{})), Total: true})
}

// minus writes what is taken off, with the sign that typesetters use.
func minus(words *locale.Printer, a money.Amount) string { return "−" + words.Amount(a) }

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
		{Name: words.T("resident.utility_account"), Value: v.UtilityAccount, Number: true},
		{Name: words.T("resident.service"), Value: v.Service},
		{Name: words.T("resident.receipt.method"), Value: v.Card.said(words)},
		{Name: words.T("resident.receipt.descriptor"), Value: v.Descriptor},
	}
}

// radio is the id of a choice.
func radio(kind Amount) string { return FieldAmount + "-" + string(kind) }

// checked is the attribute of a choice that is made.
func checked(yes bool) templ.Attributes { return templ.Attributes{"checked": yes} }

// elsewhere heads the way over the processor's page: the only one, or another.
func elsewhere(v Pay) string {
	if v.Frame == nil {
		return v.Page.Words.T("resident.pay.only_title", "Company", v.Company)
	}
	return v.Page.Words.T("resident.pay.elsewhere_title", "Company", v.Company)
}

// unbroken keeps a number with dashes on one line.
func unbroken(number string) string {
	return strings.NewReplacer(" ", "\u00a0", "-", "\u2011").Replace(number)
}
