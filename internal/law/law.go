package law

import (
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Entity is the kind of body that held the data. Laws bind them differently.
type Entity string

// The kinds of body.
const (
	Business        Entity = "business"
	LocalGovernment Entity = "local_government"
)

// Clock names the fact from which a deadline is counted.
type Clock string

// The clocks.
const (
	VendorKnew     Clock = "vendor_knew"     // whoever runs the portal learned of it
	Discovered     Clock = "discovered"      // the city learned, or suspected
	Determined     Clock = "determined"      // the city concluded that it was a breach
	Told           Clock = "told"            // the first letters went out
	IndividualsDue Clock = "individuals_due" // the last day for letters, until they go out
	Recovered      Clock = "recovered"       // eradicated, closed and restored
)

// Facts are what is known of a breach. A zero date is a fact not known yet.
type Facts struct {
	Entity Entity
	State  string         // where the entity is: "TX"
	Zone   *time.Location // the entity's; UTC when nil

	VendorKnew     calendar.Date
	CityDiscovered calendar.Date
	DiscoveredAt   time.Time // the instant of CityDiscovered, where it was written down
	Determined     calendar.Date
	Told           calendar.Date
	Recovered      calendar.Date
	Delay          Delay

	People      map[string]int // by state of residence on the day of notice
	Unaddressed int            // people without a usable address
	CostCents   money.Amount   // of telling everybody by mail
}

// Delay is a written request of law enforcement to wait with telling people.
type Delay struct {
	From  calendar.Date
	Until calendar.Date // zero while it lasts
}

// open reports whether the request still binds.
func (d Delay) open() bool { return !d.From.IsZero() && d.Until.IsZero() }

// Kind is what sort of recipient a duty has.
type Kind string

// The kinds of recipients.
const (
	Individuals Kind = "individuals"
	Regulator   Kind = "regulator"
	Bureaus     Kind = "bureaus" // the consumer reporting agencies
	Network     Kind = "network" // card brands and the acquiring bank
	Vendor      Kind = "vendor"  // the vendor's duty to tell the city
)

// Order places a notice before, with or after the letters to people.
type Order string

// The orders; none where the law states none.
const (
	Before Order = "before"
	With   Order = "with"
)

// Duty is one recipient who must be told.
type Duty struct {
	Jurisdiction string // code: "TX"; "NET" for the card networks
	Name         string // "Texas"
	Kind         Kind
	Who          string // a name, as "Attorney General"; empty for individuals and bureaus
	Order        Order

	Due  Due
	From Clock // which fact started the clock; empty while none is known
	// IfVendorKnew is the deadline if the city were held to have known when its
	// vendor did. Zero where that changes nothing.
	IfVendorKnew Due
	Held         bool // law enforcement asks to wait

	Met    bool // the threshold is met: this must be done
	People int  // how many count toward the threshold
	Least  int  // the threshold: the smallest number that counts

	Ask  []string // the facts that the form asks: messages law.ask.<key>
	Note string   // what a lawyer should read beside it
	Provenance
}

// Due is a deadline. The zero value is "without unreasonable delay": as soon as
// can be, with no last day.
type Due struct {
	Immediate bool
	On        calendar.Date // the last day
	At        time.Time     // the last instant, where the law counts hours from a known one
}

// IsZero reports whether the law names no day.
func (d Due) IsZero() bool { return !d.Immediate && d.On.IsZero() }

// End is the instant at which the deadline has passed, for countdowns; false
// where the law names none.
func (d Due) End(zone *time.Location) (time.Time, bool) {
	switch {
	case d.On.IsZero():
		return time.Time{}, false
	case !d.At.IsZero():
		return d.At, true
	}
	return d.On.AddDays(1).Start(zone), true
}

// Provenance is what a cell rests on.
type Provenance struct {
	Citation string `yaml:"citation"`
	Source   string `yaml:"source"`   // an identifier of sources.yaml
	Verified string `yaml:"verified"` // by whom and when; empty when by nobody
}

// Unverified is what is printed for a cell that nobody verified.
const Unverified = "unverified"

// Standing says who verified the cell, or that nobody did.
func (p Provenance) Standing() string {
	if p.Verified == "" {
		return Unverified
	}
	return "verified " + p.Verified
}
