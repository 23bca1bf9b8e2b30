package policy

import (
	"errors"
	"strings"
	"testing"

	"clearwell/internal/fault"
	"clearwell/internal/locale"
	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFirstMatchingFeeRuleWins(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Question)
		rule string
		fee  string
	}{
		{"card above the step", func(q *Question) {}, "card-fee", "6.25"},
		{"card at the step", func(q *Question) { q.Amount = usd(t, "200.00") }, "card-fee", "1.99"},
		{"a cent above the step", func(q *Question) { q.Amount = usd(t, "200.01") }, "card-fee", "5.00"},
		{"e-check", func(q *Question) { q.Tender, q.Brand, q.Funding = BankAccount, "", "" }, "e-check-fee", "1.95"},
		{"autopay", func(q *Question) { q.Channel, q.Recurring = Autopay, true }, "autopay-free", "0.00"},
		{"counter", func(q *Question) { q.Channel = Counter }, "counter-free", "0.00"},
		{"unknown brand and funding", func(q *Question) { q.Brand, q.Funding = "", "" }, "card-fee", "6.25"},
	} {
		q := onTheWeb(t)
		c.edit(&q)
		a := beaumont(t).Decide(q)
		if !a.Allowed || a.FeeRule != c.rule || a.Fee != usd(t, c.fee) || a.Total != q.Amount.Add(a.Fee) {
			t.Errorf("%s: %+v, want %s by %s", c.name, a, c.fee, c.rule)
		}
	}
}

func TestEachConditionOfARuleBinds(t *testing.T) {
	for name, m := range map[string]Match{
		"service": {Services: []Service{"sewer"}}, "merchant category code": {MCCs: []MCC{"9399"}}, "channel": {Channels: []Channel{Phone}},
		"tender": {Tenders: Tenders{Cash}}, "brand": {Brands: []Brand{Amex}}, "funding": {Fundings: []Funding{Debit}},
		"occasion": {Occasion: Recurring},
	} {
		if failing, ok := m.covers(onTheWeb(t)); ok || failing != name {
			t.Errorf("a rule for another %s: covers = %q, %v", name, failing, ok)
		}
	}
	all := Match{[]Service{"water"}, []MCC{"4900"}, []Channel{Web}, Tenders{Card}, []Brand{Visa}, []Funding{Credit}, OneTime}
	if failing, ok := all.covers(onTheWeb(t)); !ok {
		t.Errorf("a rule for exactly this payment does not cover it: another %s", failing)
	}
}

func TestSurchargeSparesCardsOfUnknownFunding(t *testing.T) {
	set := beaumont(t)
	set.Fees = []FeeRule{{Name: "credit", Match: Match{Tenders: Tenders{Card}, Fundings: []Funding{Credit}}, Kind: Surcharge, Tariff: Percent(200)}}
	q := onTheWeb(t)
	q.Funding = ""
	if a := set.Decide(q); !a.Fee.IsZero() || a.FeeKind != Absorbed {
		t.Errorf("fee of a card of unknown funding = %s %s", a.FeeKind, a.Fee)
	}
}

