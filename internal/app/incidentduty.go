package app

import (
	"cmp"
	"context"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/incident"
	"clearwell/internal/report"
)

// errDuty refuses what the law on file has not: what was done would be noted of
// nothing, and the duty would stay open.
var errDuty = fault.New(fault.NotFound, "incident_duty_unknown")

// doneIncident notes that a duty of the law was done.
type doneIncident struct {
	namedFlags
	On       calendar.Date `required:"" placeholder:"DATE" help:"On which day it was done."`
	At       string        `placeholder:"TIME" help:"At which time of that day, by the town's clock, as 14:30."`
	By       string        `placeholder:"NAME" help:"Who did it (who runs the command)."`
	Evidence string        `required:"" placeholder:"TEXT" help:"How it is known: the reference of the letter or form."`
	Yes      bool          `help:"Do it. Without this, nothing is written."`
	Duty     string        `arg:"" help:"The duty, as clearwell incident clocks prints it: tx-attorney-general."`
}

// Run notes it.
func (c doneIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		duty, err := c.duty(ctx, w, town, c.On, c.Duty)
		if err != nil {
			return err
		}
		deed := incident.Deed{
			Duty: c.Duty, Act: incident.Done, On: c.On, DoneBy: cmp.Or(c.By, string(operator())), Evidence: c.Evidence, RecordedBy: operator(),
		}
		if c.At != "" {
			if deed.At, err = parseTime(c.On.String()+" "+c.At, town.Zone); err != nil {
				return err
			}
		}
		fmt.Fprintf(p.Out, "%s: %s: %s\n", duty.Name, whoOf(duty.Duty, c.words(w)), doneText(deed, c.words(w)))
		return c.note(ctx, p, w, town, c.Yes, deed)
	})
}

// note writes a deed down, or says that it did not.
func (f namedFlags) note(ctx context.Context, p Process, w *works, town townOf, yes bool, deed incident.Deed) error {
	if !yes {
		_, err := fmt.Fprintln(p.Out, "Nothing was written; to do it, add --yes.")
		return err
	}
	if err := incident.New(w.db).Do(ctx, town.City, f.Name, deed); err != nil {
		return w.inWords(err)
	}
	_, err := fmt.Fprintln(p.Out, "It is noted.")
	return err
}

// duty finds a duty under the law of a day, or of today: a duty that is due now
// may have been done before the law was.
func (f namedFlags) duty(ctx context.Context, w *works, town townOf, on calendar.Date, key string) (report.Duty, error) {
	for _, day := range []calendar.Date{{}, on} {
		clocks, err := f.clocks(ctx, w, town, day)
		if err != nil {
			return report.Duty{}, err
		}
		if duty, found := clocks.Find(key); found {
			return duty, nil
		}
	}
	return report.Duty{}, w.inWords(errDuty.With("Duty", key))
}

// undoneIncident takes it back.
type undoneIncident struct {
	namedFlags
	Reason string `required:"" placeholder:"TEXT" help:"Why it is not done after all."`
	Yes    bool   `help:"Do it. Without this, nothing is written."`
	Duty   string `arg:"" help:"The duty, as clearwell incident clocks prints it."`
}

// Run takes it back. What the law on file does not have any more can be taken
// back as well.
func (c undoneIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		fmt.Fprintf(p.Out, "%s would be open again: %s\n", c.Duty, c.Reason)
		return c.note(ctx, p, w, town, c.Yes, incident.Deed{Duty: c.Duty, Act: incident.Undone, Evidence: c.Reason, RecordedBy: operator()})
	})
}
