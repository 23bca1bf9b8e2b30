package limit

import (
	"net/netip"
	"time"

	"clearwell/internal/fault"
)

// Bucket is a rule of a [Gate]: Burst at once, and one more each time Every has
// passed.
type Bucket struct {
	Name  string // keeps the keys of one rule apart from those of another
	Burst int
	Every time.Duration
}

// Rule is a rule of [Tries] and of a [Breaker]: at most Most in one window of
// time.
type Rule struct {
	Name   string
	Most   int
	Window Window
}

// Window cuts time into pieces. Make one with [Day] or [Span]; the zero window
// is a day in UTC.
type Window struct {
	length time.Duration // zero for a civil day
	zone   *time.Location
}

// Day is the town's own day, of 23 to 25 hours: a resident who was told
// "tomorrow" is right at midnight.
func Day(zone *time.Location) Window { return Window{zone: zone} }

// Span is a fixed length of time, the same for all keys. At the border of two
// windows twice the rule gets through: set rules for that.
func Span(length time.Duration) Window { return Window{length: length} }

// Bounds gives the window that now is in: its first instant, and that of the
// next one.
func (w Window) Bounds(now time.Time) (begins, ends time.Time) {
	if w.length > 0 {
		begins = now.Truncate(w.length)
		return begins.UTC(), begins.Add(w.length).UTC()
	}
	zone := w.zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := now.In(zone).Date()
	begins = time.Date(year, month, day, 0, 0, 0, 0, zone)
	ends = time.Date(year, month, day+1, 0, 0, 0, 0, zone)
	return begins.UTC(), ends.UTC()
}

// Network gives what one household or one attacker can be expected to have: an
// IPv4 address, or the 56 bits of IPv6 that providers hand out (RIPE-690). A
// client with 2^72 addresses must not have as many tries.
func Network(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap()
	bits := 32
	if addr.Is6() {
		bits = 56
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // of the invalid address: all such share one
	}
	return prefix
}

// Wide gives what one attacker can rent without much ado, and many households may
// share: 256 addresses of IPv4, or the 48 bits of IPv6 that a provider hands to
// whoever asks for a site. Give it a rule several times that of a [Network].
func Wide(network netip.Prefix) netip.Prefix {
	bits := 24
	if network.Addr().Is6() {
		bits = 48
	}
	wide, err := network.Addr().Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return wide
}

// ErrTooManyTries: whoever asks must wait for the window to end.
var ErrTooManyTries = fault.New(fault.Throttled, "too_many_tries")
