package approval

import (
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Action is what is asked for, as "incident.lift".
type Action string

// Request is what somebody asks for. It never changes; what becomes of it stands
// beside it, in [Standing].
type Request struct {
	ID     ID
	City   id.City // or [id.Everyone], for the installation
	Action Action
	// Content is what will be done, word for word, for people to read. Who carries
	// it out says it again, and it must be the same.
	Content string
	By      string // a name of [People]; where nobody is named, whoever ran the command
	At      time.Time
	Until   time.Time
}

// Draft is what a request is made of.
type Draft struct {
	City    id.City
	Action  Action
	Content string
	By      string
}

// State is what became of a request.
type State string

// The states. The zero state is none.
const (
	Asked      State = "asked"
	Approved   State = "approved"
	CarriedOut State = "carried_out"
	Withdrawn  State = "withdrawn"
)

// Standing is a request with what became of it.
type Standing struct {
	Request
	State      State
	ApprovedBy string    // empty before it is
	DoneAt     time.Time // carried out or withdrawn; zero before
	DoneBy     string

	signed string // the text with its signatures
}

type requestKind struct{}

// Prefix names the kind.
func (requestKind) Prefix() string { return "apr" }

// ID identifies a request.
type ID = id.ID[requestKind]

const (
	// Lifetime is how long a request may be approved and carried out.
	Lifetime = 7 * 24 * time.Hour
	// AloneAfter is how long a request waits where nobody else is named who could
	// approve it.
	AloneAfter = 24 * time.Hour
)

// What people who ask and approve are told.
var (
	// ErrNotSigned: nobody who is named has signed the request as it stands.
	ErrNotSigned = fault.New(fault.Denied, "approval_not_signed")
	// ErrSamePerson: who asked cannot approve.
	ErrSamePerson = fault.New(fault.Denied, "approval_same_person")
	// ErrNotApproved: nobody else has approved it yet.
	ErrNotApproved = fault.New(fault.Denied, "approval_missing")
	// ErrTooSoon: there is nobody else to approve it, and it must wait. When.
	ErrTooSoon = fault.New(fault.Denied, "approval_too_soon")
	// ErrOver: its time is over.
	ErrOver = fault.New(fault.Conflict, "approval_over")
	// ErrDone: it was carried out or withdrawn already.
	ErrDone = fault.New(fault.Conflict, "approval_done")
	// ErrOtherContent: what is about to be done is not what was approved.
	ErrOtherContent = fault.New(fault.Denied, "approval_other_content")
	// ErrUnknown: there is no such request here.
	ErrUnknown = fault.New(fault.NotFound, "approval_unknown")
	// ErrMalformed: the text is no request.
	ErrMalformed = fault.New(fault.Invalid, "approval_malformed")
)
