package processor

import "clearwell/internal/fault"

// Refusals of the port. Anything else an adapter returns is transport trouble
// and means Unknown.
var (
	// ErrKeyReused: the key was used before with other content.
	ErrKeyReused = fault.New(fault.Conflict, "processor_key_reused")
	// ErrTokenUnknown: the token is not of this merchant, or has expired.
	ErrTokenUnknown = fault.New(fault.Refused, "card_not_recognised")
	// ErrTokenSpent: a single-use token was used by another attempt.
	ErrTokenSpent = fault.New(fault.Refused, "card_already_used")
	// ErrNotSent: the request certainly did not leave us; asking again is safe.
	ErrNotSent = fault.New(fault.Unavailable, "processor_unreachable")
	// ErrNeverSeen: the processor is certain it never had this attempt.
	ErrNeverSeen = fault.New(fault.NotFound, "attempt_never_seen")
	// ErrSignature: a notice whose signature does not verify.
	ErrSignature = fault.New(fault.Denied, "notice_signature")
	// ErrStale: a notice that is older than the replay window.
	ErrStale = fault.New(fault.Denied, "notice_stale")
)
