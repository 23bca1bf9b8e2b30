package policy

import (
	"fmt"
	"slices"

	"clearwell/internal/money"
)

// Loosening is a bound that a proposed set no longer has, or has less of.
type Loosening struct {
	Rules string // "amounts", "blocks" or "counter"
	Rule  string // the rule of the old set that bound
	Words string // what is lost, for staff
}

// Loosened lists what a proposed set lets happen that the old one refused: larger
// and smaller payments than before, and tenders after
// returns, and more to one cashier alone. A rule that was
// renamed or split and binds as much is no loss. Where it cannot be told which of
// two is the stricter, the new one counts as looser.
func Loosened(old, proposed Set) []Loosening {
	var lost []Loosening
	for _, rule := range old.Amounts {
		for _, words := range rule.unbound(proposed.Amounts) {
			lost = append(lost, Loosening{"amounts", rule.Name, words})
		}
	}
	for _, rule := range old.Blocks {
		if !slices.ContainsFunc(proposed.Blocks, rule.keptBy) {
			words := fmt.Sprintf("%d returns within %s no longer take %v away for %s, or not for as many", rule.Returns, rule.Within, rule.Blocks, rule.For)
			lost = append(lost, Loosening{"blocks", rule.Name, words})
		}
	}
	return append(lost, old.Counter.loosened(proposed.Counter)...)
}

// unbound lists the bounds of a rule that none of others has over as much.
func (r AmountRule) unbound(others []AmountRule) []string {
	var lost []string
	kept := func(stricter func(AmountRule) bool) bool {
		return slices.ContainsFunc(others, func(o AmountRule) bool { return o.Match.contains(r.Match) && stricter(o) })
	}
	if !r.Minimum.IsZero() && !kept(func(o AmountRule) bool { return !o.Minimum.Less(r.Minimum) }) {
		lost = append(lost, fmt.Sprintf("the minimum of %s is lower or gone", r.Minimum))
	}
	if !r.Maximum.IsZero() && !kept(func(o AmountRule) bool { return !o.Maximum.IsZero() && !r.Maximum.Less(o.Maximum) }) {
		lost = append(lost, fmt.Sprintf("the maximum of %s is higher or gone", r.Maximum))
	}
	if r.FullOnly && !kept(func(o AmountRule) bool { return o.FullOnly }) {
		lost = append(lost, "less than all that is due is taken")
	}
	if r.Overpayment != nil && !kept(func(o AmountRule) bool { return atMost(o.Overpayment, *r.Overpayment) }) {
		lost = append(lost, fmt.Sprintf("more than %s above what is due is taken", *r.Overpayment))
	}
	return lost
}

func atMost(bound *money.Amount, most money.Amount) bool { return bound != nil && !most.Less(*bound) }

// keptBy reports whether another block rule takes away at least as much, after no
// more returns and for no less time.
func (r BlockRule) keptBy(o BlockRule) bool {
	return o.Returns <= r.Returns && o.Within.atLeast(r.Within) && o.For.atLeast(r.For) &&
		includes(o.Counted, r.Counted) && includes(o.Codes, r.Codes) &&
		!slices.ContainsFunc(r.Blocks, func(t Tender) bool { return !slices.Contains(o.Blocks, t) })
}

// atLeast reports whether a period is surely as long as another.
func (p Period) atLeast(other Period) bool {
	return p.Endless() || !other.Endless() && p.Months >= other.Months && p.Days >= other.Days
}

// contains reports whether a match is about everything that another is about.
func (m Match) contains(other Match) bool {
	return includes(m.Services, other.Services) && includes(m.MCCs, other.MCCs) && includes(m.Channels, other.Channels) &&
		includes(m.Tenders, other.Tenders) && includes(m.Brands, other.Brands) && includes(m.Fundings, other.Fundings) &&
		(m.Occasion == "" || m.Occasion == other.Occasion)
}

// includes reports whether a list, of which an empty one means everything, has all
// that another has.
func includes[T comparable](list, other []T) bool {
	if len(list) == 0 {
		return true
	}
	return len(other) > 0 && !slices.ContainsFunc(other, func(one T) bool { return !slices.Contains(list, one) })
}
