package payment

import (
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/ledger"
	"clearwell/internal/limit"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// recent is an earlier payment on the same utility account, as far as the rules
// look at it.
type recent struct {
	Pending
	acknowledgedAt time.Time
	tries          int
}

// owe puts what the billing system states and what we know together. A payment
// counts until the billing system has taken it and has stated a balance since.
// One that its payer has not finished is told of, and takes nothing off: whoever
// turns back at the bank's question has paid nothing.
func owe(stated billing.Statement, payments []recent) Owed {
	owed := Owed{Statement: stated, Current: stated.Current, PastDue: stated.PastDue, Total: stated.Balance}
	for _, p := range payments {
		if p.State == Away {
			owed.Unfinished = append(owed.Unfinished, p.Pending)
		}
		if !p.counts(stated.AsOf) {
			continue
		}
		owed.Pending = append(owed.Pending, p.Pending)
		owed.Total = owed.Total.Sub(p.Amount)
	}
	if owed.Total.IsNegative() {
		owed.Credit = owed.Total.Neg()
	}
	return owed
}

func (p recent) counts(asOf time.Time) bool {
	if p.State != Asking && p.State != InDoubt && p.State != Approved {
		return false
	}
	return p.acknowledgedAt.IsZero() || p.acknowledgedAt.After(asOf)
}

// pending is the sum of the payments on their way.
func (o Owed) pending() money.Amount {
	var sum money.Amount
	for _, p := range o.Pending {
		sum = sum.Add(p.Amount)
	}
	return sum
}

// earlier lists the payments that one more might repeat by mistake, those that
// the payer may yet finish among them.
func earlier(payments []recent, now time.Time, window time.Duration) []Pending {
	var found []Pending
	for _, p := range payments {
		if now.Sub(p.At) < window && (p.State.Moving() || p.State == Approved) {
			found = append(found, p.Pending)
		}
	}
	return found
}

// declines counts the tries that were refused since the business day began.
func declines(payments []recent, since time.Time) int {
	count := 0
	for _, p := range payments {
		if p.At.Before(since) {
			continue
		}
		count += p.tries
		if p.State != Declined && p.State != Lapsed {
			count-- // its last try was not refused
		}
	}
	return count
}

// declinedCard counts the declines of one card over all utility accounts of a
// town, by its fingerprint. A decline takes the card off its quote, so that each
// try passes by the count.
func declinedCard(town *city.City, card processor.Instrument) limit.Mark {
	rule := limit.Rule{Name: "declines of a card", Most: town.DeclinedCards, Window: limit.Day(town.Zone)}
	return limit.Mark{Rule: rule, Key: card.Fingerprint}
}

// question asks the town's rules about a quote.
func question(town *city.City, q Quote, owed Owed, on calendar.Date) policy.Question {
	service, _ := town.Service(q.Service)
	return policy.Question{
		On: on, Service: q.Service, MCC: service.MCC, Channel: q.Channel, Tender: policy.Card,
		Brand: policy.Brand(q.Card.Brand), Funding: knownFunding(q.Card.Funding),
		Amount: q.Amount, Owed: owed.Statement.Owed(on, owed.pending()), Returns: owed.Returns,
	}
}

func knownFunding(funding processor.Funding) policy.Funding {
	if funding == processor.FundingUnknown {
		return ""
	}
	return policy.Funding(funding)
}

// feeByBrand prices the quote for every card network, and says whether the
// network matters.
func feeByBrand(set policy.Set, q policy.Question) (fees []BrandFee, same bool) {
	same = true
	for _, brand := range policy.Brands() {
		q.Brand = brand
		fees = append(fees, BrandFee{brand, set.Decide(q).Fee})
		same = same && fees[len(fees)-1].Fee == fees[0].Fee
	}
	return fees, same
}

// entries are what an attempt means for the book: the processor owes us what
// the payer pays, the resident owes that much less, and the fee is income.
func entries(p Payment, firstLine int) []ledger.Entry {
	from := ledger.Clearing(p.Processor)
	all := []ledger.Entry{{
		Source: p.Attempt.String(), Line: firstLine, On: p.BusinessOn, Debit: from,
		Credit: ledger.Receivable(string(p.Service)), Amount: p.Amount, Cause: ledger.Payment,
	}}
	if p.Fee.IsPositive() {
		all = append(all, ledger.Entry{
			Source: p.Attempt.String(), Line: firstLine + 1, On: p.BusinessOn, Debit: from,
			Credit: ledger.Fees, Amount: p.Fee, Cause: ledger.Fee,
		})
	}
	return all
}

// Lines of an attempt's entries in the book. An approval that arrives after the
// entries were voided is entered anew.
const (
	lineFirst   = 0
	lineLate    = 10
	lineDispute = 20
)

// eventOf reads the processor's answer. An approval of another sum than was
// asked is doubt: a person must look.
func eventOf(result processor.Result, total money.Amount) Event {
	switch {
	case result.Decision == processor.Approved && result.Amount == total:
		return Approve
	case result.Decision == processor.Declined:
		return Decline
	case result.Decision == processor.Pending:
		return Wait
	}
	return Doubt
}
