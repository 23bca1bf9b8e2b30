package jobs

import (
	"context"
	"time"

	"clearwell/internal/db"
)

// lease is the name of the one lease there is.
const lease = "leader"

// take takes the lease if it is free, over, or this node's own.
func take(ctx context.Context, tx *db.Tx, node string, until time.Time) (bool, error) {
	touched, err := tx.Count(ctx, `insert into job_leases (city_id, name, holder, until_at) values ($1, $2, $3, $4)
		on conflict (city_id, name) do update set holder = excluded.holder, until_at = excluded.until_at
		where job_leases.holder = excluded.holder or job_leases.until_at <= $5`,
		tx.City(), lease, node, db.Micros(until), db.Micros(tx.Now()))
	return touched == 1, err
}

func release(tx *db.Tx, node string) {
	tx.Exec(`delete from job_leases where city_id = $1 and name = $2 and holder = $3`, tx.City(), lease, node)
}
