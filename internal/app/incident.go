package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"clearwell/internal/incident"
	"clearwell/internal/locale"
)

type incidentCommand struct {
	Open    openIncident    `cmd:"" help:"Open an incident: save a question over who was exposed, and count the answer."`
	Scope   scopeIncident   `cmd:"" help:"Ask the question anew. What was frozen stays."`
	Preview previewIncident `cmd:"" help:"Count who answers a question. Writes nothing."`
	People  peopleIncident  `cmd:"" help:"List people with the reason why they are in, or out; or write the frozen list."`
	Freeze  freezeIncident  `cmd:"" help:"Write down who answers, for good."`
	Diff    diffIncident    `cmd:"" help:"Say what a revision changes of the last frozen one."`
	Told    toldIncident    `cmd:"" help:"Note that people were told."`
	Fact    factIncident    `cmd:"" help:"Note a fact that starts a clock, with its evidence."`
	Clocks  clocksIncident  `cmd:"" help:"Say who must be told by when, the earliest first."`
	Done    doneIncident    `cmd:"" help:"Note that a duty of the law was done: when, by whom, by which letter or form."`
	Undone  undoneIncident  `cmd:"" help:"Take back that a duty was done, with the reason."`
	Hold    holdIncident    `cmd:"" help:"End the harm at once: no cards, no autopay, no late fees, no shut-offs, no visit, nothing destroyed."`
	Lift    liftIncident    `cmd:"" help:"End a hold, as two people have signed."`
	Release releaseIncident `cmd:"" help:"End the legal hold of an incident whose matter is over, as two people have signed."`
	Verify  verifyIncident  `cmd:"" help:"Find out whether a frozen list was changed."`
	List    listIncidents   `cmd:"" help:"List incidents and their revisions."`

	Drill  drillIncident  `cmd:"" help:"Rehearse the worst day in a town that does not exist, timed, with a scorecard."`
	Report reportIncident `cmd:"" help:"Say what an incident came to: times, counts, duties, what is open, who did what."`
	Close  closeIncident  `cmd:"" help:"Close an incident, if nothing is open."`
	Reopen reopenIncident `cmd:"" help:"Open a closed incident again."`

	Tell tellIncident `cmd:"" help:"The operator's duty to tell each town: when it knew, whom it told, who acknowledged."`

	Codes    codesIncident    `cmd:"" help:"Take in codes for credit monitoring, to be handed out once each."`
	Mail     mailIncident     `cmd:"" help:"Write letters down, each person one of each text, and print them."`
	Print    printIncident    `cmd:"" help:"Print a mailing again."`
	Posted   postedIncident   `cmd:"" help:"Note that a mailing was handed to the Postal Service."`
	Email    emailIncident    `cmd:"" help:"Write to people by e-mail beside their letters, where the law on file allows it, each once for each text."`
	Mailings mailingsIncident `cmd:"" help:"List mailings."`

	Returned  returnedIncident  `cmd:"" help:"Note envelopes that came back."`
	Address   addressIncident   `cmd:"" help:"Note where a letter goes that came back."`
	Again     againIncident     `cmd:"" help:"Post letters again whose address was corrected."`
	Letters   lettersIncident   `cmd:"" help:"List letters, or those that reach nobody."`
	Publish   publishIncident   `cmd:"" help:"Publish the notice: on every page of the town, with an answer for residents who ask whether they were affected."`
	Unpublish unpublishIncident `cmd:"" help:"Withdraw the notice."`
	Affected  affectedIncident  `cmd:"" help:"Say what a caller may be told."`

	Substitute substituteIncident `cmd:"" help:"Say where public notice may stand for letters, and by which law."`
}

// incidentFlags say which town is meant.
type incidentFlags struct {
	Config   string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City     string `required:"" placeholder:"CITY" help:"The town."`
	Language string `default:"en" enum:"en,es" help:"In which reasons are written: ${enum} (${default})."`
}

func (f incidentFlags) words(w *works) *locale.Printer {
	return w.words.Printer(locale.Lang(f.Language))
}

// namedFlags say which incident is meant.
type namedFlags struct {
	incidentFlags
	Revision int    `placeholder:"N" help:"Which revision (the newest)."`
	Name     string `arg:"" help:"The incident."`
}

// find finds the revision that is meant.
func (f namedFlags) find(ctx context.Context, w *works, town townOf) (incident.Incident, incident.Revision, error) {
	found, err := incident.New(w.db).Find(ctx, town.City, f.Name)
	if err != nil {
		return found, incident.Revision{}, err
	}
	revision, err := found.Revision(f.Revision)
	return found, revision, err
}

// openIncident saves a question.
type openIncident struct {
	incidentFlags
	Title string   `placeholder:"TEXT" help:"What it is about, for people."`
	Name  string   `arg:"" help:"A short name for it, as portal-2026."`
	Scope []string `arg:"" help:"Who is meant, as: on 2019-08-27..2019-10-14 and capture web_frame and flow one_time and instrument card"`
}

