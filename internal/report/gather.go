package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/mailing"
)

// matter is all that is kept of an incident.
type matter struct {
	town     Town
	found    incident.Incident
	frozen   incident.Revision // the newest; its number is 0 where none is
	clocks   Clocks
	closings []incident.Closing
	mailings []mailing.Mailing
	letters  []mailing.Piece
	acts     []Act
	warning  incident.Warning
	verdict  string // on the frozen list
	held     incident.Standstill
	counts   Counts
}

// Closing reads what an incident came to, under the law of a day. Returns
// [incident.ErrUnknown].
func (s *Service) Closing(ctx context.Context, town Town, name string, on calendar.Date) (Closing, error) {
	m := matter{town: town}
	for _, read := range []func(context.Context, *matter, string, calendar.Date) error{s.readList, s.readLaw, s.readMail, s.readLog} {
		if err := read(ctx, &m, name, on); err != nil {
			return Closing{}, err
		}
	}
	return m.closing(), nil
}

func (s *Service) readList(ctx context.Context, m *matter, name string, _ calendar.Date) (err error) {
	if m.found, err = s.incidents.Find(ctx, m.town.City, name); err != nil {
		return err
	}
	if m.closings, err = s.incidents.Closings(ctx, m.town.City, name); err != nil {
		return err
	}
	m.held, err = s.incidents.Standstill(ctx, m.town.City, name)
	if err != nil && !errors.Is(err, incident.ErrNotHeld) {
		return err
	}
	var frozen bool
	if m.frozen, frozen = m.found.LastFrozen(len(m.found.Revisions) + 1); !frozen {
		return nil
	}
	m.counts.count(m.frozen)
	if m.verdict, _, err = s.incidents.Verify(ctx, s.Log, m.town.City, name, m.frozen.Number); err != nil {
		return err
	}
	return s.incidents.Each(ctx, m.town.City, name, m.frozen.Number, func(p incident.Person) error {
		m.counts.tell(p)
		return nil
	})
}

func (s *Service) readLaw(ctx context.Context, m *matter, name string, on calendar.Date) (err error) {
	if m.clocks, err = s.Clocks(ctx, m.town, name, m.frozen.Number, on); err != nil {
		return err
	}
	all, err := s.incidents.Warnings(ctx, m.town.City)
	for _, w := range all {
		if w.Name == name {
			m.warning = w
		}
	}
	return err
}

func (s *Service) readMail(ctx context.Context, m *matter, name string, _ calendar.Date) (err error) {
	if m.mailings, err = s.Mailings.Mailings(ctx, m.town.City, name); err != nil {
		return err
	}
	if m.letters, err = s.Mailings.Letters(ctx, m.town.City, name); err != nil {
		return err
	}
	m.counts.Letters = len(m.letters)
	for _, l := range m.letters {
		if !l.ReturnedOn.IsZero() {
			m.counts.Returned++
		}
	}
	for _, count := range mailing.Unreachable(m.letters) {
		m.counts.Unreachable += count
	}
	_, m.counts.Codes, err = s.Mailings.Codes(ctx, m.town.City, name)
	return err
}

// readLog reads who did what. What the log says of other things is not asked.
func (s *Service) readLog(ctx context.Context, m *matter, name string, _ calendar.Date) error {
	rows, err := s.Log.History(ctx, m.town.City, "incident/"+name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		act := Act{At: row.At(), Actor: row.Actor, Action: row.Action}
		if err := json.Unmarshal([]byte(row.Detail), &act.Detail); err != nil {
			return fmt.Errorf("reading the audit log of an incident: %w", err)
		}
		m.acts = append(m.acts, act)
	}
	return nil
}

func (m *matter) closing() Closing {
	revision := m.found.Revisions[len(m.found.Revisions)-1]
	c := Closing{
		City: string(m.town.City), Incident: m.found.Name, Title: m.found.Title, Scope: revision.Scope.String(), Revision: revision.Number,
		Digest: m.frozen.Digest, Times: m.times(), Counts: m.counts, Open: m.open(), Acts: m.acts,
		Closed: len(m.closings) > 0 && m.closings[len(m.closings)-1].Closed,
	}
	for _, d := range m.clocks.Duties {
		line := Line{Duty: d.Key(), Place: d.Name, Who: d.Who, Kind: d.Kind, Due: d.Due.On, Late: d.Late(), Asked: d.Met}
		if d.Deed != nil {
			line.DoneOn, line.DoneBy, line.Evidence = d.Deed.On, d.Deed.DoneBy, d.Deed.Evidence
		}
		c.Duties = append(c.Duties, line)
	}
	return c
}

