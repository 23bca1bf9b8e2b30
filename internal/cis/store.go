package cis

import (
	"context"
	"database/sql"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/db"
)

func findImport(ctx context.Context, tx *db.Tx, name, digest string) (loaded, error) {
	found := loaded{layout: name, digest: digest}
	var asOf int64
	var applied sql.Null[int64]
	err := tx.QueryRow(ctx, `select id, as_of_at, staged_line, applied_at from imports
		where city_id = $1 and layout = $2 and digest = $3`, tx.City(), name, digest).
		Scan(&found.id, &asOf, &found.line, &applied)
	found.asOf, found.applied, found.appliedAt = db.Time(asOf), applied.Valid, db.Time(applied.V)
	return found, err
}

func insertImport(tx *db.Tx, begun loaded, actor audit.Actor) {
	now := db.Micros(tx.Now())
	tx.Exec(`insert into imports (city_id, id, layout, digest, state, actor, began_at, touched_at, as_of_at, staged_line,
			row_count, accepted, skipped, refused, sum_cents)
		values ($1, $2, $3, $4, 'staging', $5, $6, $6, $7, 0, 0, 0, 0, 0, 0)`,
		tx.City(), begun.id, begun.layout, begun.digest, string(actor), now, db.Micros(begun.asOf))
}

// moveImport says that rows up to a line are safe. Whoever moves from another
// line than the one that stands there is not alone.
func moveImport(tx *db.Tx, begun loaded, line int64) {
	tx.ExecOne(ErrImportBusy, `update imports set staged_line = $1, touched_at = $2
		where city_id = $3 and id = $4 and state = 'staging' and staged_line = $5`,
		line, db.Micros(tx.Now()), tx.City(), begun.id, begun.line)
}

func finishImport(tx *db.Tx, begun loaded, totals layout.Totals) {
	tx.ExecOne(ErrImportBusy, `update imports set state = 'applied', applied_at = $1, touched_at = $1,
			row_count = $2, accepted = $3, skipped = $4, refused = $5, sum_cents = $6
		where city_id = $7 and id = $8 and state = 'staging' and staged_line = $9`,
		db.Micros(tx.Now()), totals.Rows, totals.Accepted, totals.Skipped, totals.Refused, totals.Sum.Cents(),
		tx.City(), begun.id, begun.line)
}

func deleteImport(tx *db.Tx, id billing.LoadID) {
	tx.Exec("delete from imports where city_id = $1 and id = $2 and state = 'staging'", tx.City(), id)
}

// discardStale forgets imports that nobody has gone on with since an instant:
// their rows are residents' data that serve nothing.
func discardStale(ctx context.Context, tx *db.Tx, since time.Time) error {
	rows, err := tx.Query(ctx, "select id from imports where city_id = $1 and state = 'staging' and touched_at < $2",
		tx.City(), db.Micros(since))
	if err != nil {
		return err
	}
	return rows.Each(func(scan func(...any) error) error {
		var id billing.LoadID
		err := scan(&id)
		billing.DiscardTx(tx, id)
		deleteImport(tx, id)
		return err
	})
}
