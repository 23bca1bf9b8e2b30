package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"clearwell/internal/billing"
	"clearwell/internal/locale"
	"clearwell/internal/payment"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/sampletown"
)

// welcome says where to click, as whom, and with which cards.
func (c demoCommand) welcome(ctx context.Context, out io.Writer, w *works) error {
	samples, err := c.samples(ctx, w)
	if err != nil {
		return err
	}
	words := w.words.Printer(locale.English)
	fmt.Fprintf(out, "Sampletown, Texas, is open.\n\n  Pay a bill:     %s/%s/\n  The processor:  %s/\n", w.Origin, sampleCity, w.Sandbox.Origin)
	fmt.Fprintf(out, "\nUtility accounts to pay, and what their holders know:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(table, "  NUMBER\tHOUSE\tLAST NAME\tOWES\n")
	for _, s := range samples {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", s.resident.Number, s.resident.House(), s.resident.LastName(), s.state(words))
	}
	fmt.Fprintf(table, "\nTest cards, with any later expiry, any code and any ZIP code:\n\n")
	for _, card := range sandbox.Script() {
		fmt.Fprintf(table, "  %s\t%s %s\t%s\n", grouped(card.Number), card.Brand, card.Funding, words.T("sandbox.does."+string(card.Does)))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing where to click: %w", err)
	}
	if err := amounts(out, words); err != nil {
		return err
	}
	if err := w.staff(ctx, out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nMail goes to %s.\nThe town is kept in %s", w.Mail.Folder, w.Data)
	if c.Data == "" {
		fmt.Fprint(out, " and goes when you stop")
	}
	fmt.Fprintln(out, ". Press Ctrl-C to stop.")
	return nil
}

// staff says what the finance office does with the town, on the newest day that
// has payments.
func (w *works) staff(ctx context.Context, out io.Writer) error {
	files, err := w.exchange.Batches(ctx, sampleCity)
	if err != nil {
		return err
	}
	in := fmt.Sprintf("--config %s --city %s", w.file, sampleCity)
	fmt.Fprintf(out, "\nWhat staff do, in another terminal while this runs, for example:\n\n  clearwell posting list %s\n", in)
	if len(files) > 0 {
		fmt.Fprintf(out, "  clearwell day %s --on %s\n", in, files[0].On)
	}
	return nil
}

// amounts says what the card that goes by the amount does.
func amounts(out io.Writer, words *locale.Printer) error {
	fmt.Fprintf(out, "\nWhat the last card does, by the cents of what is charged in all; others are approved:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, ending := range sandbox.ScriptByAmount() {
		fmt.Fprintf(table, "  .%02d\t%s\n", ending.Cents, words.T("sandbox.does."+string(ending.Does)))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing what amounts do: %w", err)
	}
	return nil
}

// sample is a utility account to try things with.
type sample struct {
	resident *sampletown.Resident
	owed     payment.Owed
}

func (s sample) state(words *locale.Printer) string {
	switch {
	case s.owed.Total.IsNegative():
		return words.Amount(s.owed.Credit) + " in credit"
	case s.owed.Total.IsZero():
		return "nothing: paid"
	case s.owed.PastDue.IsPositive():
		return words.Amount(s.owed.Total) + ", some of it past due"
	}
	return words.Amount(s.owed.Total)
}

// samples finds somebody of each kind, by how they stand now.
func (c demoCommand) samples(ctx context.Context, w *works) ([]sample, error) {
	town, err := c.town()
	if err != nil {
		return nil, err
	}
	file, err := w.towns.ByID(sampleCity)
	if err != nil {
		return nil, err
	}
	kinds := wanted()
	var found []sample
	for _, r := range town.Residents {
		number, err := file.Numbers.Normalise(r.Number)
		if err != nil {
			return nil, err
		}
		owed, err := w.payments.Owed(ctx, sampleCity, billing.Number(number))
		if err != nil {
			return nil, err
		}
		s := sample{r, owed}
		for i, kind := range kinds {
			if kind(s) {
				kinds = append(kinds[:i:i], kinds[i+1:]...)
				found = append(found, s)
				break
			}
		}
		if len(kinds) == 0 {
			break
		}
	}
	return found, nil
}

// wanted lists what kinds of utility accounts there should be to try.
func wanted() []func(sample) bool {
	due := func(s sample) bool { return s.owed.Total.IsPositive() && !s.owed.PastDue.IsPositive() }
	plain := func(s sample) bool { return due(s) && strings.Contains(s.resident.Name, ",") }
	return []func(sample) bool{
		plain,
		func(s sample) bool { return plain(s) && strings.ContainsAny(s.resident.LastName(), "áéíñóú") },
		func(s sample) bool { return due(s) && !strings.Contains(s.resident.Name, ",") },
		func(s sample) bool { return s.owed.Total.IsPositive() && s.owed.PastDue.IsPositive() },
		func(s sample) bool { return s.owed.Total.IsNegative() },
		func(s sample) bool { return s.owed.Total.IsZero() && len(s.owed.Pending) > 0 },
		plain,
	}
}

// grouped writes a card number as cards print it.
func grouped(number string) string {
	if len(number) == 15 {
		return number[:4] + " " + number[4:10] + " " + number[10:]
	}
	var b strings.Builder
	for i, digit := range number {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
