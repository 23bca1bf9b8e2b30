package policy

import (
	"fmt"
	"slices"

	"clearwell/internal/money"
)

// CounterRules are what a town asks of its cashiers. Without any, no receipt is
// voided by one person, and cash has no limit.
type CounterRules struct {
	Citation    string
	VoidAlone   money.Amount // so much a cashier may void alone; above it takes two
	CashWarning money.Amount // with so much in a drawer its cashier is asked to drop some; zero: never
	CashLimit   money.Amount // a drawer that would have more takes no cash; zero: no limit
	Banks       []BankRule
}

// BankRule says to which bank tenders are carried. The first that names a tender
// wins; an empty list names all.
type BankRule struct {
	Bank    string
	Tenders Tenders
}

// Bank is where a tender is carried to, "bank" where no rule says.
func (r CounterRules) Bank(tender Tender) string {
	for _, rule := range r.Banks {
		if open(rule.Tenders, tender) {
			return rule.Bank
		}
	}
	return "bank"
}

// loosened lists what cashiers may do under the proposed rules and could not.
func (r CounterRules) loosened(proposed CounterRules) []Loosening {
	var lost []Loosening
	lose := func(rule, format string, args ...any) {
		lost = append(lost, Loosening{"counter", rule, fmt.Sprintf(format, args...)})
	}
	if r.VoidAlone.Less(proposed.VoidAlone) {
		lose("void_alone_up_to", "one person may void %s instead of %s", proposed.VoidAlone, r.VoidAlone)
	}
	if r.CashLimit.IsPositive() && (proposed.CashLimit.IsZero() || r.CashLimit.Less(proposed.CashLimit)) {
		lose("cash_limit", "the most cash in a drawer, %s, is higher or gone", r.CashLimit)
	}
	if !slices.EqualFunc(r.Banks, proposed.Banks, func(a, b BankRule) bool { return a.Bank == b.Bank && slices.Equal(a.Tenders, b.Tenders) }) {
		lose("banks", "money is carried to other banks")
	}
	return lost
}
