package app

import (
	"testing"

	"clearwell/internal/billing"
)

// What a receipt shows of a number tells one utility account of a household from
// another, and not the whole of it.
func TestEndingTellsUtilityAccountsApart(t *testing.T) {
	for number, want := range map[string]string{
		"001008-001":  "…1008-001",
		"004217001":   "…7001",
		"104-2233-01": "…2233-01",
		"12-34567890": "…7890",
		"1234":        "1234",
		"12345-1":     "…2345-1",
	} {
		if got := billing.Ending(number); got != want {
			t.Errorf("ending(%q) = %q, want %q", number, got, want)
		}
	}
}
