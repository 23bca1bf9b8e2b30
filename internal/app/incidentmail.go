package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/mailing"
	"clearwell/internal/secret"
)

// letterWriter writes what residents read after a breach.
func (w *works) letterWriter() (*letter.Writer, error) {
	book, err := law.Load()
	if err != nil {
		return nil, err
	}
	return letter.NewWriter(book, w.words), nil
}

// mailings opens the service for what is posted.
func (w *works) mailings() (*mailing.Service, error) {
	writer, err := w.letterWriter()
	if err != nil {
		return nil, err
	}
	return mailing.New(mailing.Deps{DB: w.db, Writer: writer, Sealer: w.keys.sealer, Key: w.keys.digests}), nil
}

// withMailings is inTown for a command about what is posted.
func withMailings(ctx context.Context, p Process, config, city string, do func(*works, townOf, *mailing.Service) error) error {
	return inTown(ctx, p, config, city, func(w *works, town townOf) error {
		s, err := w.mailings()
		if err != nil {
			return err
		}
		return do(w, town, s)
	})
}

// printFlags say where letters go.
type printFlags struct {
	PDF string `name:"pdf" placeholder:"FILE" help:"Write the letters here, for their owner alone. What exists is not overwritten."`
	CSV string `name:"csv" placeholder:"FILE" help:"Write the list for the mailing house here, in the order of the letters."`
}

// mailIncident writes letters down and prints them.
type mailIncident struct {
	namedFlags
	printFlags
	Notice  string `required:"" placeholder:"FILE" help:"What the letters say, as docs/letters.md shows."`
	Kind    string `default:"exposed" enum:"exposed,information" help:"To those on the list, or information to everybody else: ${enum} (${default})."`
	Newly   bool   `help:"Only to those who have no letter of this kind, whatever it said."`
	Letters *int   `placeholder:"N" help:"Only if there are still so many."`
	Yes     bool   `help:"Do it. Without this, the count is shown and nothing is written."`
}

// Run shows what would be posted, or writes it down and prints it. Run again, it
// prints the same letters.
func (c mailIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(w *works, town townOf, s *mailing.Service) error {
		terms, err := readNotice(ctx, c.Notice, incident.New(w.db), town, c.Name)
		if err != nil {
			return err
		}
		order := mailing.Order{Incident: c.Name, Revision: c.Revision, Kind: letter.Kind(c.Kind), Newly: c.Newly, Terms: terms}
		plan, err := s.Plan(ctx, town.City, order)
		if err != nil {
			return err
		}
		if !c.Yes {
			tellPlan(p.Out, plan)
			_, err := fmt.Fprintf(p.Out, "Nothing was written; to do it, add --yes --letters %d.\n", len(plan.Fresh))
			return err
		}
		return c.printFlags.with(func(pages, list io.Writer) error {
			made, err := s.Write(ctx, town.City, order, c.Letters, operator())
			if printed := plan.Printed(); errors.Is(err, mailing.ErrNobody) && len(printed) > 0 {
				made, err = printed[len(printed)-1], nil
				fmt.Fprintf(p.Out, "Everybody has a letter with this text. These are those of mailing %d again.\n", made.Number)
			}
			if err != nil {
				return err
			}
			tellMailing(p.Out, made)
			return c.printFlags.print(ctx, p.Out, s, town, c.Name, made.Number, pages, list)
		})
	})
}

func tellPlan(out io.Writer, plan mailing.Plan) {
	fmt.Fprintf(out, "Of revision %d, by the text %s:\n", plan.Revision, plan.Content)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "get a letter\t%d\n  of them had one with another text\t%d\n  of them have no address\t%d\nhave one with this text\t%d\n",
		len(plan.Fresh), plan.Again, plan.Unaddressed, plan.Had)
	if plan.Codes > 0 {
		fmt.Fprintf(table, "codes needed\t%d\ncodes free\t%d\n", plan.Codes, plan.FreeCodes)
	}
	_ = table.Flush() // what it writes to is told of its own errors
}

func tellMailing(out io.Writer, m mailing.Mailing) {
	state := string(m.State)
	if m.State == mailing.Posted {
		state += " " + m.PostedOn.String() + ", " + m.Evidence
	}
	fmt.Fprintf(out, "Mailing %d: %d letters (%s, %s), revision %d, text %s, %s\n", m.Number, m.Letters, m.Kind, m.Round, m.Revision, m.Content, state)
}

