package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/policy"
)

type returnedCommand struct {
	Add    addReturned    `cmd:"" help:"Note that a payment came back from its bank."`
	Import importReturned `cmd:"" help:"Note those of a file, all or none."`
	List   listReturned   `cmd:"" help:"List the payments that came back, also those that echeck take noted."`
}

type returnedFlags struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"The town."`
}

// addReturned notes one return.
type addReturned struct {
	returnedFlags
	UtilityAccount string `required:"" placeholder:"NUMBER" help:"The utility account that was paid."`
	On             string `required:"" placeholder:"DATE" help:"The day on which the return reached the town, as 2026-11-24."`
	Tender         string `required:"" enum:"check,bank_account" help:"What came back: ${enum}."`
	Code           string `required:"" placeholder:"CODE" help:"The bank's reason, as R01 or NSF."`
	Reference      string `placeholder:"TEXT" help:"The bank's name for the return; the same is noted once (day, tender and code)."`
}

// Run notes it. The same again changes nothing.
func (c addReturned) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		r, err := readReturned(town.Numbers, []string{c.UtilityAccount, c.On, c.Tender, c.Code, c.Reference})
		if err != nil {
			return err
		}
		fresh, err := w.noteReturned(ctx, town, []billing.Returned{r})
		if err != nil {
			return err
		}
		said := "The return is noted."
		if fresh == 0 {
			said = "This return was noted before. Nothing was changed."
		}
		fmt.Fprintf(p.Out, "%s All of utility account %s:\n", said, town.Numbers.Display(string(r.Number)))
		return w.listReturned(ctx, p, town, r.Number)
	})
}

// importReturned notes the returns of a file.
type importReturned struct {
	returnedFlags
	File string `arg:"" help:"A CSV file with the columns utility_account, on, tender, code and reference, which may be empty."`
}

// Run notes them, all or none. The same file again changes nothing.
func (c importReturned) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		all, err := readReturnedFile(town.Numbers, c.File)
		if err != nil {
			return err
		}
		fresh, err := w.noteReturned(ctx, town, all)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d returns are noted, %d were before.\n", fresh, len(all)-fresh)
		return err
	})
}

// listReturned lists returns.
type listReturned struct {
	returnedFlags
	UtilityAccount string `placeholder:"NUMBER" help:"Of one utility account (of all)."`
}

// Run prints them.
func (c listReturned) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		number, err := numberIn(town.Numbers, c.UtilityAccount)
		if err != nil {
			return err
		}
		return w.listReturned(ctx, p, town, number)
	})
}

// numberIn reads a number as the town's residents and banks write it; none is none.
func numberIn(format city.NumberFormat, typed string) (billing.Number, error) {
	if typed == "" {
		return "", nil
	}
	normal, err := format.Normalise(typed)
	return billing.Number(normal), err
}

// noteReturned notes returns in the town's name, by its day.
func (w *works) noteReturned(ctx context.Context, town townOf, all []billing.Returned) (int, error) {
	return w.bills.NoteReturns(ctx, town.City, calendar.Of(w.clock.Now(), town.Zone), all, operator())
}

func (w *works) listReturned(ctx context.Context, p Process, town townOf, number billing.Number) error {
	all, err := w.bills.Returns(ctx, town.City, number)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "utility account\ton\ttender\tcode\treference")
	for _, r := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", town.Numbers.Display(string(r.Number)), r.On, policy.Tenders{r.Tender}, r.Code, r.Reference)
	}
	return table.Flush()
}

// returnedColumns are those of a file of returns.
var returnedColumns = []string{"utility_account", "on", "tender", "code", "reference"}

var errReturnedColumns = errors.New("the first line names the columns " + strings.Join(returnedColumns, ","))

func readReturnedFile(format city.NumberFormat, path string) ([]billing.Returned, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading returned payments: %w", err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading returned payments: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], returnedColumns) {
		return nil, fmt.Errorf("reading returned payments: %w", errReturnedColumns)
	}
	var all []billing.Returned
	for i, row := range rows[1:] {
		r, err := readReturned(format, row)
		if err != nil {
			return nil, fmt.Errorf("reading returned payments, row %d: %w", i+1, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// readReturned reads the five columns.
func readReturned(format city.NumberFormat, row []string) (billing.Returned, error) {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	number, err := format.Normalise(row[0])
	if err != nil {
		return billing.Returned{}, err
	}
	on, err := calendar.Parse(row[1])
	if err != nil {
		return billing.Returned{}, billing.ErrReturnAhead.Because(err)
	}
	return billing.Returned{
		Number: billing.Number(number), Reference: row[4],
		Return: policy.Return{On: on, Tender: policy.Tender(row[2]), Code: row[3]},
	}, nil
}
