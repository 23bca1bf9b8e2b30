package policy

import (
	"slices"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Set is the rules of one town from one day on.
type Set struct {
	Version       string        // stored with each payment; never used twice by a town
	EffectiveFrom calendar.Date // first day in force
	Citation      string        // the ordinance, resolution or council minute behind the set
	Tenders       []TenderRule
	Fees          []FeeRule
	Amounts       []AmountRule
	Blocks        []BlockRule
	CutOffs       []CutOffRule
	Counter       CounterRules
}

// Match says which payments a rule is about. An empty field covers everything;
// what is unknown (a brand not yet told) is covered only by an empty field.
type Match struct {
	Services []Service
	MCCs     []MCC
	Channels []Channel
	Tenders  Tenders
	Brands   []Brand
	Fundings []Funding
	Occasion Occasion
}

// Occasion tells runs of autopay from payments made by a person present.
type Occasion string

// The occasions. The zero value covers both.
const (
	OneTime   Occasion = "one_time"
	Recurring Occasion = "recurring"
)

// occasion is the occasion of a question.
func (q Question) occasion() Occasion {
	if q.Recurring {
		return Recurring
	}
	return OneTime
}

// covers reports whether the rule is about the question, and if not, which
// condition fails first.
func (m Match) covers(q Question) (failing string, ok bool) {
	switch {
	case !open(m.Services, q.Service):
		return "service", false
	case !open(m.MCCs, q.MCC):
		return "merchant category code", false
	case !open(m.Channels, q.Channel):
		return "channel", false
	case !open(m.Tenders, q.Tender):
		return "tender", false
	case !open(m.Brands, q.Brand):
		return "brand", false
	case !open(m.Fundings, q.Funding):
		return "funding", false
	case m.Occasion != "" && m.Occasion != q.occasion():
		return "occasion", false
	}
	return "", true
}

// open reports whether a condition lets value through.
func open[T comparable](condition []T, value T) bool {
	return len(condition) == 0 || slices.Contains(condition, value)
}

// TenderRule says what a channel takes. The first rule that matches wins; its
// Match names no tender. A payment that no rule covers is refused.
type TenderRule struct {
	Name   string
	Match  Match
	Accept Tenders // empty: nothing
}

// FeeKind is what a fee is in the eyes of the card networks and of the law.
type FeeKind string

// The kinds. They are not interchangeable: a convenience fee is for the use of
// an alternative channel, a service fee is a programme open to some merchant
// category codes only, a surcharge is for paying by credit card.
const (
	Absorbed    FeeKind = "absorbed"
	Convenience FeeKind = "convenience"
	ServiceFee  FeeKind = "service"
	Surcharge   FeeKind = "surcharge"
)

// MessageID names the message that residents read beside the fee.
func (k FeeKind) MessageID() string { return "policy.fee." + string(k) }

// FeeKinds lists every kind of fee.
func FeeKinds() []FeeKind { return []FeeKind{Absorbed, Convenience, ServiceFee, Surcharge} }

// FeeRule says what the payer pays on top. The first rule that matches wins; a
// payment that no rule covers carries no fee, because a fee that nobody wrote
// down may not be charged.
type FeeRule struct {
	Name     string
	Citation string
	Match    Match
	Kind     FeeKind
	Tariff   Tariff
	// Waiver cites the letter by which the acquirer allows what the card
	// networks forbid; empty for none.
	Waiver string
}

// AmountRule bounds the amount of a payment. Every rule that matches binds.
type AmountRule struct {
	Name     string
	Citation string
	Match    Match
	// Minimum refuses smaller payments, unless they pay all that is due; zero is
	// no minimum.
	Minimum money.Amount
	// Maximum refuses larger payments; zero is no maximum.
	Maximum money.Amount
	// FullOnly refuses less than all that is due.
	FullOnly bool
	// Overpayment is how far a payment may exceed what is due. Nil is no bound;
	// zero forbids overpaying, and so any payment where nothing is due.
	Overpayment *money.Amount
}

// Period is a length of time in the calendar. The zero Period has no end.
type Period struct {
	Months int
	Days   int
}

// Endless reports whether the period has no end.
func (p Period) Endless() bool { return p == Period{} }

// BlockRule takes tenders away from a utility account after returned payments:
// so many returns within a window, so many months without those tenders.
type BlockRule struct {
	Name     string
	Citation string  // the ordinance, shown to the resident
	Returns  int     // how many returns it takes
	Within   Period  // all of them within this window; endless counts all there ever were
	Counted  Tenders // returns of these tenders count; empty counts all
	Codes    []string
	Blocks   Tenders // these are no longer taken
	For      Period  // from the return that completed the count; endless is for good
}

// CutOffRule ends the business day of a tender. The first rule that names the
// tender wins; a tender without a rule has the calendar day.
type CutOffRule struct {
	Name    string
	Tenders Tenders // empty: all
	Hour    int
	Minute  int
}

// CutOff is the end of a tender's business day in the town's zone.
func (s Set) CutOff(tender Tender, zone *time.Location) calendar.CutOff {
	for _, rule := range s.CutOffs {
		if open(rule.Tenders, tender) {
			return calendar.CutOff{Hour: rule.Hour, Minute: rule.Minute, Zone: zone}
		}
	}
	return calendar.CutOff{Zone: zone}
}

// Rulebook is the sets of a town, the earliest first.
type Rulebook []Set

// InForce finds the set for a day. Returns [ErrNoRules] for a day before the first.
func (b Rulebook) InForce(on calendar.Date) (Set, error) {
	for _, set := range slices.Backward(b) {
		if !on.Before(set.EffectiveFrom) {
			return set, nil
		}
	}
	return Set{}, ErrNoRules.With("On", on)
}

// Version finds a set by its version, as stored with a payment.
func (b Rulebook) Version(version string) (Set, bool) {
	i := slices.IndexFunc(b, func(s Set) bool { return s.Version == version })
	if i < 0 {
		return Set{}, false
	}
	return b[i], true
}
