package app

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"clearwell/internal/bench"
)

// benchCommand measures speed and memory, each beside a baseline.
type benchCommand struct {
	Only            []string `placeholder:"NAME" help:"Measure only: ${measurements}."`
	Seconds         int      `default:"10" help:"How long each rate is measured, and a server rests before its memory is read (${default})."`
	Bills           int      `default:"1000000" help:"Rows of the file that is imported (${default})."`
	UtilityAccounts int      `name:"utility-accounts" default:"50000" help:"Utility accounts for lookups and idle memory (${default})."`
	Occasions       int      `default:"10000000" help:"Occasions of the year that the worst day asks about (${default})."`
	Entries         int      `default:"100000" help:"E-checks in a file for the bank, of which every tenth comes back (${default})."`
	Letters         int      `default:"10000" help:"Letters printed into one file (${default})."`
	Events          int      `default:"1000000" help:"Events of the audit log that is verified (${default})."`
	Postgres        string   `placeholder:"URL" help:"A superuser on a private PostgreSQL server. Without it, one is started for the time."`
}

// Help says what to expect.
func (benchCommand) Help() string {
	return "All of it takes half an hour on two processors, most of it to write two years of 10,000,000 occasions (--occasions), " +
		"and 15 GB of the temporary folder for a while. " +
		"Figures on a machine that others use at the same time say little; their ratio to the baseline says more."
}

// Run measures, tells how it goes on standard error, and prints JSON.
func (c benchCommand) Run(ctx context.Context, p Process) error {
	report, err := bench.Run(ctx, bench.Options{
		Only: c.Only, Seconds: c.Seconds, Bills: c.Bills, UtilityAccounts: c.UtilityAccounts,
		Occasions: c.Occasions, Letters: c.Letters, Entries: c.Entries, Events: c.Events, Postgres: c.Postgres, Program: thisProgram,
	}, p.Err)
	if err != nil {
		return err
	}
	text, err := report.JSON()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, strings.TrimSpace(string(text)))
	return err
}

// thisProgram prepares the file that runs now as a process of its own.
func thisProgram(ctx context.Context, args ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return exec.CommandContext(ctx, path, args...)
}
