package incident

import (
	"fmt"
	"strings"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/control"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Stop orders that the harm end: what a hold is thrown with.
type Stop struct {
	Name   string        // of the incident, whether it is open yet or not
	Scope  control.Scope // of card entry; the zero scope is the whole town
	Reason string
	By     audit.Actor
}

// Standstill is what a stop did.
type Standstill struct {
	City        id.City
	Name        string
	Number      int // of the incident's holds, from 1
	Stop        Stop
	Holds       map[control.Kind]control.ID
	VisitsEnded int64
	ThrownAt    time.Time
	RotatedAt   time.Time // when the sealing keys were changed; zero before
}

// LiftAction is what two people approve, to lift a standstill.
const LiftAction approval.Action = "incident.lift"

var (
	// ErrNotHeld: nothing is held for this incident.
	ErrNotHeld = fault.New(fault.NotFound, "incident_not_held")
	// ErrHeldOtherwise: the incident's hold stands with another scope. Lift it, or
	// name another incident.
	ErrHeldOtherwise = fault.New(fault.Conflict, "incident_held_otherwise")
)

// Kinds lists what is held, in the order in which it is told.
func Kinds() []control.Kind {
	return []control.Kind{control.CardEntry, control.Autopay, control.LateFees, control.ShutOffs}
}

// holds are those that a stop throws. A release is about pages, and a processor
// about payments: neither says whose water stays on.
func (s Stop) holds() []control.Hold {
	reach := map[control.Kind]control.Scope{
		control.CardEntry: s.Scope,
		control.Autopay:   {Service: s.Scope.Service, Processor: s.Scope.Processor},
		control.LateFees:  {Service: s.Scope.Service},
		control.ShutOffs:  {Service: s.Scope.Service},
	}
	var all []control.Hold
	for _, kind := range Kinds() {
		all = append(all, control.Hold{Kind: kind, Scope: reach[kind], Reason: s.Name + ": " + s.Reason, ByTwo: true})
	}
	return all
}

const why = "\nwhy: "

// LiftWords are what two people sign to lift a standstill for a reason.
func (s Standstill) LiftWords(reason string) string {
	lines := []string{
		fmt.Sprintf("lift hold %d of incident %s in %s", s.Number, s.Name, s.City),
		fmt.Sprintf("it was thrown by %s at %s: %s", s.Stop.By, s.ThrownAt.UTC().Format(time.RFC3339), s.Stop.Reason),
	}
	for _, kind := range Kinds() {
		lines = append(lines, fmt.Sprintf("%s %s ends", kind, s.Holds[kind]))
	}
	return strings.Join(lines, "\n") + "\nthe legal hold stays" + why + reason
}
