package app

import (
	"context"
	"fmt"
	"os"

	"clearwell/internal/routing"
)

// importFedach takes the directory of routing numbers, for all towns.
type importFedach struct {
	Whole  bool   `help:"The file is meant as it is, although it lists far fewer numbers than the directory has."`
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	File   string `arg:"" help:"The FedACH directory, as the Federal Reserve Banks publish it."`
}

// Run takes it whole or not at all.
func (c importFedach) Run(ctx context.Context, p Process) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("reading the directory: %w", err)
	}
	defer file.Close()
	return inWorks(ctx, p, c.Config, func(w *works) error {
		done, err := routing.New(w.db).Import(ctx, file, c.Whole, operator())
		switch {
		case err != nil:
			return w.inWords(err)
		case done.Again:
			_, err = fmt.Fprintln(p.Out, "This directory is in force already. Nothing was changed.")
		default:
			_, err = fmt.Fprintf(p.Out, "%d routing numbers are in force: %d are new, %d lead to another, %d are listed no more.\n",
				done.Numbers, done.New, done.Replaced, done.Unlisted)
		}
		return err
	})
}
