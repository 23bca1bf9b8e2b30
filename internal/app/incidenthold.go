package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"text/tabwriter"

	"clearwell/internal/approval"
	"clearwell/internal/control"
	"clearwell/internal/incident"
	"clearwell/internal/secret"
)

// holdIncident ends the harm.
type holdIncident struct {
	Config     string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City       string `required:"" xor:"where" placeholder:"CITY" help:"The town."`
	Everywhere bool   `required:"" xor:"where" help:"All towns of this installation."`
	Service    string `placeholder:"SERVICE" help:"Only this service."`
	Processor  string `placeholder:"NAME" help:"Only cards and autopay that go to this processor."`
	Release    string `placeholder:"DIGEST" help:"Only pages of this release, as clearwell version prints it."`
	Reason     string `required:"" placeholder:"TEXT" help:"Why, for the record. Residents do not read it."`
	Yes        bool   `help:"Do it. Without this, what would be done is shown and nothing is."`
	Name       string `arg:"" help:"The incident, whether it is open yet or not."`
}

var errHoldReaches = errors.New("the hold would reach nothing")

var wholeRelease = regexp.MustCompile("^[0-9a-f]{64}$")

// Run does it, part by part, and says of each whether it is done. What was cut
// off is finished by saying it again.
func (c holdIncident) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		towns := w.towns.All()
		if !c.Everywhere {
			town, err := w.townNamed(c.City)
			if err != nil {
				return err
			}
			towns = []townOf{town}
		}
		var errs []error
		for _, town := range towns {
			errs = append(errs, c.in(ctx, w, p.Out, town))
		}
		return errors.Join(errs...)
	})
}

func (c holdIncident) in(ctx context.Context, w *works, out io.Writer, town townOf) error {
	stop, err := c.stop(town)
	if err != nil {
		return fmt.Errorf("holding %s: %w", town.City, err)
	}
	fmt.Fprintf(out, "%s\n", town.City)
	if !c.Yes {
		return c.dryRun(ctx, w, out, town, stop)
	}
	held, fresh, err := incident.New(w.db).Hold(ctx, town.City, stop)
	if err != nil {
		return w.inWords(err)
	}
	tellStandstill(out, town, held, fresh)
	held, changed, err := incident.New(w.db).Rotate(ctx, town.City, c.Name, operator(), func() error {
		return secret.Rotate(filepath.Join(w.Keys, keyOfSecrets))
	})
	if err != nil {
		fmt.Fprintf(out, "  sealing keys: NOT changed: %s\n", err)
		return fmt.Errorf("holding %s, all but the sealing keys; say it again: %w", town.City, err)
	}
	tellKeys(out, town, held, changed)
	return nil
}

// stop reads what is asked for. A scope that names what the town has not would
// hold nothing, and nobody would notice.
func (c holdIncident) stop(town townOf) (incident.Stop, error) {
	serves := c.Service == ""
	for _, service := range town.Services {
		serves = serves || string(service.ID) == c.Service
	}
	switch {
	case !serves:
		return incident.Stop{}, fmt.Errorf("%w: the town has no service %s", errHoldReaches, c.Service)
	case c.Processor != "" && c.Processor != town.Processor.Name:
		return incident.Stop{}, fmt.Errorf("%w: its cards go to %s", errHoldReaches, town.Processor.Name)
	case c.Release != "" && !wholeRelease.MatchString(c.Release):
		return incident.Stop{}, fmt.Errorf("%w: give all 64 digits of the release", errHoldReaches)
	}
	return incident.Stop{
		Name: c.Name, Reason: c.Reason, By: operator(),
		Scope: control.Scope{Service: c.Service, Processor: c.Processor, Release: c.Release},
	}, nil
}

func (c holdIncident) dryRun(ctx context.Context, w *works, out io.Writer, town townOf, stop incident.Stop) error {
	held, err := incident.New(w.db).Standstill(ctx, town.City, c.Name)
	switch {
	case err == nil:
		tellStandstill(out, town, held, false)
		if held.RotatedAt.IsZero() {
			fmt.Fprintln(out, "  sealing keys: not changed yet; to finish it, add --yes.")
		}
		return nil
	case !errors.Is(err, incident.ErrNotHeld):
		return err
	}
	reach := "the whole town"
	if (stop.Scope != control.Scope{}) {
		reach = fmt.Sprintf("service %q, processor %q, release %.12q (an empty one is all)", stop.Scope.Service, stop.Scope.Processor, stop.Scope.Release)
	}
	fmt.Fprintf(out, "  Would pause card entry for %s, and keep every other way to pay.\n", reach)
	fmt.Fprintln(out, "  Would hold autopay, late fees and shut-offs, end every visit, change the sealing keys,")
	fmt.Fprintln(out, "  and keep everything by a legal hold. Two people lift it.")
	_, err = fmt.Fprintln(out, "  Nothing was done; to do it, add --yes.")
	return err
}

func tellStandstill(out io.Writer, town townOf, s incident.Standstill, fresh bool) {
	if !fresh {
		fmt.Fprintf(out, "  Held already, by %s since %s: %s\n", s.Stop.By, s.ThrownAt.In(town.Zone).Format(minutes), s.Stop.Reason)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, kind := range incident.Kinds() {
		fmt.Fprintf(table, "  %s:\theld\t%s\n", kind, s.Holds[kind])
	}
	fmt.Fprintf(table, "  visits:\tended\t%d\n", s.VisitsEnded)
	fmt.Fprintf(table, "  records:\tkept\tby a legal hold that stays when this is lifted\n")
	table.Flush()
	fmt.Fprintln(out, "  All other ways to pay stay open. Tell the billing system:")
	fmt.Fprintf(out, "    clearwell posting spared --city %s --out spared.csv\n", town.City)
}

func tellKeys(out io.Writer, town townOf, s incident.Standstill, changed bool) {
	if changed {
		fmt.Fprintln(out, "  sealing keys: changed. Copy keys/secrets to every node and to its backup.")
		return
	}
	fmt.Fprintf(out, "  sealing keys: changed already, %s\n", s.RotatedAt.In(town.Zone).Format(minutes))
}

// liftIncident ends a hold.
type liftIncident struct {
	incidentFlags
	Reason  string `xor:"step" required:"" placeholder:"TEXT" help:"Print the request for two people to sign, with this reason."`
	As      string `placeholder:"NAME" help:"With --reason: who asks, a name of people in the configuration (who runs the command)."`
	Request string `xor:"step" required:"" placeholder:"NUMBER" help:"Carry out the request that two people have signed."`
	Name    string `arg:"" help:"The incident."`
}

// Run prints what is to be signed, or does what was.
func (c liftIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		if c.Request == "" {
			return c.ask(ctx, p, w, town)
		}
		request, err := findApproval(ctx, w, town.City, c.Request)
		if err != nil {
			return w.inWords(err)
		}
		if err := desk.Lift(ctx, town.City, c.Name, w.approvals.People(), request, operator()); err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "%s is lifted: cards, autopay, late fees and shut-offs are as before.\nThe legal hold stays, and so do the new keys.\n", c.Name)
		return err
	})
}

func (c liftIncident) ask(ctx context.Context, p Process, w *works, town townOf) error {
	held, err := incident.New(w.db).Standstill(ctx, town.City, c.Name)
	if err != nil {
		return w.inWords(err)
	}
	return w.askFor(p, approval.Draft{City: town.City, Action: incident.LiftAction, Content: held.LiftWords(c.Reason), By: c.As})
}
