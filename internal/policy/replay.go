package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/money"
)

// Payment is a payment that was made, as a question that can be asked again.
type Payment struct {
	ID       string
	Question Question
}

// Report compares two sets over the same payments. Fees count only where both
// sets allow the payment; refusals are listed apart.
type Report struct {
	Old, New string // versions
	All      Tally
	ByAmount []Bucket
	ByTender []Bucket
	// Losers pay more, Winners less, each list led by the largest change.
	Losers, Winners []Change
	// NewlyRefused and NewlyAllowed are the payments whose permission changes.
	NewlyRefused, NewlyAllowed []Change
	StillRefused               int // refused by both; the town must have had other rules then
}

// Tally counts payments and their fees.
type Tally struct {
	Payments int
	More     int // pay more under the new set
	Less     int
	OldFees  money.Amount
	NewFees  money.Amount
}

// Difference is how much more all payers together pay; negative when less.
func (t Tally) Difference() money.Amount { return t.NewFees.Sub(t.OldFees) }

// Bucket is the tally of payments that have something in common.
type Bucket struct {
	Name string
	Tally
}

// Change is what the new set changes for one payment.
type Change struct {
	Payment  Payment
	Old, New Answer
}

// Difference is how much more the payer pays; negative when less.
func (c Change) Difference() money.Amount { return c.New.Fee.Sub(c.Old.Fee) }

// listed is how many of the largest changes a report names.
const listed = 10

// Replay asks both sets about every payment, whenever it was made: the sets are
// compared as if each had been in force throughout.
func Replay(old, proposed Set, payments []Payment) Report {
	r := replay{report: Report{Old: old.Version, New: proposed.Version, ByAmount: amountBuckets()}}
	for _, p := range payments {
		r.add(Change{p, old.Decide(p.Question), proposed.Decide(p.Question)})
	}
	return r.finish()
}

type replay struct{ report Report }

func (r *replay) add(c Change) {
	switch {
	case c.Old.Allowed && !c.New.Allowed:
		r.report.NewlyRefused = append(r.report.NewlyRefused, c)
	case !c.Old.Allowed && c.New.Allowed:
		r.report.NewlyAllowed = append(r.report.NewlyAllowed, c)
	case c.Old.Allowed:
		r.price(c)
	default:
		r.report.StillRefused++
	}
}

func (r *replay) price(c Change) {
	q := c.Payment.Question
	r.report.All.add(c)
	r.report.ByAmount[amountBucket(q.Amount)].add(c)
	r.tenderBucket(fmt.Sprintf("%s, %s", q.Channel, Tenders{q.Tender})).add(c)
	switch difference := c.Difference(); {
	case difference.IsPositive():
		r.report.Losers = append(r.report.Losers, c)
	case difference.IsNegative():
		r.report.Winners = append(r.report.Winners, c)
	}
}

func (t *Tally) add(c Change) {
	t.Payments++
	t.OldFees, t.NewFees = t.OldFees.Add(c.Old.Fee), t.NewFees.Add(c.New.Fee)
	switch difference := c.Difference(); {
	case difference.IsPositive():
		t.More++
	case difference.IsNegative():
		t.Less++
	}
}

func (r *replay) tenderBucket(name string) *Bucket {
	i := slices.IndexFunc(r.report.ByTender, func(b Bucket) bool { return b.Name == name })
	if i < 0 {
		i = len(r.report.ByTender)
		r.report.ByTender = append(r.report.ByTender, Bucket{Name: name})
	}
	return &r.report.ByTender[i]
}

// finish orders what was gathered, so that the same payments in any order give
// the same report.
func (r *replay) finish() Report {
	slices.SortFunc(r.report.ByTender, func(a, b Bucket) int { return cmp.Compare(a.Name, b.Name) })
	r.report.Losers = largest(r.report.Losers)
	r.report.Winners = largest(r.report.Winners)
	byID := func(a, b Change) int { return cmp.Compare(a.Payment.ID, b.Payment.ID) }
	slices.SortFunc(r.report.NewlyRefused, byID)
	slices.SortFunc(r.report.NewlyAllowed, byID)
	return r.report
}

// largest keeps the changes that matter most to their payer.
func largest(changes []Change) []Change {
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(b.Difference().Abs().Compare(a.Difference().Abs()), cmp.Compare(a.Payment.ID, b.Payment.ID))
	})
	return changes[:min(len(changes), listed)]
}

// bounds of the buckets by amount, in dollars; most bills for water lie in the
// first three.
func amountBounds() []int64 { return []int64{50, 100, 200, 500, 1_000} }

func amountBuckets() []Bucket {
	var buckets []Bucket
	for _, bound := range amountBounds() {
		buckets = append(buckets, Bucket{Name: "up to " + strings.TrimSuffix(dollars(money.Cents(bound*100)), ".00")})
	}
	return append(buckets, Bucket{Name: "above"})
}

func amountBucket(amount money.Amount) int {
	for i, bound := range amountBounds() {
		if !money.Cents(bound * 100).Less(amount) {
			return i
		}
	}
	return len(amountBounds())
}
