package city

import (
	"context"
	"errors"

	"clearwell/internal/approval"
	"clearwell/internal/db"
)

func insertWaiting(tx *db.Tx, w Waiting) {
	tx.Exec(`insert into city_waiting (city_id, request, base, file, digest, told, begun_at, begun_by, due_at, seal, state, ended_at, ended_by, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '')`,
		tx.City(), w.Request, w.Base, string(w.file), w.Digest, w.Told, db.Micros(w.BegunAt), w.BegunBy, db.Micros(w.DueAt), w.seal, w.State)
}

// finishWaiting is a compare-and-set: what was stopped is not put in force.
func finishWaiting(tx *db.Tx, w Waiting) {
	tx.ExecOne(ErrNotWaiting, `update city_waiting set state = $1, ended_at = $2, ended_by = $3, reason = $4
		where city_id = $5 and request = $6 and state = 'waiting'`,
		w.State, db.Micros(w.EndedAt), w.EndedBy, w.Reason, tx.City(), w.Request)
}

const waitingColumns = `city_id, request, base, file, digest, told, begun_at, begun_by, due_at, seal, state, ended_at, ended_by, reason`

func scanWaiting(scan func(...any) error) (w Waiting, err error) {
	var begun, due, ended int64
	var file string
	err = scan(&w.City, &w.Request, &w.Base, &file, &w.Digest, &w.Told, &begun, &w.BegunBy, &due, &w.seal, &w.State, &ended, &w.EndedBy, &w.Reason)
	w.file, w.BegunAt, w.DueAt, w.EndedAt = []byte(file), db.Time(begun), db.Time(due), db.Time(ended)
	return w, err
}

// selectWaiting finds what still waits. Returns [ErrNotWaiting].
func selectWaiting(ctx context.Context, tx *db.Tx, request approval.ID) (Waiting, error) {
	w, err := scanWaiting(tx.QueryRow(ctx, "select "+waitingColumns+" from city_waiting where city_id = $1 and request = $2 and state = 'waiting'",
		tx.City(), request).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNotWaiting
	}
	return w, err
}

func eachWaiting(ctx context.Context, tx *db.Tx, query string, args ...any) (all []Waiting, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		w, err := scanWaiting(scan)
		all = append(all, w)
		return err
	})
	return all, err
}

// selectDue lists what is due, in every town.
func selectDue(ctx context.Context, tx *db.Tx) ([]Waiting, error) {
	return eachWaiting(ctx, tx, "select "+waitingColumns+" from city_waiting where state = 'waiting' and due_at <= $1 order by due_at, request", db.Micros(tx.Now()))
}

func listWaiting(ctx context.Context, tx *db.Tx) ([]Waiting, error) {
	return eachWaiting(ctx, tx, "select "+waitingColumns+" from city_waiting where city_id = $1 order by request desc", tx.City())
}
