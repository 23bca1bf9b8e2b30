package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"clearwell/internal/exposure"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
	"clearwell/internal/mailing"
)

// publishIncident puts the public notice in force.
type publishIncident struct {
	incidentFlags
	Notice string `required:"" placeholder:"FILE" help:"What the town says, as docs/letters.md shows."`
	Yes    bool   `help:"Do it. Without this, the notice is printed and nothing is written."`
	Name   string `arg:"" help:"The incident. Its newest frozen list answers residents who ask."`
}

// Run shows the texts, or publishes them: a banner on every page of the town, the
// notice, and the page on which residents ask whether they were affected.
func (c publishIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		terms, err := readNotice(ctx, c.Notice, incident.New(w.db), town, c.Name)
		if err != nil {
			return err
		}
		if !c.Yes {
			return c.show(p.Out, w, terms)
		}
		made, err := w.published.Publish(ctx, town.City, c.Name, terms.Notice, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "Notice %d is in force, and answers from revision %d. Publish again when a new list is frozen.\n", made.Number, made.Revision)
		return err
	})
}

func (c publishIncident) show(out io.Writer, w *works, terms mailing.Terms) error {
	writer, err := w.letterWriter()
	if err != nil {
		return err
	}
	for _, lang := range locale.Languages {
		public, err := writer.Public(terms.Notice, lang)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n\n%s\n", public.Banner, public.Web.Text())
	}
	_, err = fmt.Fprintln(out, "Nothing was published; to do it, add --yes.")
	return err
}

// unpublishIncident ends it.
type unpublishIncident struct {
	incidentFlags
	Yes bool `help:"Do it. Without this, nothing is written."`
}

// Run withdraws the notice in force.
func (c unpublishIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		current, err := w.published.Current(ctx, town.City)
		if err != nil {
			return err
		}
		if !c.Yes {
			_, err := fmt.Fprintf(p.Out, "Notice %d, about %s, would be withdrawn. Nothing was written; to do it, add --yes.\n", current.Number, current.Incident)
			return err
		}
		ended, err := w.published.Withdraw(ctx, town.City, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "Notice %d, about %s, is withdrawn.\n", ended.Number, ended.Incident)
		return err
	})
}

// affectedIncident answers a caller.
type affectedIncident struct {
	namedFlags
	UtilityAccount string `required:"" xor:"who" placeholder:"NUMBER" help:"Of the caller, who has proved to be its holder as for any question about a bill."`
	Person         string `required:"" xor:"who" placeholder:"NAME" help:"Of the caller, as on the list: for who paid the bill of somebody else."`
}

// Run says what the one who answers the telephone may say. Nobody else on the
// list is named: others who paid a bill are counted.
func (c affectedIncident) Run(ctx context.Context, p Process) error {
	return withMailings(ctx, p, c.Config, c.City, func(w *works, town townOf, s *mailing.Service) error {
		letters, err := s.Letters(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		number := c.UtilityAccount
		if normal, err := town.Numbers.Normalise(number); err == nil {
			number = normal
		}
		var own []incident.Person
		payers := 0
		err = incident.New(w.db).Each(ctx, town.City, c.Name, c.Revision, func(person incident.Person) error {
			switch {
			case c.Person != "" && exposure.SameName(person.Name, c.Person), number != "" && slices.Contains(person.UtilityAccounts, number) && person.Kind != incident.PayerKind:
				own = append(own, person)
			case number != "" && slices.Contains(person.UtilityAccounts, number):
				payers++
			}
			return nil
		})
		if err != nil {
			return err
		}
		tellCaller(p.Out, c.words(w), own, payers, letters)
		return nil
	})
}

func tellCaller(out io.Writer, words *locale.Printer, own []incident.Person, payers int, letters []mailing.Piece) {
	for _, person := range own {
		fmt.Fprintf(out, "%s: %s\n", person.Name, words.T("notice.caller_yes"))
		for _, l := range letters {
			if l.Person == person.ID && strings.HasPrefix(l.Content, string(letter.Exposed)+"-") {
				tellLetter(out, l)
			}
		}
	}
	if payers > 0 {
		fmt.Fprintln(out, words.T("notice.caller_payers", "Count", payers))
	}
	if len(own) == 0 && payers == 0 {
		fmt.Fprintln(out, words.T("notice.caller_no"))
	}
	fmt.Fprintln(out, words.T("notice.caller_never"))
}
