package incident

import (
	"context"

	"clearwell/internal/db"
)

func insertClosing(tx *db.Tx, name string, c Closing) {
	act := "reopened"
	if c.Closed {
		act = "closed"
	}
	tx.Exec(`insert into incident_closings (city_id, incident, number, act, reason, digest, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(tx.City()), name, c.Number, act, c.Reason, c.Digest, db.Micros(tx.Now()), string(c.By))
}

func closings(ctx context.Context, tx *db.Tx, name string) ([]Closing, error) {
	rows, err := tx.Query(ctx, `select number, act, reason, digest, recorded_at, recorded_by
		from incident_closings where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []Closing
	err = rows.Each(func(scan func(...any) error) error {
		var c Closing
		var act string
		var at int64
		err := scan(&c.Number, &act, &c.Reason, &c.Digest, &at, &c.By)
		c.Closed, c.At = act == "closed", db.Time(at)
		all = append(all, c)
		return err
	})
	return all, err
}