func TestAmounts(t *testing.T) {
	full := Match{Channels: []Channel{Phone}}
	forbidden := money.Amount{}
	set := beaumont(t)
	set.Amounts = append(set.Amounts,
		AmountRule{Name: "phone-full", Match: full, FullOnly: true},
		AmountRule{Name: "api-exact", Match: Match{Channels: []Channel{API}}, Overpayment: &forbidden})
	for _, c := range []struct {
		name, amount, due string
		channel           Channel
		want              error
		rule              string
	}{
		{"minimum", "4.99", "250.00", Web, ErrAmountTooLow, "remote-bounds"},
		{"at the minimum", "5.00", "250.00", Web, nil, ""},
		{"all of a small bill", "0.80", "0.80", Web, nil, ""},
		{"part of a small bill", "0.79", "0.80", Web, ErrAmountTooLow, "remote-bounds"},
		{"maximum", "3000.01", "9000.00", Web, ErrAmountTooHigh, "card-maximum"},
		{"at the maximum", "3000.00", "9000.00", Web, nil, ""},
		{"staff may take more", "3000.01", "9000.00", Counter, nil, ""},
		{"overpaid as far as may be", "750.00", "250.00", Web, nil, ""},
		{"overpaid too far", "750.01", "250.00", Web, ErrOverpayment, "remote-bounds"},
		{"paying ahead", "20.00", "0.00", Web, nil, ""},
		{"part where only full is taken", "249.99", "250.00", Phone, ErrFullAmountRequired, "phone-full"},
		{"full where only full is taken", "250.00", "250.00", Phone, nil, ""},
		{"nothing due, no paying ahead", "5.00", "0.00", API, ErrNothingDue, "api-exact"},
		{"nothing", "0.00", "250.00", Web, ErrAmountNotPositive, "default"},
		{"less than nothing", "-1.00", "250.00", Web, ErrAmountNotPositive, "default"},
	} {
		q := onTheWeb(t)
		q.Channel, q.Amount, q.Owed = c.channel, usd(t, c.amount), Owed{Total: usd(t, c.due)}
		a := set.Decide(q)
		if !errors.Is(a.Err(), c.want) || a.Allowed != (c.want == nil) || c.want != nil && a.Refusals[0].Rule != c.rule {
			t.Errorf("%s: %+v, want %v by %s", c.name, a.Refusals, c.want, c.rule)
		}
	}
}

func TestAmountsBeyondCountingAreRefused(t *testing.T) {
	q := onTheWeb(t)
	q.Channel, q.Recurring = Autopay, false
	for _, amount := range []money.Amount{money.Cents(money.MaxCents), money.Cents(money.MaxCents).Add(money.Cents(1))} {
		q.Amount = amount
		if a := beaumont(t).Decide(q); a.Allowed {
			t.Errorf("a payment of %s is allowed", amount)
		}
	}
}

func TestPendingPaymentsLowerWhatIsDue(t *testing.T) {
	q := onTheWeb(t)
	q.Owed.Pending = usd(t, "240.00")
	q.Amount = usd(t, "10.00")
	a := beaumont(t).Decide(q)
	if want := []string{NoticePending}; !cmp.Equal(want, ids(a.Notices)) || !a.Allowed {
		t.Errorf("answer = %v, notices %v, want %v", a.Refusals, ids(a.Notices), want)
	}
	q.Owed.Pending = usd(t, "300.00")
	if due := q.Owed.Due(); !due.IsZero() {
		t.Errorf("due with more pending than owed = %s", due)
	}
}

func TestNoticesDoNotStopAPayment(t *testing.T) {
	for _, c := range []struct {
		name   string
		amount string
		owed   Owed
		want   []string
	}{
		{"in full", "250.00", Owed{Total: usd(t, "250.00"), PastDue: usd(t, "60.00")}, nil},
		{"past due only", "60.00", Owed{Total: usd(t, "250.00"), PastDue: usd(t, "60.00")}, nil},
		{"part of past due", "59.99", Owed{Total: usd(t, "250.00"), PastDue: usd(t, "60.00")}, []string{NoticePastDueStands}},
		{"nothing due", "20.00", Owed{}, []string{NoticeNothingDue}},
		{"credit", "20.00", Owed{Credit: usd(t, "12.00")}, []string{NoticeCredit, NoticeNothingDue}},
		{"more than due", "251.00", Owed{Total: usd(t, "250.00")}, []string{NoticeOverpayment}},
	} {
		q := onTheWeb(t)
		q.Amount, q.Owed = usd(t, c.amount), c.owed
		a := beaumont(t).Decide(q)
		if !a.Allowed || !cmp.Equal(c.want, ids(a.Notices)) {
			t.Errorf("%s: allowed %v, notices %v, want %v", c.name, a.Allowed, ids(a.Notices), c.want)
		}
	}
}

func ids(notices []Notice) []string {
	var all []string
	for _, n := range notices {
		all = append(all, n.ID)
	}
	return all
}

