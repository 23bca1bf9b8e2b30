package policy

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"clearwell/internal/locale"
	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if it should, run with -update\n%s", path, diff)
	}
}

func speaking(t *testing.T, lang locale.Lang) *locale.Printer {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return catalogue.Printer(lang)
}

func TestExplainAllowed(t *testing.T) {
	golden(t, "explain_allowed.txt", Explain(speaking(t, locale.English), beaumont(t), onTheWeb(t)))
}

func TestExplainRefused(t *testing.T) {
	q := onTheWeb(t)
	q.Tender, q.Brand, q.Funding = BankAccount, "", ""
	q.Amount = usd(t, "4.00")
	q.Returns = []Return{{on(t, "2026-08-03"), PaperCheck, ""}, {on(t, "2026-09-03"), BankAccount, "R01"}}
	golden(t, "explain_refused.txt", Explain(speaking(t, locale.Spanish), beaumont(t), q))
}

// month is payments of many amounts by every tender that is taken somewhere.
func month(t *testing.T) []Payment {
	var payments []Payment
	for i := range 40 {
		q := onTheWeb(t)
		q.On = on(t, "2026-10-01").AddDays(i % 30)
		q.Amount = money.Cents(int64(12_34 + i*i*271))
		q.Owed = Owed{Total: q.Amount}
		switch i % 4 {
		case 1:
			q.Tender, q.Brand, q.Funding = BankAccount, "", ""
		case 2:
			q.Channel, q.Tender, q.Brand, q.Funding = Counter, Cash, "", ""
		case 3:
			q.Brand, q.Funding = Mastercard, Debit
		}
		payments = append(payments, Payment{fmt.Sprintf("pay_%02d", i), q})
	}
	return payments
}

// proposal is what the council votes on: a dearer card, a free e-check, a lower
// maximum, and cash no longer taken.
func proposal(t *testing.T) Set {
	s := beaumont(t)
	s.Version = "2027-1"
	s.Fees[2].Tariff = GreaterOf(275, usd(t, "1.50"))
	s.Fees[3] = FeeRule{Name: "e-check-free", Match: Match{Tenders: Tenders{BankAccount}}, Kind: Absorbed}
	s.Amounts[0].Minimum = usd(t, "20.00")
	s.Amounts[1].Maximum = usd(t, "2500.00")
	s.Tenders[0].Accept = Tenders{Card, PaperCheck, MoneyOrder}
	return s
}

func TestReplayReport(t *testing.T) {
	golden(t, "replay.txt", Replay(beaumont(t), proposal(t), month(t)).String())
}

func TestReplayOfTheSameSetChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var payments []Payment
		for i, q := range rapid.SliceOfN(questions(t), 0, 30).Draw(rt, "questions") {
			payments = append(payments, Payment{fmt.Sprint(i), q})
		}
		r := Replay(beaumont(t), beaumont(t), payments)
		if !r.All.Difference().IsZero() || r.All.More+r.All.Less+len(r.Losers)+len(r.Winners)+len(r.NewlyAllowed)+len(r.NewlyRefused) > 0 {
			rt.Fatalf("a set differs from itself:\n%s", r)
		}
	})
}

func TestReplayDoesNotDependOnTheOrder(t *testing.T) {
	payments := month(t)
	want := Replay(beaumont(t), proposal(t), payments)
	slices.Reverse(payments)
	if diff := cmp.Diff(want, Replay(beaumont(t), proposal(t), payments), exact()); diff != "" {
		t.Error(diff)
	}
}

// The parts of a report add up to the whole, and every payment is somewhere.
func TestReplayAddsUp(t *testing.T) {
	payments := month(t)
	r := Replay(beaumont(t), proposal(t), payments)
	if n := r.All.Payments + len(r.NewlyRefused) + len(r.NewlyAllowed) + r.StillRefused; n != len(payments) {
		t.Errorf("%d payments in the report, want %d", n, len(payments))
	}
	for name, buckets := range map[string][]Bucket{"amount": r.ByAmount, "tender": r.ByTender} {
		var sum Tally
		for _, b := range buckets {
			sum = Tally{sum.Payments + b.Payments, sum.More + b.More, sum.Less + b.Less, sum.OldFees.Add(b.OldFees), sum.NewFees.Add(b.NewFees)}
		}
		if sum != r.All {
			t.Errorf("buckets by %s add up to %+v, want %+v", name, sum, r.All)
		}
	}
	if len(r.NewlyRefused) == 0 || len(r.Winners) == 0 || len(r.Losers) == 0 {
		t.Error("the proposal was meant to refuse some, help some and cost some")
	}
}
