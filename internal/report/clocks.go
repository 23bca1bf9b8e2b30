package report

import (
	"context"
	"slices"
	"strconv"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
)

// Duty is a duty of the law with what was noted of it.
type Duty struct {
	law.Duty
	Deed *incident.Deed // by which it is done; nil while it is not
}

// Open reports whether the duty must be done and is not.
func (d Duty) Open() bool { return d.Met && d.Deed == nil }

// Late reports whether the duty was done after its last day.
func (d Duty) Late() bool {
	return d.Deed != nil && !d.Due.On.IsZero() && d.Deed.On.After(d.Due.On)
}

// Clocks is what the law asks of an incident.
type Clocks struct {
	Revision incident.Revision
	Recorded []incident.Fact
	Facts    law.Facts
	Duties   []Duty // what is open first, the earliest first; then what is done; then what is not asked
	// Strays are deeds that stand and are of no duty that the law on file has now.
	Strays []incident.Deed

	told   map[string]int  // people who were told, by state
	warned []incident.Deed // that the vendor has told the town
}

// Clocks says who must be told under the law of a day, of a revision, 0 for the
// newest. Returns [incident.ErrUnknown].
func (s *Service) Clocks(ctx context.Context, town Town, name string, revision int, on calendar.Date) (Clocks, error) {
	c, err := s.Facts(ctx, town, name, revision)
	if err != nil {
		return c, err
	}
	deeds, err := s.incidents.Deeds(ctx, town.City, name)
	if err != nil {
		return c, err
	}
	c.sort(s.Book.Duties(c.Facts, on), append(deeds, c.warned...))
	return c, nil
}

// sort joins duties with deeds, and puts what is open first.
func (c *Clocks) sort(duties []law.Duty, deeds []incident.Deed) {
	named := map[string]bool{}
	for _, duty := range duties {
		one := Duty{Duty: duty}
		if deed, done := incident.Standing(deeds, duty.Key()); done {
			one.Deed = &deed
		}
		named[duty.Key()] = true
		c.Duties = append(c.Duties, one)
	}
	slices.SortStableFunc(c.Duties, func(a, b Duty) int { return a.place() - b.place() })
	for _, deed := range deeds {
		if last, done := incident.Standing(deeds, deed.Duty); done && deed.Number > 0 && last.Number == deed.Number && !named[deed.Duty] {
			c.Strays = append(c.Strays, deed)
		}
	}
}

func (d Duty) place() int {
	switch {
	case d.Open():
		return 0
	case d.Deed != nil:
		return 1
	}
	return 2
}

// Find finds a duty by its key.
func (c Clocks) Find(key string) (Duty, bool) {
	at := slices.IndexFunc(c.Duties, func(d Duty) bool { return d.Key() == key })
	if at < 0 {
		return Duty{}, false
	}
	return c.Duties[at], true
}

// Answer is what is known of a fact that a form asks, where it is; dates are as
// forms take them.
func (c Clocks) Answer(d law.Duty, ask string) string {
	switch days := c.Revision.Scope.Window(); ask {
	case "residents":
		return strconv.Itoa(d.People)
	case "notified":
		return strconv.Itoa(c.told[d.Jurisdiction])
	case "dates":
		return dates(days, c.Facts.CityDiscovered)
	case "law_enforcement":
		return c.Facts.Delay.From.String()
	case "timing":
		return c.Facts.Told.String()
	}
	return ""
}

// dates are the days of a breach and of its discovery, as far as they are known.
func dates(days incident.Span, discovered calendar.Date) string {
	if (days == incident.Span{}) {
		return discovered.String()
	}
	return days.First.String() + ".." + days.Last.String() + "; " + discovered.String()
}
