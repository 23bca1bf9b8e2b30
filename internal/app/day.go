package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
)

// dayCommand ties a business date out.
type dayCommand struct {
	batchFlags
}

// errDayDiffers says that the records of a day do not agree.
var errDayDiffers = errors.New("the day does not tie out")

// Run prints what each record says of the day, and how it differs from what the
// portal has.
func (c dayCommand) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		day, err := w.day(ctx, town, c.On)
		if err != nil {
			return fmt.Errorf("tying out %s: %w", c.On, err)
		}
		if err := day.writeTo(p.Out); err != nil {
			return fmt.Errorf("printing the day: %w", err)
		}
		if !day.agrees() {
			return errDayDiffers
		}
		return nil
	})
}

// daySum is what one record says of a day. Each compares with what the portal has
// of the same kind.
type daySum struct {
	record         string
	count          int // payments or lines; 0 where the record counts none
	principal, fee money.Amount
	difference     money.Amount
	problems       []string
	notes          []string // what this record does not confirm
}

func (s *daySum) wrong(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

type dayReport struct {
	on   calendar.Date
	sums []daySum
}

func (r dayReport) agrees() bool {
	for _, s := range r.sums {
		if !s.difference.IsZero() || len(s.problems) > 0 {
			return false
		}
	}
	return true
}

func (r dayReport) writeTo(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\tcount\tprincipal\tfee\ttotal\tdifference\t\n", r.on)
	for _, s := range r.sums {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t\n", s.record, s.count, s.principal, s.fee, s.principal.Add(s.fee), s.difference)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, s := range r.sums {
		for _, line := range slices.Concat(s.problems, s.notes) {
			if _, err := fmt.Fprintf(out, "%s: %s\n", s.record, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// day asks every record of a business date. First the processor is asked about what
// was not paid: what it says now may be news, of this date or of today.
func (w *works) day(ctx context.Context, town townOf, on calendar.Date) (dayReport, error) {
	asked := w.payments.SettleOn(ctx, town.City, on)
	paid, err := w.payments.ApprovedOn(ctx, town.City, on)
	if err != nil {
		return dayReport{}, err
	}
	disputes, err := w.payments.DisputesOn(ctx, town.City, on)
	if err != nil {
		return dayReport{}, err
	}
	surpluses, err := w.payments.Surpluses(ctx, town.City)
	if err != nil {
		return dayReport{}, err
	}
	made, disputed := dayOfPortal(paid, disputes, on)
	besides := dayOfSurpluses(surpluses, on)
	book, err := w.dayOfBook(ctx, town, on, made, disputed, besides)
	if err != nil {
		return dayReport{}, err
	}
	taken, err := w.dayOfProcessor(ctx, town, on, dueMoves(paid, disputes, surpluses, on), surpluses)
	if err != nil {
		return dayReport{}, err
	}
	if asked != nil {
		taken.wrong("what was not paid: %v", asked)
	}
	files, err := w.dayOfFiles(ctx, town, on, toSend(paid, disputes, on))
	return dayReport{on, []daySum{made, disputed, besides, book, taken, files}}, err
}

// toSend lists what the billing system must be told of a day.
func toSend(paid []payment.Payment, disputes []payment.Dispute, on calendar.Date) []cis.Posting {
	var all []cis.Posting
	for _, p := range paid {
		all = append(all, asPosting(p))
	}
	for _, d := range disputes {
		all = append(all, ofDispute(d, on)...)
	}
	return all
}

// dayOfPortal adds up the payments of a day, and apart from them what was taken
// back or came back.
func dayOfPortal(paid []payment.Payment, disputes []payment.Dispute, on calendar.Date) (made, disputed daySum) {
	made, disputed = daySum{record: "payments"}, daySum{record: "disputes"}
	for _, p := range paid {
		made.count++
		made.principal, made.fee = made.principal.Add(p.Amount), made.fee.Add(p.Fee)
	}
	for _, d := range disputes {
		for _, line := range ofDispute(d, on) {
			disputed.count++
			disputed.principal, disputed.fee = disputed.principal.Add(line.Amount), disputed.fee.Add(line.Fee)
		}
	}
	return made, disputed
}

// dayOfSurpluses adds up what processors took besides and what of it was given back.
// The day on which it was heard of is not done before that.
func dayOfSurpluses(surpluses []payment.Surplus, on calendar.Date) daySum {
	sum := daySum{record: "surpluses"}
	for _, s := range surpluses {
		if s.RefundedOn == on {
			sum.count++
			sum.principal = sum.principal.Sub(s.Amount)
			sum.notes = append(sum.notes, fmt.Sprintf("%s of %s, taken besides %s on %s, was given back", s.Attempt(), s.Amount, s.Payment.Confirmation, s.HeardOn))
		}
		if s.HeardOn != on {
			continue
		}
		sum.count++
		sum.principal = sum.principal.Add(s.Amount)
		if s.RefundedOn.IsZero() {
			sum.wrong("%s was taken besides %s, which is %s, for its attempt %s: give it back at the processor, then note it with clearwell surplus refunded",
				s.Amount, s.Payment.Confirmation, s.Payment.State, s.Attempt())
		} else if s.RefundedOn != on {
			sum.notes = append(sum.notes, fmt.Sprintf("%s of %s, taken besides %s, was given back on %s", s.Attempt(), s.Amount, s.Payment.Confirmation, s.RefundedOn))
		}
	}
	return sum
}

// dayOfBook is what the book has: of the bills, of the fees, of what is owed to
// payers, and the other side of all. It is compared payment by payment too, because two mistakes may add up to
// nothing.
func (w *works) dayOfBook(ctx context.Context, town townOf, on calendar.Date, portal ...daySum) (daySum, error) {
	sum := daySum{record: "book"}
	balances, err := ledger.New(w.db).TrialBalance(ctx, town.City, on, on)
	if err != nil {
		return sum, err
	}
	for _, b := range balances {
		switch {
		case strings.HasPrefix(string(b.Code), "receivable/") || b.Code == ledger.Surpluses:
			sum.principal = sum.principal.Sub(b.Posted)
		case b.Code == ledger.Fees:
			sum.fee = sum.fee.Sub(b.Posted)
		}
		if !b.Pending.IsZero() {
			sum.problems = append(sum.problems, fmt.Sprintf("%s is pending on %s", b.Pending, b.Code))
		}
	}
	var principal, fee money.Amount
	for _, s := range portal {
		principal, fee = principal.Add(s.principal), fee.Add(s.fee)
	}
	sum.difference = sum.principal.Add(sum.fee).Sub(principal).Sub(fee)
	if sum.difference.IsZero() && sum.principal != principal {
		sum.problems = append(sum.problems, fmt.Sprintf("principal and fee are divided otherwise, by %s", sum.principal.Sub(principal)))
	}
	if out := ledger.Out(balances); !out.IsZero() {
		sum.problems = append(sum.problems, fmt.Sprintf("it is out of balance by %s", out))
	}
	_, err = postings{w.payments, ledger.New(w.db)}.ApprovedOn(ctx, town.City, on)
	if err != nil {
		sum.problems = append(sum.problems, err.Error())
	}
	return sum, nil
}

// dayOfFiles is what the billing system was sent, compared line by line: one that
// is missing and one that is wrong may add up to nothing.
func (w *works) dayOfFiles(ctx context.Context, town townOf, on calendar.Date, want []cis.Posting) (daySum, error) {
	sum := daySum{record: "posting files"}
	sent, err := w.exchange.Sent(ctx, town.City, on)
	if err != nil {
		return sum, err
	}
	due := map[string]money.Amount{}
	for _, p := range want {
		due[p.Confirmation] = p.Amount
		sum.difference = sum.difference.Sub(p.Amount)
	}
	for _, line := range sent {
		sum.count++
		sum.principal, sum.difference = sum.principal.Add(line.Amount), sum.difference.Add(line.Amount)
		amount, known := due[line.Confirmation]
		delete(due, line.Confirmation)
		switch {
		case !known:
			sum.wrong("%s of %s was sent, and is nothing of this day", line.Confirmation, line.Amount)
		case amount != line.Amount:
			sum.wrong("%s was sent as %s, and is %s", line.Confirmation, line.Amount, amount)
		}
	}
	if len(sent) == 0 && len(want) > 0 {
		return w.nothingSent(town, on, sum, len(want))
	}
	for _, confirmation := range slices.Sorted(maps.Keys(due)) {
		sum.wrong("%s of %s stands in no file", confirmation, due[confirmation])
	}
	return sum, nil
}

// nothingSent says whether somebody should have sent the lines by now.
func (w *works) nothingSent(town townOf, on calendar.Date, sum daySum, lines int) (daySum, error) {
	ends, err := dayEnds(town, on)
	if err != nil {
		return sum, err
	}
	if w.clock.Now().Before(ends) {
		sum.wrong("the day is not over until %s: %d lines wait for its file", ends.In(town.Zone).Format(minutes), lines)
	} else {
		sum.wrong("nothing was sent; there are %d lines to send", lines)
	}
	return sum, nil
}
