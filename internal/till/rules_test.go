package till

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"clearwell/internal/billing"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

func TestEveryEventInEveryState(t *testing.T) {
	want := map[State]map[Event]State{
		Open: {Count: Balanced}, Balanced: {Approve: Approved, Reject: Rejected}, Rejected: {Count: Balanced, Reopen: Open}, Approved: {Close: Closed},
	}
	refusals := map[State]error{
		Open: ErrDrawerOpen, Balanced: ErrDrawerBalanced, Approved: ErrDrawerApproved, Rejected: ErrDrawerRejected, Closed: ErrDrawerClosed,
	}
	for _, from := range States() {
		if !from.known() {
			t.Errorf("%s is not known", from)
		}
		for _, on := range Events() {
			to, err := Next(from, on)
			if to != want[from][on] || to == "" && !errors.Is(err, refusals[from]) || to != "" && err != nil {
				t.Errorf("%s in %s: %q, %v", on, from, to, err)
			}
		}
	}
	if State("lost").known() {
		t.Error("a state that there is not is known")
	}
}

// drawSale makes any sale that may be one.
func drawSale(t *rapid.T) Sale {
	s := Sale{Key: "0123456789abcdef", Lines: make([]Line, rapid.IntRange(1, 4).Draw(t, "lines"))}
	for i := range s.Lines {
		s.Lines[i] = Line{billing.Number(rune('1' + i)), money.Cents(rapid.Int64Range(1, 900).Draw(t, "line"))}
	}
	for range rapid.IntRange(1, 4).Draw(t, "tenders") {
		tender := Tender{Kind: rapid.SampledFrom(tenders()).Draw(t, "kind"), Amount: money.Cents(rapid.Int64Range(1, 1500).Draw(t, "tender"))}
		if tender.Kind == policy.PaperCheck {
			tender.Check = Check{"7", "121042882", "6789"}
		}
		s.Tenders = append(s.Tenders, tender)
	}
	s.CreditTo = rapid.IntRange(0, len(s.Lines)).Draw(t, "credit to")
	return s
}

// No cent of a sale is lost: what is handed over is what the lines get and the
// change, and each tender pays as much as was given of it.
func TestASaleLosesNoCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sale := drawSale(t)
		even, err := settle(sale)
		if errors.Is(err, ErrTooLittle) || errors.Is(err, ErrNoChange) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		handed, _ := sale.handed()
		if even.total.Add(even.change) != handed {
			t.Fatalf("%s handed over, %s for lines and %s change", handed, even.total, even.change)
		}
		var paid Held
		for i, parts := range even.parts {
			var line money.Amount
			for _, p := range parts {
				if !p.Amount.IsPositive() {
					t.Fatalf("a part of %s", p.Amount)
				}
				line, paid = line.Add(p.Amount), paid.with(p.Tender, p.Amount)
			}
			if line != even.lines[i].Amount || line.Less(sale.Lines[i].Amount) {
				t.Fatalf("line %d of %s has %s", i+1, sale.Lines[i].Amount, line)
			}
		}
		given := Held{}
		for _, tender := range sale.Tenders {
			given = given.with(tender.Kind, tender.Amount)
		}
		if paid != given.less(Held{Cash: even.change}) || paid.Cash != even.cash {
			t.Fatalf("paid %+v of %+v", paid, given)
		}
	})
}

// Whatever is counted, a closed drawer holds nothing in the book.
func TestAClosedDrawerIsEmpty(t *testing.T) {
	amount := rapid.Custom(func(t *rapid.T) money.Amount { return money.Cents(rapid.Int64Range(-5000, 5000).Draw(t, "cents")) })
	rapid.Check(t, func(t *rapid.T) {
		taken := Held{amount.Draw(t, "cash").Abs(), amount.Draw(t, "checks").Abs(), amount.Draw(t, "orders").Abs()}
		s := Session{Over: Held{amount.Draw(t, "over"), amount.Draw(t, "over"), amount.Draw(t, "over")}}
		lies := map[ledger.Code]money.Amount{}
		for _, tender := range tenders() {
			lies[ledger.OnHand(string(tender))] = taken.Of(tender)
		}
		seen := map[int]bool{}
		for _, e := range closing(s, takings{taken: taken}, policy.CounterRules{}) {
			if !e.Amount.IsPositive() || seen[e.Line] {
				t.Fatalf("entry %+v", e)
			}
			seen[e.Line] = true
			lies[e.Debit], lies[e.Credit] = lies[e.Debit].Add(e.Amount), lies[e.Credit].Sub(e.Amount)
		}
		for _, tender := range tenders() {
			if left := lies[ledger.OnHand(string(tender))]; !left.IsZero() {
				t.Fatalf("%s of %s stays", left, tender)
			}
		}
		all := Held{taken.Cash.Add(s.Over.Cash), taken.Checks.Add(s.Over.Checks), taken.Orders.Add(s.Over.Orders)}
		if carried := lies[ledger.InTransit("bank")]; carried != money.Sum(all.Cash, all.Checks, all.Orders) {
			t.Fatalf("%s carried, %+v counted", carried, all)
		}
	})
}

func TestEndorsement(t *testing.T) {
	if got := Endorsement("City of Sampletown", Receipt{Drawer: "front-1", Number: 42}); got != "FOR DEPOSIT ONLY\nCITY OF SAMPLETOWN\nfront-1-42" {
		t.Errorf("%q", got)
	}
}
