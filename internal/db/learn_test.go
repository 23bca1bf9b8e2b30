package db_test

import (
	"context"
	"sync"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// A crowd larger than the pool meets a statement for the first time: whoever
// learns it must not wait for a connection while the others wait for it.
func TestCrowdOfFirstReadsEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				err := d.Read(t.Context(), "sampletown", func(ctx context.Context, tx *db.Tx) error {
					var one int
					return tx.QueryRow(ctx, "select 1").Scan(&one)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
