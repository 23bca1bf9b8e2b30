package control

import (
	"slices"
	"strings"
	"time"

	"clearwell/internal/cardscan"
)

// stops lists, for each kind of hold, the actions it stops and the refusal. The
// widest comes first: a resident who may not pay at all need not hear that cards
// are not taken.
var stops = []stop{
	{AllPayments, []Action{TypeCard, PayStored, PayInHand, RunAutopay}, ErrPaymentsHeld},
	{CardEntry, []Action{TypeCard}, ErrCardsHeld},
	{Autopay, []Action{RunAutopay}, ErrAutopayHeld},
	{Refunds, []Action{Refund}, ErrRefundsHeld},
}

type stop struct {
	kind    Kind
	actions []Action
	refusal error
}

// Check refuses what one of the holds stops.
//
// Returns [ErrPaymentsHeld], [ErrCardsHeld], [ErrAutopayHeld], [ErrRefundsHeld].
func Check(holds []Hold, q Question) error {
	for _, s := range stops {
		reaches := func(h Hold) bool { return h.Kind == s.kind && h.Scope.reaches(q) }
		if slices.Contains(s.actions, q.Action) && slices.ContainsFunc(holds, reaches) {
			return s.refusal
		}
	}
	return nil
}

// Spares reports whether what a kind of hold keeps from residents is kept from
// those of a service: [LateFees], [ShutOffs].
func Spares(holds []Hold, kind Kind, service string) bool {
	return slices.ContainsFunc(holds, func(h Hold) bool {
		return h.Kind == kind && (h.Scope.Service == "" || h.Scope.Service == service)
	})
}

func (s Scope) reaches(q Question) bool {
	return (s.Service == "" || s.Service == q.Service) &&
		(s.Processor == "" || s.Processor == q.Processor) &&
		(s.Release == "" || s.Release == q.Release)
}

// stands reports whether a hold that nobody lifted is in force.
func (h Hold) stands(now time.Time) bool { return h.Until.IsZero() || now.Before(h.Until) }

// standing gives the holds in force.
func standing(holds []Hold, now time.Time) []Hold {
	return slices.DeleteFunc(slices.Clone(holds), func(h Hold) bool { return !h.stands(now) })
}

// check refuses a hold that cannot be thrown.
func (h Hold) check(now time.Time) error {
	switch {
	case !slices.Contains(kinds(), h.Kind):
		return ErrKindUnknown
	case !h.stands(now):
		return ErrOverAlready
	}
	return checkReason(h.Reason)
}

// kinds lists what may be thrown.
func kinds() []Kind {
	all := []Kind{LateFees, ShutOffs}
	for _, s := range stops {
		all = append(all, s.kind)
	}
	return all
}

// checkReason refuses an empty reason, and one with a card number: on the worst
// day somebody will paste the line that started it.
func checkReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReasonMissing
	}
	return cardscan.Check(reason)
}
