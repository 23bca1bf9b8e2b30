package incident

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// The refusals.
var (
	// ErrUnknown: the town has no incident of that name, or the incident no
	// revision of that number.
	ErrUnknown = fault.New(fault.NotFound, "incident_unknown")
	// ErrNameTaken: the town has an incident of that name.
	ErrNameTaken = fault.New(fault.Conflict, "incident_name_taken")
	// ErrNameMalformed: a name is lower-case letters, digits and hyphens.
	ErrNameMalformed = fault.New(fault.Invalid, "incident_name_malformed")
	// ErrFrozen: a frozen revision never changes; make a new one.
	ErrFrozen = fault.New(fault.Conflict, "incident_frozen")
	// ErrNotFrozen: only a frozen list can be handed out, or told.
	ErrNotFrozen = fault.New(fault.Conflict, "incident_not_frozen")
	// ErrOvertaken: somebody else froze the revision meanwhile, or the count is not
	// the one that was agreed to.
	ErrOvertaken = fault.New(fault.Conflict, "incident_overtaken")
	// ErrNobody: one of the people named is not on the list.
	ErrNobody = fault.New(fault.NotFound, "incident_nobody")
	// ErrFactMalformed: a fact has a day or an amount, and evidence.
	ErrFactMalformed = fault.New(fault.Invalid, "incident_fact_malformed")
)

// Incident is a question, with all its revisions.
type Incident struct {
	City      id.City
	Name      string // as people type it: "portal-2019"
	Title     string
	OpenedAt  time.Time
	OpenedBy  audit.Actor
	Revisions []Revision // oldest first
}

// State is where a revision stands.
type State string

// The states.
const (
	Open     State = "open"     // a question
	Freezing State = "freezing" // its answer is being written down
	Frozen   State = "frozen"   // its answer is written down, and never changes
)

// Revision is one version of the question, and once it is frozen its answer.
type Revision struct {
	Number int
	Scope  Scope
	Note   string // why it was asked anew
	MadeAt time.Time
	MadeBy audit.Actor
	State  State

	Counts          // of the frozen list
	Digest   string // of the frozen list, as the audit log has it
	AsOf     time.Time
	FrozenAt time.Time
	FrozenBy audit.Actor
}

// Counts are the sizes of a list.
type Counts struct {
	People     int
	Households int
	Occasions  int
}

// Kind says as what somebody is on the list.
type Kind string

// The kinds.
const (
	HolderKind  Kind = "holder"  // the utility account's customer
	PayerKind   Kind = "payer"   // somebody else who paid for it
	UnknownKind Kind = "unknown" // no name is known
)

// Address is where letters go.
type Address struct {
	Lines            [2]string
	City, State, ZIP string
}

// IsZero reports whether there is no address.
func (a Address) IsZero() bool { return a == Address{} }

// Person is somebody who was, or was not, exposed.
type Person struct {
	ID        string // the same in every revision of the incident
	Household string
	Kind      Kind
	Name      string // as given, or as the billing system has it
	Then      string // the postal address as the payer gave it; mostly none
	// Now is where the billing system sends the bill of the utility account. For
	// somebody who is not its holder it is the best that is known.
	Now             Address
	Email           string
	Phone           string
	Language        locale.Lang // empty when nobody recorded it
	State           string      // of residence, by Then or else by Now: "TX"
	UtilityAccounts []string
	Occasions       int
	First, Last     calendar.Date // of the occasions
	Links           []Link        // why several occasions were taken for one person's
	Verdict         Verdict       // on the occasion that decided
	Told            []Telling     // oldest first

	marks   []Mark
	members []exposure.ID
}

// Telling is that somebody was told.
type Telling struct {
	Content string // which text, by its version
	Way     string // letter, e-mail, call
	At      time.Time
	By      audit.Actor
}

// FactName is what a fact is about.
type FactName string

// The facts. Those of package law have its names.
const (
	VendorKnew FactName = "vendor_knew"
	Discovered FactName = "discovered"
	Determined FactName = "determined"
	Told       FactName = "told"
	Recovered  FactName = "recovered"
	DelayFrom  FactName = "delay_from" // law enforcement asks to wait
	DelayUntil FactName = "delay_until"
	Cost       FactName = "cost" // of telling everybody by mail
)

// Fact is something that starts or stops a clock, with how it is known.
type Fact struct {
	Number     int
	Name       FactName
	On         calendar.Date
	At         time.Time // the instant of On, where it was written down
	Cost       money.Amount
	Evidence   string
	RecordedAt time.Time
	RecordedBy audit.Actor
}
