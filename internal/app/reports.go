package app

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"clearwell/internal/sighting"
)

// reportsCommand shows what residents' browsers report.
type reportsCommand struct {
	List listReports `cmd:"" help:"List what residents' browsers refused on the pages, the newest first."`
	Show showReport  `cmd:"" help:"Show one of these, and the incident it may be the first sign of."`
}

// listReports lists what browsers report of a town's pages.
type listReports struct {
	Config     string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City       string `required:"" placeholder:"CITY" help:"Whose pages they are."`
	Extensions bool   `help:"Also what says that it comes from a browser's extension."`
}

// Run prints the list.
func (c listReports) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		all, err := w.sightings.List(ctx, town.City, c.Extensions)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "report\tlast\treports\tnetworks\ttold\tfrom\tprotection\trule\trefused\tpage")
		for _, s := range all {
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, inZone(s.LastAt, town), s.Reports, networks(s),
				inZone(s.AlarmedAt, town), s.Report.Origin, s.Report.Kind, s.Report.Directive, s.Report.Blocked, s.Report.Page)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("printing the list: %w", err)
		}
		return nil
	})
}

// networks are counted as far as they matter.
func networks(s sighting.Sighting) string {
	if s.Networks >= sighting.Enough {
		return fmt.Sprintf("%d or more", sighting.Enough)
	}
	return fmt.Sprint(s.Networks)
}

// inZone is an instant by the town's clock.
func inZone(at time.Time, town townOf) string {
	if at.IsZero() {
		return "-"
	}
	return at.In(town.Zone).Format("2006-01-02 15:04")
}

// showReport shows one shape of report.
type showReport struct {
	Config string      `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string      `required:"" placeholder:"CITY" help:"Whose page it is."`
	Report sighting.ID `arg:"" help:"As it is listed."`
}

// Run prints it. What it holds was written by a browser, or by somebody who says
// to be one.
func (c showReport) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		s, err := w.sightings.Find(ctx, town.City, c.Report)
		if err != nil {
			return err
		}
		return printReport(p, town, s)
	})
}

func printReport(p Process, town townOf, s sighting.Sighting) error {
	_, err := fmt.Fprintf(p.Out, "page           %s\nrefused        %s\nby the rule    %s (%s)\ndone by        %s\nseems to be    %s\n"+
		"reports        %d, from %s networks\nfirst          %s\nlast           %s\npeople told    %s\nrelease        %s\npage_manifest  %s\nfirst report   %s\n",
		s.Report.Page, s.Report.Blocked, s.Report.Directive, s.Report.Kind, s.Report.Source, s.Report.Origin,
		s.Reports, networks(s), inZone(s.FirstAt, town), inZone(s.LastAt, town), inZone(s.AlarmedAt, town), s.Release, s.PageManifest, s.Report.Sample)
	if err != nil || s.Report.Origin == sighting.Extension {
		return err
	}
	_, err = fmt.Fprintf(p.Out, "\nIf the prober sees a changed page too, or nobody can say what this is: pause card entry, and begin the incident with the payments that may be concerned:\n\n    %s\n", reportCommand(town, s))
	return err
}
