package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"clearwell/internal/cis"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/policy"
)

type importCommand struct {
	Bills  importBills  `cmd:"" help:"Take a file of bills, readings or utility accounts."`
	Fedach importFedach `cmd:"" help:"Take the directory of banks' routing numbers, for all towns."`
}

// importBills takes a file of the billing system, or says what taking it would do.
type importBills struct {
	City    string `required:"" placeholder:"CITY" help:"Whose bills they are."`
	Layout  string `required:"" placeholder:"NAME" help:"How the file is written: ${layouts}, or a YAML file of your own."`
	Service string `placeholder:"SERVICE" help:"What rows are for that do not say it (the town's first service)."`
	AsOf    string `placeholder:"TIME" help:"When the balances were true, by the town's clock, as \"2026-11-24 05:30\" (as the file says, or now)."`
	// Unposted is an assertion of the operator's, not a preference.
	Unposted bool   `help:"The balances are without the payments of posting files that are not acknowledged yet."`
	DryRun   bool   `help:"Read and check the file, store nothing. Needs no configuration and no database."`
	Rejects  string `placeholder:"FILE" help:"Where rows go that are not taken, each with its reason (FILE.rejects.csv)."`
	Config   string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	File     string `arg:"" help:"The file."`
}

// errNothingTaken says that the file is probably of another layout.
var errNothingTaken = errors.New("no row of the file could be taken")

// errPartlyTaken says that rows were refused: their bills are not owed, and what
// was owed before stands.
var errPartlyTaken = errors.New("the file was taken but for the rows that were refused")

// frugalPercent is how much garbage may lie beside what is in use. With as much
// as is usual, a file of a million bills took 319 MiB to find its duplicates,
// which is more than a small machine has to spare.
const frugalPercent = 10

// Run takes the file, or tries it out.
func (c importBills) Run(ctx context.Context, p Process) error {
	defer debug.SetGCPercent(debug.SetGCPercent(frugalPercent))
	declared, err := findLayout(c.Layout)
	if err != nil {
		return err
	}
	if err := c.mayReplace(c.rejectPath()); err != nil {
		return err
	}
	rejects := &lazyFile{path: c.rejectPath()}
	line := &importLine{out: p.Err, name: filepath.Base(c.File)}
	request := cis.Request{
		City: id.City(c.City), Layout: declared, Service: policy.Service(c.Service), DryRun: c.DryRun,
		Open: c.open, Rejects: rejects, Progress: line.at, Actor: operator(),
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

// errNotRejects keeps a slip from destroying a file, the bill file itself first of
// all. The rejects of an earlier run are replaced: the same import again writes
// them again.
var errNotRejects = errors.New("it is there and holds no rejects of an earlier import; name another with --rejects")

// mayReplace refuses a place for the rejects where something else is. A link that
// leads nowhere is nothing.
func (c importBills) mayReplace(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking where rejects go: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("writing rejects to %s: %w", path, errNotRejects)
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("looking where rejects go: %w", err)
	}
	defer file.Close()
	ours, err := cis.IsRejects(file)
	if err != nil {
		return fmt.Errorf("looking where rejects go: %w", err)
	}
	given, err := os.Stat(c.File)
	if !ours || err == nil && os.SameFile(info, given) {
		return fmt.Errorf("writing rejects to %s: %w", path, errNotRejects)
	}
	return nil
}

// bring imports the file. A dry run opens nothing but the file.
func (c importBills) bring(ctx context.Context, p Process, request cis.Request) (cis.Report, error) {
	if c.DryRun {
		return try(ctx, request)
	}
	var report cis.Report
	err := inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		request.Numbers, request.Zone, request.Unposted = town.Numbers, town.Zone, c.Unposted
		if err := c.timing(&request, town.Zone); err != nil {
			return err
		}
		if request.Service == "" {
			request.Service = town.Services[0].ID
		}
		for _, service := range town.Services {
			request.Services = append(request.Services, service.ID)
		}
		var err error
		report, err = w.exchange.Import(ctx, request)
		return err
	})
	return report, err
}

// try reads the file, and says a refusal as an import does.
func try(ctx context.Context, request cis.Request) (cis.Report, error) {
	report, err := cis.New(nil, nil).Import(ctx, request)
	if err == nil {
		return report, nil
	}
	words, missing := locale.Load()
	if missing != nil {
		return report, errors.Join(err, missing)
	}
	return report, inWords(words, err)
}

// timing says as of when the balances are, as far as anybody knows.
func (c importBills) timing(request *cis.Request, zone *time.Location) error {
	about, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	request.Written = about.ModTime()
	request.AsOf, err = parseTime(c.AsOf, zone)
	return err
}

// parseTime reads a time of the town's clock, or an instant with its offset. An
// empty text is the zero time.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time such as 2026-11-24 05:30 or 2026-11-24T05:30:00-06:00", text)
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
	if report.Totals.Refused > 0 && c.DryRun {
		return fmt.Errorf("nothing was stored; in an import %w", errPartlyTaken)
	}
	if report.Totals.Refused > 0 {
		return errPartlyTaken
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
		debug.FreeOSMemory() // what a phase is done with, before the database takes its own for the next
		l.phase, l.line = p.Phase, newProgress(l.out, string(p.Phase)+" "+l.name, p.Of)
	}
	l.line.at(p.Done)
}

func (l *importLine) end() {
	if l.line != nil {
		l.line.end()
	}
}
