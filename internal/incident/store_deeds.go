package incident

import (
	"context"

	"clearwell/internal/db"
)

func insertDeed(tx *db.Tx, name string, d Deed) {
	var on any
	if !d.On.IsZero() {
		on = d.On.String()
	}
	tx.Exec(`insert into incident_duties (city_id, incident, number, duty, act, done_on, done_at, done_by, evidence, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, string(tx.City()), name, d.Number, d.Duty, string(d.Act), on,
		db.Micros(d.At), d.DoneBy, d.Evidence, db.Micros(tx.Now()), string(d.RecordedBy))
}

func deeds(ctx context.Context, tx *db.Tx, name string) ([]Deed, error) {
	rows, err := tx.Query(ctx, `select number, duty, act, done_on, done_at, done_by, evidence, recorded_at, recorded_by
		from incident_duties where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []Deed
	err = rows.Each(func(scan func(...any) error) error {
		var d Deed
		var at, recorded int64
		err := scan(&d.Number, &d.Duty, &d.Act, &d.On, &at, &d.DoneBy, &d.Evidence, &recorded, &d.RecordedBy)
		d.At, d.RecordedAt = db.Time(at), db.Time(recorded)
		all = append(all, d)
		return err
	})
	return all, err
}
