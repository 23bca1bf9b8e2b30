package app

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"clearwell/internal/clearing"
)

type echeckCommand struct {
	Files       filesEcheck       `cmd:"" help:"List the files that were made for the bank, and how they stand."`
	Take        takeEcheck        `cmd:"" help:"Take a file of the bank's: returns and corrections."`
	Answers     answersEcheck     `cmd:"" help:"List what banks have sent back."`
	Rates       ratesEcheck       `cmd:"" help:"Say how many debits come back, beside the network's levels."`
	Acknowledge acknowledgeEcheck `cmd:"" help:"Note that the bank took a file, or that it did not."`
}

type echeckFlags struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"The town."`
}

// filesEcheck lists files.
type filesEcheck struct{ echeckFlags }

// Run prints the newest first.
func (c filesEcheck) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		files, err := w.echecks.Files(ctx, town.City)
		if err != nil {
			return w.inWords(err)
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "number\tfile\tentries\tdebits\tcredits\tsettles on\tstands")
		for _, f := range files {
			fmt.Fprintf(table, "%d\t%s\t%d\t%s\t%s\t%s\t%s\n", f.Number, f.Name(), f.Entries, f.Debits, f.Credits, f.SettlesOn, f.State)
		}
		return table.Flush()
	})
}

// takeEcheck takes a file of the bank's.
type takeEcheck struct {
	echeckFlags
	File string `arg:"" help:"The file, as the bank sent it."`
}

// Run takes it. The same file again changes nothing.
func (c takeEcheck) Run(ctx context.Context, p Process) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the bank's file: %w", err)
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		taken, err := w.echecks.Hear(ctx, town.City, text)
		switch {
		case err != nil:
			return w.inWords(err)
		case taken.Again:
			_, err = fmt.Fprintln(p.Out, "This file was taken before. Nothing was changed.")
			return err
		}
		fmt.Fprintf(p.Out, "%d answers: %d were applied, %d were known, %d are for people to look at.\n", taken.Answers, taken.Applied, taken.Known, taken.Trouble)
		if taken.Trouble > 0 {
			return errPartlyTaken
		}
		return nil
	})
}

// answersEcheck lists answers.
type answersEcheck struct {
	echeckFlags
	All bool `help:"Also those that were applied."`
}

// Run prints the newest first.
func (c answersEcheck) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		answers, err := w.echecks.Answers(ctx, town.City, !c.All)
		if err != nil {
			return w.inWords(err)
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "heard on\tkind\tcode\ttrace\tamount\tentry\toutcome")
		for _, h := range answers {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", h.HeardOn, h.Kind, h.Code, h.Original, h.Amount, h.Entry, h.Outcome)
		}
		return table.Flush()
	})
}

// ratesEcheck says the shares.
type ratesEcheck struct{ echeckFlags }

// Run prints each level.
func (c ratesEcheck) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		rates, err := w.echecks.Rates(ctx, town.City)
		if err != nil {
			return w.inWords(err)
		}
		for _, r := range rates {
			tellRate(p, r)
		}
		return nil
	})
}

func tellRate(p Process, r clearing.Rate) {
	verdict := ""
	if r.Alarming() {
		verdict = "  LOOK: half of the level is reached"
	}
	fmt.Fprintf(p.Out, "%-15s %d of %d debits came back: %d.%02d %%, the network asks at %d.%02d %%%s\n", r.Level.Name, r.Returns, r.Debits,
		r.Hundredths()/100, r.Hundredths()%100, r.Level.Hundredths/100, r.Level.Hundredths%100, verdict)
}

// acknowledgeEcheck notes the bank's answer to a file.
type acknowledgeEcheck struct {
	echeckFlags
	Refused bool  `help:"The bank did not take it. Nothing is sent again by itself."`
	Number  int64 `arg:"" help:"The number of the file."`
}

// Run notes it.
func (c acknowledgeEcheck) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		if err := w.echecks.Acknowledge(ctx, town.City, c.Number, !c.Refused); err != nil {
			return w.inWords(err)
		}
		_, err := fmt.Fprintf(p.Out, "The answer to file %d is noted.\n", c.Number)
		return err
	})
}
