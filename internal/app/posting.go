package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
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
		var file bytes.Buffer
		request, err := postingOf(town, c.On, operator())
		if err != nil {
			return err
		}
		batch, err := w.exchange.Export(ctx, request, &file)
		if err != nil {
			return err
		}
		if err := writeNew(c.Out, file.Bytes()); err != nil {
			return fmt.Errorf("writing the posting file: %w", err)
		}
		return tellBatches(p.Out, town.Zone, []cis.Batch{batch})
	})
}

// postingOf asks for a day's posting file as the town's settings say. A day is
// over at the cut-off of card payments by the rules of that day.
func postingOf(town townOf, on calendar.Date, by audit.Actor) (cis.ExportRequest, error) {
	declared, err := findLayout(town.Posting.Layout)
	if err != nil {
		return cis.ExportRequest{}, err
	}
	set, err := town.Rules.InForce(on)
	if err != nil {
		return cis.ExportRequest{}, err
	}
	return cis.ExportRequest{
		City: town.City, On: on, Ends: set.CutOff(policy.Card, town.Zone).End(on), Layout: declared, Zone: town.Zone,
		AcknowledgeWithin: town.Posting.AcknowledgeWithin, Actor: by,
	}, nil
}

// acknowledgePosting notes that a file was taken.
type acknowledgePosting struct {
	batchFlags
	Sequence int    `default:"1" help:"1 is the day's file, more are its supplements (${default})."`
	PostedAt string `placeholder:"TIME" help:"When the billing system posted it, by the town's clock, as \"2026-11-24 05:30\" (now)."`
}

// Run notes it of the file and of each payment in it: from the next balance on,
// the payments are in it. An acknowledgement that is there already stays.
func (c acknowledgePosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		posted, err := parseTime(c.PostedAt, town.Zone)
		if err != nil {
			return err
		}
		answer, err := w.acknowledge(ctx, town, cis.Acknowledgement{On: c.On, Sequence: c.Sequence, PostedAt: posted, By: operator()})
		if err != nil {
			return err
		}
		return tellAnswer(p.Out, town.Zone, answer)
	})
}

// acknowledge notes what the billing system answered, of the file and of its
// payments at once: a file without its payments would be one that nobody can
// acknowledge again.
func (w *works) acknowledge(ctx context.Context, town townOf, a cis.Acknowledgement) (cis.Answer, error) {
	var answer cis.Answer
	err := w.db.Write(ctx, town.City, func(ctx context.Context, tx *db.Tx) error {
		var err error
		answer, err = cis.AcknowledgeTx(ctx, tx, a)
		if err == nil {
			payment.PostedTx(tx, answer.Taken, answer.PostedAt)
		}
		return err
	})
	return answer, err
}

func tellAnswer(out io.Writer, zone *time.Location, a cis.Answer) error {
	b := a.Batch
	if a.Before {
		_, err := fmt.Fprintf(out, "Posting file %d of %s was acknowledged on %s by %s. Nothing was changed.\n",
			b.Sequence, b.On, b.AcknowledgedAt.In(zone).Format(minutes), b.AcknowledgedBy)
		return err
	}
	_, err := fmt.Fprintf(out, "%d payments of %s are acknowledged.\n", len(a.Taken), b.On)
	return err
}

// minutes is how instants are shown to staff: with the zone, because an hour
// comes twice at the end of summer time.
const minutes = "2006-01-02 15:04 MST"

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
			b.Total, b.AcknowledgeDue.In(zone).Format(minutes))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the list: %w", err)
	}
	return nil
}
