package payment

import (
	"fmt"
	"time"
)

// State is where a payment stands.
type State string

// The states.
const (
	Asking   State = "asking"   // the processor is being asked
	Away     State = "away"     // the payer is on the processor's page, or asked by the bank
	InDoubt  State = "unknown"  // the processor is still deciding, or nobody heard the answer
	Approved State = "approved" // the money is promised
	Declined State = "declined" // refused; the payer may try again
	Lapsed   State = "lapsed"   // nothing was paid, and nobody tries any more
	Disputed State = "disputed" // the cardholder took it back
)

// Mover is whose move it is.
type Mover string

// The movers.
const (
	MovePayer     Mover = "payer"
	MoveProcessor Mover = "processor"
	MoveStaff     Mover = "staff"
	MoveNobody    Mover = "nobody"
)

// Facts are what is true of every payment in a state.
type Facts struct {
	State    State
	Public   string // locale message of the word a resident sees
	Terminal bool   // it may rest here for ever
	Move     Mover
	Rest     time.Duration // how long it may rest before the sweep looks; 0 when terminal
}

// facts is the first half of the transition table.
var facts = []Facts{
	{Asking, "payment.state.pending", false, MoveProcessor, 45 * time.Second},
	{Away, "payment.state.pending", false, MovePayer, 5 * time.Minute},
	{InDoubt, "payment.state.pending", false, MoveProcessor, 30 * time.Second},
	{Approved, "payment.state.paid", true, MoveNobody, 0},
	{Declined, "payment.state.declined", false, MovePayer, time.Hour},
	{Lapsed, "payment.state.not_paid", true, MoveNobody, 0},
	{Disputed, "payment.state.disputed", true, MoveStaff, 0},
}

// Event is what happens to a payment.
type Event string

// The events.
const (
	Ask     Event = "ask"     // a new attempt with a card
	Send    Event = "send"    // a new attempt on the processor's page
	Approve Event = "approve" // the processor promised the money
	Decline Event = "decline" // the processor refused, finally for this attempt
	Wait    Event = "wait"    // the payer has still to go on; no card is being charged
	Doubt   Event = "doubt"   // the processor is still deciding, or nobody heard the answer
	Lapse   Event = "lapse"   // it is certain that nothing was or will be paid
	Contest Event = "contest" // a dispute was opened
	Win     Event = "win"     // the dispute was won: the money is back
	Lose    Event = "lose"    // the dispute was lost: what was taken stays taken
)

// transition is one edge.
type transition struct {
	from State
	on   Event
	to   State
}

// transitions is the second half. An approval is believed even after a decline
// or a lapse: money that moved is accounted for, however late we hear of it. The
// payer's move and the processor's may follow each other as long as nothing is
// decided: a card is entered on the processor's page, its bank has a question.
var transitions = []transition{
	{Asking, Approve, Approved},
	{Asking, Decline, Declined},
	{Asking, Wait, Away},
	{Asking, Doubt, InDoubt},
	{Asking, Lapse, Lapsed},
	{Away, Approve, Approved},
	{Away, Decline, Declined},
	{Away, Wait, Away},
	{Away, Doubt, InDoubt},
	{Away, Lapse, Lapsed},
	{InDoubt, Approve, Approved},
	{InDoubt, Decline, Declined},
	{InDoubt, Wait, Away},
	{InDoubt, Doubt, InDoubt},
	{InDoubt, Lapse, Lapsed},
	{Declined, Ask, Asking},
	{Declined, Send, Away},
	{Declined, Approve, Approved},
	{Declined, Lapse, Lapsed},
	{Lapsed, Approve, Approved},
	{Approved, Contest, Disputed},
	{Disputed, Win, Approved},
	{Disputed, Lose, Disputed},
}

// States lists all states with their facts, in the order of a payment's life.
func States() []Facts { return append([]Facts(nil), facts...) }

// Facts gives what is true of the state. An unknown state is nobody's and rests
// for ever; the scanner lets none in.
func (s State) Facts() Facts {
	for _, known := range facts {
		if known.State == s {
			return known
		}
	}
	return Facts{State: s}
}

// Known reports whether s is in the table.
func (s State) Known() bool { return s.Facts().Move != "" }

// Decided reports whether the resident can be told paid or not paid.
func (s State) Decided() bool { return s == Approved || s == Declined || s == Lapsed || s == Disputed }

// Moving reports whether money may be on its way.
func (s State) Moving() bool { return s == Asking || s == Away || s == InDoubt }

// Next is the state after an event. Returns [ErrNotAllowed] when the event has
// no place in the state.
func Next(from State, on Event) (State, error) {
	for _, t := range transitions {
		if t.from == from && t.on == on {
			return t.to, nil
		}
	}
	return "", fmt.Errorf("%w: %s when %s", ErrNotAllowed, on, from)
}

// Diagram draws the table for docs/payment-states.md.
func Diagram() string {
	var b drawing
	for _, t := range transitions {
		b.edge(t)
	}
	for _, f := range facts {
		b.row(f)
	}
	return b.String()
}
