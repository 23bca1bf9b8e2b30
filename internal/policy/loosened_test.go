package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"clearwell/internal/money"
)

// bounded is a set with every bound there is.
func bounded() Set {
	most := money.Cents(50_000)
	return Set{
		Amounts: []AmountRule{
			{Name: "remote", Match: Match{Channels: []Channel{Web, Phone}}, Minimum: money.Cents(100), Maximum: money.Cents(300_000), Overpayment: &most},
			{Name: "late", Match: Match{Channels: []Channel{Web}}, FullOnly: true},
		},
		Blocks: []BlockRule{{
			Name: "returned", Returns: 2, Within: Period{Months: 12}, Counted: Tenders{BankAccount, PaperCheck}, Codes: []string{"R01"},
			Blocks: Tenders{BankAccount, PaperCheck}, For: Period{Months: 6},
		}},
	}
}

func TestEachBoundThatIsLostIsNamed(t *testing.T) {
	more := money.Cents(50_001)
	for name, change := range map[string]func(*Set){
		"a smaller minimum":        func(s *Set) { s.Amounts[0].Minimum = money.Cents(99) },
		"no minimum":               func(s *Set) { s.Amounts[0].Minimum = money.Amount{} },
		"a larger maximum":         func(s *Set) { s.Amounts[0].Maximum = money.Cents(300_001) },
		"no maximum":               func(s *Set) { s.Amounts[0].Maximum = money.Amount{} },
		"more overpayment":         func(s *Set) { s.Amounts[0].Overpayment = &more },
		"any overpayment":          func(s *Set) { s.Amounts[0].Overpayment = nil },
		"parts":                    func(s *Set) { s.Amounts[1].FullOnly = false },
		"more returns":             func(s *Set) { s.Blocks[0].Returns = 3 },
		"a shorter window":         func(s *Set) { s.Blocks[0].Within = Period{Months: 11} },
		"a window in other units":  func(s *Set) { s.Blocks[0].Within = Period{Days: 365} },
		"a shorter block":          func(s *Set) { s.Blocks[0].For = Period{Months: 5} },
		"returns of fewer tenders": func(s *Set) { s.Blocks[0].Counted = Tenders{PaperCheck} },
		"other codes":              func(s *Set) { s.Blocks[0].Codes = []string{"R02"} },
		"fewer tenders taken away": func(s *Set) { s.Blocks[0].Blocks = Tenders{PaperCheck} },
		"no block":                 func(s *Set) { s.Blocks = nil },
	} {
		proposed := bounded()
		change(&proposed)
		if lost := Loosened(bounded(), proposed); len(lost) != 1 {
			t.Errorf("%s: %+v", name, lost)
		}
		if lost := Loosened(proposed, bounded()); len(lost) > 0 && name != "a window in other units" && name != "other codes" {
			t.Errorf("%s, the other way: %+v", name, lost)
		}
	}
	narrower := bounded()
	narrower.Amounts[0].Match.Channels = []Channel{Web}
	if lost := Loosened(bounded(), narrower); len(lost) != 3 {
		t.Errorf("bounds of fewer channels: %+v", lost)
	}
}

func TestWhatBindsAsMuchIsNoLoss(t *testing.T) {
	proposed := bounded()
	proposed.Amounts[0].Name, proposed.Blocks[0].Name = "renamed", "renamed too"
	proposed.Amounts[0].Match = Match{}
	proposed.Blocks[0].Codes, proposed.Blocks[0].Counted, proposed.Blocks[0].For = nil, nil, Period{}
	proposed.Fees = []FeeRule{{Name: "fee", Kind: ServiceFee}}
	slices.Reverse(proposed.Amounts)
	if lost := Loosened(bounded(), proposed); len(lost) > 0 {
		t.Errorf("%+v", lost)
	}
}

// bounds draws sets that take every tender, with bounds of every kind.
func bounds() *rapid.Generator[Set] {
	return rapid.Custom(func(t *rapid.T) Set {
		s := Set{Tenders: []TenderRule{{Name: "all", Accept: AllTenders()}}}
		for range rapid.IntRange(0, 2).Draw(t, "amounts") {
			rule := AmountRule{Minimum: cents(0, 300).Draw(t, "minimum"), FullOnly: rapid.Bool().Draw(t, "full")}
			if rapid.Bool().Draw(t, "some channels") {
				rule.Match.Channels = rapid.SliceOfN(rapid.SampledFrom(Channels()), 1, 3).Draw(t, "channels")
			}
			if rapid.Bool().Draw(t, "bounded") {
				rule.Maximum = cents(1, 900_000).Draw(t, "maximum")
			}
			if rapid.Bool().Draw(t, "no more than due") {
				most := cents(0, 900_000).Draw(t, "over")
				rule.Overpayment = &most
			}
			s.Amounts = append(s.Amounts, rule)
		}
		for range rapid.IntRange(0, 2).Draw(t, "blocks") {
			s.Blocks = append(s.Blocks, BlockRule{
				Returns: rapid.IntRange(1, 3).Draw(t, "returns"), Within: Period{Months: rapid.IntRange(0, 13).Draw(t, "within")},
				Blocks: rapid.SliceOfN(rapid.SampledFrom(AllTenders()), 1, 3).Draw(t, "blocked"), For: Period{Months: rapid.IntRange(0, 13).Draw(t, "for")},
			})
		}
		return s
	})
}

// A payment that the old set refused, and the proposed one takes, is never without
// a loss that is named.
func TestNothingIsLostUnnamed(t *testing.T) {
	asked := questions(t)
	rapid.Check(t, func(t *rapid.T) {
		old, proposed, q := bounds().Draw(t, "old"), bounds().Draw(t, "proposed"), asked.Draw(t, "question")
		if !old.Decide(q).Allowed && proposed.Decide(q).Allowed && len(Loosened(old, proposed)) == 0 {
			t.Fatalf("%v was refused, is allowed, and nothing is named", old.Decide(q).Refusals)
		}
	})
}
