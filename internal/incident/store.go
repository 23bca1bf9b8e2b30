package incident

import (
	"context"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

func insertIncident(tx *db.Tx, name, title string, by audit.Actor) {
	tx.Exec("insert into incidents (city_id, name, title, opened_at, opened_by) values ($1, $2, $3, $4, $5)",
		string(tx.City()), name, title, db.Micros(tx.Now()), string(by))
}

func incidents(ctx context.Context, tx *db.Tx) ([]Incident, error) {
	rows, err := tx.Query(ctx, `select name, title, opened_at, opened_by from incidents
		where city_id = $1 order by opened_at desc, name`, string(tx.City()))
	if err != nil {
		return nil, err
	}
	var all []Incident
	err = rows.Each(func(scan func(...any) error) error {
		i := Incident{City: tx.City()}
		var opened int64
		err := scan(&i.Name, &i.Title, &opened, &i.OpenedBy)
		i.OpenedAt = db.Time(opened)
		all = append(all, i)
		return err
	})
	return all, err
}

func insertRevision(tx *db.Tx, name string, r Revision) {
	tx.Exec(`insert into incident_revisions (city_id, incident, number, scope, note, made_at, made_by, state,
			people, households, occasions, digest, as_of_at, frozen_at, frozen_by)
		values ($1, $2, $3, $4, $5, $6, $7, 'open', 0, 0, 0, '', 0, 0, '')`,
		string(tx.City()), name, r.Number, r.Scope.String(), r.Note, db.Micros(tx.Now()), string(r.MadeBy))
}

func revisions(ctx context.Context, tx *db.Tx, name string) ([]Revision, error) {
	rows, err := tx.Query(ctx, `select number, scope, note, made_at, made_by, state, people, households, occasions,
			digest, as_of_at, frozen_at, frozen_by
		from incident_revisions where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []Revision
	err = rows.Each(func(scan func(...any) error) error {
		r, err := scanRevision(scan)
		all = append(all, r)
		return err
	})
	return all, err
}

func scanRevision(scan func(...any) error) (Revision, error) {
	var r Revision
	var scope string
	var made, asOf, frozen int64
	err := scan(&r.Number, &scope, &r.Note, &made, &r.MadeBy, &r.State, &r.People, &r.Households, &r.Occasions,
		&r.Digest, &asOf, &frozen, &r.FrozenBy)
	if err != nil {
		return r, err
	}
	r.MadeAt, r.AsOf, r.FrozenAt = db.Time(made), db.Time(asOf), db.Time(frozen)
	if scope != "" {
		r.Scope, err = ParseScope(scope)
	}
	if err != nil {
		return r, fmt.Errorf("reading the scope of revision %d: %w", r.Number, err)
	}
	return r, nil
}

func digestOf(ctx context.Context, tx *db.Tx, name string, number int) (string, error) {
	var digest string
	err := tx.QueryRow(ctx, "select digest from incident_revisions where city_id = $1 and incident = $2 and number = $3",
		string(tx.City()), name, number).Scan(&digest)
	return digest, err
}

// updateFreezing notes which list is about to be written down.
func updateFreezing(tx *db.Tx, name string, r Revision) {
	tx.ExecOne(ErrOvertaken, `update incident_revisions set state = 'freezing', people = $4, households = $5, occasions = $6,
			digest = $7, as_of_at = $8
		where city_id = $1 and incident = $2 and number = $3 and state <> 'frozen'`,
		string(tx.City()), name, r.Number, r.People, r.Households, r.Occasions, r.Digest, db.Micros(tx.Now()))
}

func updateFrozen(tx *db.Tx, name string, r Revision) {
	tx.ExecOne(ErrOvertaken, `update incident_revisions set state = 'frozen', frozen_at = $4, frozen_by = $5
		where city_id = $1 and incident = $2 and number = $3 and state = 'freezing' and digest = $6`,
		string(tx.City()), name, r.Number, db.Micros(tx.Now()), string(r.FrozenBy), r.Digest)
}

func insertFact(tx *db.Tx, name string, f Fact) {
	var on any
	if !f.On.IsZero() {
		on = f.On.String()
	}
	tx.Exec(`insert into incident_facts (city_id, incident, number, fact, happened_on, happened_at, cost_cents, evidence,
			recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(tx.City()), name, f.Number, string(f.Name), on,
		db.Micros(f.At), f.Cost.Cents(), f.Evidence, db.Micros(tx.Now()), string(f.RecordedBy))
}

func facts(ctx context.Context, tx *db.Tx, name string) ([]Fact, error) {
	rows, err := tx.Query(ctx, `select number, fact, happened_on, happened_at, cost_cents, evidence, recorded_at, recorded_by
		from incident_facts where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []Fact
	err = rows.Each(func(scan func(...any) error) error {
		var f Fact
		var at, recorded int64
		err := scan(&f.Number, &f.Name, &f.On, &at, &f.Cost, &f.Evidence, &recorded, &f.RecordedBy)
		f.At, f.RecordedAt = db.Time(at), db.Time(recorded)
		all = append(all, f)
		return err
	})
	return all, err
}

func insertTold(ctx context.Context, tx *db.Tx, name string, number int, person string, t Telling) (int64, error) {
	return tx.Count(ctx, `insert into incident_told (city_id, incident, person, content, way, revision, told_at, told_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (city_id, incident, person, content) do nothing`,
		string(tx.City()), name, person, t.Content, t.Way, number, db.Micros(tx.Now()), string(t.By))
}

func tellings(ctx context.Context, tx *db.Tx, name string) (map[string][]Telling, error) {
	rows, err := tx.Query(ctx, `select person, content, way, told_at, told_by from incident_told
		where city_id = $1 and incident = $2 order by told_at, content`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	all := map[string][]Telling{}
	err = rows.Each(func(scan func(...any) error) error {
		var person string
		var t Telling
		var at int64
		err := scan(&person, &t.Content, &t.Way, &at, &t.By)
		t.At = db.Time(at)
		all[person] = append(all[person], t)
		return err
	})
	return all, err
}
