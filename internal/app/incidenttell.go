package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/report"
)

// tellIncident is the duty of whoever operates the portal to tell each town.
type tellIncident struct {
	Known        knownTell `cmd:"" help:"Note that the operator knows of something that may concern a town. The duty to tell it begins."`
	Mail         mailTell  `cmd:"" help:"Tell a town by e-mail, and note it."`
	Sent         sentTell  `cmd:"" help:"Note that a town was told: to whom, on which way."`
	Acknowledged ackTell   `cmd:"" help:"Note that somebody of the town acknowledged it."`
	List         listTells `cmd:"" help:"List who was told and who was not, the longest waiting first. Ends with status 1 when a step is overdue."`
}

// townsFlags say which towns are meant: one, or all.
type townsFlags struct {
	Config     string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City       string `required:"" xor:"where" placeholder:"CITY" help:"The town."`
	Everywhere bool   `required:"" xor:"where" help:"All towns of this installation."`
}

// each does something for each town that is meant.
func (f townsFlags) each(ctx context.Context, p Process, do func(*works, townOf) error) error {
	return inWorks(ctx, p, f.Config, func(w *works) error {
		towns := w.towns.All()
		if !f.Everywhere {
			town, err := w.townNamed(f.City)
			if err != nil {
				return err
			}
			towns = []townOf{town}
		}
		var errs []error
		for _, town := range towns {
			if err := do(w, town); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", town.City, w.inWords(err)))
			}
		}
		return errors.Join(errs...)
	})
}

// wordFlags are a step that happened.
type wordFlags struct {
	townsFlags
	On       calendar.Date `placeholder:"DATE" help:"On which day it happened (now)."`
	At       string        `placeholder:"TIME" help:"At which time of that day, by the town's clock, as 14:30. Needed with --on."`
	Evidence string        `required:"" placeholder:"TEXT" help:"How it is known: a letter, a ticket, a call, with its reference."`
	Yes      bool          `help:"Do it. Without this, nothing is written."`
	Name     string        `arg:"" help:"The incident, whether it is open yet or not."`
}

var errTimeOfDay = errors.New("give the day with --on and its time with --at, or neither")

// note notes a step in each town that is meant.
func (f wordFlags) note(ctx context.Context, p Process, word incident.Word) error {
	return f.each(ctx, p, func(w *works, town townOf) error {
		word := word
		word.At, word.Evidence, word.RecordedBy = w.clock.Now(), f.Evidence, operator()
		if f.On.IsZero() != (f.At == "") {
			return errTimeOfDay
		}
		if f.At != "" {
			at, err := parseTime(f.On.String()+" "+f.At, town.Zone)
			if err != nil {
				return err
			}
			word.At = at
		}
		fmt.Fprintf(p.Out, "%s  %s: %s\n", town.City, f.Name, wordText(town, word))
		return noteWord(ctx, p, w, town, f.Name, f.Yes, word, nil)
	})
}

// noteWord notes a word, or says that it did not.
func noteWord(ctx context.Context, p Process, w *works, town townOf, name string, yes bool, word incident.Word, also func(*db.Tx) error) error {
	if !yes {
		_, err := fmt.Fprintln(p.Out, "  Nothing was written; to do it, add --yes.")
		return err
	}
	if err := incident.New(w.db).Warn(ctx, town.City, name, word, also); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.Out, "  It is noted.")
	return err
}

func wordText(town townOf, word incident.Word) string {
	text := fmt.Sprintf("%s %s", word.Step, inZone(word.At, town))
	if word.Person != "" {
		text += ", " + strings.TrimSpace(word.Person+" "+word.Way)
	}
	return text + ": " + word.Evidence
}

// knownTell notes that the operator knows.
type knownTell struct{ wordFlags }

// Run notes it.
func (c knownTell) Run(ctx context.Context, p Process) error {
	return c.note(ctx, p, incident.Word{Step: incident.Suspected})
}

// sentTell notes that a town was told.
type sentTell struct {
	wordFlags
	To  string `required:"" placeholder:"NAME" help:"Who was told: name and office."`
	Way string `required:"" enum:"email,letter,call,in_person" help:"How: ${enum}."`
}

// Run notes it.
func (c sentTell) Run(ctx context.Context, p Process) error {
	return c.note(ctx, p, incident.Word{Step: incident.Sent, Person: c.To, Way: c.Way})
}

// ackTell notes that a town has acknowledged.
type ackTell struct {
	wordFlags
	By string `required:"" placeholder:"NAME" help:"Who of the town: name and office."`
}

// Run notes it.
func (c ackTell) Run(ctx context.Context, p Process) error {
	return c.note(ctx, p, incident.Word{Step: incident.Acknowledged, Person: c.By})
}

// mailTell writes to a town.
type mailTell struct {
	townsFlags
	Yes  bool   `help:"Do it. Without this, nothing is written or sent."`
	Name string `arg:"" help:"The incident, whether it is open yet or not."`
	Text string `arg:"" help:"What is known, for the town to read."`
}

