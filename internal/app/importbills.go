package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/locale"
)

type importCommand struct {
	Bills importBills `cmd:"" help:"Take a file of bills, readings or utility accounts."`
}

// importBills takes a file of the billing system, or says what taking it would do.
type importBills struct {
	City    string `required:"" placeholder:"CITY" help:"Whose bills they are."`
	Layout  string `required:"" placeholder:"NAME" help:"How the file is written: ${layouts}."`
	DryRun  bool   `help:"Read and check the file, store nothing. Needs no configuration and no database."`
	Rejects string `placeholder:"FILE" help:"Where refused rows go, each with its reason (FILE.rejects.csv)."`
	File    string `arg:"" help:"The file."`
}

// ErrNothingTaken: every row of the file was refused, so that it is probably of
// another layout.
var ErrNothingTaken = errors.New("no row of the file could be taken")

// Run takes the file.
func (c importBills) Run(ctx context.Context, p Process) error {
	declared, err := layouts.Find(c.Layout)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the bills: %w", err)
	}
	defer file.Close()
	return c.dryRun(ctx, p, declared, file)
}

// dryRun reads the file twice, as taking it would: once whole, then row by row.
func (c importBills) dryRun(ctx context.Context, p Process, declared *layout.Layout, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.File, err)
	}
	line := newProgress(p.Err, "checking "+filepath.Base(c.File), info.Size())
	defer line.end()
	examined, err := layout.Examine(declared, file, line.at)
	if err != nil {
		return fmt.Errorf("reading %s as %s: %w", c.File, declared.Name, err)
	}
	rows, err := examined.Open(file, layout.Position{})
	if err != nil {
		return fmt.Errorf("reading %s as %s: %w", c.File, declared.Name, err)
	}
	rejects := &rejectFile{path: c.rejectPath()}
	if err := c.readRows(ctx, rows, rejects); err != nil {
		return err
	}
	line.end()
	return c.report(p, declared, examined, rows.Totals(), rejects)
}

func (c importBills) readRows(ctx context.Context, rows *layout.Reader, rejects *rejectFile) error {
	defer rejects.close()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if reject := rows.Reject(); reject != nil {
			if err := rejects.write(reject); err != nil {
				return err
			}
		}
	}
	if rows.Err() != nil {
		return fmt.Errorf("reading %s: %w", c.File, rows.Err())
	}
	return rejects.close()
}

func (c importBills) rejectPath() string {
	if c.Rejects != "" {
		return c.Rejects
	}
	return c.File + ".rejects.csv"
}

// report prints what was found, for people and for whoever compares it with
// the billing system's own list.
func (c importBills) report(p Process, declared *layout.Layout, examined *layout.Examination, totals layout.Totals, rejects *rejectFile) error {
	catalogue, err := locale.Load()
	if err != nil {
		return err
	}
	words := catalogue.Printer(locale.English)
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(table, "%s\t%v\n", name, value) }
	row("city", c.City)
	row("file", filepath.Base(c.File))
	row("sha-256", hex.EncodeToString(examined.Digest[:]))
	row("layout", declared.Name+" ("+declared.Title+")")
	row("rows", words.Number(int(totals.Rows)))
	row("accepted", words.Number(int(totals.Accepted)))
	row("skipped by rule", words.Number(int(totals.Skipped)))
	row("rejected", words.Number(int(totals.Refused)))
	row("control total", words.Amount(totals.Sum))
	if rejects.count > 0 {
		row("reject file", rejects.path)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the totals: %w", err)
	}
	fmt.Fprintln(p.Out, "\nDry run: nothing was stored.")
	if totals.Accepted == 0 {
		return ErrNothingTaken
	}
	return nil
}
