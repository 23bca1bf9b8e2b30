package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// How far around a business date a statement is read for what belongs to it: a
// notice of a dispute may be under way for days, and a payer's page is open for
// hours. Only what moved on the day itself is held against the portal.
const (
	heardLate = 4 * 24 * time.Hour
	paidLate  = 24 * time.Hour
)

// merchantAt is a merchant, as a processor knows it.
type merchantAt struct {
	processor string
	merchant  processor.Merchant
}

func accountOf(p payment.Payment) merchantAt { return merchantAt{p.Processor, p.Merchant} }

// dueMove is a movement that the processor should have for what the portal has.
type dueMove struct {
	payment payment.Payment
	kind    processor.SettlementKind
	name    string // the confirmation number
	total   money.Amount
	fee     money.Amount
	since   time.Time
	found   bool
}

func (d *dueMove) key() processor.Key { return processor.Key(d.payment.Attempt.String()) }

// matches reports whether a line of a statement is this movement. What was given
// back of a surplus may have been taken back by the cardholder.
func (d *dueMove) matches(line processor.StatementLine) bool {
	kind := d.kind == line.Kind || d.kind == processor.SettledRefund && line.Kind == processor.SettledDispute
	return !d.found && kind && d.key() == line.Key && d.total.IsNegative() == line.Amount.IsNegative()
}

// dueMoves are the movements of a business date. No processor has what was handed
// over.
func dueMoves(paid []payment.Payment, disputes []payment.Dispute, surpluses []payment.Surplus, on calendar.Date) []*dueMove {
	var due []*dueMove
	for _, p := range paid {
		if p.ByHand() {
			continue
		}
		due = append(due, &dueMove{payment: p, kind: processor.SettledCharge, name: p.Confirmation, total: p.Total(), fee: p.Fee, since: p.StartedAt})
	}
	for _, d := range disputes {
		if d.Payment.ByHand() {
			continue
		}
		for _, line := range ofDispute(d, on) {
			due = append(due, &dueMove{
				payment: d.Payment, kind: processor.SettledDispute, name: line.Confirmation, total: line.Amount.Add(line.Fee), fee: line.Fee,
				since: d.OpenedAt.Add(-heardLate),
			})
		}
	}
	for _, s := range surpluses {
		due = append(due, surplusMoves(s, on)...)
	}
	return due
}

// surplusMoves are what was taken besides, where that was heard of on the day, and
// what of it was given back, where that was noted on it.
func surplusMoves(s payment.Surplus, on calendar.Date) []*dueMove {
	var due []*dueMove
	move := dueMove{payment: s.Earlier, name: string(s.Attempt()), since: s.Earlier.StartedAt}
	if s.HeardOn == on {
		taken := move
		taken.kind, taken.total = processor.SettledCharge, s.Amount
		due = append(due, &taken)
	}
	if s.RefundedOn == on {
		given := move
		given.kind, given.total = processor.SettledRefund, s.Amount.Neg()
		due = append(due, &given)
	}
	return due
}

// processorDay is the processor's own total of a business date, in the making. It
// has no principal and no fee of ours, only what moved: that stands under principal
// and fee as we divide it.
type processorDay struct {
	works         *works
	town          townOf
	on            calendar.Date
	begins, ends  time.Time
	due           []*dueMove
	surpluses     []payment.Surplus // of any day
	byKey         map[processor.Key][]*dueMove
	sum           daySum
	total, wanted money.Amount
}

// dayOfProcessor is what the processor says by itself, where it can: its statement
// finds charges that the portal has declined, waits for, or never had.
func (w *works) dayOfProcessor(ctx context.Context, town townOf, on calendar.Date, due []*dueMove, surpluses []payment.Surplus) (daySum, error) {
	d := processorDay{works: w, town: town, on: on, due: due, surpluses: surpluses, byKey: map[processor.Key][]*dueMove{}, sum: daySum{record: "processor"}}
	var err error
	if d.begins, d.ends, err = boundsOf(town, on); err != nil {
		return d.sum, err
	}
	for _, one := range d.due {
		d.wanted = d.wanted.Add(one.total)
		d.byKey[one.key()] = append(d.byKey[one.key()], one)
	}
	for _, account := range d.merchants() {
		if err := d.ask(ctx, account); err != nil {
			return d.sum, err
		}
	}
	d.sum.principal, d.sum.difference = d.total.Sub(d.sum.fee), d.total.Sub(d.wanted)
	return d.sum, nil
}

