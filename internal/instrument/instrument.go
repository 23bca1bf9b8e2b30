package instrument

import (
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

type bankKind struct{}

// Prefix names the kind.
func (bankKind) Prefix() string { return "bank" }

// ID names a saved bank account.
type ID = id.ID[bankKind]

// Parse reads an identifier.
func Parse(text string) (ID, error) { return id.Parse[bankKind](text) }

// Owner is whose a bank account is: "login:…", or "quote:…" for a guest who pays
// once.
type Owner string

// Kind is what a bank calls it.
type Kind string

// The kinds.
const (
	Checking Kind = "checking"
	Savings  Kind = "savings"
)

// Holder is who holds it: the network's rules for people and for businesses
// differ.
type Holder string

// The holders.
const (
	Person   Holder = "person"
	Business Holder = "business"
)

// State is whether it may be drawn from.
type State string

// The states.
const (
	Live    State = "live"
	Refused State = "refused" // a bank said that it may not be, or is not
	Removed State = "removed" // its owner took it away
)

// BankAccount is a saved bank account, without its number.
type BankAccount struct {
	ID          ID
	City        id.City
	Owner       Owner
	Name        string // of the holder, as the bank knows them
	Kind        Kind
	Holder      Holder
	Routing     routing.Number
	Bank        string // its name; empty where nobody knows
	Last4       string
	Fingerprint string
	State       State
	StateAt     time.Time
	Reason      string // the bank's code, where it is refused
	SavedAt     time.Time
	CorrectedAt time.Time // when its bank last corrected it; zero for never
}

// Typed is what somebody entered.
type Typed struct {
	City    id.City
	Owner   Owner
	Name    string
	Kind    Kind
	Holder  Holder
	Routing string
	Number  secret.String
	Again   secret.String // the number once more, or the same where it was pasted and confirmed
}

// Correction is what a bank says is right instead. Empty fields stay as they are.
type Correction struct {
	Routing routing.Number
	Number  secret.String
	Kind    Kind
	Name    string
	Code    string // of the notification, as C01
}

// Opened is a bank account with its number, for as long as a file is written.
type Opened struct {
	BankAccount
	Number secret.String
}

var (
	// ErrNoName: nobody holds it.
	ErrNoName = fault.New(fault.Invalid, "bank_name_missing")
	// ErrNotANumber: it is not the number of a bank account.
	ErrNotANumber = fault.New(fault.Invalid, "bank_number_wrong")
	// ErrNumbersDiffer: the two numbers typed are not the same.
	ErrNumbersDiffer = fault.New(fault.Invalid, "bank_numbers_differ")
	// ErrCard: it looks like the number of a card. Nothing was kept.
	ErrCard = fault.New(fault.Refused, "bank_number_is_card")
	// ErrRefusedBefore: a bank sent back what was drawn from it.
	ErrRefusedBefore = fault.New(fault.Refused, "bank_account_refused")
	// ErrUnknown: there is no such bank account of this owner.
	ErrUnknown = fault.New(fault.NotFound, "bank_account_unknown")
	// ErrGone: its number is forgotten.
	ErrGone = fault.New(fault.Conflict, "bank_account_gone")
)
