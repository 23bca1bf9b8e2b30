package policy

import "clearwell/internal/money"

// Offer is a tender that the payer may choose and what it costs, so that a page
// can show the free ways beside the others before anyone types a card.
type Offer struct {
	Tender Tender
	Kind   FeeKind
	Least  money.Amount // over all brands and kinds of funding
	Most   money.Amount
}

// Offers lists what may be chosen for a payment such as q; its own tender,
// brand and funding do not matter.
func (s Set) Offers(q Question) []Offer {
	var offers []Offer
	for _, tender := range s.Taken(q) {
		offers = append(offers, s.offer(tender, q))
	}
	return offers
}

// offer prices every kind of card behind the tender that is taken.
func (s Set) offer(tender Tender, q Question) Offer {
	offer, first := Offer{Tender: tender, Kind: Absorbed}, true
	q.Tender = tender
	for _, card := range cards(tender) {
		q.Brand, q.Funding = card.brand, card.funding
		if !s.takes(q) {
			continue
		}
		a := s.Decide(q)
		if first || a.Fee.Less(offer.Least) {
			offer.Least = a.Fee
		}
		if offer.Most.Less(a.Fee) {
			offer.Most, offer.Kind = a.Fee, a.FeeKind
		}
		first = false
	}
	return offer
}