var errMailless = errors.New("no mail leaves this installation: set mail in the configuration, or tell the town otherwise and note it with \"incident tell sent\"")

// Run queues the mail, and notes it in the same transaction. Said again, it sends
// nothing twice.
func (c mailTell) Run(ctx context.Context, p Process) error {
	return c.each(ctx, p, func(w *works, town townOf) error {
		if w.outbox == nil {
			return errMailless
		}
		all, err := incident.New(w.db).Warnings(ctx, town.City)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(one incident.Warning) bool { return one.Name == c.Name })
		if at < 0 {
			return incident.ErrWordEarly
		}
		known, _ := all[at].Word(incident.Suspected)
		to, language := town.Contact.Alarms(), town.Contact.Tongue()
		word := incident.Word{Step: incident.Sent, At: w.clock.Now(), Person: to, Way: "email", Evidence: "mail queued: " + c.Text, RecordedBy: operator()}
		fmt.Fprintf(p.Out, "%s  %s: %s\n", town.City, c.Name, wordText(town, word))
		return noteWord(ctx, p, w, town, c.Name, c.Yes, word, func(tx *db.Tx) error {
			return notify.EnqueueTx(tx, notify.Message{
				Key: "warning " + c.Name + " " + c.Text, To: to, Language: language,
				Content: notify.TownWarning{
					Town: town.Name.In(language), Incident: c.Name, Known: known.At, Text: c.Text, Answer: w.Security, Zone: town.Zone.String(),
				},
			})
		})
	})
}

// listTells lists warnings.
type listTells struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `placeholder:"CITY" help:"One town alone: what it may print and hand out."`
}

var errOverdue = errors.New("a town is not told in time, or has not acknowledged")

// townWarning is a warning and whose it is.
type townWarning struct {
	town townOf
	incident.Warning
}

// Run lists them by age.
func (c listTells) Run(ctx context.Context, p Process) error {
	flags := townsFlags{Config: c.Config, City: c.City, Everywhere: c.City == ""}
	var all []townWarning
	overdue := false
	err := flags.each(ctx, p, func(w *works, town townOf) error {
		some, err := incident.New(w.db).Warnings(ctx, town.City)
		for _, one := range some {
			all = append(all, townWarning{town, one})
			overdue = overdue || one.Overdue(w.clock.Now())
		}
		return err
	})
	if err != nil {
		return err
	}
	err = inWorks(ctx, p, c.Config, func(w *works) error {
		slices.SortStableFunc(all, func(a, b townWarning) int { return a.before(b) })
		for _, one := range all {
			if err := one.tell(p.Out, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && overdue {
		err = errOverdue
	}
	return err
}

// before orders what waits before what does not, the longest waiting first.
func (t townWarning) before(other townWarning) int {
	step, since := t.Waits()
	otherStep, otherSince := other.Waits()
	switch {
	case (step == "") != (otherStep == ""):
		return cmp.Compare(len(otherStep), len(step))
	case step != "":
		return since.Compare(otherSince)
	}
	return cmp.Compare(t.Name, other.Name)
}

func (t townWarning) tell(out io.Writer, w *works) error {
	words, now := w.words.Printer(locale.English), w.clock.Now()
	step, since := t.Waits()
	state := "acknowledged"
	if step != "" {
		state = fmt.Sprintf("not %s for %s", step, span(now.Sub(since), words))
	}
	if t.Overdue(now) {
		state += ", OVERDUE"
	}
	fmt.Fprintf(out, "%s  %s: %s\n", t.town.City, t.Name, state)
	for _, word := range t.Words {
		fmt.Fprintf(out, "    %s (noted by %s, %s)\n", wordText(t.town, word), word.RecordedBy, inZone(word.RecordedAt, t.town))
	}
	return t.law(out, now, words)
}

// law prints what the law of the town's state asks of its vendor.
func (t townWarning) law(out io.Writer, now time.Time, words *locale.Printer) error {
	book, err := law.Load()
	if err != nil {
		return err
	}
	known, _ := t.Word(incident.Suspected)
	facts := report.Facts(reportOn(t.town), nil)
	facts.VendorKnew = calendar.Of(known.At, t.town.Zone)
	for _, duty := range book.Duties(facts, calendar.Of(now, t.town.Zone)) {
		if duty.Kind == law.Vendor {
			fmt.Fprintf(out, "    by law: %s; %s; %s\n", dueText(duty, t.town.Zone, now, words), duty.Citation, duty.Standing())
		}
	}
	return nil
}

// warnTowns raises an alarm for each town that is not told in time.
func (w *works) warnTowns(ctx context.Context) error {
	var errs []error
	for _, town := range w.towns.All() {
		loud, err := incident.New(w.db).Alarm(ctx, town.City, w.clock.Now())
		errs = append(errs, err)
		for range loud {
			w.log.WarnContext(ctx, "a town is not told in time, or has not acknowledged", "alarm", "town_not_told", "city", string(town.City))
		}
	}
	return errors.Join(errs...)
}