// boundsOf is between which instants a business date lies. The first day of a
// town's rules begins as the rules of that day would have it.
func boundsOf(town townOf, on calendar.Date) (begins, ends time.Time, err error) {
	if ends, err = dayEnds(town, on); err != nil {
		return begins, ends, err
	}
	if begins, err = dayEnds(town, on.AddDays(-1)); err != nil {
		return ends.AddDate(0, 0, -1), ends, nil
	}
	return begins, ends, nil
}

// merchants are those that the town has now, and those of the day's payments.
func (d *processorDay) merchants() []merchantAt {
	all := []merchantAt{{d.town.Processor.Name, processor.Merchant(d.town.Processor.Merchant)}}
	for _, one := range d.due {
		if of := accountOf(one.payment); !slices.Contains(all, of) {
			all = append(all, of)
		}
	}
	return all
}

// ask reads what the processor says of a merchant, by itself and then of whatever it
// did not name.
func (d *processorDay) ask(ctx context.Context, account merchantAt) error {
	adapter, found := d.works.companies[account.processor]
	if !found {
		d.sum.wrong("there is no processor %s here to ask about %s", account.processor, account.merchant)
		return nil
	}
	teller, tells := adapter.(processor.Teller)
	if tells {
		lines, err := teller.Statement(ctx, account.merchant, d.since(account), d.ends.Add(paidLate))
		if err != nil {
			d.sum.wrong("the statement of %s cannot be read: %s", account.merchant, err)
			return nil
		}
		if err := d.read(ctx, lines); err != nil {
			return err
		}
	} else {
		d.sum.notes = append(d.sum.notes, fmt.Sprintf("%s gives no statement: confirmed payment by payment only. What it has and we have not is not found", account.processor))
	}
	for _, one := range d.due {
		if !one.found && accountOf(one.payment) == account {
			d.confirm(ctx, adapter, one, tells)
		}
	}
	return nil
}

// since is from when on a merchant's statement can hold what is of the day.
func (d *processorDay) since(account merchantAt) time.Time {
	since := d.begins
	for _, one := range d.due {
		if accountOf(one.payment) == account && one.since.Before(since) {
			since = one.since
		}
	}
	return since
}