func TestTenders(t *testing.T) {
	set := beaumont(t)
	set.Tenders = append([]TenderRule{{Name: "no-amex", Match: Match{Brands: []Brand{Amex}}}}, set.Tenders...)
	for _, c := range []struct {
		name string
		edit func(*Question)
		want error
		rule string
	}{
		{"card on the web", func(q *Question) {}, nil, ""},
		{"cash on the web", func(q *Question) { q.Tender = Cash }, ErrTenderNotTaken, "remote-tenders"},
		{"cash at the counter", func(q *Question) { q.Tender, q.Channel = Cash, Counter }, nil, ""},
		{"a brand that is not taken", func(q *Question) { q.Brand = Amex }, ErrCardNotTaken, "no-amex"},
	} {
		q := onTheWeb(t)
		c.edit(&q)
		a := set.Decide(q)
		if !errors.Is(a.Err(), c.want) || (a.Err() == nil) != (c.want == nil) || c.want != nil && a.Refusals[0].Rule != c.rule {
			t.Errorf("%s: %+v, want %v", c.name, a.Refusals, c.want)
		}
	}
	set.Tenders = set.Tenders[1:2] // only the counter
	if a := set.Decide(onTheWeb(t)); !errors.Is(a.Err(), ErrChannelClosed) {
		t.Errorf("a channel without a rule: %v", a.Err())
	}
}

func TestEveryRefusalIsReported(t *testing.T) {
	q := onTheWeb(t)
	q.Tender, q.Amount = Cash, usd(t, "1.00")
	a := beaumont(t).Decide(q)
	if len(a.Refusals) != 2 || a.Refusals[0].Rule != "remote-tenders" || a.Refusals[1].Rule != "remote-bounds" {
		t.Errorf("refusals = %+v", a.Refusals)
	}
}

func TestRulebookPicksTheSetOfTheDay(t *testing.T) {
	old, current := Set{Version: "2025-1", EffectiveFrom: on(t, "2025-03-01")}, beaumont(t)
	book := Rulebook{old, current}
	for day, want := range map[string]string{"2025-03-01": "2025-1", "2025-12-31": "2025-1", "2026-01-01": "2026-1", "2030-01-01": "2026-1"} {
		if set, err := book.InForce(on(t, day)); err != nil || set.Version != want {
			t.Errorf("InForce(%s) = %s, %v; want %s", day, set.Version, err, want)
		}
	}
	if _, err := book.InForce(on(t, "2025-02-28")); !errors.Is(err, ErrNoRules) {
		t.Errorf("before the first set: %v", err)
	}
	if set, ok := book.Version("2025-1"); !ok || set.Version != "2025-1" {
		t.Errorf("Version = %v, %v", set.Version, ok)
	}
	if _, ok := book.Version("1999-1"); ok {
		t.Error("an unknown version is found")
	}
}

func TestCutOffs(t *testing.T) {
	set := beaumont(t)
	if c := set.CutOff(BankAccount, nil); c.Hour != 17 {
		t.Errorf("cut-off of bank accounts = %s", c)
	}
	if c := set.CutOff(Card, nil); c.Hour != 0 || c.Minute != 0 {
		t.Errorf("cut-off without a rule = %s, want midnight", c)
	}
}

// Every refusal that can happen has a sentence in every language, with nothing
// left blank; so has every notice, tender and kind of fee.
func TestEverythingIsSaidInEveryLanguage(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, lang := range locale.Languages {
		p := catalogue.Printer(lang)
		for _, a := range troubles(t) {
			for _, r := range a.Refusals {
				met[r.Err.Code] = true
				said(t, p, "fault."+r.Err.Code, r.Err.Params)
				if !strings.Contains(r.Staff, r.Rule) {
					t.Errorf("staff are told %q, without the rule %s", r.Staff, r.Rule)
				}
			}
			for _, n := range a.Notices {
				met[n.ID] = true
				said(t, p, n.ID, n.Params)
			}
		}
		said(t, p, "fault."+ErrNoRules.Code, map[string]any{"On": on(t, "2026-11-24")})
		for _, tender := range AllTenders() {
			said(t, p, string(tender.Phrase()), nil)
		}
		for _, brand := range Brands() {
			said(t, p, string(brand.Phrase()), nil)
		}
		for _, funding := range Fundings() {
			said(t, p, string(funding.Phrase()), nil)
		}
		for _, kind := range FeeKinds() {
			said(t, p, kind.MessageID(), nil)
		}
	}
	met[ErrNoRules.Code] = true
	for _, refusal := range Refusals() {
		if !met[refusal.Code] {
			t.Errorf("no question here meets refusal %s", refusal.Code)
		}
	}
	for _, notice := range Notices() {
		if !met[notice] {
			t.Errorf("no question here meets notice %s", notice)
		}
	}
}

