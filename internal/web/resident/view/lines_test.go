package view

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"clearwell/internal/money"
)

// However a billing system states a bill, and whatever was paid since, the lines
// before the last add up to it, and it is what is due.
func TestHowItAddsUpAddsUp(t *testing.T) {
	cents := rapid.Map(rapid.Int64Range(-50_000, 50_000), money.Cents)
	positive := rapid.Map(rapid.Int64Range(0, 50_000), money.Cents)
	pending := rapid.Custom(func(t *rapid.T) Pending {
		return Pending{Amount: positive.Draw(t, "amount"), At: time.Unix(1, 0), Posted: rapid.Bool().Draw(t, "posted")}
	})
	rapid.Check(t, func(t *rapid.T) {
		owed := Owed{
			Stated: cents.Draw(t, "stated"), Current: positive.Draw(t, "current"), PastDue: positive.Draw(t, "past due"),
			Pending: rapid.SliceOfN(pending, 0, 3).Draw(t, "pending"), Again: positive.Draw(t, "again"),
		}
		lines := owed.lines()
		var sum money.Amount
		for _, line := range lines[:len(lines)-1] {
			sum = sum.Add(line.amount)
		}
		if last := lines[len(lines)-1]; sum != last.amount || last.amount != owed.Total() {
			t.Errorf("the lines add up to %s; the last is %s, and %s is due", sum, last.amount, owed.Total())
		}
	})
}

// What residents met: a credit from before, and a layout that states no parts.
func TestHowItAddsUpSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		owed Owed
		want []string
	}{
		"a credit from before": {
			Owed{Stated: money.Cents(6780), Current: money.Cents(10330), Pending: []Pending{{Amount: money.Cents(10000)}}},
			[]string{"current", "credit_before", "pending", "credit"},
		},
		"no parts":        {Owed{Stated: money.Cents(17670)}, []string{"balance", "total"}},
		"parts of a part": {Owed{Stated: money.Cents(17670), Current: money.Cents(100)}, []string{"balance", "total"}},
		"parts":           {Owed{Stated: money.Cents(300), Current: money.Cents(100), PastDue: money.Cents(200)}, []string{"current", "past_due", "total"}},
		"posted":          {Owed{Stated: money.Cents(100), Current: money.Cents(100), Pending: []Pending{{Amount: money.Cents(100), Posted: true}}}, []string{"current", "posted", "total"}},
		"owed again":      {Owed{Again: money.Cents(100)}, []string{"current", "again", "total"}},
	} {
		lines := c.owed.lines()
		for i, line := range lines {
			if i >= len(c.want) || line.label != "resident.bill."+c.want[i] {
				t.Errorf("%s: line %d is %s, want %v", name, i, line.label, c.want)
			}
		}
		if len(lines) != len(c.want) {
			t.Errorf("%s: %d lines, want %v", name, len(lines), c.want)
		}
	}
}

func TestTheFeeInWords(t *testing.T) {
	for _, c := range []struct {
		basisPoints int64
		want        string
	}{{225, "2.25%"}, {250, "2.5%"}, {300, "3%"}, {5, "0.05%"}} {
		if got := percent(c.basisPoints); got != c.want {
			t.Errorf("percent(%d) = %s", c.basisPoints, got)
		}
	}
}
