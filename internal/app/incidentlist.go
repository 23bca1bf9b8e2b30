package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"clearwell/internal/incident"
	"clearwell/internal/locale"
)

// peopleIncident lists people.
type peopleIncident struct {
	namedFlags
	All  bool   `help:"Also those who are out, with the reason. Asks the question as things are now."`
	Find string `placeholder:"TEXT" help:"Only people with this in their name, e-mail address or utility account."`
	CSV  string `name:"csv" placeholder:"FILE" help:"Write the frozen list here, for its owner alone. What exists is not overwritten."`
}

// Run prints people, or writes the frozen list.
func (c peopleIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		found, revision, err := c.find(ctx, w, town)
		if err != nil {
			return err
		}
		desk, words := incident.New(w.db), c.words(w)
		if c.CSV != "" {
			return c.export(ctx, p.Out, desk, town, words)
		}
		if revision.State == incident.Frozen && !c.All {
			return desk.Each(ctx, town.City, c.Name, revision.Number, func(person incident.Person) error {
				c.tell(p.Out, person, words)
				return nil
			})
		}
		list, err := c.answer(ctx, desk, found, revision)
		if err != nil {
			return err
		}
		for _, person := range list.People {
			c.tell(p.Out, person, words)
		}
		tellDoubts(p.Out, list)
		return nil
	})
}

func (c peopleIncident) answer(ctx context.Context, desk *incident.Desk, of incident.Incident, r incident.Revision) (incident.List, error) {
	if c.All {
		return desk.People(ctx, of.City, r.Scope, true)
	}
	return desk.Answer(ctx, of, r)
}

// tell prints one person, unless somebody else is looked for.
func (c peopleIncident) tell(out io.Writer, person incident.Person, words *locale.Printer) {
	texts := append([]string{person.Name, person.Email}, person.UtilityAccounts...)
	wanted := slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(c.Find))
	})
	if !wanted {
		return
	}
	fmt.Fprintf(out, "%s  %s, %s, utility account %s, %d occasions, %s to %s\n", person.ID, person.Name, person.Kind,
		strings.Join(person.UtilityAccounts, ", "), person.Occasions, person.First, person.Last)
	fmt.Fprintf(out, "  %s\n", person.Verdict.Say(words))
	if len(person.Links) > 0 {
		fmt.Fprintf(out, "  %s\n", linksOf(person, words))
	}
	for _, t := range person.Told {
		fmt.Fprintf(out, "  told by %s (%s) %s\n", t.Content, t.Way, t.At.Format(minutes))
	}
}

// linksOf says why several occasions are one person's.
func linksOf(person incident.Person, words *locale.Printer) string {
	var links []string
	for _, link := range person.Links {
		links = append(links, link.Say(words))
	}
	return words.Join(links)
}

// export writes the frozen list as CSV.
func (c peopleIncident) export(ctx context.Context, said io.Writer, desk *incident.Desk, town townOf, words *locale.Printer) (err error) {
	out, err := os.OpenFile(c.CSV, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(err, os.Remove(c.CSV))
		}
	}()
	rows := csv.NewWriter(out)
	err = rows.Write([]string{"person", "household", "kind", "name", "address_then", "address_1", "address_2", "city", "state", "zip",
		"email", "phone", "language", "residence", "utility_accounts", "occasions", "first", "last", "one_person_because", "reason", "told_by"})
	if err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	count := 0
	err = desk.HandOut(ctx, town.City, c.Name, c.Revision, c.CSV, operator(), func(person incident.Person) error {
		count++
		return rows.Write(cells(person, words))
	})
	rows.Flush()
	if err = errors.Join(err, rows.Error()); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	_, err = fmt.Fprintf(said, "%d people are in %s.\n", count, c.CSV)
	return err
}

func cells(p incident.Person, words *locale.Printer) []string {
	var told []string
	for _, t := range p.Told {
		told = append(told, t.Content)
	}
	row := []string{p.ID, p.Household, string(p.Kind), p.Name, p.Then, p.Now.Lines[0], p.Now.Lines[1], p.Now.City, p.Now.State, p.Now.ZIP,
		p.Email, p.Phone, string(p.Language), p.State, strings.Join(p.UtilityAccounts, " "), strconv.Itoa(p.Occasions),
		p.First.String(), p.Last.String(), linksOf(p, words), p.Verdict.Say(words), strings.Join(told, " ")}
	for i, cell := range row {
		row[i] = inert(cell)
	}
	return row
}

// inert keeps a spreadsheet from taking what a payer typed for a formula.
func inert(text string) string {
	if strings.IndexAny(strings.TrimLeft(text, " "), "=+-@\t\r\n") == 0 {
		return "'" + text
	}
	return text
}
