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
	refused        bool // the card of the last of them was
}

// reversal is what was taken back of a payment by a dispute.
type reversal struct {
	payment        ID
	amount         money.Amount // of the bill's part
	acknowledgedAt time.Time
	standing       Standing
	returnedAt     time.Time // when the billing system posted that it was won
}

// owe puts what the billing system states and what we know together. A payment
// counts until the billing system has taken it and has stated a balance since,
// and so does what was taken back of it, the other way. One that its payer has
// not finished is told of, and takes nothing off: whoever turns back at the
// bank's question has paid nothing.
func owe(stated billing.Statement, payments []recent, reversals []reversal) Owed {
	owed := Owed{Statement: stated, Current: stated.Current, PastDue: stated.PastDue, Total: stated.Balance}
	back := map[ID]money.Amount{}
	for _, r := range reversals {
		back[r.payment] = back[r.payment].Add(r.unknown(stated.AsOf))
	}
	for _, p := range payments {
		if p.State == Away {
			owed.Unfinished = append(owed.Unfinished, p.Pending)
		}
		p.Posted = !p.acknowledgedAt.IsZero()
		net := p.unknown(stated.AsOf).Sub(back[p.ID])
		delete(back, p.ID)
		owed.count(p.Pending, net)
	}
	for _, r := range reversals { // of payments too old to be among the recent
		owed.count(Pending{ID: r.payment, State: Approved}, back[r.payment].Neg())
		delete(back, r.payment)
	}
	owed.Total = owed.Total.Sub(owed.pending()).Add(owed.Again)
	if owed.Total.IsNegative() {
		owed.Credit = owed.Total.Neg()
	}
	return owed
}

// count takes a payment's part that the balance does not know.
func (o *Owed) count(p Pending, net money.Amount) {
	switch p.Amount = net; {
	case net.IsPositive():
		o.Pending = append(o.Pending, p)
	case net.IsNegative():
		o.Again = o.Again.Sub(net)
	}
}

// unknown is what of the payment a balance as of an instant does not have in it.
func (p recent) unknown(asOf time.Time) money.Amount {
	made := p.State == Asking || p.State == InDoubt || p.State == Approved || p.State == Disputed
	if !made || posted(p.acknowledgedAt, asOf) {
		return money.Amount{}
	}
	return p.Amount
}

// unknown is what was taken back that a balance as of an instant does not have in
// it; negative when it knows of that, and not that it came back.
func (r reversal) unknown(asOf time.Time) money.Amount {
	var sum money.Amount
	if !posted(r.acknowledgedAt, asOf) {
		sum = sum.Add(r.amount)
	}
	if r.standing == DisputeWon && !posted(r.returnedAt, asOf) {
		sum = sum.Sub(r.amount)
	}
	return sum
}

// posted reports whether the billing system had posted something when a balance
// was true.
func posted(at, asOf time.Time) bool { return !at.IsZero() && !at.After(asOf) }

// pending is the sum of the payments on their way.
func (o Owed) pending() money.Amount {
	var sum money.Amount
	for _, p := range o.Pending {
		sum = sum.Add(p.Amount)
	}
	return sum
}

// known is the statement with what is owed again since, which the billing system
// does not know.
func (o Owed) known() billing.Statement {
	stated := o.Statement
	stated.Balance = stated.Balance.Add(o.Again)
	return stated
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

// declines counts the tries whose card was refused since the business day began.
// Of several tries in one payment all but the last are taken for refused.
func declines(payments []recent, since time.Time) int {
	count := 0
	for _, p := range payments {
		if p.At.Before(since) {
			continue
		}
		count += p.tries
		if !p.refused {
			count--
		}
	}
	return count
}

// declinedCard counts the declines of one card over all utility accounts of a
// town, by its fingerprint. A decline takes the card off its quote, so that each
// try passes by the count.
func declinedCard(town *city.City, card processor.Instrument, most int) limit.Mark {
	rule := limit.Rule{Name: "declines of a card", Most: most, Window: limit.Day(town.Zone)}
	return limit.Mark{Rule: rule, Key: card.Fingerprint}
}

// CardTesting is when so many of a town's cards are declined that somebody must
// be testing stolen ones. On a bad day one card in five is declined; among stolen
// ones it is nine in ten.
func CardTesting() limit.Share {
	return limit.Share{Least: 20, Hundredths: 50, Length: 10 * time.Minute}
}

// slowed is how many declines one utility account, or one card, may have while
// somebody tests cards. Whoever pays a bill meets it only after a decline.
const slowed = 1

// refused reports whether a decline says something about a card. That the
// processor could not be asked does not, nor that its token was used up, nor that
// the payer left its page before giving a card.
func refused(family processor.DeclineFamily, last4 string) bool {
	return family != processor.TryLater && (family != processor.Abandoned || last4 != "")
}

// question asks the town's rules about a quote.
func question(town *city.City, q Quote, owed Owed, on calendar.Date) policy.Question {
	service, _ := town.Service(q.Service)
	return policy.Question{
		On: on, Service: q.Service, MCC: service.MCC, Channel: q.Channel, Tender: policy.Card,
		Brand: policy.Brand(q.Card.Brand), Funding: knownFunding(q.Card.Funding),
		Amount: q.Amount, Owed: owed.known().Owed(on, owed.pending()), Returns: owed.Returns,
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

// entries are what an attempt means for the book: the processor owes us, or we
// hold, what the payer pays, the resident owes that much less, and the fee is income.
func entries(p Payment, firstLine int) []ledger.Entry {
	from := p.holder()
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
// entries were voided is entered anew; one of an attempt that was followed by
// another is no payment.
const (
	lineFirst   = 0
	lineLate    = 10
	lineSurplus = 15
	// lineSurplusRefund is that of what was given back of it.
	lineSurplusRefund = 16
)

// eventOf reads the processor's answer. An approval of another sum than was
// asked is doubt: a person must look. So is a charge in progress: until it is
// decided nobody may say that nothing is paid.
func eventOf(result processor.Result, total money.Amount) Event {
	switch {
	case result.Decision == processor.Approved && result.Amount == total:
		return Approve
	case result.Decision == processor.Declined:
		return Decline
	case result.Decision == processor.Pending && result.AwaitsPayer:
		return Wait
	}
	return Doubt
}
