package payment

import (
	"strings"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// ID names a payment.
type ID = id.ID[paymentKind]

// QuoteID names a quote.
type QuoteID = id.ID[quoteKind]

// AttemptID names one try at a processor; it is the idempotency key.
type AttemptID = id.ID[attemptKind]

type (
	paymentKind struct{}
	quoteKind   struct{}
	attemptKind struct{}
)

// Prefix names the kind.
func (paymentKind) Prefix() string { return "pay" }

// Prefix names the kind.
func (quoteKind) Prefix() string { return "quo" }

// Prefix names the kind.
func (attemptKind) Prefix() string { return "att" }

// OfQuote is the identifier of the one payment that a quote can become.
func OfQuote(quote QuoteID) ID { return convert[paymentKind](quote.String()) }

// QuoteOf is the quote a payment was made from.
func QuoteOf(payment ID) QuoteID { return convert[quoteKind](payment.String()) }

// convert keeps the 26 characters and changes the prefix.
func convert[K id.Kind](text string) id.ID[K] {
	var kind K
	_, body, _ := strings.Cut(text, "_")
	converted, err := id.Parse[K](kind.Prefix() + "_" + body)
	if err != nil {
		return id.ID[K]{} // the zero identifier becomes the zero identifier
	}
	return converted
}

// Quote is what a payer may pay, and what it costs.
type Quote struct {
	ID             QuoteID
	City           id.City
	UtilityAccount billing.Number
	Service        policy.Service
	Department     string
	Channel        policy.Channel
	Amount         money.Amount // towards the bill
	Owed           money.Amount // as shown to the payer
	PolicyVersion  string
	Language       locale.Lang
	Payer          exposure.Payer
	QuotedAt       time.Time
	ExpiresAt      time.Time
	Exposure       exposure.ID // zero until card fields are shown
	CapturePath    exposure.CapturePath
	Login          string          // of who asked for it; empty for a guest
	Token          processor.Token // empty until a card is given
	Card           processor.Instrument

	// Reckoned anew whenever the quote is read, by the rules in force.
	Fee         money.Amount
	FeeKnown    bool // false while the fee depends on a card not given yet
	FeesByBrand []BrandFee
	Notices     []policy.Notice
}

// Total is what the payer pays in all.
func (q Quote) Total() money.Amount { return q.Amount.Add(q.Fee) }

// HasCard reports whether a card was given.
func (q Quote) HasCard() bool { return q.Token != "" }

// BrandFee is the fee for one card network.
type BrandFee struct {
	Brand policy.Brand
	Fee   money.Amount
}

// Payment is a resident's payment.
type Payment struct {
	ID             ID
	City           id.City
	State          State
	StateAt        time.Time
	StartedAt      time.Time
	BusinessOn     calendar.Date
	UtilityAccount billing.Number
	Service        policy.Service
	Channel        policy.Channel
	Tender         policy.Tender
	Amount         money.Amount
	Fee            money.Amount
	Confirmation   string
	PolicyVersion  string
	Processor      string // empty for money that was handed over
	Merchant       processor.Merchant
	Attempt        AttemptID
	Attempts       int
	Exposure       exposure.ID
	CapturePath    exposure.CapturePath
	Card           processor.Instrument
	Payer          exposure.Payer
	Language       locale.Lang
	AcknowledgedAt time.Time // when the billing system took it; zero until then

	// Challenge is the page of the card's bank that the payer must go to, as just
	// heard from the processor. It is not kept.
	Challenge string
}

// Total is what the payer pays in all.
func (p Payment) Total() money.Amount { return p.Amount.Add(p.Fee) }

// PaidAt is when its newest attempt was made: what was paid, was paid then, and its
// business date is of then. One that was declined before may have been made on the
// day before.
func (p Payment) PaidAt() time.Time {
	if p.Attempts <= 1 {
		return p.StartedAt
	}
	return p.Attempt.Made()
}

// Quote names the quote it was made from.
func (p Payment) Quote() QuoteID { return QuoteOf(p.ID) }

// ByHand reports whether the money was handed over, so that no processor has it.
func (p Payment) ByHand() bool { return p.Processor == "" }

// holder is the ledger account that has the payment's money until the bank does.
func (p Payment) holder() ledger.Code {
	if p.ByHand() {
		return ledger.OnHand(string(p.Tender))
	}
	return ledger.Clearing(p.Processor)
}

// Owed is what is owed on a utility account, as far as the billing system and we
// know together.
type Owed struct {
	Statement billing.Statement
	Total     money.Amount // stated less pending, and what is owed again; negative for a credit
	Current   money.Amount
	PastDue   money.Amount
	Credit    money.Amount // positive
	Pending   []Pending    // payments the billing system does not know yet
	Again     money.Amount // owed again since a dispute, which it does not know yet
	// Unfinished are payments whose payer has not answered the bank, or not come
	// back from the processor's page. Nothing is paid of them yet.
	Unfinished []Pending
	Returns    []policy.Return
}

// Pending is a payment on its way, or one lately made.
type Pending struct {
	ID      ID
	Amount  money.Amount // towards the bill
	Fee     money.Amount
	At      time.Time
	Channel policy.Channel
	State   State
	Posted  bool // the billing system has it, and has stated no balance since
}

// Total is what its payer pays in all.
func (p Pending) Total() money.Amount { return p.Amount.Add(p.Fee) }

// ParseQuote reads a quote's identifier, as it stands in an address.
func ParseQuote(text string) (QuoteID, error) { return id.Parse[quoteKind](text) }
