package audit

import (
	"context"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// SliceFrom gives the rows of a city from a place on, up to a checkpoint: as many
// as there are, but about most. It is empty where there is nothing behind the place.
func (l *Log) SliceFrom(ctx context.Context, city id.City, from int64, most int) (s Slice, err error) {
	err = l.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		n, found, err := noteToward(ctx, tx, city, from, from+int64(most))
		if err != nil || !found {
			return err
		}
		rows, err := eventsBetween(ctx, tx, city, from, n.size)
		s = Slice{City: city, From: from, Rows: rows, Checkpoint: n.note}
		return err
	})
	if err != nil {
		return Slice{}, fmt.Errorf("reading the audit log of %s from %d: %w", city, from, err)
	}
	return s, nil
}
