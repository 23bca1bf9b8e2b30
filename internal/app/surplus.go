package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"clearwell/internal/processor"
)

type surplusCommand struct {
	List     listSurpluses   `cmd:"" help:"List what processors took for tries that their payments went on without."`
	Refunded refundedSurplus `cmd:"" help:"Note that such money was given back at the processor."`
}

// listSurpluses lists the surpluses of a town.
type listSurpluses struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"Whose payments they are."`
}

// Run prints the list, the earliest first.
func (c listSurpluses) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		surpluses, err := w.payments.Surpluses(ctx, town.City)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "attempt\tbesides payment\theard of on\ttaken\tgiven back on")
		for _, s := range surpluses {
			given := "not yet"
			if !s.RefundedOn.IsZero() {
				given = s.RefundedOn.String()
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.Attempt(), s.Payment.Confirmation, s.HeardOn, s.Amount, given)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("printing the list: %w", err)
		}
		return nil
	})
}

// refundedSurplus notes what was given back.
type refundedSurplus struct {
	Config    string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City      string `required:"" placeholder:"CITY" help:"Whose payment it is."`
	Reference string `placeholder:"TEXT" help:"The processor's name for the refund, for the audit log."`
	Attempt   string `arg:"" help:"The attempt for which it was taken, as the list and the day name it."`
}

// Run notes it, all of it and once.
func (c refundedSurplus) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		err := w.payments.RefundSurplus(ctx, town.City, processor.Key(c.Attempt), c.Reference, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "What attempt %s took is given back.\n", c.Attempt)
		return err
	})
}
