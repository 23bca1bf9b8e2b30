package policy

import (
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// exact compares the types whose fields are private and that compare with ==.
func exact() cmp.Option { return cmp.AllowUnexported(money.Amount{}, calendar.Date{}) }

func cents(least, most int64) *rapid.Generator[money.Amount] {
	return rapid.Map(rapid.Int64Range(least, most), money.Cents)
}

// questions draws payments of every kind, sensible or not.
func questions(t *testing.T) *rapid.Generator[Question] {
	base := on(t, "2026-01-01")
	return rapid.Custom(func(t *rapid.T) Question {
		q := Question{
			On:        base.AddDays(rapid.IntRange(0, 700).Draw(t, "day")),
			Service:   rapid.SampledFrom([]Service{"water", "fines"}).Draw(t, "service"),
			MCC:       rapid.SampledFrom([]MCC{"4900", "9222"}).Draw(t, "mcc"),
			Channel:   rapid.SampledFrom(Channels()).Draw(t, "channel"),
			Tender:    rapid.SampledFrom(AllTenders()).Draw(t, "tender"),
			Recurring: rapid.Bool().Draw(t, "recurring"),
			Amount:    cents(-100, 1_000_000).Draw(t, "amount"),
			Owed:      Owed{Total: cents(0, 500_000).Draw(t, "total"), Pending: cents(0, 10_000).Draw(t, "pending")},
		}
		if q.Tender == Card {
			q.Brand = rapid.SampledFrom(append(Brands(), "")).Draw(t, "brand")
			q.Funding = rapid.SampledFrom(append(Fundings(), "")).Draw(t, "funding")
		}
		for range rapid.IntRange(0, 4).Draw(t, "returns") {
			q.Returns = append(q.Returns, Return{base.AddDays(rapid.IntRange(-400, 700).Draw(t, "returned")), BankAccount, "R01"})
		}
		return q
	})
}

// tariffs draws tariffs that Check accepts, of one to three steps.
func tariffs() *rapid.Generator[Tariff] {
	return rapid.Custom(func(t *rapid.T) Tariff {
		var tariff Tariff
		bound := money.Amount{}
		steps := rapid.IntRange(1, 3).Draw(t, "steps")
		for i := range steps {
			step := TariffStep{
				Flat:        cents(0, 1_000).Draw(t, "flat"),
				BasisPoints: rapid.Int64Range(0, 1_000).Draw(t, "basis points"),
				AtLeast:     cents(0, 500).Draw(t, "at least"),
			}
			if rapid.Bool().Draw(t, "capped") {
				step.AtMost = step.AtLeast.Add(cents(1, 5_000).Draw(t, "room"))
			}
			if i < steps-1 {
				bound = bound.Add(cents(1, 50_000).Draw(t, "width"))
				step.UpTo = bound
			}
			tariff.Steps = append(tariff.Steps, step)
		}
		return tariff
	})
}
