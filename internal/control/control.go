package control

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Kind is what a hold stops.
type Kind string

// The kinds.
const (
	CardEntry   Kind = "card_entry"   // nobody types a card, on the web, the phone or at the counter
	AllPayments Kind = "all_payments" // no payment begins, by any tender
	Autopay     Kind = "autopay"      // the channel with nobody present pauses
	Refunds     Kind = "refunds"      // no money goes back
	// What the town and its billing system do when somebody has not paid. The
	// program does neither: pages say that neither will follow, and the billing
	// system is told by file.
	LateFees Kind = "late_fees" // nobody is charged for paying late
	ShutOffs Kind = "shut_offs" // nobody's service is ended for not paying
)

// Scope says how far a hold reaches. An empty field reaches everywhere: the zero
// scope is the whole town.
type Scope struct {
	Service   string // "water"
	Processor string // "sandbox"
	Release   string // of our pages, as exposure records it
}

// Hold is something an operator has stopped.
type Hold struct {
	ID    ID // given by Throw
	Kind  Kind
	Scope Scope
	// Reason is for staff and for the record. Residents read a sentence that
	// says nothing of it.
	Reason   string
	Until    time.Time // when it ends by itself; zero for not before it is lifted
	ByTwo    bool      // one person alone cannot lift it: [Service.Lift] refuses
	ThrownBy audit.Actor
	ThrownAt time.Time
}

// Span is how long a hold stood.
type Span struct {
	Service string // whose residents it spares; all where it is empty
	From    time.Time
	Until   time.Time // zero while it stands without an end
}

type holdKind struct{}

// Prefix names the kind.
func (holdKind) Prefix() string { return "hold" }

// ID identifies a hold.
type ID = id.ID[holdKind]

// Action is what somebody is about to do.
type Action int

// The actions. The zero action is the one that most holds stop.
const (
	TypeCard   Action = iota // pay with a card that is typed
	PayStored                // pay with a saved card or bank account, somebody present
	PayInHand                // pay with what never touches a page: cash, a check, a reader
	RunAutopay               // pay with nobody present
	Refund                   // give money back
)

// Question asks whether an action may go on. Each field says what is the case;
// a payment without a processor leaves Processor empty, and a hold on one
// processor does not reach it.
type Question struct {
	Action    Action
	Service   string
	Processor string
	Release   string
}

// What residents and clerks are told. The sentences do not say why.
var (
	ErrPaymentsHeld = fault.New(fault.Unavailable, "payments_held")
	ErrCardsHeld    = fault.New(fault.Unavailable, "cards_held")
	ErrAutopayHeld  = fault.New(fault.Unavailable, "autopay_held")
	ErrRefundsHeld  = fault.New(fault.Unavailable, "refunds_held")
)

// What operators are told.
var (
	ErrReasonMissing = fault.New(fault.Invalid, "hold_reason_missing")
	ErrKindUnknown   = fault.New(fault.Invalid, "hold_kind_unknown")
	ErrOverAlready   = fault.New(fault.Invalid, "hold_over_already")
	ErrNotStanding   = fault.New(fault.NotFound, "hold_not_standing")
	ErrByTwo         = fault.New(fault.Denied, "hold_by_two")
)
