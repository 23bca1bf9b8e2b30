package app

import (
	"clearwell/internal/exposure"
	"clearwell/internal/incident"
)

// worst leaves a frozen incident in a city, with a name that gives it away, and
// all else as any city's is.
func (c *cities) worst(p *place) {
	c.Helper()
	desk, name := incident.New(c.db), worstOf(p)
	for _, text := range worstScopes() {
		scope, err := incident.ParseScope(text)
		c.must(err)
		if err := desk.Open(c.Context(), p.slug, name, "", scope, operator()); err != nil {
			_, err = desk.Rescope(c.Context(), p.slug, name, scope, "", operator())
			c.must(err)
		}
		_, err = desk.Freeze(c.Context(), p.slug, name, 0, nil, operator())
		c.must(err)
	}
	over := "over-in-" + string(p.slug)
	c.must(desk.Open(c.Context(), p.slug, over, "", incident.Scope{}, operator()))
	c.must(desk.Close(c.Context(), p.slug, over, "over in "+string(p.slug), "", operator()))
	c.must(desk.Open(c.Context(), p.slug, name+"-open", "", incident.Scope{}, operator()))
	c.must(desk.Record(c.Context(), p.slug, name, incident.Fact{Name: incident.Discovered, On: c.paidOn(p), Evidence: "of " + string(p.slug)}))
	c.warned(p, "told-of-", incident.Suspected, incident.Sent, incident.Acknowledged)
	deed := incident.Deed{Duty: "tx-individuals", Act: incident.Done, On: c.paidOn(p), DoneBy: "Ana of " + string(p.slug), Evidence: "of " + string(p.slug), RecordedBy: operator()}
	c.must(desk.Do(c.Context(), p.slug, name, deed))
	c.must(desk.Do(c.Context(), p.slug, name, incident.Deed{Duty: deed.Duty, Act: incident.Undone, Evidence: deed.Evidence, RecordedBy: operator()}))
	deed.Duty = "tx-bureaus"
	c.must(desk.Do(c.Context(), p.slug, name, deed))
	c.must(desk.Record(c.Context(), p.slug, name, incident.Fact{Name: incident.Determined, On: c.paidOn(p), Evidence: "of " + string(p.slug)}))
}

// warned leaves a warning that came so far, two days ago.
func (c *cities) warned(p *place, name string, steps ...incident.Step) {
	c.Helper()
	for _, step := range steps {
		c.must(incident.New(c.db).Warn(c.Context(), p.slug, name+string(p.slug), incident.Word{
			Step: step, At: c.clk.Now().Add(-2 * incident.Patience), Person: "Bo of " + string(p.slug), Way: "email",
			Evidence: "ticket of " + string(p.slug), RecordedBy: operator(),
		}, nil))
	}
}

func worstScopes() []string {
	return []string{"capture web_frame", "capture web_frame and instrument card"}
}

func worstOf(p *place) string { return "worst-of-" + string(p.slug) }

// aboutIncidents asks one city's desk for what the other's has.
func aboutIncidents() map[string]func(asking) (any, error) {
	desk := func(a asking) (*incident.Desk, string) { return incident.New(a.c.db), worstOf(a.other) }
	return map[string]func(asking) (any, error){
		"exposure.Service.Each": func(a asking) (any, error) {
			var all []exposure.Story
			err := exposure.New(a.c.db).Each(a.ctx, a.here.slug, exposure.Filter{}, func(s exposure.Story, _ exposure.Holder) error {
				all = append(all, s)
				return nil
			})
			return all, err
		},
		"exposure.Service.Tallies": func(a asking) (any, error) {
			var all []exposure.Tally
			err := exposure.New(a.c.db).Tallies(a.ctx, a.here.slug, exposure.Days{}, func(t exposure.Tally) error {
				all = append(all, t)
				return nil
			})
			return all, err
		},
		"incident.Desk.Open": func(a asking) (any, error) {
			d, _ := desk(a)
			return nil, d.Open(a.ctx, a.here.slug, "another", "", incident.Scope{}, operator())
		},
		"incident.Desk.List": func(a asking) (any, error) {
			d, _ := desk(a)
			return d.List(a.ctx, a.here.slug)
		},
		"incident.Desk.Find": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Find(a.ctx, a.here.slug, name)
		},
		"incident.Desk.Facts": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Facts(a.ctx, a.here.slug, name)
		},
		"incident.Desk.Preview": func(a asking) (any, error) {
			d, _ := desk(a)
			return d.Preview(a.ctx, a.here.slug, incident.Scope{})
		},
		"incident.Desk.People": func(a asking) (any, error) {
			d, _ := desk(a)
			return d.People(a.ctx, a.here.slug, incident.Scope{}, true)
		},
		"incident.Desk.Answer": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Answer(a.ctx, incident.Incident{City: a.here.slug, Name: name}, incident.Revision{Number: 1})
		},
		"incident.Desk.Rescope": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Rescope(a.ctx, a.here.slug, name, incident.Scope{}, "", operator())
		},
		"incident.Desk.Freeze": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Freeze(a.ctx, a.here.slug, name, 1, nil, operator())
		},
		"incident.Desk.Difference": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Difference(a.ctx, a.here.slug, name, 1)
		},
		"incident.Desk.Each": func(a asking) (any, error) {
			d, name := desk(a)
			var all []incident.Person
			err := d.Each(a.ctx, a.here.slug, name, 1, func(p incident.Person) error {
				all = append(all, p)
				return nil
			})
			return all, err
		},
		"incident.Desk.Listed": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Listed(a.ctx, a.here.slug, name, 1)
		},
		"incident.Desk.HandOut": func(a asking) (any, error) {
			d, name := desk(a)
			var all []incident.Person
			err := d.HandOut(a.ctx, a.here.slug, name, 1, incident.Handing{To: "list.csv", By: operator()}, func(p incident.Person) error {
				all = append(all, p)
				return nil
			})
			return all, err
		},
		"incident.Desk.Tell": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Tell(a.ctx, a.here.slug, name, 1, nil, incident.Telling{Content: "letter-1", Way: "letter", By: "operator:ana"})
		},
		"incident.Desk.Record": func(a asking) (any, error) {
			d, name := desk(a)
			return nil, d.Record(a.ctx, a.here.slug, name, incident.Fact{Name: incident.Determined, On: a.today(), Evidence: "a letter"})
		},
		"incident.Desk.Verify": func(a asking) (any, error) {
			d, name := desk(a)
			verdict, revision, err := d.Verify(a.ctx, a.c.audit, a.here.slug, name, 1)
			return []any{verdict, revision}, err
		},
	}
}
