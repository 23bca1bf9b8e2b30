package processor

import (
	"errors"
	"slices"

	"clearwell/internal/fault"
)

// Refusals of the port. Anything else an adapter returns is transport trouble
// and means Unknown.
var (
	// ErrKeyReused: the key was used before with other content.
	ErrKeyReused = fault.New(fault.Conflict, "processor_key_reused")
	// ErrTokenUnknown: the token is not of this merchant, or has expired.
	ErrTokenUnknown = fault.New(fault.Refused, "card_not_recognised")
	// ErrTokenSpent: a single-use token was used by another attempt.
	ErrTokenSpent = fault.New(fault.Refused, "card_already_used")
	// ErrCardRefused: the issuer will not have this card kept for later use.
	ErrCardRefused = fault.New(fault.Refused, "card_refused")
	// ErrStoredUse: a stored token was charged without saying who initiates, or
	// by the merchant without the initial transaction id.
	ErrStoredUse = fault.New(fault.Internal, "stored_use_undeclared")
	// ErrRequest: the processor will not read the request: an amount that is not
	// positive, a missing key, an address it may not send payers to.
	ErrRequest = fault.New(fault.Internal, "processor_request")
	// ErrNotSent: the request certainly did not leave us; asking again is safe.
	ErrNotSent = fault.New(fault.Unavailable, "processor_unreachable")
	// ErrReaderBusy: the reader asks for the card of another attempt.
	ErrReaderBusy = fault.New(fault.Conflict, "reader_busy")
	// ErrNeverSeen: the processor is certain it never had this attempt.
	ErrNeverSeen = fault.New(fault.NotFound, "attempt_never_seen")
	// ErrSignature: a notice whose signature does not verify.
	ErrSignature = fault.New(fault.Denied, "notice_signature")
	// ErrStale: a notice that is older than the replay window.
	ErrStale = fault.New(fault.Denied, "notice_stale")
)

// NothingMoved reports whether err is certain that the attempt it answers moved
// no money and never will, so that a new attempt is safe. [ErrKeyReused] is not
// among them: whatever used the key before may have been charged.
func NothingMoved(err error) bool {
	certain := []*fault.Error{ErrTokenUnknown, ErrTokenSpent, ErrStoredUse, ErrRequest, ErrNotSent, ErrNeverSeen}
	return slices.ContainsFunc(certain, func(one *fault.Error) bool { return errors.Is(err, one) })
}
