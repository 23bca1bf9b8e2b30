package till

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// SessionID names a session.
type SessionID = id.ID[sessionKind]

// ReceiptID names a receipt.
type ReceiptID = id.ID[receiptKind]

type (
	sessionKind struct{}
	receiptKind struct{}
)

// Prefix names the kind.
func (sessionKind) Prefix() string { return "till" }

// Prefix names the kind.
func (receiptKind) Prefix() string { return "rcpt" }

// Drawer names a drawer of a town: "1", "front-desk".
type Drawer string

// Session is a drawer with its cashier, from the float to the close.
type Session struct {
	ID         SessionID
	Drawer     Drawer
	Cashier    audit.Actor
	State      State
	StateAt    time.Time
	BusinessOn calendar.Date // on which it was opened
	OpenedAt   time.Time
	Float      money.Amount // that was in it, and stays the town's
	CountedBy  audit.Actor
	Over       Held // counted less expected; negative where something is short
	DecidedBy  audit.Actor
	Reason     string // why the count was rejected
	ClosedBy   audit.Actor
}

// Held is an amount for each tender that lies in a drawer.
type Held struct{ Cash, Checks, Orders money.Amount }

// Of is the amount of one tender.
func (h Held) Of(tender policy.Tender) money.Amount {
	switch tender {
	case policy.Cash:
		return h.Cash
	case policy.PaperCheck:
		return h.Checks
	case policy.MoneyOrder:
		return h.Orders
	}
	return money.Amount{}
}

// with adds to one tender.
func (h Held) with(tender policy.Tender, amount money.Amount) Held {
	switch tender {
	case policy.Cash:
		h.Cash = h.Cash.Add(amount)
	case policy.PaperCheck:
		h.Checks = h.Checks.Add(amount)
	case policy.MoneyOrder:
		h.Orders = h.Orders.Add(amount)
	}
	return h
}

// less takes another from h.
func (h Held) less(other Held) Held {
	return Held{h.Cash.Sub(other.Cash), h.Checks.Sub(other.Checks), h.Orders.Sub(other.Orders)}
}

// tenders are what lies in drawers.
func tenders() policy.Tenders {
	return policy.Tenders{policy.Cash, policy.PaperCheck, policy.MoneyOrder}
}

// Sale is what a cashier rings up.
type Sale struct {
	City     id.City
	Session  SessionID
	Key      string // of the page, anew for each sale; the same when it is sent again
	Lines    []Line
	Tenders  []Tender
	CreditTo int // which line, from 1, has what is handed over beyond the lines; 0: it is change
	Language locale.Lang
	By       audit.Actor
}

// Line is what is paid of a utility account.
type Line struct {
	UtilityAccount billing.Number
	Amount         money.Amount
}

// Tender is one thing that is handed over.
type Tender struct {
	Kind   policy.Tender
	Amount money.Amount
	Check  Check // of a check
}

// Check is what is kept of a paper check.
type Check struct {
	Number  string
	Routing string // of the bank it is drawn on
	Last4   string // of the bank account's number
}

// Receipt is a sale that was rung up.
type Receipt struct {
	ID         ReceiptID
	Session    SessionID
	Drawer     Drawer
	Number     int // in its drawer, without a gap
	Key        string
	RungAt     time.Time
	Total      money.Amount // towards bills
	Change     money.Amount
	Undone     Undoing
	UndoneAt   time.Time
	UndoneBy   audit.Actor
	SecondedBy audit.Actor
	Reason     string
	Tenders    []Tender
	Parts      []Part

	digest string // of the sale
}

// Undoing is how a receipt was undone, empty where it stands.
type Undoing string

// The ways.
const (
	Voided   Undoing = "voided"   // before the drawer was counted
	Reversed Undoing = "reversed" // after it was closed
)

// Part is what one tender paid of one utility account: a payment.
type Part struct {
	UtilityAccount billing.Number
	Tender         policy.Tender
	LedgerAccount  ledger.Code // that owes that much less
	Amount         money.Amount
	Payment        payment.ID
}

// Drop is cash that was taken out of a drawer, to a safe.
type Drop struct {
	At      time.Time
	By      audit.Actor
	Witness audit.Actor
	Amount  money.Amount
}

// Pieces says how many there are of a coin or a bill.
type Pieces struct {
	Denomination money.Amount
	Count        int
}

// Counted is what was found in a drawer.
type Counted struct {
	Cash   []Pieces
	Checks money.Amount
	Orders money.Amount
}
