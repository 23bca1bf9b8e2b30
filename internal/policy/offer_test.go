package policy

import (
	"testing"

	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
)

func TestOffersNameTheLeastAndTheMost(t *testing.T) {
	set := beaumont(t)
	debit := FeeRule{Name: "debit-flat", Match: Match{Tenders: Tenders{Card}, Fundings: []Funding{Debit}}, Kind: Convenience, Tariff: Flat(usd(t, "0.75"))}
	set.Fees = append([]FeeRule{set.Fees[0], set.Fees[1], debit}, set.Fees[2:]...)
	want := []Offer{
		{Card, ServiceFee, usd(t, "0.75"), usd(t, "6.25")},
		{BankAccount, Convenience, usd(t, "1.95"), usd(t, "1.95")},
	}
	if diff := cmp.Diff(want, set.Offers(onTheWeb(t)), exact()); diff != "" {
		t.Error(diff)
	}
}

func TestOffersLeaveOutWhatIsBlocked(t *testing.T) {
	q := onTheWeb(t)
	q.Returns = []Return{{on(t, "2026-10-01"), BankAccount, "R01"}, {on(t, "2026-11-01"), BankAccount, "R01"}}
	want := []Offer{{Card, ServiceFee, usd(t, "6.25"), usd(t, "6.25")}}
	if diff := cmp.Diff(want, beaumont(t).Offers(q), exact()); diff != "" {
		t.Error(diff)
	}
	q.Channel = Counter
	for _, offer := range beaumont(t).Offers(q) {
		if offer.Most != (money.Amount{}) || offer.Kind != Absorbed {
			t.Errorf("at the counter: %+v, want no fee", offer)
		}
	}
}

// A brand that is not taken does not widen what a card may cost.
func TestOffersPriceOnlyBrandsThatAreTaken(t *testing.T) {
	set := beaumont(t)
	set.Tenders = append([]TenderRule{{Name: "no-amex", Match: Match{Brands: []Brand{Amex}}}}, set.Tenders...)
	set.Fees = append([]FeeRule{{Name: "amex", Match: Match{Brands: []Brand{Amex}}, Kind: ServiceFee, Tariff: Flat(usd(t, "90.00"))}}, set.Fees...)
	if card := set.Offers(onTheWeb(t))[0]; card.Most != usd(t, "6.25") {
		t.Errorf("a card costs up to %s, want 6.25", card.Most)
	}
}
