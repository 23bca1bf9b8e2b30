package web

import (
	"slices"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// freeWays says how a bill can be paid today without a fee, as the town's rules
// have it: wherever a fee is shown, what costs nothing must stand beside it.
func freeWays(town *city.File, words *locale.Printer, now time.Time) []string {
	on := calendar.Of(now, town.Zone)
	set, err := town.Rules.InForce(on)
	if err != nil || len(town.Services) == 0 {
		return nil
	}
	q := policy.Question{On: on, Service: town.Services[0].ID, MCC: town.Services[0].MCC, Channel: policy.Counter}
	var ways []string
	if free := freeTenders(set, q); len(free) > 0 {
		where := strings.Join(town.Contact.Address, ", ")
		ways = append(ways, words.T("web.free_counter", "Where", where, "Tenders", free.Phrases()))
	}
	q.Channel = policy.BankFile
	if len(freeTenders(set, q)) > 0 {
		ways = append(ways, words.T("web.free_bank"))
	}
	return ways
}

// freeTenders lists what a channel takes and asks no fee for, whatever the card.
// A fee that begins at some amount shows on a large bill.
func freeTenders(set policy.Set, q policy.Question) policy.Tenders {
	free := set.Taken(q)
	for _, bill := range []money.Amount{money.Cents(50_00), money.Cents(1000_00)} {
		q.Amount, q.Owed = bill, policy.Owed{Total: bill, Current: bill}
		for _, offer := range set.Offers(q) {
			if !offer.Most.IsZero() {
				free = slices.DeleteFunc(free, func(t policy.Tender) bool { return t == offer.Tender })
			}
		}
	}
	return free
}
