package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/report"
)

// factIncident notes a fact.
type factIncident struct {
	incidentFlags
	Evidence string        `required:"" placeholder:"TEXT" help:"How it is known: a letter, a ticket, a call, with date and name."`
	On       calendar.Date `placeholder:"DATE" help:"On which day, as 2019-12-11."`
	At       string        `placeholder:"TIME" help:"At which time of that day, by the town's clock, as 14:30. The clocks of hours need it."`
	Cost     string        `placeholder:"DOLLARS" help:"For the fact cost: what it costs to tell everybody by mail."`
	Name     string        `arg:"" help:"The incident."`
	Fact     string        `arg:"" enum:"vendor_knew,discovered,determined,delay_from,delay_until,told,recovered,cost" help:"What happened: ${enum}."`
}

// Run notes it, and prints all that is noted.
func (c factIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		fact, err := c.fact(town)
		if err != nil {
			return err
		}
		desk := incident.New(w.db)
		if err := desk.Record(ctx, town.City, c.Name, fact); err != nil {
			return err
		}
		facts, err := desk.Facts(ctx, town.City, c.Name)
		if err != nil {
			return err
		}
		tellFacts(p.Out, town, facts)
		return nil
	})
}

func (c factIncident) fact(town townOf) (incident.Fact, error) {
	fact := incident.Fact{Name: incident.FactName(c.Fact), On: c.On, Evidence: c.Evidence, RecordedBy: operator()}
	if c.At != "" {
		at, err := parseTime(c.On.String()+" "+c.At, town.Zone)
		if err != nil {
			return fact, err
		}
		fact.At = at
	}
	if c.Cost != "" {
		cost, err := money.Parse(c.Cost)
		if err != nil {
			return fact, fmt.Errorf("reading the cost: %w", err)
		}
		fact.Cost = cost
	}
	return fact, nil
}

func tellFacts(out io.Writer, town townOf, facts []incident.Fact) {
	for _, f := range facts {
		when := f.On.String()
		if f.Name == incident.Cost {
			when = "$" + f.Cost.String()
		}
		fmt.Fprintf(out, "%s  %s: %s (noted by %s, %s)\n", f.Name, when, f.Evidence, f.RecordedBy, f.RecordedAt.In(town.Zone).Format(minutes))
	}
}

// clocksIncident prints the deadlines.
type clocksIncident struct {
	namedFlags
	On calendar.Date `placeholder:"DATE" help:"By the law of which day (today)."`
}

// Run prints the facts, who is counted, and all duties: what is open first.
func (c clocksIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		clocks, err := c.clocks(ctx, w, town, c.On)
		if err != nil {
			return err
		}
		words := c.words(w)
		tellFacts(p.Out, town, clocks.Recorded)
		fmt.Fprintf(p.Out, "people by state: %s; without an address: %d\n", states(clocks.Facts.People), clocks.Facts.Unaddressed)
		for _, duty := range clocks.Duties {
			tellDuty(p.Out, clocks, duty, town.Zone, w.clock.Now(), words)
		}
		for _, deed := range clocks.Strays {
			fmt.Fprintf(p.Out, "noted of a duty that the law on file does not have: %s, %s\n", deed.Duty, doneText(deed, words))
		}
		_, err = fmt.Fprintln(p.Out, words.T("law.not_advice"))
		return err
	})
}

// clocks are those of the revision, under the law of a day, today's where none is
// named.
func (f namedFlags) clocks(ctx context.Context, w *works, town townOf, on calendar.Date) (report.Clocks, error) {
	s, err := w.reports()
	if err != nil {
		return report.Clocks{}, err
	}
	if on.IsZero() {
		on = calendar.Of(w.clock.Now(), town.Zone)
	}
	return s.Clocks(ctx, reportOn(town), f.Name, f.Revision, on)
}

// reportOn names a town for what is read across an incident.
func reportOn(town townOf) report.Town {
	return report.Town{City: town.City, State: town.State, Zone: town.Zone}
}

// reports opens the service that reads across an incident.
func (w *works) reports() (*report.Service, error) {
	book, err := law.Load()
	if err != nil {
		return nil, err
	}
	mailings, err := w.mailings()
	if err != nil {
		return nil, err
	}
	return report.New(report.Deps{DB: w.db, Book: book, Mailings: mailings, Log: w.audit}), nil
}

// states lists how many people live where.
func states(people map[string]int) string {
	var texts []string
	for _, state := range slices.Sorted(maps.Keys(people)) {
		texts = append(texts, fmt.Sprint(state, " ", people[state]))
	}
	return strings.Join(texts, ", ")
}

func tellDuty(out io.Writer, c report.Clocks, d report.Duty, zone *time.Location, now time.Time, words *locale.Printer) {
	when := dueText(d.Duty, zone, now, words)
	if d.Deed != nil {
		when = doneText(*d.Deed, words)
	}
	fmt.Fprintf(out, "%s  %s: %s\n", when, d.Name, whoOf(d.Duty, words))
	if d.Late() {
		fmt.Fprintf(out, "    %s\n", words.T("incident.duty_late", "Day", d.Due.On))
	}
	if !d.Met {
		fmt.Fprintf(out, "    %s\n", words.T("law.not_met", "People", d.People, "Least", d.Least))
	}
	clock := cmp.Or(string(d.From), "none")
	fmt.Fprintf(out, "    %s; %s; %s; %s\n", d.Key(), words.T("law.clock."+clock), d.Citation, d.Standing())
	for _, ask := range d.Ask {
		line := words.T("law.ask." + ask)
		if known := c.Answer(d.Duty, ask); known != "" {
			line += ": " + known
		}
		fmt.Fprintf(out, "    - %s\n", line)
	}
	if d.Note != "" {
		fmt.Fprintf(out, "    %s\n", d.Note)
	}
}

func whoOf(d law.Duty, words *locale.Printer) string {
	if d.Who != "" {
		return d.Who
	}
	return words.T("law.kind." + string(d.Kind))
}

func doneText(d incident.Deed, words *locale.Printer) string {
	return words.T("incident.duty_done", "Day", d.On, "By", d.DoneBy, "Evidence", d.Evidence)
}

// dueText says when a duty is due, and how long that is.
func dueText(d law.Duty, zone *time.Location, now time.Time, words *locale.Printer) string {
	end, dated := d.Due.End(zone)
	switch {
	case d.Held:
		return words.T("law.due.held")
	case d.Due.Immediate:
		return words.T("law.due.immediately")
	case !dated:
		return words.T("law.due.promptly")
	}
	text := d.Due.On.String()
	if !d.Due.At.IsZero() {
		text = d.Due.At.In(zone).Format(minutes)
	}
	left := end.Sub(now)
	if left < 0 {
		return text + ", " + words.T("incident.late_by", "Span", span(-left, words))
	}
	return text + ", " + words.T("incident.left", "Span", span(left, words))
}

// span says how long something is: in hours up to three days, then in days.
func span(d time.Duration, words *locale.Printer) string {
	hours := int(d / time.Hour)
	if hours < 72 {
		return words.T("incident.hours", "Count", hours)
	}
	return words.T("incident.days", "Count", hours/24)
}
