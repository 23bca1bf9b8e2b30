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

// Run prints the facts, who is counted, and all duties.
func (c clocksIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		recorded, facts, err := c.facts(ctx, w, town)
		if err != nil {
			return err
		}
		book, err := law.Load()
		if err != nil {
			return err
		}
		on := c.On
		if on.IsZero() {
			on = calendar.Of(w.clock.Now(), town.Zone)
		}
		tellFacts(p.Out, town, recorded)
		fmt.Fprintf(p.Out, "people by state: %s; without an address: %d\n", states(facts.People), facts.Unaddressed)
		words := c.words(w)
		for _, duty := range book.Duties(facts, on) {
			tellDuty(p.Out, duty, town.Zone, w.clock.Now(), words)
		}
		_, err = fmt.Fprintln(p.Out, words.T("law.not_advice"))
		return err
	})
}

// lawFacts are the facts as the law asks for them.
func lawFacts(town townOf, recorded []incident.Fact) law.Facts {
	on := func(name incident.FactName) calendar.Date { return incident.Known(recorded, name) }
	facts := law.Facts{
		Entity: law.LocalGovernment, State: town.State, Zone: town.Zone,
		VendorKnew: on(incident.VendorKnew), CityDiscovered: on(incident.Discovered), Determined: on(incident.Determined),
		Told: on(incident.Told), Recovered: on(incident.Recovered), Delay: law.Delay{From: on(incident.DelayFrom), Until: on(incident.DelayUntil)},
		People: map[string]int{},
	}
	for _, f := range recorded { // the later stand last
		switch f.Name {
		case incident.Discovered:
			facts.DiscoveredAt = f.At
		case incident.Cost:
			facts.CostCents = f.Cost
		}
	}
	return facts
}

// facts gives what was recorded of the incident, and what the law wants to know
// of it: with the people of the revision, counted.
func (f namedFlags) facts(ctx context.Context, w *works, town townOf) ([]incident.Fact, law.Facts, error) {
	found, revision, err := f.find(ctx, w, town)
	if err != nil {
		return nil, law.Facts{}, err
	}
	desk := incident.New(w.db)
	recorded, err := desk.Facts(ctx, town.City, f.Name)
	if err != nil {
		return nil, law.Facts{}, err
	}
	facts := lawFacts(town, recorded)
	return recorded, facts, count(ctx, desk, found, revision, &facts)
}

// count counts the people of a revision by where they live. Of whom that is not
// known counts as living in the town's state.
func count(ctx context.Context, desk *incident.Desk, of incident.Incident, r incident.Revision, facts *law.Facts) error {
	add := func(p incident.Person) error {
		state := p.State
		if state == "" {
			state = facts.State
		}
		facts.People[state]++
		if p.Now.IsZero() && p.Then == "" {
			facts.Unaddressed++
		}
		return nil
	}
	if r.State == incident.Frozen {
		return desk.Each(ctx, of.City, of.Name, r.Number, add)
	}
	list, err := desk.Answer(ctx, of, r)
	for _, p := range list.People {
		_ = add(p) // never fails
	}
	return err
}

// states lists how many people live where.
func states(people map[string]int) string {
	var texts []string
	for _, state := range slices.Sorted(maps.Keys(people)) {
		texts = append(texts, fmt.Sprint(state, " ", people[state]))
	}
	return strings.Join(texts, ", ")
}

func tellDuty(out io.Writer, d law.Duty, zone *time.Location, now time.Time, words *locale.Printer) {
	who := d.Who
	if who == "" {
		who = words.T("law.kind." + string(d.Kind))
	}
	fmt.Fprintf(out, "%s  %s: %s\n", dueText(d, zone, now, words), d.Name, who)
	if !d.Met {
		fmt.Fprintf(out, "    %s\n", words.T("law.not_met", "People", d.People, "Least", d.Least))
	}
	clock := cmp.Or(string(d.From), "none")
	fmt.Fprintf(out, "    %s; %s; %s\n", words.T("law.clock."+clock), d.Citation, d.Standing())
	for _, ask := range d.Ask {
		fmt.Fprintf(out, "    - %s\n", words.T("law.ask."+ask))
	}
	if d.Note != "" {
		fmt.Fprintf(out, "    %s\n", d.Note)
	}
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
