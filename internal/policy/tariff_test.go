package policy

import (
	"testing"

	"clearwell/internal/money"

	"pgregory.net/rapid"
)

func TestTariffsInUse(t *testing.T) {
	windsor := Tiered( // 2.75 %, and fifty cents more under $100
		TariffStep{UpTo: usd(t, "99.99"), BasisPoints: 275, Flat: usd(t, "0.50")}, TariffStep{BasisPoints: 275})
	for _, c := range []struct {
		name, words string
		tariff      Tariff
		amount, fee string
	}{
		{"none", "nothing", Tariff{}, "100.00", "0.00"},
		{"flat", "$3.95", Flat(usd(t, "3.95")), "0.01", "3.95"},
		{"percent", "2.75 %", Percent(275), "10.00", "0.28"},
		{"percent of nothing", "2.75 %", Percent(275), "0.00", "0.00"},
		{"greater of, floor", "2 % at least $1.50", GreaterOf(200, usd(t, "1.50")), "75.00", "1.50"},
		{"greater of, percent", "2 % at least $1.50", GreaterOf(200, usd(t, "1.50")), "75.50", "1.51"},
		{"flat and percent", "$0.30 and 2.9 %", FlatAndPercent(usd(t, "0.30"), 290), "100.00", "3.20"},
		{"capped", "3 % at most $10.00", Tiered(TariffStep{BasisPoints: 300, AtMost: usd(t, "10.00")}), "1000.00", "10.00"},
		{"steps, low", "$0.50 and 2.75 % up to $99.99, beyond that 2.75 %", windsor, "99.99", "3.25"},
		{"steps, high", "$0.50 and 2.75 % up to $99.99, beyond that 2.75 %", windsor, "100.00", "2.75"},
	} {
		if got := c.tariff.Fee(usd(t, c.amount)); got != usd(t, c.fee) {
			t.Errorf("%s: fee of %s = %s, want %s", c.name, c.amount, got, c.fee)
		}
		if got := c.tariff.String(); got != c.words {
			t.Errorf("%s reads %q, want %q", c.name, got, c.words)
		}
	}
	if windsor.Monotonic() {
		t.Error("the step at $100 lowers the fee, and is not noticed")
	}
}

func TestFeesAreNeverNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff, amount := tariffs().Draw(t, "tariff"), cents(-1_000, 10_000_000).Draw(t, "amount")
		if problem := tariff.problem(); problem != "" {
			t.Fatalf("the generator draws tariffs that are refused: %s", problem)
		}
		if fee := tariff.Fee(amount); fee.IsNegative() || fee.Err() != nil || !amount.IsPositive() && !fee.IsZero() {
			t.Fatalf("fee of %s = %s", amount, fee)
		}
	})
}

func TestMonotonicTariffsNeverFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff := tariffs().Filter(Tariff.Monotonic).Draw(t, "tariff")
		less := cents(1, 200_000).Draw(t, "less")
		more := less.Add(cents(0, 200_000).Draw(t, "more"))
		if tariff.Fee(more).Less(tariff.Fee(less)) {
			t.Fatalf("%s costs %s, %s costs %s", less, tariff.Fee(less), more, tariff.Fee(more))
		}
	})
}

func TestTariffsThatCannotBeComputed(t *testing.T) {
	bound := money.Cents(10_000)
	for name, tariff := range map[string]Tariff{
		"a negative fee":      Flat(money.Cents(-1)),
		"a negative share":    Percent(-1),
		"more than all":       Percent(10_001),
		"bounds crossed":      Tiered(TariffStep{AtLeast: bound, AtMost: money.Cents(1)}),
		"no last step":        Tiered(TariffStep{UpTo: bound, Flat: bound}),
		"steps that descend":  Tiered(TariffStep{UpTo: bound}, TariffStep{UpTo: money.Cents(1)}, TariffStep{}),
		"two unbounded steps": Tiered(TariffStep{}, TariffStep{}),
	} {
		if tariff.problem() == "" {
			t.Errorf("%s: nothing wrong with %s", name, tariff)
		}
	}
}
