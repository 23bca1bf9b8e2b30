package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/report"
)

// reportIncident prints what an incident came to.
type reportIncident struct {
	incidentFlags
	On   calendar.Date `placeholder:"DATE" help:"By the law of which day (today)."`
	JSON bool          `name:"json" help:"As JSON."`
	Name string        `arg:"" help:"The incident."`
}

// Run prints it. It reads this town alone.
func (c reportIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		closing, err := c.closing(ctx, w, town, c.Name, c.On)
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(p.Out)
			out.SetIndent("", "  ")
			return out.Encode(closing)
		}
		return closing.Print(p.Out, town.Zone, c.words(w))
	})
}

func (f incidentFlags) closing(ctx context.Context, w *works, town townOf, name string, on calendar.Date) (report.Closing, error) {
	s, err := w.reports()
	if err != nil {
		return report.Closing{}, err
	}
	if on.IsZero() {
		on = calendar.Of(w.clock.Now(), town.Zone)
	}
	return s.Closing(ctx, reportOn(town), name, on)
}

// closeIncident ends an incident.
type closeIncident struct {
	incidentFlags
	On     calendar.Date `placeholder:"DATE" help:"By the law of which day (today)."`
	Reason string        `required:"" placeholder:"TEXT" help:"Why it is over, for the record."`
	Yes    bool          `help:"Do it. Without this, nothing is written."`
	Name   string        `arg:"" help:"The incident."`
}

var errOpenStill = errors.New("it stays open: something is still to be done")

// Run closes it where nothing is open, and otherwise names what is.
func (c closeIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		closing, err := c.closing(ctx, w, town, c.Name, c.On)
		if err != nil {
			return err
		}
		for _, item := range closing.Open {
			fmt.Fprintf(p.Out, "- %s\n", item.Say(c.words(w)))
		}
		if len(closing.Open) > 0 {
			return fmt.Errorf("closing %s: %w", c.Name, errOpenStill)
		}
		sum, err := closing.Sum()
		if err != nil {
			return err
		}
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "Nothing is open. %s would be closed with the report %s.\nNothing was written; to do it, add --yes.\n", c.Name, sum)
			return err
		}
		if err := incident.New(w.db).Close(ctx, town.City, c.Name, c.Reason, sum, operator()); err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "%s is closed, with the report %s.\n", c.Name, sum)
		return err
	})
}

// reopenIncident opens a closed incident again.
type reopenIncident struct {
	incidentFlags
	Reason string `required:"" placeholder:"TEXT" help:"Why, for the record."`
	Yes    bool   `help:"Do it. Without this, nothing is written."`
	Name   string `arg:"" help:"The incident."`
}

// Run opens it.
func (c reopenIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "%s would be opened again: %s\nNothing was written; to do it, add --yes.\n", c.Name, c.Reason)
			return err
		}
		if err := incident.New(w.db).Reopen(ctx, town.City, c.Name, c.Reason, operator()); err != nil {
			return w.inWords(err)
		}
		_, err := fmt.Fprintf(p.Out, "%s is open again.\n", c.Name)
		return err
	})
}
