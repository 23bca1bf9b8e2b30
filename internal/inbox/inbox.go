package inbox

import (
	"net/http"
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Source says who sent a message and by which way: "processor:sandbox".
type Source string

// Message is a message as it arrived.
type Message struct {
	Source     Source
	ExternalID string      // the sender's own identifier of it; empty when it has none
	Headers    http.Header // those that are credentials are not kept
	Body       []byte
	ReceivedAt time.Time // zero for now
}

type messageKind struct{}

// Prefix names the kind.
func (messageKind) Prefix() string { return "msg" }

// ID identifies a kept message.
type ID = id.ID[messageKind]

// Kept is a message that waits to be acted on.
type Kept struct {
	ID   ID
	City id.City
	Message
	Attempts int // how often somebody tried and could not
}

// Stuck is a message that nobody could act on, for people to look at.
type Stuck struct {
	ID         ID
	Source     Source
	ExternalID string
	ReceivedAt time.Time
	Trouble    string // what the last try met
}

// MaxBodyBytes bounds what is kept as one message. Notices have a few
// kilobytes; larger files are read by those who import them.
const MaxBodyBytes = 1 << 20

var (
	// ErrCard refuses a message that holds a card number. Nothing of it is kept.
	ErrCard = fault.New(fault.Refused, "message_has_card")
	// ErrTooLarge refuses a message of more than [MaxBodyBytes].
	ErrTooLarge = fault.New(fault.Refused, "message_too_large")
	// ErrNoSource refuses a message that does not say where it is from.
	ErrNoSource = fault.New(fault.Invalid, "message_has_no_source")
	// ErrSettled: somebody else acted on the message, or tried to, meanwhile.
	ErrSettled = fault.New(fault.Conflict, "message_settled")
	// ErrNotStuck: there is no such message, or it is not stuck.
	ErrNotStuck = fault.New(fault.NotFound, "message_not_stuck")
)