func said(t *testing.T, p *locale.Printer, id string, params map[string]any) {
	t.Helper()
	var pairs []any
	for name, value := range params {
		pairs = append(pairs, name, value)
	}
	if text := p.T(id, pairs...); text == id || strings.Contains(text, "<no value>") || strings.Contains(text, "  ") {
		t.Errorf("%s in %s with %v reads %q", id, p.Lang(), params, text)
	}
}

// troubles are answers that between them hold every refusal and every notice.
func troubles(t *testing.T) []Answer {
	t.Helper()
	set := beaumont(t)
	zero := money.Amount{}
	forGood, cashOnly := set.Blocks[0], set.Blocks[0]
	forGood.Name, forGood.For = "for-good", Period{}
	cashOnly.Name, cashOnly.Blocks = "cash-only", Tenders{Card, BankAccount}
	returned := []Return{{on(t, "2026-10-01"), BankAccount, "R01"}, {on(t, "2026-11-01"), BankAccount, "R01"}}
	var all []Answer
	ask := func(rules func(*Set), edit func(*Question)) {
		s, q := set, onTheWeb(t)
		rules(&s)
		edit(&q)
		all = append(all, s.Decide(q))
	}
	as := func(*Set) {}
	ask(as, func(q *Question) { q.Amount = zero })
	ask(as, func(q *Question) { q.Amount = usd(t, "1.00") })
	ask(as, func(q *Question) {
		q.Amount = usd(t, "5000.00")
		q.Owed.Pending, q.Owed.Credit = usd(t, "1.00"), usd(t, "1.00")
	})
	ask(as, func(q *Question) { q.Tender = Cash })
	ask(as, func(q *Question) { q.Owed = Owed{} })
	ask(func(s *Set) { s.Tenders = except(Match{Brands: []Brand{Amex}}) }, func(q *Question) { q.Brand = Amex })
	ask(func(s *Set) { s.Tenders = nil }, func(*Question) {})
	ask(as, func(q *Question) { q.Tender, q.Returns = BankAccount, returned })
	ask(func(s *Set) { s.Blocks = []BlockRule{forGood} }, func(q *Question) { q.Tender, q.Returns = BankAccount, returned })
	ask(func(s *Set) { s.Blocks = []BlockRule{cashOnly} }, func(q *Question) { q.Returns = returned })
	ask(func(s *Set) { s.Amounts = []AmountRule{{Name: "full", FullOnly: true}} }, func(q *Question) { q.Amount = usd(t, "1.00") })
	ask(func(s *Set) { s.Amounts = []AmountRule{{Name: "exact", Overpayment: &zero}} }, func(q *Question) { q.Owed = Owed{} })
	return all
}

// except takes everything everywhere, but for some cards: so a rule for all
// channels is written.
func except(refused Match) []TenderRule {
	return []TenderRule{{Name: "but", Match: refused}, {Name: "all", Accept: AllTenders()}}
}

