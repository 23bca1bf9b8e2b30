package incident

import (
	"context"

	"clearwell/internal/db"
)

func insertWord(tx *db.Tx, name string, w Word) {
	tx.Exec(`insert into incident_warnings (city_id, incident, number, step, happened_at, person, way, evidence, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(tx.City()), name, w.Number, string(w.Step), db.Micros(w.At),
		w.Person, w.Way, w.Evidence, db.Micros(tx.Now()), string(w.RecordedBy))
}

func warnings(ctx context.Context, tx *db.Tx) ([]Warning, error) {
	rows, err := tx.Query(ctx, `select w.incident, w.number, w.step, w.happened_at, w.person, w.way, w.evidence, w.recorded_at, w.recorded_by
		from incident_warnings w join incident_warnings f on f.city_id = w.city_id and f.incident = w.incident and f.number = 1
		where w.city_id = $1 order by f.happened_at, w.incident, w.number`, string(tx.City()))
	if err != nil {
		return nil, err
	}
	var all []Warning
	err = rows.Each(func(scan func(...any) error) error {
		var w Word
		var name string
		var at, recorded int64
		if err := scan(&name, &w.Number, &w.Step, &at, &w.Person, &w.Way, &w.Evidence, &recorded, &w.RecordedBy); err != nil {
			return err
		}
		w.At, w.RecordedAt = db.Time(at), db.Time(recorded)
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, Warning{City: tx.City(), Name: name})
		}
		last := &all[len(all)-1]
		last.Words = append(last.Words, w)
		return nil
	})
	return all, err
}
