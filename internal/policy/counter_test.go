package policy

import (
	"testing"

	"clearwell/internal/money"
)

func TestBankOfATender(t *testing.T) {
	rules := CounterRules{Banks: []BankRule{{"first", Tenders{Cash}}, {"second", nil}}}
	if rules.Bank(Cash) != "first" || rules.Bank(PaperCheck) != "second" || (CounterRules{}).Bank(Cash) != "bank" {
		t.Errorf("%s, %s, %s", rules.Bank(Cash), rules.Bank(PaperCheck), CounterRules{}.Bank(Cash))
	}
}

// What lets one cashier do more than before takes two people.
func TestLooserCounterRulesAreALoss(t *testing.T) {
	strict := CounterRules{VoidAlone: money.Cents(5000), CashLimit: money.Cents(100000), Banks: []BankRule{{Bank: "first"}}}
	for what, c := range map[string]struct {
		change func(*CounterRules)
		lost   int
	}{
		"the same":         {func(*CounterRules) {}, 0},
		"stricter":         {func(r *CounterRules) { r.VoidAlone, r.CashLimit = money.Cents(1), money.Cents(1) }, 0},
		"more voided":      {func(r *CounterRules) { r.VoidAlone = money.Cents(5001) }, 1},
		"more cash":        {func(r *CounterRules) { r.CashLimit = money.Cents(100001) }, 1},
		"no limit":         {func(r *CounterRules) { r.CashLimit = money.Amount{} }, 1},
		"another bank":     {func(r *CounterRules) { r.Banks = []BankRule{{Bank: "mine"}} }, 1},
		"another tender":   {func(r *CounterRules) { r.Banks = []BankRule{{"first", Tenders{Cash}}} }, 1},
		"a warning or two": {func(r *CounterRules) { r.CashWarning = money.Cents(1) }, 0},
	} {
		proposed := strict
		c.change(&proposed)
		if lost := Loosened(Set{Counter: strict}, Set{Counter: proposed}); len(lost) != c.lost {
			t.Errorf("%s: %v", what, lost)
		}
	}
}
