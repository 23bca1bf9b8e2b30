package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/id"
	"clearwell/internal/policy"
)

type importCommand struct {
	Bills importBills `cmd:"" help:"Take a file of bills, readings or utility accounts."`
}

// importBills takes a file of the billing system, or says what taking it would do.
type importBills struct {
	City    string `required:"" placeholder:"CITY" help:"Whose bills they are."`
	Layout  string `required:"" placeholder:"NAME" help:"How the file is written: ${layouts}."`
	Service string `placeholder:"SERVICE" help:"What rows are for that do not say it (the town's first service)."`
	DryRun  bool   `help:"Read and check the file, store nothing. Needs no configuration and no database."`
	Rejects string `placeholder:"FILE" help:"Where rows go that are not taken, each with its reason (FILE.rejects.csv)."`
	Config  string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	File    string `arg:"" help:"The file."`
}

// errNothingTaken says that the file is probably of another layout.
var errNothingTaken = errors.New("no row of the file could be taken")

// Run takes the file, or tries it out.
func (c importBills) Run(ctx context.Context, p Process) error {
	declared, err := layouts.Find(c.Layout)
	if err != nil {
		return err
	}
	rejects := &lazyFile{path: c.rejectPath()}
	line := &importLine{out: p.Err, name: filepath.Base(c.File)}
	request := cis.Request{
		City: id.City(c.City), Layout: declared, Service: policy.Service(c.Service), DryRun: c.DryRun,
		Open: c.open, Rejects: rejects, Progress: line.at, Actor: "operator:cli",
	}
	report, err := c.bring(ctx, p, request)
	line.end()
	if err != nil {
		return errors.Join(err, rejects.close())
	}
	return c.tell(p.Out, report, rejects)
}

func (c importBills) open() (io.ReadSeekCloser, error) { return os.Open(c.File) }

func (c importBills) rejectPath() string {
	if c.Rejects != "" {
		return c.Rejects
	}
	return c.File + ".rejects.csv"
}

// bring imports the file. A dry run opens nothing but the file.
func (c importBills) bring(ctx context.Context, p Process, request cis.Request) (cis.Report, error) {
	if c.DryRun {
		return cis.New(nil, nil).Import(ctx, request)
	}
	var report cis.Report
	err := inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		request.Numbers = town.Numbers
		if request.Service == "" {
			request.Service = town.Services[0].ID
		}
		var err error
		report, err = w.exchange.Import(ctx, request)
		return err
	})
	return report, err
}

// tell prints the report, for people and for whoever compares it with the
// billing system's own list.
func (c importBills) tell(out io.Writer, report cis.Report, rejects *lazyFile) error {
	if _, err := report.WriteTo(out); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	if report.Totals.Refused+report.Totals.Skipped > 0 {
		if err := rejects.keep(); err != nil {
			return err
		}
		fmt.Fprintf(out, "Rows not taken, with their reasons: %s\n", rejects.path)
	}
	if report.Totals.Accepted == 0 && report.Before.IsZero() {
		return errNothingTaken
	}
	return nil
}

// importLine shows how far an import has come.
type importLine struct {
	out   io.Writer
	name  string
	phase cis.Phase
	line  *progress
}

func (l *importLine) at(p cis.Progress) {
	if p.Phase != l.phase {
		l.end()
		l.phase, l.line = p.Phase, newProgress(l.out, string(p.Phase)+" "+l.name, p.Of)
	}
	l.line.at(p.Done)
}

func (l *importLine) end() {
	if l.line != nil {
		l.line.end()
	}
}
