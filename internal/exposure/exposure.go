package exposure

import (
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/id"
)

// ID names an occasion.
type ID = id.ID[kind]

type kind struct{}

// Prefix names the kind.
func (kind) Prefix() string { return "exp" }

// CapturePath is where the details passed.
type CapturePath string

// The paths.
const (
	WebFrame      CapturePath = "web_frame"      // the processor's fields in a frame on our page
	ProcessorPage CapturePath = "processor_page" // the processor's own page
	PhoneKeypad   CapturePath = "phone_keypad"
	CounterReader CapturePath = "counter_reader"
	StaffKeyed    CapturePath = "staff_keyed" // never offered; imported history has it
	StoredToken   CapturePath = "stored_token"
	BankFile      CapturePath = "bank_file"
)

// CapturePaths lists the paths.
func CapturePaths() []CapturePath {
	return []CapturePath{WebFrame, ProcessorPage, PhoneKeypad, CounterReader, StaffKeyed, StoredToken, BankFile}
}

// Flow is what the payer was doing.
type Flow string

// The flows.
const (
	OneTime          Flow = "one_time"
	AutopayEnrolment Flow = "autopay_enrolment"
	CardUpdate       Flow = "card_update"
	WalletAdd        Flow = "wallet_add"
	Scheduled        Flow = "scheduled"
	AutopayRun       Flow = "autopay_run"
)

// Flows lists the flows.
func Flows() []Flow {
	return []Flow{OneTime, AutopayEnrolment, CardUpdate, WalletAdd, Scheduled, AutopayRun}
}

// Instrument is what was given.
type Instrument string

// The instruments.
const (
	Card        Instrument = "card"
	BankAccount Instrument = "bank_account"
)

// Instruments lists the instruments.
func Instruments() []Instrument { return []Instrument{Card, BankAccount} }

// Occasion is one showing of card or bank fields, or one use of a stored token.
type Occasion struct {
	ID             ID
	On             calendar.Date // business date in the city's zone
	CapturePath    CapturePath
	Flow           Flow
	Instrument     Instrument
	Channel        string
	Service        string
	Department     string
	UtilityAccount string
	Login          string // empty for a guest
	Processor      string
	PageManifest   string // digest of what the page was made of; empty where there was no page
	Release        string // digest of the program
	Node           string
}

// Outcome is what came of an occasion.
type Outcome string

// The outcomes.
const (
	Submitted Outcome = "submitted"
	Approved  Outcome = "approved"
	Declined  Outcome = "declined"
	Abandoned Outcome = "abandoned"
)

// Result is one outcome with what is known by then.
type Result struct {
	Occasion    ID
	Attempt     string // empty for an occasion abandoned before any attempt
	Outcome     Outcome
	Entry       string // typed, wallet, stored, reader; empty when not known
	Brand       string
	Last4       string
	Fingerprint string
	Reference   string // the processor's
	Payer       Payer
}

// Payer is who paid, as they said.
type Payer struct{ Name, Address, Email, Phone string }

// Row is one occasion with one of its outcomes, for those who ask.
type Row struct {
	Occasion
	Result
	ShownAt    time.Time
	OccurredAt time.Time
}
