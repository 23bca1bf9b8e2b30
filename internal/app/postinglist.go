package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/clock"
	"clearwell/internal/money"
)

// listPostings lists what the billing system has not heard of or not taken.
type listPostings struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"Whose files they are."`
}

// Run prints what needs somebody, and then every file.
func (c listPostings) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		now := clock.System().Now()
		days, err := w.unsent(ctx, town, now)
		if err != nil {
			return err
		}
		refused, err := w.exchange.Refused(ctx, town.City)
		if err != nil {
			return err
		}
		files, err := w.exchange.Batches(ctx, town.City)
		if err != nil {
			return err
		}
		tellUnsent(p.Out, days)
		tellRefused(p.Out, refused)
		fmt.Fprintf(p.Out, "Posting files: %d, of which %d should have been acknowledged by now.\n", len(files), late(files, now))
		return tellBatches(p.Out, town.Zone, files)
	})
}

func late(files []cis.Batch, now time.Time) int {
	count := 0
	for _, b := range files {
		if b.AcknowledgedAt.IsZero() && !b.AcknowledgeDue.After(now) {
			count++
		}
	}
	return count
}

// unsentDay is a business date that is over and has payments in no file.
type unsentDay struct {
	on    calendar.Date
	count int
	sum   money.Amount
}

// unsent finds the days whose payments nobody has sent, the oldest first: those
// of days without a file, and those that came late for one.
func (w *works) unsent(ctx context.Context, town townOf, now time.Time) ([]unsentDay, error) {
	made, err := w.payments.Unposted(ctx, town.City)
	if err != nil {
		return nil, err
	}
	on, sums := map[string]calendar.Date{}, map[calendar.Date]unsentDay{}
	var confirmations []string
	amounts := map[string]money.Amount{}
	note := func(confirmation string, day calendar.Date, amount money.Amount) {
		on[confirmation], amounts[confirmation] = day, amount
		confirmations = append(confirmations, confirmation)
	}
	for _, m := range made {
		note(m.Confirmation, m.BusinessOn, m.Amount)
	}
	disputes, err := w.payments.Disputes(ctx, town.City)
	if err != nil {
		return nil, err
	}
	for _, d := range disputes {
		for _, day := range []calendar.Date{d.OpenedOn, d.DecidedOn} {
			for _, p := range ofDispute(d, day) {
				if _, known := on[p.Confirmation]; !known {
					note(p.Confirmation, dayOf(d.Confirmation == p.Confirmation, d.OpenedOn, d.DecidedOn), p.Amount)
				}
			}
		}
	}
	missing, err := w.exchange.NotSent(ctx, town.City, confirmations)
	if err != nil {
		return nil, err
	}
	for _, confirmation := range missing {
		day := sums[on[confirmation]]
		day.on, day.count, day.sum = on[confirmation], day.count+1, day.sum.Add(amounts[confirmation])
		sums[day.on] = day
	}
	return over(town, sums, now)
}

func dayOf(opened bool, opening, decision calendar.Date) calendar.Date {
	if opened {
		return opening
	}
	return decision
}

// over keeps the days that are over.
func over(town townOf, sums map[calendar.Date]unsentDay, now time.Time) ([]unsentDay, error) {
	var days []unsentDay
	for _, day := range sums {
		request, err := postingOf(town, day.on, operator())
		if err != nil {
			return nil, err
		}
		if !now.Before(request.Ends) {
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b unsentDay) int { return a.on.Compare(b.on) })
	return days, nil
}

func tellUnsent(out io.Writer, days []unsentDay) {
	for _, day := range days {
		fmt.Fprintf(out, "Not sent: %d payments of %s, %s in all. Export that day.\n", day.count, day.on, day.sum)
	}
	if len(days) == 0 {
		fmt.Fprintln(out, "No payment of a day that is over waits to be sent.")
	}
}

func tellRefused(out io.Writer, refused []cis.Posting) {
	for _, r := range refused {
		fmt.Fprintf(out, "Refused by the billing system: %s, %s for %s. Settle it once it is posted.\n", r.Confirmation, r.Amount, r.Number)
	}
}

func tellBatches(out io.Writer, zone *time.Location, batches []cis.Batch) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "business date\tsequence\tlayout\tpayments\ttotal\tmade\tacknowledge by\tacknowledged")
	for _, b := range batches {
		taken := "not yet"
		if !b.AcknowledgedAt.IsZero() {
			taken = b.AcknowledgedAt.In(zone).Format(minutes) + " by " + b.AcknowledgedBy
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%d\t%s\t%s\t%s\t%s\n", b.On, b.Sequence, b.Layout, b.Lines,
			b.Total, b.CreatedAt.In(zone).Format(minutes), b.AcknowledgeDue.In(zone).Format(minutes), taken)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the list: %w", err)
	}
	return nil
}
