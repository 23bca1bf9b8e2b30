package app

import (
	"context"
	"fmt"
	"text/tabwriter"

	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/mailing"
)

// emailIncident writes to people beside their letters.
type emailIncident struct {
	namedFlags
	Notice string `required:"" placeholder:"FILE" help:"What the letters say: the file that they were made from."`
	People *int   `placeholder:"N" help:"Only if there are still so many."`
	Yes    bool   `help:"Do it. Without this, people are counted and nothing is written or sent."`
}

// Run counts whom it would reach, or queues the messages.
func (c emailIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(w *works, town townOf, s *mailing.Service) error {
		if w.outbox == nil {
			return errMailless
		}
		terms, err := readNotice(ctx, c.Notice, incident.New(w.db), town, c.Name)
		if err != nil {
			return err
		}
		book, err := law.Load()
		if err != nil {
			return err
		}
		order := mailing.Order{Incident: c.Name, Revision: c.Revision, Kind: letter.Exposed, Terms: terms}
		if !c.Yes {
			return c.dryRun(ctx, p, s, town, order, book)
		}
		told, err := s.Email(ctx, town.City, order, book, c.People, operator())
		if err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "%d people are written to by e-mail, and noted as told by it.\n", told)
		return err
	})
}

func (c emailIncident) dryRun(ctx context.Context, p Process, s *mailing.Service, town townOf, order mailing.Order, book *law.Book) error {
	plan, err := s.PlanEmail(ctx, town.City, order, book)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "would be written to\t%d\nwere written to by this text\t%d\ngave no e-mail address\t%d\nhave no letter with this text\t%d\nlive where the law on file does not allow it\t%d\n",
		plan.Fresh(), plan.Had, plan.NoAddress, plan.NoLetter, plan.Forbidden)
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the count: %w", err)
	}
	allowed := book.Electronic(order.Terms.Notice.Entity, town.State, order.Terms.Notice.On)
	_, err = fmt.Fprintf(p.Out, "%s; %s\n%s\nNothing was written; to do it, add --yes --people %d.\n", allowed.Citation, allowed.Standing(), allowed.Note, plan.Fresh())
	return err
}
