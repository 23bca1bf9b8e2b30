package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/payment"
)

type postingCommand struct {
	Export      exportPosting      `cmd:"" help:"Write a day's payments for the billing system."`
	Acknowledge acknowledgePosting `cmd:"" help:"Note that the billing system has taken a file."`
	List        listPostings       `cmd:"" help:"List the files that should have been acknowledged by now."`
}

// batchFlags say which posting file is meant.
type batchFlags struct {
	Config string        `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string        `required:"" placeholder:"CITY" help:"Whose payments they are."`
	On     calendar.Date `required:"" placeholder:"DATE" help:"The business date, as 2026-11-23."`
}

// exportPosting writes a posting file.
type exportPosting struct {
	batchFlags
	Out string `required:"" placeholder:"FILE" help:"Where to write it."`
}

// Run writes the file, and prints its control totals.
func (c exportPosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		declared, err := layouts.Find(town.Posting.Layout)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		batch, err := w.exchange.Export(ctx, cis.ExportRequest{
			City: town.City, On: c.On, Layout: declared, Zone: town.Zone,
			AcknowledgeWithin: town.Posting.AcknowledgeWithin, Actor: "operator:cli",
		}, &file)
		if err != nil {
			return err
		}
		if err := writeNew(c.Out, file.Bytes()); err != nil {
			return fmt.Errorf("writing the posting file: %w", err)
		}
		return tellBatches(p.Out, town.Zone, []cis.Batch{batch})
	})
}

// acknowledgePosting notes that a file was taken.
type acknowledgePosting struct {
	batchFlags
	Sequence int `default:"1" help:"1 is the day's file, more are its supplements (${default})."`
}

// Run notes it of each payment in the file, and then of the file: from the next
// balance on, the payments are in it.
func (c acknowledgePosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		paid, err := w.paymentsIn(ctx, town, c.On, c.Sequence)
		if err != nil {
			return err
		}
		err = w.db.Write(ctx, town.City, func(_ context.Context, tx *db.Tx) error {
			payment.AcknowledgeTx(tx, paid)
			return nil
		})
		if err != nil {
			return fmt.Errorf("acknowledging payments: %w", err)
		}
		if err := w.exchange.Acknowledge(ctx, town.City, c.On, c.Sequence, "operator:cli"); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d payments of %s are acknowledged.\n", len(paid), c.On)
		return err
	})
}

// paymentsIn finds the payments of a posting file by what the file says.
func (w *works) paymentsIn(ctx context.Context, town townOf, on calendar.Date, sequence int) ([]payment.ID, error) {
	declared, err := layouts.Find(town.Posting.Layout)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if _, err := w.exchange.Rewrite(ctx, town.City, on, sequence, declared, &file); err != nil {
		return nil, err
	}
	sent, err := confirmations(declared, &file)
	if err != nil {
		return nil, err
	}
	made, err := w.payments.ApprovedOn(ctx, town.City, on)
	if err != nil {
		return nil, err
	}
	var paid []payment.ID
	for _, m := range made {
		if sent[m.Confirmation] {
			paid = append(paid, m.ID)
		}
	}
	return paid, nil
}

// confirmations reads the confirmation numbers of a posting file of ours.
func confirmations(declared *layout.Layout, file io.Reader) (map[string]bool, error) {
	rows, err := layout.Open(declared, file)
	if err != nil {
		return nil, err
	}
	sent := map[string]bool{}
	for rows.Next() {
		if reject := rows.Reject(); reject != nil {
			return nil, fmt.Errorf("reading line %d of a posting file: %s", reject.Line, reject.Reason)
		}
		sent[rows.Record().Posting.Confirmation] = true
	}
	return sent, rows.Err()
}

// listPostings lists what nobody has acknowledged.
type listPostings struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"Whose files they are."`
}

// Run prints the list, the longest overdue first.
func (c listPostings) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		overdue, err := w.exchange.Overdue(ctx, town.City, clock.System().Now())
		if err != nil {
			return err
		}
		if len(overdue) == 0 {
			_, err = fmt.Fprintln(p.Out, "Every file was acknowledged in time, or still may be.")
			return err
		}
		return tellBatches(p.Out, town.Zone, overdue)
	})
}

func tellBatches(out io.Writer, zone *time.Location, batches []cis.Batch) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "business date\tsequence\tlayout\tpayments\ttotal\tacknowledge by")
	for _, b := range batches {
		fmt.Fprintf(table, "%s\t%d\t%s\t%d\t%s\t%s\n", b.On, b.Sequence, b.Layout, b.Lines,
			b.Total, b.AcknowledgeDue.In(zone).Format("2006-01-02 15:04 MST"))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the list: %w", err)
	}
	return nil
}
