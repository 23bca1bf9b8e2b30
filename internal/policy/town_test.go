package policy

import (
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

func on(t testing.TB, text string) calendar.Date {
	t.Helper()
	date, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return date
}

func usd(t testing.TB, text string) money.Amount {
	t.Helper()
	amount, err := money.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

// beaumont is the two-step tariff of the town that left Click2Gov: $1.99 to
// $200, then 2.5 %, e-check $1.95, autopay and the counter free.
func beaumont(t testing.TB) Set {
	t.Helper()
	none := usd(t, "500.00")
	return Set{
		Version: "2026-1", EffectiveFrom: on(t, "2026-01-01"), Citation: "Resolution 2025-114",
		Tenders: []TenderRule{
			{Name: "counter-tenders", Match: Match{Channels: []Channel{Counter}}, Accept: Tenders{Card, Cash, PaperCheck, MoneyOrder}},
			{Name: "bank-list", Match: Match{Channels: []Channel{BankFile}}, Accept: Tenders{BankAccount, PaperCheck}},
			{Name: "remote-tenders", Accept: Tenders{Card, BankAccount}},
		},
		Fees: []FeeRule{
			{Name: "autopay-free", Match: Match{Occasion: Recurring}, Kind: Absorbed},
			{Name: "counter-free", Match: Match{Channels: []Channel{Counter, BankFile}}, Kind: Absorbed},
			{Name: "card-fee", Match: Match{Tenders: Tenders{Card}}, Kind: ServiceFee, Tariff: Tiered(
				TariffStep{UpTo: usd(t, "200.00"), Flat: usd(t, "1.99")}, TariffStep{BasisPoints: 250})},
			{Name: "e-check-fee", Match: Match{Tenders: Tenders{BankAccount}}, Kind: Convenience, Tariff: Flat(usd(t, "1.95"))},
		},
		Amounts: []AmountRule{
			{Name: "remote-bounds", Match: Match{Channels: []Channel{Web, Phone, API}}, Minimum: usd(t, "5.00"), Overpayment: &none},
			{Name: "card-maximum", Match: Match{Tenders: Tenders{Card}, Channels: []Channel{Web, Phone}}, Maximum: usd(t, "3000.00")},
		},
		Blocks: []BlockRule{
			{Name: "returned-payments", Citation: "Code of Ordinances 50.10", Returns: 2, Within: Period{Months: 12},
				Counted: Tenders{BankAccount, PaperCheck}, Blocks: Tenders{BankAccount, PaperCheck}, For: Period{Months: 6}},
		},
		CutOffs: []CutOffRule{{Name: "ach-cut-off", Tenders: Tenders{BankAccount}, Hour: 17}},
	}
}

// texas is where the sets of these tests are in force.
func texas() Town {
	return Town{State: "TX", Services: []Billed{{"water", "4900"}, {"fines", "9222"}}}
}

// onTheWeb is a card payment of a bill of $250.00.
func onTheWeb(t testing.TB) Question {
	t.Helper()
	return Question{
		On: on(t, "2026-11-24"), Service: "water", MCC: "4900", Channel: Web, Tender: Card, Brand: Visa, Funding: Credit,
		Amount: usd(t, "250.00"), Owed: Owed{Total: usd(t, "250.00"), Current: usd(t, "190.00"), PastDue: usd(t, "60.00")},
	}
}
