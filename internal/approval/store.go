package approval

import (
	"context"
	"errors"

	"clearwell/internal/db"
)

func insert(tx *db.Tx, s Standing) {
	tx.Exec(`insert into approvals (city_id, id, action, content, digest, asked_by, asked_at, until_at,
		state, signed, approved_by, approved_at, done_by, done_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '', 0)`,
		tx.City(), s.ID, s.Action, s.Content, s.Digest(), s.By, db.Micros(s.At), db.Micros(s.Until), s.State, s.signed)
}

func approve(tx *db.Tx, s Standing) {
	tx.ExecOne(ErrDone, `update approvals set state = 'approved', approved_by = $1, approved_at = $2, signed = $3
		where city_id = $4 and id = $5 and state = 'asked'`,
		s.ApprovedBy, db.Micros(tx.Now()), s.signed, tx.City(), s.ID)
}

// finish is a compare-and-set: of two who carry a request out, one is refused.
func finish(tx *db.Tx, request ID, state State, by string) {
	tx.ExecOne(ErrDone, `update approvals set state = $1, done_by = $2, done_at = $3
		where city_id = $4 and id = $5 and state in ('asked', 'approved')`,
		state, by, db.Micros(tx.Now()), tx.City(), request)
}

const columns = `id, action, content, asked_by, asked_at, until_at, state, signed, approved_by, done_by, done_at`

func scan(tx *db.Tx, row func(...any) error) (s Standing, err error) {
	var asked, until, done int64
	err = row(&s.ID, &s.Action, &s.Content, &s.By, &asked, &until, &s.State, &s.signed, &s.ApprovedBy, &s.DoneBy, &done)
	s.City, s.At, s.Until, s.DoneAt = tx.City(), db.Time(asked), db.Time(until), db.Time(done)
	return s, err
}

func find(ctx context.Context, tx *db.Tx, request ID) (Standing, error) {
	s, err := scan(tx, tx.QueryRow(ctx, "select "+columns+" from approvals where city_id = $1 and id = $2", tx.City(), request).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrUnknown
	}
	return s, err
}

func list(ctx context.Context, tx *db.Tx) (all []Standing, err error) {
	rows, err := tx.Query(ctx, "select "+columns+" from approvals where city_id = $1 order by id desc", tx.City())
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(row func(...any) error) error {
		s, err := scan(tx, row)
		all = append(all, s)
		return err
	})
	return all, err
}
