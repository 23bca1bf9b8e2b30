package policy

import (
	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Service is what a bill is for, as the city file names it: "water", "sewer".
type Service string

// MCC is a merchant category code of the card networks, four digits. Utilities
// are 4900, fines 9222, government services 9399.
type MCC string

// Channel is the way a payment comes to us.
type Channel string

// The channels.
const (
	Web      Channel = "web"
	Phone    Channel = "phone"
	Counter  Channel = "counter"
	Autopay  Channel = "autopay"
	API      Channel = "api"
	BankFile Channel = "bank_file"
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{Web, Phone, Counter, Autopay, API, BankFile} }

// ByHand reports whether what one holds can be given on a channel: to a cashier,
// or to the bank whose file it is.
func (c Channel) ByHand() bool { return c == Counter || c == BankFile }

// Tender is what is paid with.
type Tender string

// The tenders. A bank account is debited by ACH (e-check); a check is of paper.
const (
	Card        Tender = "card"
	BankAccount Tender = "bank_account"
	Cash        Tender = "cash"
	PaperCheck  Tender = "check"
	MoneyOrder  Tender = "money_order"
)

// ByHand reports whether a tender is something one holds.
func (t Tender) ByHand() bool { return t == Cash || t == PaperCheck || t == MoneyOrder }

// AllTenders lists every tender.
func AllTenders() Tenders { return Tenders{Card, BankAccount, Cash, PaperCheck, MoneyOrder} }

// Brand is a card network; empty while nobody has told us which.
type Brand string

// The brands.
const (
	Visa       Brand = "visa"
	Mastercard Brand = "mastercard"
	Amex       Brand = "amex"
	Discover   Brand = "discover"
)

// Brands lists every brand.
func Brands() []Brand { return []Brand{Visa, Mastercard, Amex, Discover} }

// Funding is how a card is funded; empty while nobody has told us. A rule for
// credit cards does not touch a card of unknown funding: in doubt the payer
// does not pay the surcharge.
type Funding string

// The kinds of funding.
const (
	Credit  Funding = "credit"
	Debit   Funding = "debit"
	Prepaid Funding = "prepaid"
)

// Fundings lists every kind of funding.
func Fundings() []Funding { return []Funding{Credit, Debit, Prepaid} }

// Owed is the state of a utility account as the billing system tells it.
type Owed struct {
	Total   money.Amount // all that is owed now, credits taken off; never negative
	PastDue money.Amount // the part of Total that is past its due date
	Current money.Amount // the part of Total that is not
	Credit  money.Amount // what the town holds in the resident's favour, as a positive amount
	Pending money.Amount // payments on their way that Total does not yet show
}

// Due is what remains to be paid once pending payments have arrived.
func (o Owed) Due() money.Amount {
	due := o.Total.Sub(o.Pending)
	if due.IsNegative() {
		return money.Amount{}
	}
	return due
}

// Return is one earlier payment on the utility account that came back unpaid.
type Return struct {
	On     calendar.Date // the day the return reached the town
	Tender Tender
	Code   string // the bank's reason, such as R01
}

// Question asks whether, and at what price, one payment may be made.
type Question struct {
	On        calendar.Date // the day in the town's zone
	Service   Service
	MCC       MCC
	Channel   Channel
	Tender    Tender
	Brand     Brand   // cards only
	Funding   Funding // cards only
	Recurring bool    // a run of autopay, or the enrolment of one
	Amount    money.Amount
	Owed      Owed
	Returns   []Return // of this utility account, in any order
}