// read takes a statement line by line, first those of the day itself.
func (d *processorDay) read(ctx context.Context, lines []processor.StatementLine) error {
	slices.SortStableFunc(lines, func(a, b processor.StatementLine) int {
		return cmp.Or(-compareTrue(d.within(a), d.within(b)), a.At.Compare(b.At))
	})
	for _, line := range lines {
		if err := d.take(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

func (d *processorDay) within(line processor.StatementLine) bool {
	return !line.At.Before(d.begins) && line.At.Before(d.ends)
}

func compareTrue(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// take finds what a line is of. One that is nothing of the portal's counts on the
// day on which it moved.
func (d *processorDay) take(ctx context.Context, line processor.StatementLine) error {
	for _, one := range d.byKey[line.Key] {
		if one.matches(line) {
			d.confirmed(one, line.Amount)
			return nil
		}
	}
	if !d.within(line) {
		return nil
	}
	elsewhere, stands, err := d.elsewhere(ctx, line)
	if err != nil || elsewhere {
		return err
	}
	d.sum.wrong("it has a %s %s of %s; %s", line.Kind, line.Reference, line.Amount, stands)
	d.sum.count++
	d.total = d.total.Add(line.Amount)
	return nil
}

// elsewhere reports whether the portal has a movement on another business date, or
// says how it stands there.
func (d *processorDay) elsewhere(ctx context.Context, line processor.StatementLine) (other bool, stands string, err error) {
	p, err := d.works.payments.OfAttempt(ctx, d.town.City, line.Key)
	if errors.Is(err, payment.ErrNoPayment) {
		return false, "the portal has no such payment", nil
	}
	if err != nil {
		return false, "", err
	}
	if s, found := d.surplus(line.Key); found {
		return d.surplusElsewhere(s, line)
	}
	stands = fmt.Sprintf("the portal has payment %s, which is %s", p.Confirmation, p.State)
	switch line.Kind {
	case processor.SettledCharge:
		counts := p.State == payment.Approved || p.State == payment.Disputed
		return counts && p.BusinessOn != d.on && processor.Key(p.Attempt.String()) == line.Key, stands, nil
	case processor.SettledDispute:
		other, err = d.disputedElsewhere(ctx, p, line)
	}
	return other, stands, err
}

func (d *processorDay) surplus(key processor.Key) (payment.Surplus, bool) {
	for _, s := range d.surpluses {
		if s.Attempt() == key {
			return s, true
		}
	}
	return payment.Surplus{}, false
}

// surplusElsewhere reports whether a surplus was heard of, or its being given back
// noted, on another day than it moved.
func (d *processorDay) surplusElsewhere(s payment.Surplus, line processor.StatementLine) (other bool, stands string, err error) {
	switch {
	case line.Amount == s.Amount && line.Kind == processor.SettledCharge:
		return s.HeardOn != d.on, "it is counted already", nil
	case s.RefundedOn.IsZero():
		return false, "it is of a surplus that nobody noted as given back", nil
	}
	return line.Amount == s.Amount.Neg() && s.RefundedOn != d.on, fmt.Sprintf("it is of a surplus of %s", s.Amount), nil
}

// disputedElsewhere reports whether a dispute was heard of, or its end noted, on
// another day than it moved.
func (d *processorDay) disputedElsewhere(ctx context.Context, p payment.Payment, line processor.StatementLine) (bool, error) {
	all, err := d.works.payments.Disputes(ctx, d.town.City)
	for _, one := range all {
		if one.Payment.ID != p.ID {
			continue
		}
		if line.Amount == one.Amount.Neg() && one.OpenedOn != d.on ||
			line.Amount == one.Amount && one.Standing == payment.DisputeWon && one.DecidedOn != d.on {
			return true, err
		}
	}
	return false, err
}

// confirm looks a movement up that no statement names. Disputes cannot be looked up.
func (d *processorDay) confirm(ctx context.Context, adapter processor.Processor, one *dueMove, tells bool) {
	switch {
	case one.kind == processor.SettledCharge:
		d.lookUp(ctx, adapter, one)
	case tells:
		d.sum.wrong("%s of %s is not on its statement", one.name, one.total)
	default:
		d.wanted = d.wanted.Sub(one.total)
		d.sum.notes = append(d.sum.notes, fmt.Sprintf("%s of %s is not confirmed", one.name, one.total))
	}
}

func (d *processorDay) lookUp(ctx context.Context, adapter processor.Processor, one *dueMove) {
	result, err := adapter.Lookup(ctx, processor.LookupRequest{
		Key: one.key(), Merchant: one.payment.Merchant, Since: one.payment.StartedAt,
	})
	switch {
	case err != nil:
		d.sum.wrong("%s of %s could not be asked for: %s", one.name, one.total, err)
	case result.Decision != processor.Approved:
		d.sum.wrong("%s of %s is %s there", one.name, one.total, result.Decision)
	default:
		d.confirmed(one, result.Amount)
	}
}

// confirmed counts a movement as the processor has it.
func (d *processorDay) confirmed(one *dueMove, amount money.Amount) {
	if amount != one.total {
		d.sum.wrong("%s is %s there, not %s", one.name, amount, one.total)
	}
	one.found = true
	d.sum.count++
	d.total, d.sum.fee = d.total.Add(amount), d.sum.fee.Add(one.fee)
}