// Run saves it and prints the count.
func (c openIncident) Run(ctx context.Context, p Process) error {
	scope, err := incident.ParseScope(strings.Join(c.Scope, " "))
	if err != nil {
		return err
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		if err := desk.Open(ctx, town.City, c.Name, c.Title, scope, operator()); err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "Incident %s is open, with revision 1: %s\n", c.Name, scope)
		return preview(ctx, p.Out, desk, town, scope)
	})
}

// scopeIncident asks anew.
type scopeIncident struct {
	incidentFlags
	Note  string   `placeholder:"TEXT" help:"Why it is asked anew."`
	Name  string   `arg:"" help:"The incident."`
	Scope []string `arg:"" help:"Who is meant now."`
}

// Run saves the revision and prints the count.
func (c scopeIncident) Run(ctx context.Context, p Process) error {
	scope, err := incident.ParseScope(strings.Join(c.Scope, " "))
	if err != nil {
		return err
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		number, err := desk.Rescope(ctx, town.City, c.Name, scope, c.Note, operator())
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "Incident %s has revision %d: %s\n", c.Name, number, scope)
		return preview(ctx, p.Out, desk, town, scope)
	})
}

// previewIncident counts.
type previewIncident struct {
	Config     string   `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City       string   `required:"" xor:"where" placeholder:"CITY" help:"The town."`
	Everywhere bool     `required:"" xor:"where" help:"All towns of this installation, each counted apart."`
	Scope      []string `arg:"" help:"Who is meant, or the name of an incident."`
}

// Run prints the counts.
func (c previewIncident) Run(ctx context.Context, p Process) error {
	if c.Everywhere {
		return c.everywhere(ctx, p)
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		if len(c.Scope) > 1 || strings.Contains(c.Scope[0], " ") {
			scope, err := incident.ParseScope(strings.Join(c.Scope, " "))
			if err != nil {
				return err
			}
			return preview(ctx, p.Out, desk, town, scope)
		}
		found, err := desk.Find(ctx, town.City, c.Scope[0])
		if err != nil {
			return err
		}
		revision, err := found.Revision(0)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "Revision %d: %s\n", revision.Number, revision.Scope)
		return preview(ctx, p.Out, desk, town, revision.Scope)
	})
}

func (c previewIncident) everywhere(ctx context.Context, p Process) error {
	scope, err := incident.ParseScope(strings.Join(c.Scope, " "))
	if err != nil {
		return err
	}
	return inWorks(ctx, p, c.Config, func(w *works) error {
		all, err := incident.New(w.db).PreviewEverywhere(ctx, scope)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "town\tpeople\thouseholds\toccasions\tof them unsure")
		for _, one := range all {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\n", one.City, one.People, one.Households, one.Occasions, one.Unsure)
		}
		return table.Flush()
	})
}

// preview prints the counts of a scope.
func preview(ctx context.Context, out io.Writer, desk *incident.Desk, town townOf, scope incident.Scope) error {
	counted, err := desk.Preview(ctx, town.City, scope)
	if err != nil {
		return err
	}
	if (scope.Window() == incident.Span{}) {
		fmt.Fprintln(out, "The scope says nothing about dates: it means all that was ever recorded.")
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "people\t%d\nhouseholds\t%d\noccasions\t%d\n", counted.People, counted.Households, counted.Occasions)
	fmt.Fprintf(table, "  in only because nobody recorded more\t%d\n", counted.Unsure)
	for _, by := range []struct {
		name   string
		counts map[string]int
	}{{"outcome", counted.ByOutcome}, {"flow", counted.ByFlow}, {"capture", counted.ByCapture}} {
		for _, value := range slices.Sorted(maps.Keys(by.counts)) {
			fmt.Fprintf(table, "  %s %s\t%d\n", by.name, value, by.counts[value])
		}
	}
	fmt.Fprintf(table, "occasions of these days that are out\t%d\n", counted.Out)
	return table.Flush()
}

// freezeIncident writes down who answers.
type freezeIncident struct {
	namedFlags
	People *int `placeholder:"N" help:"Only if there are still so many."`
	Yes    bool `help:"Do it. Without this, the count is shown and nothing is written."`
}

// Run freezes, or says what would be frozen.
func (c freezeIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		found, revision, err := c.find(ctx, w, town)
		if err != nil {
			return err
		}
		desk := incident.New(w.db)
		if !c.Yes {
			list, err := desk.Answer(ctx, found, revision)
			if err != nil {
				return err
			}
			tellDoubts(p.Out, list)
			_, err = fmt.Fprintf(p.Out, "Revision %d would be frozen with %d people in %d households, of %d occasions. Nothing was written; to do it, add --yes --people %d.\n",
				revision.Number, list.Counts.People, list.Households, list.Occasions, list.Counts.People)
			return err
		}
		frozen, err := desk.Freeze(ctx, town.City, c.Name, revision.Number, c.People, operator())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "Revision %d is frozen: %d people in %d households, of %d occasions.\nSHA-256 %s\n",
			frozen.Number, frozen.People, frozen.Households, frozen.Occasions, frozen.Digest)
		return err
	})
}

// tellDoubts lists who shares a login or an e-mail address under several names.
func tellDoubts(out io.Writer, list incident.List) {
	for _, doubt := range list.Doubts {
		fmt.Fprintf(out, "kept apart, with one %s and several names: %s\n", doubt.Link, strings.Join(doubt.People, ", "))
	}
}

// diffIncident compares revisions.
type diffIncident struct{ namedFlags }

// Run prints the difference.
func (c diffIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		diff, err := incident.New(w.db).Difference(ctx, town.City, c.Name, c.Revision)
		if err != nil {
			return err
		}
		since := "Nothing was frozen before"
		if diff.Since.Number > 0 {
			since = fmt.Sprintf("Since revision %d", diff.Since.Number)
		}
		fmt.Fprintf(p.Out, "%s, revision %d has:\n", since, diff.Of.Number)
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "newly\t%d\nno longer\t%d\nstaying\t%d\ntold already\t%d\nnot told\t%d\n",
			len(diff.Newly), len(diff.NoLonger), diff.Staying, diff.Told, len(diff.Untold))
		return table.Flush()
	})
}

// toldIncident notes who was told.
type toldIncident struct {
	namedFlags
	Content string   `required:"" placeholder:"VERSION" help:"Which text, by its version; each person is noted once for each."`
	Way     string   `default:"letter" enum:"letter,email,text,call,substitute" help:"How: ${enum} (${default})."`
	Yes     bool     `help:"Do it. Without this, nothing is written."`
	Person  []string `arg:"" optional:"" help:"Who (everybody on the list)."`
}

// Run notes it.
func (c toldIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		if !c.Yes {
			return c.dryRun(ctx, p.Out, desk, town)
		}
		told, err := desk.Tell(ctx, town.City, c.Name, c.Revision, c.Person, incident.Telling{Content: c.Content, Way: c.Way, By: operator()})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d people are noted as told by %s. Who was told by it before stays as they were.\n", told, c.Content)
		return err
	})
}

func (c toldIncident) dryRun(ctx context.Context, out io.Writer, desk *incident.Desk, town townOf) error {
	would := 0
	err := desk.Each(ctx, town.City, c.Name, c.Revision, func(person incident.Person) error {
		named := len(c.Person) == 0 || slices.Contains(c.Person, person.ID)
		told := slices.ContainsFunc(person.Told, func(t incident.Telling) bool { return t.Content == c.Content })
		if named && !told {
			would++
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d people would be noted as told by %s. Nothing was written; to do it, add --yes.\n", would, c.Content)
	return err
}

// verifyIncident looks for changes.
type verifyIncident struct{ namedFlags }

// Run verifies the log first: a list is only as good as the log that has its
// digest.
func (c verifyIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		report, err := w.audit.Verify(ctx, town.City)
		if err != nil {
			return err
		}
		if !report.OK() {
			fmt.Fprintln(p.Out, report.Text())
			return errDamaged
		}
		verdict, revision, err := incident.New(w.db).Verify(ctx, w.audit, town.City, c.Name, c.Revision)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "Revision %d, %d people: %s\n", revision.Number, revision.People, verdict)
		if verdict != incident.Intact {
			return fmt.Errorf("the list of %s is not the one that was frozen: %s", c.Name, verdict)
		}
		return nil
	})
}

// listIncidents lists.
type listIncidents struct{ incidentFlags }

// Run prints incidents with their revisions.
func (c listIncidents) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		all, err := incident.New(w.db).List(ctx, town.City)
		if err != nil {
			return err
		}
		for _, one := range all {
			fmt.Fprintf(p.Out, "%s  %s\n  opened %s by %s\n", one.Name, one.Title, one.OpenedAt.In(town.Zone).Format(minutes), one.OpenedBy)
			for _, r := range one.Revisions {
				tellRevision(p.Out, town, r)
			}
		}
		return nil
	})
}

func tellRevision(out io.Writer, town townOf, r incident.Revision) {
	fmt.Fprintf(out, "  %d  %s  %s\n", r.Number, r.State, r.Scope)
	if r.Note != "" {
		fmt.Fprintf(out, "     %s\n", r.Note)
	}
	if r.State == incident.Frozen {
		fmt.Fprintf(out, "     %d people, %d households, %d occasions; by %s, %s\n", r.People, r.Households, r.Occasions,
			r.FrozenBy, r.FrozenAt.In(town.Zone).Format(minutes))
	}
}
