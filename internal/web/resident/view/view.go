package view

import (
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/letter"
	"clearwell/internal/money"
	"clearwell/internal/policy"
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
	FieldAsked          = "asked"      // the page has asked whether it is on purpose
	FieldFactor         = "factor"     // which question is shown; for the eyes only
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
	Ending   int    // so many digits after its last dash must not be left out; 0 where nobody would
	Factors  []city.Factor
	Required int // how many of the factors must be known
	Answers  map[city.Factor]string
	Failed   bool
	Wait     time.Duration // too many tries: how long to wait; 0 when there were not
	// Affected: the guest asks whether they were affected by a breach, and not for
	// a bill.
	Affected bool
	Adding   bool // the resident adds it to a login
}

// Notice is what the town has published about a breach.
type Notice struct {
	Page ui.Page
	Text letter.Document
	Ask  string // where to ask whether one was affected
}

// Affected says whether a utility account is on the list of a breach. It names
// nobody.
type Affected struct {
	Page   ui.Page
	About  About
	Holder bool // details of its holder are on the list
	Payer  bool // those of somebody else who paid for it
	Do     []letter.Section
	Notice string // address
}

// About says whose bill a page is about, so that nobody pays another's.
type About struct {
	UtilityAccount string
	Service        string // in the reader's language
}

// Bill shows what is owed and asks how much to pay.
type Bill struct {
	Page        ui.Page
	Form        Form
	About       About
	AsOf        time.Time
	Today       calendar.Date
	Owed        Owed
	ShutOff     *ShutOff
	Spared      Spared // what does not follow now when this is not paid
	Bills       []Statement
	Choices     []Choice
	Other       string       // as typed
	Least, Most money.Amount // of another amount; zero for no limit
	CardFee     CardFee
	Unfinished  []Begun  // payments that were begun; nothing is paid of them
	Notices     []string // what the town's rules have to say
	Refusal     string   // why nothing can be paid here; empty when it can
	Paused      bool     // no card is taken now
	Start       string   // address of the first page
}

// Begun is a payment that somebody began and did not finish.
type Begun struct {
	Total money.Amount
	At    time.Time
	GoOn  string // address that leads back to where it was left
}

// CardFee is the town's rule for the fee of a card. The zero value is no fee.
type CardFee struct {
	Steps   []policy.TariffStep
	Unknown bool // it depends on the card
}

// Owed is what the town's billing system and we know of a utility account. What
// is due follows from the rest, so that it cannot differ from its parts.
type Owed struct {
	Stated  money.Amount // by the billing system; negative for a credit
	Current money.Amount // of the latest bill, as far as it is stated
	PastDue money.Amount
	Pending []Pending
	Again   money.Amount // owed again, since a payment was taken back
	Due     calendar.Date
}

// Total is what is due; negative for a credit.
func (o Owed) Total() money.Amount { return o.Stated.Sub(o.onItsWay()).Add(o.Again) }

func (o Owed) onItsWay() money.Amount {
	var sum money.Amount
	for _, p := range o.Pending {
		sum = sum.Add(p.Amount)
	}
	return sum
}

// Pending is a payment that is not in what the billing system has stated.
type Pending struct {
	Amount money.Amount
	At     time.Time
	Posted bool // the billing system has it
}

// ShutOff is a date at which the service ends unless an amount is paid.
type ShutOff struct {
	On     calendar.Date
	Amount money.Amount
}

// Spared says what the town does not do now when a bill is not paid.
type Spared struct{ LateFees, ShutOffs bool }

// what names it in messages; empty for nothing.
func (s Spared) what() string {
	switch {
	case s.LateFees && s.ShutOffs:
		return "both"
	case s.LateFees:
		return "late_fees"
	case s.ShutOffs:
		return "shut_offs"
	}
	return ""
}

// Statement is one bill of the past.
type Statement struct {
	On       calendar.Date
	Amount   money.Amount
	Standing Standing
}

// Standing is what became of a bill. The zero value is that nobody knows.
type Standing string

// What became of a bill.
const (
	Paid     Standing = "paid"
	OnItsWay Standing = "on_its_way"
	Open     Standing = "open"
)

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
	Page     ui.Page
	Form     Form
	About    About
	Amount   money.Amount
	Over     money.Amount // so much of it is more than is due
	Fee      Fee
	Email    string
	Repriced *Repriced // what has changed while its payer was here
	Frame    *Frame    // nil where the town takes cards on the processor's page only
	OnPage   bool      // the processor has a page of its own
	Company  string    // who serves the card fields, as residents know it
	Back     string    // address of the page before
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
	About    About
	Amount   money.Amount
	Over     money.Amount // so much of it is more than is due
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
	About   About
	Amount  money.Amount // on the bill, as Earlier's
	Total   money.Amount // with the fee
	Earlier []Earlier
	Leave   string // address to go to when the resident would rather not
}

// Earlier is a payment made lately on the same utility account.
type Earlier struct {
	Amount     money.Amount // on the bill, without its fee
	At         time.Time
	Channel    string // message id of where it was made
	Address    string // of its own page
	Pending    bool
	Unfinished bool // its payer has not finished it
}

// Waiting says that the answer is not known yet. Page.Refresh makes it look
// again; once the answer is known its address must show a page that does not.
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
	Tried money.Amount  // with the fee
	Left  *money.Amount // what is due on the bill; nil where the reader may not know it
	Again string        // address where another card can be given
}

// Cancelled says that the payer left the processor's page without paying.
type Cancelled struct {
	Page  ui.Page
	Left  *money.Amount // what is due on the bill; nil where the reader may not know it
	Again string        // address where a card can be given
}

// Unfinished says that the payer is asked something, by the card's bank or on
// the processor's page, and has not answered. Nothing is paid. Page.Refresh makes
// it look again, as [Waiting] does.
type Unfinished struct {
	Page    ui.Page
	Total   money.Amount
	Since   time.Time
	GoOn    string // address that leads back to where it was left
	Another string // address where another card can be used
}

// Disputed says that a payment was taken back through the card's bank.
type Disputed struct {
	Page         ui.Page
	Total        money.Amount
	PaidAt       time.Time
	Confirmation string
}

// Receipt is the proof of a payment.
type Receipt struct {
	Page         ui.Page
	Resend       Form // without an address for a reader who may not send it anywhere
	Confirmation string
	About        About
	Amount       money.Amount
	Fee          money.Amount
	PaidAt       time.Time
	BookedOn     calendar.Date // the business date
	Card         Card
	Descriptor   string        // as it will stand on the card's statement
	Posted       bool          // the billing system has it
	Left         *money.Amount // what is due on the bill; nil where the reader may not know it
	GoesTo       string        // where the receipt was sent; empty for nowhere, or where the reader may not know it
	SentTo       string        // where it was sent again just now; empty when it was not
	Email        string        // as typed
	Start        string        // address of the first page
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
	Spared  Spared    // what does not follow now when a bill is not paid
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
