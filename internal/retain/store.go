package retain

import (
	"context"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

// Unheld is the condition that a statement destroying rows of a table ends with:
// rows of a town under a legal hold are not among them. The table has a column
// city_id, and its name is a constant of the caller's.
func Unheld(table string) string {
	return " and not exists (" + standingIn(table) + ")"
}

// Held is the condition for rows that only a legal hold keeps.
func Held(table string) string { return " and exists (" + standingIn(table) + ")" }

func standingIn(table string) string {
	return `select 1 from legal_holds where legal_holds.city_id = ` + table + `.city_id and legal_holds.ended_at = 0`
}

func insert(tx *db.Tx, h Hold) {
	tx.Exec(`insert into legal_holds (city_id, id, matter, reason, set_by, set_at, ended_by, ended_at)
		values ($1, $2, $3, $4, $5, $6, '', 0)`,
		tx.City(), h.ID, h.Matter, h.Reason, h.SetBy, db.Micros(h.SetAt))
}

func end(tx *db.Tx, matter string, by audit.Actor) {
	tx.ExecOne(ErrNotStanding, `update legal_holds set ended_by = $1, ended_at = $2
		where city_id = $3 and matter = $4 and ended_at = 0`,
		by, db.Micros(tx.Now()), tx.City(), matter)
}

func selectStanding(ctx context.Context, tx *db.Tx) ([]Hold, error) {
	rows, err := tx.Query(ctx, `select id, matter, reason, set_by, set_at from legal_holds
		where city_id = $1 and ended_at = 0 order by id`, tx.City())
	if err != nil {
		return nil, err
	}
	var all []Hold
	err = rows.Each(func(scan func(...any) error) error {
		var h Hold
		var set int64
		err := scan(&h.ID, &h.Matter, &h.Reason, &h.SetBy, &set)
		h.SetAt = db.Time(set)
		all = append(all, h)
		return err
	})
	return all, err
}
