package clearing

import (
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/instrument"
	"clearwell/internal/money"
)

// Kind is what an entry is for.
type Kind string

// The kinds.
const (
	Debit   Kind = "debit"
	Retry   Kind = "retry"   // a returned debit, presented again
	Prenote Kind = "prenote" // asks whether the bank account is there; moves nothing
)

// Class is the network's standard entry class: how the payer authorized it.
type Class string

// The classes.
const (
	WEB Class = "WEB" // on screen
	TEL Class = "TEL" // by telephone
	PPD Class = "PPD" // on paper
	CCD Class = "CCD" // a business
)

// State is where an entry stands.
type State string

// The states.
const (
	Waiting   State = "waiting"   // for the next file
	Filed     State = "filed"     // in a file
	Settled   State = "settled"   // presented again, and not back in time
	Returned  State = "returned"  // a bank sent it back
	Cancelled State = "cancelled" // taken out before it was in a file
)

// Order asks for an entry.
type Order struct {
	City      id.City
	Key       string // the attempt at a payment; the same key is one entry
	Bank      instrument.ID
	Class     Class
	Amount    money.Amount
	Reference string // what the payer's bank shows, such as a confirmation number; at most 15 are sent
	Recurring bool
}

// Entry is one instruction to a bank.
type Entry struct {
	Order
	Kind       Kind
	AcceptedAt time.Time
	NotBefore  calendar.Date // the first day it may settle on; zero for any
	Tries      int           // this one is the nth
	Origin     string        // the key of the first try, where this is another
	State      State
	StateAt    time.Time
	File       int64
	Trace      Trace
	SettlesOn  calendar.Date // zero until it is in a file
	Code       string        // why it came back
}

// Trace is the number by which the network knows an entry: the bank's eight
// digits and seven of ours.
type Trace int64

// String writes all fifteen digits.
func (t Trace) String() string { return fmt.Sprintf("%015d", int64(t)) }

// FileState is where a file stands.
type FileState string

// The states of a file.
const (
	Planned      FileState = "planned"      // its entries are chosen
	Made         FileState = "made"         // its bytes are written, and never change
	Delivered    FileState = "delivered"    // the bank has it
	Acknowledged FileState = "acknowledged" // the bank says that it took it
	Rejected     FileState = "refused"      // the bank says that it did not
)

// File is what was written for the bank in one go.
type File struct {
	City      id.City
	Number    int64
	MadeOn    calendar.Date
	Modifier  string // tells files of one day apart: A to Z, 0 to 9
	SettlesOn calendar.Date
	PlannedAt time.Time
	First     Trace
	Entries   int64
	State     FileState
	StateAt   time.Time
	Debits    money.Amount
	Credits   money.Amount
	Hash      int64  // the network's control sum over the banks of the entries
	Digest    string // of the bytes, SHA-256
}

// Name is what the file is called at the bank.
func (f File) Name() string {
	return fmt.Sprintf("%s-%s-%s.ach", f.City, f.MadeOn.Format("20060102"), f.Modifier)
}

// The refusals.
var (
	// ErrNoTerms: the town has no bank that takes e-checks.
	ErrNoTerms = fault.New(fault.Unavailable, "clearing_no_bank")
	// ErrNotDrawable: the bank account may not be drawn from.
	ErrNotDrawable = fault.New(fault.Refused, "clearing_not_drawable")
	// ErrAmount: the network does not take this amount. Most.
	ErrAmount = fault.New(fault.Refused, "clearing_amount")
	// ErrKeyReused: the key is another entry's.
	ErrKeyReused = fault.New(fault.Conflict, "clearing_key_reused")
	// ErrFilesFull: the bank takes no more files on one day.
	ErrFilesFull = fault.New(fault.Conflict, "clearing_files_full")
	// ErrNoEntry: there is no such entry in this city.
	ErrNoEntry = fault.New(fault.NotFound, "clearing_entry_unknown")
	// ErrMovedOn: somebody else moved the entry or file first.
	ErrMovedOn = fault.New(fault.Conflict, "clearing_moved_on")
	// ErrNotACH: the file cannot be read as one of the network's.
	ErrNotACH = fault.New(fault.Invalid, "clearing_not_ach")
	// ErrForeign: the file is another's: it speaks of no entry of this town's bank.
	ErrForeign = fault.New(fault.Refused, "clearing_foreign")
	// ErrOtherFile: a file of this name is at the bank, with other content.
	ErrOtherFile = fault.New(fault.Conflict, "clearing_other_file")
)

// AnswerKind is what a bank answers.
type AnswerKind string

// The kinds of answer.
const (
	Return     AnswerKind = "return"
	Correction AnswerKind = "correction" // a notification of change
	Other      AnswerKind = "other"      // between banks: dishonored and contested returns
)

// Outcome is what came of an answer.
type Outcome string

// The outcomes. All but the first are for people to look at.
const (
	Applied    Outcome = "applied"
	Unknown    Outcome = "unknown"     // it belongs to no entry of this town
	Differs    Outcome = "differs"     // its entry has another amount, or came back before
	NotApplied Outcome = "not_applied" // what it asks cannot be
)

// Answer is what a bank sent back about one entry.
type Answer struct {
	Kind     AnswerKind
	Code     string // R01, C01
	Original Trace  // of our entry
	Trace    string // of the answer itself
	Amount   money.Amount
	right    instrument.Correction // with a number in it, for as long as it is read
}

// once is what an answer must be the only one to have.
func (a Answer) once() string {
	return fmt.Sprintf("%s %s %s %s", a.Kind, a.Code, a.Original, a.Trace)
}

// Heard is what came of an answer, as it is kept.
type Heard struct {
	Answer
	Entry   string // the key of the entry it is about; empty where there is none
	HeardAt time.Time
	HeardOn calendar.Date
	Outcome Outcome
}

// Taken says what came of a file of answers.
type Taken struct {
	Again   bool // this file was taken before; nothing was done
	Answers int
	Known   int // of these, heard before in another file
	Applied int
	Trouble int // of these, for people to look at
}
