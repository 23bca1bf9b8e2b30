package incident

import (
	"context"
	"fmt"
	"strconv"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Difference is what a revision changes of the last frozen one before it.
type Difference struct {
	Of, Since Revision // Since is zero where nothing was frozen before
	Newly     []Person // on the new list, not on the old one
	NoLonger  []Person // on the old list, not on the new one
	Staying   int      // on both
	Told      int      // on the new list, and told already
	Untold    []Person // on the new list, and not told
}

// Difference compares a revision, 0 for the newest, with the last frozen one
// before it. One that is not frozen is answered as things are now. Returns
// [ErrUnknown].
func (d *Desk) Difference(ctx context.Context, city id.City, name string, number int) (Difference, error) {
	incident, err := d.Find(ctx, city, name)
	if err != nil {
		return Difference{}, err
	}
	var diff Difference
	if diff.Of, err = incident.Revision(number); err != nil {
		return Difference{}, err
	}
	now, err := d.answer(ctx, incident, diff.Of)
	if err != nil {
		return Difference{}, err
	}
	var before []Person
	if since, found := incident.LastFrozen(diff.Of.Number); found {
		diff.Since = since
		if before, err = d.answer(ctx, incident, since); err != nil {
			return Difference{}, err
		}
	}
	diff.compare(before, now)
	return diff, nil
}

// answer is the frozen list of a revision, or what it would be.
func (d *Desk) answer(ctx context.Context, incident Incident, r Revision) ([]Person, error) {
	if r.State != Frozen {
		list, err := d.Answer(ctx, incident, r)
		return list.People, err
	}
	var all []Person
	err := d.Each(ctx, incident.City, incident.Name, r.Number, func(p Person) error {
		all = append(all, p)
		return nil
	})
	return all, err
}

func (diff *Difference) compare(before, now []Person) {
	old := map[string]bool{}
	for i := range before {
		old[before[i].ID] = true
	}
	current := map[string]bool{}
	for _, p := range now {
		current[p.ID] = true
		if old[p.ID] {
			diff.Staying++
		} else {
			diff.Newly = append(diff.Newly, p)
		}
		if len(p.Told) > 0 {
			diff.Told++
		} else {
			diff.Untold = append(diff.Untold, p)
		}
	}
	for _, p := range before {
		if !current[p.ID] {
			diff.NoLonger = append(diff.NoLonger, p)
		}
	}
}

// Each tells the people of a frozen revision, 0 for the newest, by name, with
// what they were told; memory does not grow with them. Returns [ErrUnknown] and
// [ErrNotFrozen].
func (d *Desk) Each(ctx context.Context, city id.City, name string, number int, each func(Person) error) error {
	revision, err := d.frozen(ctx, city, name, number)
	if err != nil {
		return err
	}
	var told map[string][]Telling
	err = d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		told, err = tellings(ctx, tx, name)
		return err
	})
	if err != nil {
		return wrapped("reading who was told of an incident", err)
	}
	err = d.eachPerson(ctx, city, name, revision.Number, func(p Person) error {
		p.Told = told[p.ID]
		return each(p)
	})
	return wrapped("reading the list of an incident", err)
}

// page is how many people are read at once.
const page = 1000

// eachPerson reads a list page by page, so that what each does may take its time.
func (d *Desk) eachPerson(ctx context.Context, city id.City, name string, number int, each func(Person) error) error {
	for at := 0; ; at += page {
		var part []Person
		err := d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			var err error
			part, err = selectPeople(ctx, tx, name, number, at, page)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading people from %d: %w", at, err)
		}
		for _, p := range part {
			if err := each(p); err != nil {
				return err
			}
		}
		if len(part) < page {
			return nil
		}
	}
}

// Tell notes that people of a frozen revision, 0 for the newest, were told, by
// which text and on which way; all of them where none is named. Who was told by
// that text before is left as it was. It tells how many are told now that were
// not. Returns [ErrUnknown], [ErrNotFrozen] and [ErrNobody].
func (d *Desk) Tell(ctx context.Context, city id.City, name string, number int, people []string, t Telling) (int, error) {
	return d.TellBy(ctx, city, name, number, people, t, func(*db.Tx, string) error { return nil })
}

// TellBy is [Desk.Tell], with what tells a person in the transaction that notes
// it: a message is queued, or nobody is noted.
func (d *Desk) TellBy(ctx context.Context, city id.City, name string, number int, people []string, t Telling, by func(*db.Tx, string) error) (int, error) {
	revision, err := d.frozen(ctx, city, name, number)
	if err != nil {
		return 0, err
	}
	on, told, err := d.onList(ctx, city, name, revision.Number, t.Content)
	if err != nil {
		return 0, err
	}
	if len(people) == 0 {
		people = on.order
	}
	var fresh []string
	for _, person := range people {
		if !on.has[person] {
			return 0, ErrNobody
		}
		if !told[person] {
			fresh = append(fresh, person)
			told[person] = true
		}
	}
	return len(fresh), wrapped("noting who was told of an incident", d.tell(ctx, city, name, revision.Number, fresh, t, by))
}

// roll is the identifiers of a list.
type roll struct {
	order []string
	has   map[string]bool
}

// onList gives who is on a list, and who was told by a text.
func (d *Desk) onList(ctx context.Context, city id.City, name string, number int, content string) (roll, map[string]bool, error) {
	on, told := roll{has: map[string]bool{}}, map[string]bool{}
	err := d.Each(ctx, city, name, number, func(p Person) error {
		on.order = append(on.order, p.ID)
		on.has[p.ID] = true
		for _, t := range p.Told {
			told[p.ID] = told[p.ID] || t.Content == content
		}
		return nil
	})
	return on, told, err
}

func (d *Desk) tell(ctx context.Context, city id.City, name string, number int, people []string, t Telling, by func(*db.Tx, string) error) error {
	for at := 0; at < len(people); at += chunk {
		part := people[at:min(at+chunk, len(people))]
		err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			told := 0
			for _, person := range part {
				n, err := insertTold(ctx, tx, name, number, person, t)
				if err != nil {
					return err
				}
				if n == 0 {
					continue // somebody else was faster
				}
				if err := by(tx, person); err != nil {
					return err
				}
				told++
			}
			if told > 0 {
				detail := map[string]string{"content": t.Content, "way": t.Way, "people": strconv.Itoa(told)}
				record(tx, t.By, "incident.told", name, number, detail)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
