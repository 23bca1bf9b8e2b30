package app

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"clearwell/internal/audit"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/payment"
)

type disputeCommand struct {
	List listDisputes `cmd:"" help:"List what cardholders have taken back."`
	Won  wonDispute   `cmd:"" help:"Note that a dispute was won: the money is back."`
	Lost lostDispute  `cmd:"" help:"Note that a dispute was lost: the money stays away."`
}

// listDisputes lists the disputes of a town.
type listDisputes struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"Whose payments they are."`
}

// Run prints the list, the newest first.
func (c listDisputes) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		disputes, err := w.payments.Disputes(ctx, town.City)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "confirmation\tpaid on\tdisputed on\tstands\tdecided on\ttaken\tof the bill\tof the fee")
		for _, d := range disputes {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Payment.Confirmation, d.Payment.BusinessOn, d.OpenedOn,
				d.Standing, d.DecidedOn, d.Amount, d.Principal, d.Fee())
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("printing the list: %w", err)
		}
		return nil
	})
}

// decidedFlags say which dispute ended, and what it cost.
type decidedFlags struct {
	Config       string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City         string `required:"" placeholder:"CITY" help:"Whose payment it is."`
	Cost         string `placeholder:"AMOUNT" help:"What the processor kept for its work, as 15.00."`
	Confirmation string `arg:"" help:"The confirmation number of the payment."`
}

// wonDispute notes a dispute that was won.
type wonDispute struct{ decidedFlags }

// Run notes it: the payment stands again from today's business date.
func (c wonDispute) Run(ctx context.Context, p Process) error {
	return c.decide(ctx, p, "won: the payment stands again", (*payment.Service).Win)
}

// lostDispute notes a dispute that was lost.
type lostDispute struct{ decidedFlags }

// Run notes it: what was taken stays owed.
func (c lostDispute) Run(ctx context.Context, p Process) error {
	return c.decide(ctx, p, "lost: what was taken stays owed", (*payment.Service).Lose)
}

// errCost: a processor gives nothing for a dispute.
var errCost = errors.New("a cost is nothing or more")

type decision func(s *payment.Service, ctx context.Context, city id.City, confirmation string, cost money.Amount, by audit.Actor) error

func (c decidedFlags) decide(ctx context.Context, p Process, outcome string, decide decision) error {
	var cost money.Amount
	if c.Cost != "" {
		var err error
		if cost, err = money.Parse(c.Cost); err != nil {
			return fmt.Errorf("reading the cost: %w", err)
		}
	}
	if cost.IsNegative() {
		return fmt.Errorf("reading the cost %s: %w", cost, errCost)
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		if err := decide(w.payments, ctx, town.City, c.Confirmation, cost, operator()); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.Out, "The dispute of %s is %s.\n", c.Confirmation, outcome)
		return err
	})
}
