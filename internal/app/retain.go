package app

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"clearwell/internal/calendar"
	"clearwell/internal/retain"
)

type retainCommand struct {
	List listRetained `cmd:"" help:"List how long what is kept, by which law, and what a legal hold keeps."`
	Run  runRetained  `cmd:"" help:"Destroy what may be destroyed. Without --yes it is counted only."`
}

// listRetained lists schedules and holds.
type listRetained struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"The town."`
}

// Run prints them. What nobody has verified says so.
func (c listRetained) Run(ctx context.Context, p Process) error {
	series, err := retain.Schedules()
	if err != nil {
		return err
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		holds, err := retain.New(w.db).Holds(ctx, town.City)
		if err != nil {
			return err
		}
		for _, h := range holds {
			fmt.Fprintf(p.Out, "LEGAL HOLD on everything: %s, by %s since %s: %s\n", h.Matter, h.SetBy, h.SetAt.In(town.Zone).Format(minutes), h.Reason)
		}
		for _, s := range series {
			tellSeries(p, s, calendar.Of(w.clock.Now(), town.Zone))
		}
		return nil
	})
}

func tellSeries(p Process, s retain.Series, today calendar.Date) {
	rule, ok := s.InForce(today)
	if !ok {
		return
	}
	destroyed := s.Destroyed
	if destroyed == "" {
		destroyed = "by nothing in the program"
	}
	verified := rule.Verified
	if verified == "" {
		verified = "NOT VERIFIED"
	}
	fmt.Fprintf(p.Out, "%s: %s (%s)\n  kept: %s\n  destroyed: %s\n  law: %s\n  read in: %s; %s\n",
		s.Name, s.Title, strings.Join(s.Tables, ", "), rule.Keep, destroyed, rule.Citation, rule.Source, verified)
}

// runRetained destroys, or counts.
type runRetained struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	Yes    bool   `help:"Do it."`
}

// Run goes through what the program destroys, in all towns.
func (c runRetained) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "series\tmay be destroyed\tkept by a legal hold\tdestroyed")
		for _, s := range w.destroyers() {
			over, held, err := s.over(ctx)
			if err != nil {
				return err
			}
			var done int64
			if c.Yes {
				if done, err = s.sweep(ctx); err != nil {
					return err
				}
			}
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", s.series, over, held, done)
		}
		return table.Flush()
	})
}

// destroyer is what destroys a series.
type destroyer struct {
	series string
	over   func(context.Context) (over, held int64, err error)
	sweep  func(context.Context) (int64, error)
}

func (w *works) destroyers() []destroyer {
	return []destroyer{{"visits", w.visits.Over, w.visits.Sweep}, {"tries", w.tries.Over, w.tries.Sweep}, {"logins", w.logins.Over, w.logins.Sweep}}
}
