package policy

import (
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

func TestASoundSetHasNoFindings(t *testing.T) {
	if found := Check(beaumont(t), texas(), calendar.Date{}); len(found) > 0 {
		t.Errorf("findings = %v", found)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	card := Match{Tenders: Tenders{Card}}
	for _, c := range []struct {
		name     string
		edit     func(*Set)
		severity Severity
		rules    string
		rule     string
		words    string
	}{
		{"no version", func(s *Set) { s.Version = "" }, Fatal, "", "", "no version"},
		{"no name", func(s *Set) { s.Fees[0].Name = "" }, Fatal, "fees", "", "has no name"},
		{"one name twice", func(s *Set) { s.Amounts[0].Name = "card-fee" }, Fatal, "amounts", "card-fee", "two rules"},
		{"no tenders", func(s *Set) { s.Tenders = nil }, Fatal, "tenders", "", "no tender"},
		{"a tender rule about tenders", func(s *Set) { s.Tenders[0].Match = card }, Fatal, "tenders", "counter-tenders", "Accept"},
		{"cash on the web", func(s *Set) { s.Tenders[2].Accept = Tenders{Cash} }, Warning, "tenders", "remote-tenders", "cash cannot be handed over on web"},
		{"a fee of nothing", func(s *Set) { s.Fees[3].Tariff = Tariff{} }, Fatal, "fees", "e-check-fee", "of nothing"},
		{"an absorbed fee with an amount", func(s *Set) { s.Fees[3].Kind = Absorbed }, Fatal, "fees", "e-check-fee", "absorbed"},
		{"a negative fee", func(s *Set) { s.Fees[3].Tariff = Flat(money.Cents(-1)) }, Fatal, "fees", "e-check-fee", "never negative"},
		{"a fee that falls", func(s *Set) {
			s.Fees[2].Tariff = Tiered(TariffStep{UpTo: money.Cents(100_00), Flat: money.Cents(5_00)}, TariffStep{Flat: money.Cents(1)})
		}, Warning, "fees", "card-fee", "falls just above $100.00"},
		{"bounds crossed", func(s *Set) { s.Amounts[1].Minimum = money.Cents(9999_00) }, Fatal, "amounts", "card-maximum", "below the minimum"},
		{"a negative minimum", func(s *Set) { s.Amounts[1].Minimum = money.Cents(-1) }, Fatal, "amounts", "card-maximum", "never negative"},
		{"no count", func(s *Set) { s.Blocks[0].Returns = 0 }, Fatal, "blocks", "returned-payments", "how many"},
		{"nothing blocked", func(s *Set) { s.Blocks[0].Blocks = nil }, Fatal, "blocks", "returned-payments", "which tenders"},
		{"a negative period", func(s *Set) { s.Blocks[0].For.Months = -1 }, Fatal, "blocks", "returned-payments", "never negative"},
		{"no citation", func(s *Set) { s.Blocks[0].Citation = "" }, Fatal, "blocks", "returned-payments", "citation"},
		{"everything blocked", func(s *Set) { s.Blocks[0].Blocks = AllTenders() }, Warning, "blocks", "returned-payments", "every tender"},
		{"no such time", func(s *Set) { s.CutOffs[0].Hour = 24 }, Fatal, "cut_offs", "ach-cut-off", "time of day"},
		{"a lost fee rule", func(s *Set) { s.Fees = s.Fees[:3] }, Warning, "fees", "", "bank account on phone; bank account on web"},
		{"a hidden fee rule", func(s *Set) { s.Fees = append(s.Fees, FeeRule{Name: "late", Match: card, Kind: Absorbed}) }, Warning, "fees", "late", "prices no payment"},
		{"no free way", func(s *Set) {
			s.Fees[0], s.Fees[1] = FeeRule{Name: "all", Kind: ServiceFee, Tariff: Percent(200)}, FeeRule{Name: "x", Kind: Absorbed}
		},
			Warning, "fees", "", "water cannot be paid anywhere without a fee"},
		{"an amex that pays more", func(s *Set) {
			s.Fees = append([]FeeRule{{Name: "amex", Match: Match{Tenders: Tenders{Card}, Brands: []Brand{Amex}, Occasion: OneTime}, Kind: ServiceFee, Tariff: Percent(350)}}, s.Fees...)
		}, Warning, "fees", "amex", "amex pays more than visa"},
	} {
		set := beaumont(t)
		c.edit(&set)
		found := Check(set, texas(), calendar.Date{})
		if !holds(found, Finding{c.severity, c.rules, c.rule, c.words}) {
			t.Errorf("%s: no %s about %s %s with %q in %v", c.name, c.severity, c.rules, c.rule, c.words, found)
		}
	}
}

// holds looks for a finding whose message has the words.
func holds(found []Finding, want Finding) bool {
	for _, f := range found {
		if f.Severity == want.Severity && f.Rules == want.Rules && f.Rule == want.Rule && strings.Contains(f.Message, want.Message) {
			return true
		}
	}
	return false
}

func TestWhatTheNetworksForbid(t *testing.T) {
	web := Match{Tenders: Tenders{Card}, Channels: []Channel{Web}}
	everywhere := Match{Tenders: Tenders{Card}}
	credit := Match{Tenders: Tenders{Card}, Channels: []Channel{Web}, Fundings: []Funding{Credit}}
	for _, c := range []struct {
		name  string
		fee   FeeRule
		from  string
		end   string // first day of the next set; empty: open
		state string
		mcc   MCC
		words string // empty: nothing to warn of
	}{
		{"flat convenience fee", FeeRule{Match: web, Kind: Convenience, Tariff: Flat(usd(t, "2.50"))}, "2026-01-01", "", "TX", "4900", ""},
		{"percent convenience fee", FeeRule{Match: web, Kind: Convenience, Tariff: Percent(200)}, "2026-01-01", "", "TX", "4900", "same amount whatever is paid"},
		{"tiered convenience fee", FeeRule{Match: web, Kind: Convenience, Tariff: beaumont(t).Fees[2].Tariff}, "2026-01-01", "", "TX", "4900", "same amount"},
		{"percent on all brands but Visa", FeeRule{Match: Match{Tenders: Tenders{Card}, Channels: []Channel{Web}, Brands: []Brand{Discover}}, Kind: Convenience, Tariff: Percent(200)}, "2026-01-01", "", "TX", "4900", ""},
		{"convenience fee on autopay", FeeRule{Match: everywhere, Kind: Convenience, Tariff: Flat(usd(t, "2.50"))}, "2026-01-01", "", "TX", "4900", "recurring"},
		{"convenience fee at the counter", FeeRule{Match: everywhere, Kind: Convenience, Tariff: Flat(usd(t, "2.50"))}, "2026-01-01", "", "TX", "4900", "at the counter"},
		{"service fee of a utility", FeeRule{Match: web, Kind: ServiceFee, Tariff: Percent(250)}, "2025-10-18", "", "TX", "4900", ""},
		{"the same, a day early", FeeRule{Match: web, Kind: ServiceFee, Tariff: Percent(250)}, "2025-10-17", "", "TX", "4900", "18 October 2025"},
		{"the same, for fines", FeeRule{Match: web, Kind: ServiceFee, Tariff: Percent(250)}, "2025-10-17", "", "TX", "9222", ""},
		{"service fee of a shop", FeeRule{Match: web, Kind: ServiceFee, Tariff: Percent(250)}, "2026-01-01", "", "TX", "5999", "open only to"},
		{"surcharge on credit", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(300)}, "2026-01-01", "", "TX", "4900", ""},
		{"surcharge on any card", FeeRule{Match: web, Kind: Surcharge, Tariff: Percent(300)}, "2026-01-01", "", "TX", "4900", "credit cards only"},
		{"surcharge above the cap", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(301)}, "2026-01-01", "", "TX", "4900", "3 %"},
		{"before the cap", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(301)}, "2022-01-01", "2023-04-15", "TX", "4900", ""},
		{"until the cap", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(301)}, "2022-01-01", "2023-04-16", "TX", "4900", "3 %"},
		{"surcharge with a fixed part", FeeRule{Match: credit, Kind: Surcharge, Tariff: FlatAndPercent(usd(t, "0.30"), 200)}, "2026-01-01", "", "TX", "4900", "3 %"},
		{"surcharge in Colorado", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(300)}, "2026-01-01", "", "CO", "4900", "Colorado"},
		{"small surcharge in Nevada", FeeRule{Match: credit, Kind: Surcharge, Tariff: Percent(150)}, "2026-01-01", "", "NV", "4900", ""},
	} {
		set := beaumont(t)
		c.fee.Name = "fee"
		set.EffectiveFrom = on(t, c.from)
		set.Fees = []FeeRule{c.fee, {Name: "free", Kind: Absorbed}}
		var end calendar.Date
		if c.end != "" {
			end = on(t, c.end)
		}
		found := Check(set, Town{State: c.state, Services: []Billed{{"water", c.mcc}}}, end)
		switch {
		case c.words == "" && len(found) > 0:
			t.Errorf("%s: %v, want nothing", c.name, found)
		case c.words != "" && !holds(found, Finding{Forbidden, "fees", "fee", c.words}):
			t.Errorf("%s: %v, want it forbidden with %q", c.name, found, c.words)
		}
		set.Fees[0].Waiver = "letter of the acquirer, 2 March 2026"
		waived := Check(set, Town{State: c.state, Services: []Billed{{"water", c.mcc}}}, end)
		if c.words != "" && (!holds(waived, Finding{Warning, "fees", "fee", "waived by letter"}) || holds(waived, Finding{Forbidden, "fees", "fee", ""})) {
			t.Errorf("%s, with a waiver: %v", c.name, waived)
		}
	}
}
