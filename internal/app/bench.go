package app

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/bench"
)

// benchCommand measures speed and memory, each beside a baseline.
type benchCommand struct {
	Only     []string `placeholder:"NAME" help:"Measure only: ${measurements}."`
	Seconds  int      `default:"10" help:"How long each rate is measured (${default})."`
	Bills    int      `default:"200000" help:"Rows of the bulk load (${default})."`
	Postgres string   `placeholder:"URL" help:"A superuser on a private PostgreSQL server. Without it, one is started for the time."`
}

// Run measures, tells how it goes on standard error, and prints JSON.
func (c benchCommand) Run(ctx context.Context, p Process) error {
	report, err := bench.Run(ctx, bench.Options{Only: c.Only, Seconds: c.Seconds, Bills: c.Bills, Postgres: c.Postgres}, p.Err)
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
