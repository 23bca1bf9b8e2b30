package report

import (
	"context"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/mailing"
)

// Deps are what a report is read from.
type Deps struct {
	DB       *db.DB
	Book     *law.Book
	Mailings *mailing.Service
	Log      *audit.Log
}

// Town is whose incident it is.
type Town struct {
	City  id.City
	State string // where it is: "TX"
	Zone  *time.Location
}

// Service reads reports.
type Service struct {
	Deps
	incidents *incident.Desk
}

// New makes a service for the incidents kept in a database.
func New(d Deps) *Service { return &Service{d, incident.New(d.DB)} }

// Facts gives what was recorded of an incident, and what the law wants to know of
// it: with the people of a revision, 0 for the newest, counted. Returns
// [incident.ErrUnknown].
func (s *Service) Facts(ctx context.Context, town Town, name string, revision int) (Clocks, error) {
	found, err := s.incidents.Find(ctx, town.City, name)
	if err != nil {
		return Clocks{}, err
	}
	c := Clocks{told: map[string]int{}}
	if c.Revision, err = found.Revision(revision); err != nil {
		return c, err
	}
	if c.Recorded, err = s.incidents.Facts(ctx, town.City, name); err != nil {
		return c, err
	}
	c.Facts = Facts(town, c.Recorded)
	if err := s.vendor(ctx, town, name, &c); err != nil {
		return c, err
	}
	return c, s.count(ctx, found, &c)
}

// vendor takes from its warning since when the operator knew, where no fact says,
// and that it told the town.
func (s *Service) vendor(ctx context.Context, town Town, name string, c *Clocks) error {
	all, err := s.incidents.Warnings(ctx, town.City)
	for _, w := range all {
		if w.Name != name {
			continue
		}
		if known, _ := w.Word(incident.Suspected); c.Facts.VendorKnew.IsZero() {
			c.Facts.VendorKnew = calendar.Of(known.At, town.Zone)
		}
		if sent, told := w.Word(incident.Sent); told {
			c.warned = append(c.warned, incident.Deed{
				Duty: law.Duty{Jurisdiction: town.State, Kind: law.Vendor}.Key(), Act: incident.Done, On: calendar.Of(sent.At, town.Zone), At: sent.At,
				DoneBy: string(sent.RecordedBy), Evidence: sent.Evidence, RecordedAt: sent.RecordedAt, RecordedBy: sent.RecordedBy,
			})
		}
	}
	return err
}

// Facts are what was recorded, as the law asks for it; nobody is counted.
func Facts(town Town, recorded []incident.Fact) law.Facts {
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

// count counts the people of a revision by where they live. Of whom that is not
// known counts as living in the town's state.
func (s *Service) count(ctx context.Context, of incident.Incident, c *Clocks) error {
	if c.Revision.State == incident.Frozen {
		return s.incidents.Each(ctx, of.City, of.Name, c.Revision.Number, func(p incident.Person) error {
			c.add(p)
			return nil
		})
	}
	list, err := s.incidents.Answer(ctx, of, c.Revision)
	for _, p := range list.People {
		c.add(p)
	}
	return err
}

func (c *Clocks) add(p incident.Person) {
	state := p.State
	if state == "" {
		state = c.Facts.State
	}
	c.Facts.People[state]++
	if len(p.Told) > 0 {
		c.told[state]++
	}
	if p.Now.IsZero() && p.Then == "" {
		c.Facts.Unaddressed++
	}
}
