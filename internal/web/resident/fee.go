package resident

import (
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// cardFee is the town's rule for the fee of a card, so that residents read it
// before they choose an amount.
func (d *Door) cardFee(r *web.Request, service policy.Service) view.CardFee {
	town := r.Town.File
	on := calendar.Of(d.Clock.Now(), town.Zone)
	set, err := town.Rules.InForce(on)
	if err != nil {
		return view.CardFee{Unknown: true}
	}
	return cardFee(set, onTheWeb(town, service, on))
}

// onTheWeb asks about one card payment of a whole bill.
func onTheWeb(town *city.File, service policy.Service, on calendar.Date) policy.Question {
	billed, _ := town.Service(service)
	amount := money.Cents(50_00)
	return policy.Question{
		On: on, Service: service, MCC: billed.MCC, Channel: policy.Web, Tender: policy.Card,
		Amount: amount, Owed: policy.Owed{Total: amount, Current: amount},
	}
}

// cardFee looks for one rule that prices every card.
func cardFee(set policy.Set, q policy.Question) view.CardFee {
	var rules []string
	for _, brand := range policy.Brands() {
		for _, funding := range policy.Fundings() {
			q.Brand, q.Funding = brand, funding
			rules = append(rules, set.Decide(q).FeeRule)
		}
	}
	for _, rule := range rules {
		if rule != rules[0] {
			return view.CardFee{Unknown: true}
		}
	}
	for _, rule := range set.Fees {
		if rule.Name == rules[0] && rule.Kind != policy.Absorbed {
			return view.CardFee{Steps: rule.Tariff.Steps}
		}
	}
	return view.CardFee{}
}
