package db_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// Many readers meet new texts at once, and none waits for another for ever.
func TestReadersLearnSideBySide(t *testing.T) {
	d := dbtest.SQLite(t, clock.NewManual(dbtest.Began))
	var readers sync.WaitGroup
	for reader := range 32 {
		readers.Go(func() {
			for n := range 25 {
				if err := readNumbers(t.Context(), d, 25*reader+n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() {
		readers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the readers wait for each other")
	}
}

// readNumbers asks a new question among old ones, and lets others go on between.
func readNumbers(ctx context.Context, d *db.DB, fresh int) error {
	return d.Read(ctx, "sampletown", func(ctx context.Context, tx *db.Tx) error {
		for _, question := range []int{-1, fresh, -2, -3, -4} {
			var n int64
			if err := tx.QueryRow(ctx, fmt.Sprintf("select %d", question)).Scan(&n); err != nil {
				return err
			}
			runtime.Gosched()
		}
		return nil
	})
}
