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

	"clearwell/internal/approval"
	"clearwell/internal/incident"
	"clearwell/internal/locale"
)

// peopleIncident lists people.
type peopleIncident struct {
	namedFlags
	All     bool   `help:"Also those who are out, with the reason. Asks the question as things are now."`
	Find    string `placeholder:"TEXT" help:"Only people with this in their name, e-mail address or utility account."`
	CSV     string `name:"csv" placeholder:"FILE" help:"Write the frozen list here, for its owner alone. What exists is not overwritten."`
	Ask     bool   `help:"Print the request for two people to sign, where the list is long."`
	As      string `placeholder:"NAME" help:"With --ask: who asks, a name of people in the configuration (who runs the command)."`
	Request string `placeholder:"NUMBER" help:"With --csv: the request that two people have signed."`
}

// Run prints people, or writes the frozen list.
func (c peopleIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		found, revision, err := c.find(ctx, w, town)
		if err != nil {
			return err
		}
		desk, words := incident.New(w.db), c.words(w)
		switch {
		case c.Ask:
			return c.ask(ctx, p, w, town)
		case c.CSV != "":
			return c.export(ctx, p.Out, w, town, words)
		}
		few := few{left: incident.Bulk}
		if revision.State == incident.Frozen && !c.All {
			err = desk.Each(ctx, town.City, c.Name, revision.Number, func(person incident.Person) error {
				c.tell(few.out(p.Out), person, words)
				return nil
			})
			return errors.Join(err, few.say(p.Out))
		}
		list, err := c.answer(ctx, desk, found, revision)
		if err != nil {
			return err
		}
		for _, person := range list.People {
			c.tell(few.out(p.Out), person, words)
		}
		tellDoubts(p.Out, list)
		return few.say(p.Out)
	})
}

// few lets so many people be printed. A list that scrolls by is one that leaves the
// house too.
type few struct{ left, more int }

// out is where the next one is printed: nowhere once it is enough.
func (f *few) out(to io.Writer) io.Writer { return &counted{f, to, false} }

// counted counts a person once something is printed of them.
type counted struct {
	few   *few
	to    io.Writer
	begun bool
}

// Write prints, or counts who is not.
func (c *counted) Write(p []byte) (int, error) {
	if !c.begun {
		c.begun = true
		if c.few.left--; c.few.left < 0 {
			c.few.more++
		}
	}
	if c.few.left < 0 {
		return len(p), nil
	}
	return c.to.Write(p)
}

// say says who was not printed.
func (f *few) say(out io.Writer) error {
	if f.more == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "%d more. Narrow it with --find; two people hand out the whole list: --ask, then --csv FILE --request NUMBER.\n", f.more)
	return err
}

// ask prints what two people sign.
func (c peopleIncident) ask(ctx context.Context, p Process, w *works, town townOf) error {
	revision, err := incident.New(w.db).Listed(ctx, town.City, c.Name, c.Revision)
	if err != nil {
		return w.inWords(err)
	}
	return w.askFor(p, approval.Draft{City: town.City, Action: incident.HandOutAction, Content: revision.HandOutWords(town.City, c.Name), By: c.As})
}

// handing is by whose word the list leaves.
func (c peopleIncident) handing(ctx context.Context, w *works, town townOf) (incident.Handing, error) {
	h := incident.Handing{To: c.CSV, By: operator(), People: w.approvals.People()}
	if c.Request == "" {
		return h, nil
	}
	request, err := findApproval(ctx, w, town.City, c.Request)
	h.Request = request.ID
	return h, err
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
func (c peopleIncident) export(ctx context.Context, said io.Writer, w *works, town townOf, words *locale.Printer) (err error) {
	handing, err := c.handing(ctx, w, town)
	if err != nil {
		return w.inWords(err)
	}
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
	err = incident.New(w.db).HandOut(ctx, town.City, c.Name, c.Revision, handing, func(person incident.Person) error {
		count++
		return rows.Write(cells(person, words))
	})
	rows.Flush()
	if err = errors.Join(err, rows.Error()); err != nil {
		return fmt.Errorf("writing the list: %w", w.inWords(err))
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
