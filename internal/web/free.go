package web

import (
	"clearwell/internal/calendar"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// freeWays says how a bill can be paid today without a fee, as the town's rules
// have it: wherever a fee is shown, what costs nothing must stand beside it.
func (k *Kit) freeWays(s *scene, words *locale.Printer) []string {
	town := s.town.File
	on := calendar.Of(k.cfg.Clock.Now(), town.Zone)
	set, err := town.Rules.InForce(on)
	if err != nil || len(town.Services) == 0 {
		return nil
	}
	q := policy.Question{On: on, Service: town.Services[0].ID, MCC: town.Services[0].MCC, Channel: policy.Counter, Amount: usualBill}
	free := withoutFee(set, q)
	if len(free) == 0 {
		return nil
	}
	return []string{words.T("web.free_at_counter", "Tenders", free.Phrases())}
}

// usualBill is an amount at which the counter's fees are asked for.
var usualBill = money.Cents(100_00)

func withoutFee(set policy.Set, q policy.Question) policy.Tenders {
	var free policy.Tenders
	for _, tender := range set.Taken(q) {
		q.Tender = tender
		if set.Decide(q).Fee.IsZero() {
			free = append(free, tender)
		}
	}
	return free
}