// with opens the files before anything is written down, and leaves none behind
// where it goes wrong.
func (f printFlags) with(do func(pages, list io.Writer) error) error {
	return ownFile(f.PDF, func(pages io.Writer) error {
		return ownFile(f.CSV, func(list io.Writer) error { return do(pages, list) })
	})
}

// print writes the letters and the list, where either is asked for.
func (f printFlags) print(ctx context.Context, said io.Writer, s *mailing.Service, town townOf, name string, number int, pages, list io.Writer) error {
	if f.PDF == "" && f.CSV == "" {
		return nil
	}
	printed, err := s.Print(ctx, town.City, name, number, pages, list, strings.TrimSpace(f.PDF+" "+f.CSV), operator())
	if err != nil {
		return err
	}
	fmt.Fprintf(said, "%d letters on %d pages.\n", printed.Letters, printed.Pages)
	for _, remark := range []struct {
		about string
		who   []string
	}{
		{"have a sign in their address that no font has: write the envelope by hand", printed.Replaced},
		{"have no address: hand the letter over", printed.Unaddressed},
	} {
		if len(remark.who) > 0 {
			fmt.Fprintf(said, "%d %s: %s\n", len(remark.who), remark.about, strings.Join(remark.who, ", "))
		}
	}
	return nil
}

// ownFile makes a file for its owner alone, never over another; an empty path is
// none. What goes wrong leaves no file.
func ownFile(path string, do func(io.Writer) error) (err error) {
	if path == "" {
		return do(io.Discard)
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("making a file: %w", err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	return do(out)
}

// printIncident prints a mailing again.
type printIncident struct {
	incidentFlags
	printFlags
	Name    string `arg:"" help:"The incident."`
	Mailing int    `arg:"" help:"The number of the mailing."`
}

// Run prints it.
func (c printIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		return c.printFlags.with(func(pages, list io.Writer) error {
			return c.printFlags.print(ctx, p.Out, s, town, c.Name, c.Mailing, pages, list)
		})
	})
}

// mailingsIncident lists mailings.
type mailingsIncident struct{ namedFlags }

// Run lists them, and how many codes are left.
func (c mailingsIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		all, err := s.Mailings(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		for _, m := range all {
			tellMailing(p.Out, m)
		}
		codes, handed, err := s.Codes(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "Codes for credit monitoring: %d, of them %d handed out.\n", codes, handed)
		return err
	})
}

// postedIncident notes that letters were handed to the Postal Service.
type postedIncident struct {
	incidentFlags
	On       calendar.Date `required:"" placeholder:"DATE" help:"On which day."`
	Evidence string        `required:"" placeholder:"TEXT" help:"How it is known: the receipt of the Postal Service, with its number."`
	Yes      bool          `help:"Do it. Without this, nothing is written."`
	Name     string        `arg:"" help:"The incident."`
	Mailing  int           `arg:"" help:"The number of the mailing."`
}

// Run notes it, and everybody on it as told.
func (c postedIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		all, err := s.Mailings(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		if c.Mailing < 1 || c.Mailing > len(all) {
			return mailing.ErrUnknown
		}
		if !c.Yes {
			tellMailing(p.Out, all[c.Mailing-1])
			_, err := fmt.Fprintf(p.Out, "It would be noted as posted on %s. Nothing was written; to do it, add --yes.\n", c.On)
			return err
		}
		posted, err := s.Post(ctx, town.City, c.Name, c.Mailing, c.On, c.Evidence, operator())
		if err != nil {
			return err
		}
		tellMailing(p.Out, posted)
		return nil
	})
}

// codesIncident takes codes for credit monitoring in.
type codesIncident struct {
	incidentFlags
	Yes  bool   `help:"Do it. Without this, the codes are counted and nothing is written."`
	Name string `arg:"" help:"The incident."`
	File string `arg:"" help:"A file with one code on each line."`
}

// Run keeps them sealed. It prints none.
func (c codesIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(_ *works, town townOf, s *mailing.Service) error {
		codes, err := readCodes(c.File)
		if err != nil {
			return err
		}
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "%d codes would be taken in, but for those that are there. Nothing was written; to do it, add --yes.\n", len(codes))
			return err
		}
		fresh, err := s.ImportCodes(ctx, town.City, c.Name, codes, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d codes were taken in. Remove the file now: they are sealed.\n", fresh)
		return err
	})
}

// readCodes reads one code from each line that has one.
func readCodes(path string) ([]secret.String, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	defer file.Close()
	var codes []secret.String
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			codes = append(codes, secret.New(text))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	return codes, nil
}
