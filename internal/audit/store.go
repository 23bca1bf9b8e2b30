package audit

import "clearwell/internal/db"

func insertUnsealed(tx *db.Tx, r Row) {
	tx.Exec(`insert into audit_unsealed (city_id, id, recorded_at, actor, action, thing, detail)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		string(tx.City()), r.ID.String(), db.Micros(r.At), string(r.Actor), r.Action, r.Thing, r.Detail)
}