// times are from knowledge to notice, and to the end.
func (m *matter) times() []Milestone {
	t := timeline{zone: m.town.Zone}
	known, warned := m.warning.Word(incident.Suspected)
	if warned {
		t.at("vendor_knew", known.At)
	} else {
		t.on("vendor_knew", m.clocks.Facts.VendorKnew)
	}
	told, _ := m.warning.Word(incident.Sent)
	t.at("town_told", told.At)
	answered, _ := m.warning.Word(incident.Acknowledged)
	t.at("town_acknowledged", answered.At)
	if at := m.clocks.Facts.DiscoveredAt; !at.IsZero() {
		t.at("discovered", at)
	} else {
		t.on("discovered", m.clocks.Facts.CityDiscovered)
	}
	t.on("determined", m.clocks.Facts.Determined)
	t.at("held", m.first("incident.hold"))
	t.at("frozen", m.firstFrozen())
	t.at("published", m.first("incident.publish"))
	m.posted(&t)
	t.on("last_duty", m.lastDuty())
	if n := len(m.closings); n > 0 && m.closings[n-1].Closed {
		t.at("closed", m.closings[n-1].At)
	}
	return t.done()
}

// first is when the audit log first has an act.
func (m *matter) first(action string) time.Time {
	for _, act := range m.acts {
		if act.Action == action {
			return act.At
		}
	}
	return time.Time{}
}

func (m *matter) firstFrozen() time.Time {
	for _, r := range m.found.Revisions {
		if r.State == incident.Frozen {
			return r.FrozenAt
		}
	}
	return time.Time{}
}

func (m *matter) posted(t *timeline) {
	var first, last calendar.Date
	for _, one := range m.mailings {
		switch {
		case one.State != mailing.Posted:
			continue
		case first.IsZero() || one.PostedOn.Before(first):
			first = one.PostedOn
		}
		if last.IsZero() || one.PostedOn.After(last) {
			last = one.PostedOn
		}
	}
	t.on("first_letters", first)
	t.on("last_letters", last)
}

func (m *matter) lastDuty() calendar.Date {
	var last calendar.Date
	for _, d := range m.clocks.Duties {
		if d.Deed != nil && d.Deed.On.After(last) {
			last = d.Deed.On
		}
	}
	return last
}

// open lists what is left to do.
func (m *matter) open() []Item {
	var all []Item
	add := func(is bool, i Item) {
		if is {
			all = append(all, i)
		}
	}
	newest := m.found.Revisions[len(m.found.Revisions)-1]
	add(newest.State != incident.Frozen, Item{What: "list", Count: newest.Number})
	add(m.frozen.Number > 0 && m.verdict != incident.Intact, Item{What: "changed", Name: m.verdict})
	add(m.held.Number > 0, Item{What: "hold", Count: m.held.Number})
	for _, fact := range []incident.FactName{incident.Discovered, incident.Determined, incident.Recovered} {
		add(incident.Known(m.clocks.Recorded, fact).IsZero(), Item{What: "fact", Name: string(fact)})
	}
	add(!m.clocks.Facts.Delay.From.IsZero() && m.clocks.Facts.Delay.Until.IsZero(), Item{What: "delay"})
	step, _ := m.warning.Waits()
	add(m.warning.Name != "" && step != "", Item{What: "warning", Name: string(step)})
	for _, d := range m.clocks.Duties {
		add(d.Open(), Item{What: "duty", Name: d.Key()})
	}
	add(m.counts.Untold > 0, Item{What: "untold", Count: m.counts.Untold})
	return append(all, m.openMail()...)
}

func (m *matter) openMail() []Item {
	var all []Item
	for _, one := range m.mailings {
		if one.State != mailing.Posted {
			all = append(all, Item{What: "mailing", Count: one.Number})
		}
	}
	again := 0
	for _, l := range m.letters {
		if len(l.Corrected) > 0 {
			again++
		}
	}
	if again > 0 {
		all = append(all, Item{What: "again", Count: again})
	}
	if left := m.counts.Unreachable - m.counts.Substitute; left > 0 {
		all = append(all, Item{What: "unreachable", Count: left})
	}
	return all
}
