package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/mailing"
)

// returnedIncident notes envelopes that came back.
type returnedIncident struct {
	incidentFlags
	Yes  bool   `help:"Do it. Without this, the envelopes are counted and nothing is written."`
	Name string `arg:"" help:"The incident."`
	File string `arg:"" help:"A CSV file with the columns letter, on and why: the number at the foot of the page or the code of the barcode, the day, and what the Postal Service says."`
}

// Run notes them, all or none.
func (c returnedIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		all, err := readReturns(c.File)
		if err != nil {
			return err
		}
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "%d envelopes would be noted as returned. Nothing was written; to do it, add --yes.\n", len(all))
			return err
		}
		fresh, err := s.Return(ctx, town.City, c.Name, all, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d envelopes are noted as returned, %d were before.\n", fresh, len(all)-fresh)
		return err
	})
}

var errReturns = errors.New("the first line names the columns letter, on and why")

func readReturns(path string) ([]mailing.Return, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading returned letters: %w", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading returned letters: %w", err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "letter,on,why" {
		return nil, fmt.Errorf("reading returned letters: %w", errReturns)
	}
	var all []mailing.Return
	for i, row := range rows[1:] {
		on, err := calendar.Parse(row[1])
		if err != nil {
			return nil, fmt.Errorf("reading returned letters, line %d: %w", i+2, err)
		}
		all = append(all, mailing.Return{Letter: strings.TrimSpace(row[0]), On: on, Why: row[2]})
	}
	return all, nil
}

// addressIncident notes where a letter goes that came back.
type addressIncident struct {
	incidentFlags
	Yes    bool     `help:"Do it. Without this, nothing is written."`
	Name   string   `arg:"" help:"The incident."`
	Letter string   `arg:"" help:"The number of the letter."`
	Lines  []string `arg:"" help:"The address, each line quoted, the last with the ZIP Code."`
}

// Run notes it.
func (c addressIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "Letter %s would go to:\n%s\nNothing was written; to do it, add --yes.\n", c.Letter, strings.Join(c.Lines, "\n"))
			return err
		}
		if err := s.Correct(ctx, town.City, c.Name, c.Letter, c.Lines, operator()); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.Out, "Letter %s goes there with the next incident again.\n", c.Letter)
		return err
	})
}

// againIncident posts letters again.
type againIncident struct {
	incidentFlags
	Yes  bool   `help:"Do it. Without this, the letters are counted and nothing is written."`
	Name string `arg:"" help:"The incident."`
}

// Run makes the mailings, to be printed with incident print.
func (c againIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		if !c.Yes {
			letters, err := s.Letters(ctx, town.City, c.Name)
			if err != nil {
				return err
			}
			count := 0
			for _, l := range letters {
				if len(l.Corrected) > 0 {
					count++
				}
			}
			_, err = fmt.Fprintf(p.Out, "%d letters would be posted again. Nothing was written; to do it, add --yes.\n", count)
			return err
		}
		made, err := s.Again(ctx, town.City, c.Name, operator())
		if err != nil {
			return err
		}
		for _, m := range made {
			tellMailing(p.Out, m)
		}
		return nil
	})
}

// lettersIncident lists letters.
type lettersIncident struct {
	incidentFlags
	Unreachable bool   `help:"Only those that reach nobody: without an address, or returned and not corrected."`
	Name        string `arg:"" help:"The incident."`
}

// Run lists them by their number.
func (c lettersIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		letters, err := s.Letters(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if !c.Unreachable || l.Unreachable() {
				tellLetter(p.Out, l)
			}
		}
		return nil
	})
}

func tellLetter(out io.Writer, l mailing.Piece) {
	fmt.Fprintf(out, "%s  %s, %s; mailing %d, envelope %d\n", l.Number, l.Name, strings.Join(l.Lines, ", "), l.Mailing, l.Posting)
	if !l.ReturnedOn.IsZero() {
		fmt.Fprintf(out, "  returned %s: %s\n", l.ReturnedOn, l.Why)
	}
	if len(l.Corrected) > 0 {
		fmt.Fprintf(out, "  goes to %s\n", strings.Join(l.Corrected, ", "))
	}
}

// substituteIncident says where public notice may stand for letters.
type substituteIncident struct {
	namedFlags
	On calendar.Date `placeholder:"DATE" help:"By the law of which day (today)."`
}

// Run says it, with the reason and the statute.
func (c substituteIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(w *works, town townOf, s *mailing.Service) error {
		reports, err := w.reports()
		if err != nil {
			return err
		}
		known, err := reports.Facts(ctx, reportOn(town), c.Name, c.Revision)
		if err != nil {
			return err
		}
		letters, err := s.Letters(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		on := c.On
		if on.IsZero() {
			on = calendar.Of(w.clock.Now(), town.Zone)
		}
		return tellSubstitutes(p.Out, mailing.Substitutes(reports.Book, known.Facts, letters, on))
	})
}

func tellSubstitutes(out io.Writer, all []mailing.Substitute) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "No law on file lets public notice stand for letters here: letters are owed to all.")
		return err
	}
	reasons := map[law.Ground]string{
		law.TooDear: "letters would cost more than the law's limit", law.TooMany: "more people are affected than the law's limit",
		law.NoAddresses: "some cannot be reached by letter",
	}
	for _, s := range all {
		var why []string
		for _, ground := range s.Grounds {
			why = append(why, reasons[ground])
		}
		whom := fmt.Sprintf("the %d who cannot be reached", s.Unreachable)
		if s.All {
			whom = "everybody"
		}
		fmt.Fprintf(out, "%s: public notice may stand for the letters to %s, because %s.\n    %s; %s\n", s.Jurisdiction, whom,
			strings.Join(why, ", and "), s.Citation, s.Standing())
		if s.Note != "" {
			fmt.Fprintf(out, "    %s\n", s.Note)
		}
	}
	_, err := fmt.Fprintln(out, "It is e-mail where an address is known, the notice on the town's site, and the press: texts are in docs/letters.md.")
	return err
}