// A refused card is named with what is taken in its place, and nothing that is
// refused too, or that nobody can hand over on a page.
func TestResidentsReadWhichCardsAreTaken(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	amex, cards := Match{Brands: []Brand{Amex}}, Match{Brands: Brands()}
	for _, c := range []struct {
		name             string
		refused          Match
		edit             func(*Question)
		english, spanish string
	}{
		{"a brand", amex, func(q *Question) { q.Brand = Amex },
			"Here you cannot pay with American Express. You can pay with Visa, Mastercard, Discover and bank account.",
			"Aquí no se acepta American Express. Puede pagar con Visa, Mastercard, Discover y cuenta bancaria."},
		{"a brand at the counter", amex, func(q *Question) { q.Brand, q.Channel = Amex, Counter },
			"Here you cannot pay with American Express. You can pay with Visa, Mastercard, Discover, bank account, cash, check and money order.",
			"Aquí no se acepta American Express. Puede pagar con Visa, Mastercard, Discover, cuenta bancaria, efectivo, cheque y giro postal (money order)."},
		{"a funding", Match{Fundings: []Funding{Prepaid}}, func(q *Question) { q.Funding = Prepaid },
			"Here you cannot pay with a prepaid card. You can pay with a credit card, a debit card and bank account.",
			"Aquí no se acepta tarjeta prepagada. Puede pagar con tarjeta de crédito, tarjeta de débito y cuenta bancaria."},
		{"every card", cards, func(*Question) {}, "Here you can pay with bank account, not with card.", "Aquí puede pagar con cuenta bancaria, no con tarjeta."},
	} {
		q, set := onTheWeb(t), beaumont(t)
		set.Tenders = except(c.refused)
		c.edit(&q)
		a := set.Decide(q)
		for lang, want := range map[locale.Lang]string{locale.English: c.english, locale.Spanish: c.spanish} {
			if got := catalogue.Printer(lang).Fault(a.Err()); got != want {
				t.Errorf("%s:\n got %q\nwant %q", c.name, got, want)
			}
		}
	}
}

func TestResidentsReadUntilWhenAndWhy(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	q := onTheWeb(t)
	q.Tender = BankAccount
	q.Returns = []Return{{on(t, "2026-08-03"), PaperCheck, ""}, {on(t, "2026-09-03"), BankAccount, "R01"}}
	a := beaumont(t).Decide(q)
	for lang, want := range map[locale.Lang]string{
		locale.English: "Until March 3, 2027, this utility account cannot be paid with bank account and check, " +
			"because 2 payments were returned (Code of Ordinances 50.10).",
		locale.Spanish: "Hasta el 3 de marzo de 2027 esta cuenta de servicios no se puede pagar con cuenta bancaria y cheque, " +
			"porque 2 pagos fueron devueltos (Code of Ordinances 50.10).",
	} {
		if got := catalogue.Printer(lang).Fault(a.Err()); got != want {
			t.Errorf("%s:\n got %q\nwant %q", lang, got, want)
		}
	}
	if want := []string{NoticeLeftHere}; !cmp.Equal(want, ids(a.Notices)) {
		t.Errorf("notices = %v, want %v", ids(a.Notices), want)
	}
}

func TestExplainingDoesNotChangeTheAnswer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		set, q := beaumont(t), questions(t).Draw(rt, "question")
		explained := set.Explain(q)
		if len(explained.Explanation) == 0 {
			rt.Fatal("no explanation")
		}
		explained.Explanation = nil
		if diff := cmp.Diff(set.Decide(q), explained, exact()); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestAnswersHangTogether(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		q := questions(t).Draw(rt, "question")
		a := beaumont(t).Decide(q)
		switch {
		case a.Fee.IsNegative():
			rt.Fatalf("negative fee %s", a.Fee)
		case a.Allowed != (len(a.Refusals) == 0) || a.Allowed != (a.Err() == nil):
			rt.Fatalf("allowed %v with %d refusals", a.Allowed, len(a.Refusals))
		case a.Total != q.Amount.Add(a.Fee):
			rt.Fatalf("total %s is not %s and %s", a.Total, q.Amount, a.Fee)
		case a.FeeKind == Absorbed && !a.Fee.IsZero():
			rt.Fatalf("absorbed, and %s", a.Fee)
		}
		for _, r := range a.Refusals {
			if fault.KindOf(r.Err) == fault.Internal || r.Rule == "" {
				rt.Fatalf("a refusal without kind or rule: %+v", r)
			}
		}
	})
}
