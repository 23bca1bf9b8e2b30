package till

import "clearwell/internal/fault"

// State is where a session stands.
type State string

// The states.
const (
	Open     State = "open"     // the cashier takes money
	Balanced State = "balanced" // it was counted, and waits for a second person
	Approved State = "approved" // the count stands
	Rejected State = "rejected" // it does not
	Closed   State = "closed"   // the money is on its way to the bank
)

// States lists the states in the order of a session's life.
func States() []State { return []State{Open, Balanced, Approved, Rejected, Closed} }

// Event is what happens to a session.
type Event string

// The events.
const (
	Count   Event = "count"
	Approve Event = "approve"
	Reject  Event = "reject"
	Reopen  Event = "reopen"
	Close   Event = "close"
)

// Events lists the events.
func Events() []Event { return []Event{Count, Approve, Reject, Reopen, Close} }

// transitions is the table. A count that was rejected is made again, or the drawer
// is opened again to mend a receipt.
var transitions = map[State]map[Event]State{
	Open:     {Count: Balanced},
	Balanced: {Approve: Approved, Reject: Rejected},
	Rejected: {Count: Balanced, Reopen: Open},
	Approved: {Close: Closed},
}

// What cannot be done with a drawer as it stands. Nothing was changed.
var (
	ErrDrawerOpen     = fault.New(fault.Conflict, "drawer_open")
	ErrDrawerBalanced = fault.New(fault.Conflict, "drawer_balanced")
	ErrDrawerApproved = fault.New(fault.Conflict, "drawer_approved")
	ErrDrawerRejected = fault.New(fault.Conflict, "drawer_rejected")
	ErrDrawerClosed   = fault.New(fault.Conflict, "drawer_closed")
)

// refusal says how a drawer stands in the way.
func (s State) refusal() error {
	switch s {
	case Open:
		return ErrDrawerOpen
	case Balanced:
		return ErrDrawerBalanced
	case Approved:
		return ErrDrawerApproved
	case Rejected:
		return ErrDrawerRejected
	}
	return ErrDrawerClosed
}

// Next is the state after an event. Returns [ErrDrawerOpen] and its like where the
// event has no place in the state.
func Next(from State, on Event) (State, error) {
	next, found := transitions[from][on]
	if !found {
		return "", from.refusal()
	}
	return next, nil
}

// known reports whether s is in the table.
func (s State) known() bool { return s == Closed || transitions[s] != nil }
