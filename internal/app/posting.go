package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/db"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

type postingCommand struct {
	Export      exportPosting      `cmd:"" help:"Write a day's payments for the billing system."`
	Acknowledge acknowledgePosting `cmd:"" help:"Note that the billing system has taken a file."`
	Settle      settlePosting      `cmd:"" help:"Note that the billing system took payments that it had refused."`
	Spared      sparedPosting      `cmd:"" help:"Write which utility accounts get no late fee and no shut-off, and on which days."`
	List        listPostings       `cmd:"" help:"List what was not sent, not acknowledged or refused, and every file."`
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
	Sequence int    `placeholder:"N" help:"Write that file of the day again: 1 is the day's, more are its supplements (the newest, or what is new)."`
	Out      string `required:"" placeholder:"FILE" help:"Where to write it."`
}

// Run writes the file, and prints its control totals. The place is taken before a
// file is made: one that could not be written would count as sent.
func (c exportPosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) (err error) {
		out, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("writing the posting file: %w", err)
		}
		defer func() {
			if err = errors.Join(err, out.Close()); err != nil {
				err = errors.Join(err, os.Remove(c.Out))
			}
		}()
		batch, err := w.writePosting(ctx, town, c.On, c.Sequence, out)
		if err != nil {
			return err
		}
		if err := w.exchange.Deliver(ctx, town.City, batch.On, batch.Sequence); err != nil {
			return err
		}
		return tellBatches(p.Out, town.Zone, []cis.Batch{batch})
	})
}

// writePosting makes a day's posting file, or with a sequence writes that one
// again.
func (w *works) writePosting(ctx context.Context, town townOf, on calendar.Date, sequence int, out io.Writer) (cis.Batch, error) {
	request, err := postingOf(town, on, operator())
	if err != nil {
		return cis.Batch{}, err
	}
	if sequence > 0 {
		return w.exchange.Rewrite(ctx, town.City, on, sequence, request.Layout, out)
	}
	return w.exchange.Export(ctx, request, out)
}

// postingOf asks for a day's posting file as the town's settings say. A day is
// over at the cut-off of card payments by the rules of that day.
func postingOf(town townOf, on calendar.Date, by audit.Actor) (cis.ExportRequest, error) {
	declared, err := findLayout(town.Posting.Layout)
	if err != nil {
		return cis.ExportRequest{}, err
	}
	ends, err := dayEnds(town, on)
	if err != nil {
		return cis.ExportRequest{}, err
	}
	return cis.ExportRequest{
		City: town.City, On: on, Ends: ends, Layout: declared, Zone: town.Zone,
		AcknowledgeWithin: town.Posting.AcknowledgeWithin, Actor: by,
	}, nil
}

// dayEnds is when a business date is over.
func dayEnds(town townOf, on calendar.Date) (time.Time, error) {
	set, err := town.Rules.InForce(on)
	if err != nil {
		return time.Time{}, err
	}
	return set.CutOff(policy.Card, town.Zone).End(on), nil
}

// acknowledgePosting notes that a file was taken.
type acknowledgePosting struct {
	batchFlags
	Sequence int      `default:"1" help:"1 is the day's file, more are its supplements (${default})."`
	Except   []string `placeholder:"CONFIRMATION" help:"Payments of the file that it did not take."`
	PostedAt string   `placeholder:"TIME" help:"When the billing system posted it, by the town's clock, as \"2026-11-24 05:30\" (now)."`
}

// Run notes it of the file and of each payment in it: from the next balance on,
// the payments are in it. An acknowledgement that is there already stays.
func (c acknowledgePosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		posted, err := parseTime(c.PostedAt, town.Zone)
		if err != nil {
			return err
		}
		answer, err := w.acknowledge(ctx, town, cis.Acknowledgement{On: c.On, Sequence: c.Sequence, PostedAt: posted, Except: c.Except, By: operator()})
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
	if len(a.Refused) > 0 {
		_, err = fmt.Fprintf(out, "%d were refused, and wait until they are settled: %s\n", len(a.Refused), strings.Join(a.Refused, ", "))
	}
	return err
}

// settlePosting notes that refused payments were taken after all.
type settlePosting struct {
	Config        string   `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City          string   `required:"" placeholder:"CITY" help:"Whose payments they are."`
	PostedAt      string   `required:"" placeholder:"TIME" help:"When the billing system posted them, by the town's clock, as \"2026-11-24 05:30\"."`
	Confirmations []string `arg:"" help:"Their confirmation numbers."`
}

// Run notes it, of the lines and of the payments at once.
func (c settlePosting) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		posted, err := parseTime(c.PostedAt, town.Zone)
		if err != nil {
			return err
		}
		err = w.db.Write(ctx, town.City, func(_ context.Context, tx *db.Tx) error {
			payment.PostedTx(tx, c.Confirmations, posted)
			return cis.SettleTx(tx, c.Confirmations, posted, operator())
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d payments are settled.\n", len(c.Confirmations))
		return err
	})
}

// minutes is how instants are shown to staff: with the zone, because an hour
// comes twice at the end of summer time.
const minutes = "2006-01-02 15:04 MST"
