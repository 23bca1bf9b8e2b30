package law

import (
	"cmp"
	"slices"
	"time"

	"clearwell/internal/calendar"
)

// Duties lists who must be told under the law that was in force on a day, the
// earliest first. Ask with the day of the incident for what bound the city then,
// and with today for what would bind it now.
//
// Immediate duties come first, then what must precede another notice and has no
// day of its own, then days in their order, then "without unreasonable delay".
// Duties whose threshold is not met stand at the end.
func (b *Book) Duties(f Facts, on calendar.Date) []Duty {
	q := question{facts: f, on: on, zone: cmp.Or(f.Zone, time.UTC)}
	var all []Duty
	for _, code := range q.codes() {
		place, ok := b.places[code]
		if !ok {
			all = append(all, q.unknown(code))
			continue
		}
		all = append(all, q.of(place)...)
	}
	all = append(all, q.networks(b.networks)...)
	slices.SortStableFunc(all, q.compare)
	return all
}

// question is the facts, under the law of one day.
type question struct {
	facts Facts
	on    calendar.Date
	zone  *time.Location
}

// codes lists the jurisdictions that may have a say: where people live, and
// where the entity is.
func (q question) codes() []string {
	codes := map[string]bool{}
	if q.facts.State != "" {
		codes[q.facts.State] = true
	}
	for code, n := range q.facts.People {
		if n > 0 {
			codes[code] = true
		}
	}
	var all []string
	for code := range codes {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

// entity is what the law of a place takes ours for. What states lay upon their
// own towns binds no town of another state, which is anybody there.
func (q question) entity(code string) Entity {
	if code == q.facts.State {
		return q.facts.Entity
	}
	return Business
}

// unknown is the duty toward people of whose law nothing is on file.
func (q question) unknown(code string) Duty {
	return Duty{
		Jurisdiction: code, Name: code, Kind: Individuals,
		Met: q.facts.People[code] > 0, People: q.facts.People[code], Least: 1,
		From: q.earliestKnown(), Held: q.facts.Delay.open(), Note: "No law of this place is on file.",
	}
}

func (q question) of(place Jurisdiction) []Duty {
	e := q.entity(place.Code)
	people := q.individuals(place, inForce(place.Individuals, e, q.on))
	all := people
	var letters Duty
	if len(people) > 0 {
		letters = people[0]
	}
	for _, r := range inForce(place.Regulators, e, q.on) {
		all = append(all, q.regulator(place, r, letters))
	}
	for _, c := range inForce(place.Bureaus, e, q.on) {
		all = append(all, q.bureaus(place, c))
	}
	if place.Code == q.facts.State {
		all = append(all, q.vendors(place, inForce(place.Vendor, e, q.on))...)
	}
	return all
}

func (q question) individuals(place Jurisdiction, cells []individuals) []Duty {
	var all []Duty
	for _, c := range cells {
		d := q.duty(place, Individuals, c.Deadline, c.Span)
		d.People, d.Least = q.facts.People[place.Code], 1
		d.Met = d.People >= d.Least
		all = append(all, q.delayed(d))
	}
	return all
}

// regulator reckons its own deadline, and that of the letters where the law
// wants the notice with or before them; the earlier binds.
func (q question) regulator(place Jurisdiction, r regulator, letters Duty) Duty {
	d := q.duty(place, Regulator, r.Deadline, r.Span)
	d.Who, d.Order, d.Ask = r.Who, r.Order, r.Ask
	d.People, d.Least = q.facts.People[place.Code], r.AtLeast
	d.Met = d.People >= d.Least
	if r.Clock == Told && q.facts.Told.IsZero() {
		d = afterLetters(d, r.Deadline, letters, q.zone)
	}
	if r.Order == "" || letters.Due.IsZero() {
		return d
	}
	if bound := earlier(d.Due, letters.Due); bound != d.Due {
		d.Due, d.From, d.IfVendorKnew, d.Held = bound, letters.From, letters.IfVendorKnew, letters.Held
	}
	return d
}

// afterLetters counts from the last day for letters until they have gone out:
// once they have, the day is earlier, never later.
func afterLetters(d Duty, after Deadline, letters Duty, zone *time.Location) Duty {
	d.From, d.Due = "", Due{}
	if letters.Due.On.IsZero() {
		return d
	}
	d.From, d.Held = IndividualsDue, letters.Held
	d.Due = after.due(letters.Due.On, time.Time{}, zone)
	if !letters.IfVendorKnew.On.IsZero() {
		d.IfVendorKnew = after.due(letters.IfVendorKnew.On, time.Time{}, zone)
	}
	return d
}

func (q question) bureaus(place Jurisdiction, c bureaus) Duty {
	d := q.duty(place, Bureaus, c.Deadline, c.Span)
	d.Ask, d.Least = c.Ask, c.AtLeast
	d.People = q.facts.People[place.Code]
	residents := d.People
	if c.Count == "everyone" {
		d.People = q.everyone()
	}
	d.Met = residents > 0 && d.People >= d.Least
	return q.delayed(d)
}

func (q question) everyone() int {
	total := 0
	for _, n := range q.facts.People {
		total += n
	}
	return total
}

func (q question) vendors(place Jurisdiction, cells []vendor) []Duty {
	var all []Duty
	for _, c := range cells {
		d := q.duty(place, Vendor, c.Deadline, c.Span)
		d.Met = !q.facts.VendorKnew.IsZero()
		d.IfVendorKnew = Due{}
		all = append(all, d)
	}
	return all
}

// networks are the card brands and the acquirer, who ask at suspicion and wait
// for nobody.
func (q question) networks(place Jurisdiction) []Duty {
	var all []Duty
	for _, r := range inForce(place.Regulators, q.facts.Entity, q.on) {
		d := q.duty(place, Network, r.Deadline, r.Span)
		d.Who, d.Ask, d.People, d.Met = r.Who, r.Ask, q.everyone(), true
		all = append(all, d)
	}
	return all
}

// duty starts the clock of a deadline.
func (q question) duty(place Jurisdiction, kind Kind, after Deadline, s Span) Duty {
	from, day, at := q.start(after.Clock)
	d := Duty{
		Jurisdiction: place.Code, Name: place.Name, Kind: kind,
		From: from, Due: after.due(day, at, q.zone), Note: s.Note, Provenance: s.Provenance,
	}
	if knew := q.facts.VendorKnew; !knew.IsZero() && knew.Before(day) && startsWithKnowing(after.Clock) {
		d.IfVendorKnew = after.due(knew, time.Time{}, q.zone)
	}
	if d.IfVendorKnew.On.IsZero() {
		d.IfVendorKnew = Due{}
	}
	return d
}

func startsWithKnowing(c Clock) bool { return c == Discovered || c == Determined }

// start finds the fact that started a clock. While the city has not written down
// the one that the law names, the nearest other that it has is taken: what was
// determined was discovered before, so that the deadline comes out early.
func (q question) start(c Clock) (Clock, calendar.Date, time.Time) {
	f := q.facts
	switch {
	case c == Determined && !f.Determined.IsZero():
		return Determined, f.Determined, time.Time{}
	case startsWithKnowing(c) && !f.CityDiscovered.IsZero():
		return Discovered, f.CityDiscovered, f.DiscoveredAt
	case startsWithKnowing(c) && !f.Determined.IsZero():
		return Determined, f.Determined, time.Time{}
	case c == VendorKnew && !f.VendorKnew.IsZero():
		return VendorKnew, f.VendorKnew, time.Time{}
	case c == Told && !f.Told.IsZero():
		return Told, f.Told, time.Time{}
	case c == Recovered && !f.Recovered.IsZero():
		return Recovered, f.Recovered, time.Time{}
	}
	return "", calendar.Date{}, time.Time{}
}

func (q question) earliestKnown() Clock {
	clock, _, _ := q.start(Discovered)
	return clock
}

// delayed applies a request of law enforcement: while it lasts the duty is held,
// and once it ended nothing was due before that day. It moves no notice to
// regulators or networks.
func (q question) delayed(d Duty) Duty {
	d.Held = q.facts.Delay.open()
	if end := q.facts.Delay.Until; !end.IsZero() {
		d.Due, d.IfVendorKnew = d.Due.notBefore(end), d.IfVendorKnew.notBefore(end)
	}
	return d
}

// compare orders duties as [Book.Duties] says.
func (q question) compare(a, b Duty) int {
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		a.Due.On.Compare(b.Due.On),
		q.end(a).Compare(q.end(b)),
		cmp.Compare(place(a), place(b)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Who, b.Who),
	)
}

func rank(d Duty) int {
	switch {
	case !d.Met:
		return 4
	case d.Due.Immediate:
		return 0
	case d.Due.IsZero() && d.Order == Before:
		return 1
	case !d.Due.IsZero():
		return 2
	}
	return 3
}

// place orders the duties of one day.
func place(d Duty) int {
	switch {
	case d.Order == Before:
		return 0
	case d.Kind == Individuals:
		return 1
	case d.Order == With:
		return 2
	}
	return 3
}

// end is zero where no day is named.
func (q question) end(d Duty) time.Time {
	end, _ := d.Due.End(q.zone)
	return end
}
