package db_test

import (
	"context"
	"runtime"
	"testing"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// lockWaits reports whether a transaction waits for a lock.
func lockWaits(t *testing.T, d *db.DB) bool {
	t.Helper()
	var waiting int
	if err := d.Handle().SQL.QueryRowContext(t.Context(), "select count(*) from pg_locks where not granted").Scan(&waiting); err != nil {
		t.Error(err)
		return true
	}
	return waiting > 0
}

func TestWhoLocksSecondSeesWhatTheFirstWrote(t *testing.T) {
	d := dbtest.Postgres(t, clock.NewManual(dbtest.Began))
	withNotes(t, d)
	began, seen := make(chan bool), make(chan int, 1)
	go func() {
		<-began
		notes := 0
		err := d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
			tx.Lock("a bill")
			return tx.QueryRow(ctx, "select count(*) from notes").Scan(&notes)
		})
		if err != nil {
			t.Error(err)
		}
		seen <- notes
	}()
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("a bill")
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		close(began)
		for len(seen) == 0 && !lockWaits(t, d) {
			runtime.Gosched()
		}
		insert(tx, 1, "first")
		return nil
	})
	if notes := <-seen; notes != 1 {
		t.Errorf("the second sees %d notes", notes)
	}
}

func TestLocksOfOtherNamesAndCitiesAreApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		if d.Dialect() == db.SQLite {
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				tx.Lock("a bill")
				return tx.Flush(ctx)
			})
			return
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			tx.Lock("a bill")
			if err := tx.Flush(ctx); err != nil {
				return err
			}
			elsewhere := context.WithoutCancel(t.Context()) // not inside this one
			if err := d.Write(elsewhere, "odessa", func(_ context.Context, tx *db.Tx) error { tx.Lock("another"); return nil }); err != nil {
				return err
			}
			return d.Write(elsewhere, "waco", func(_ context.Context, tx *db.Tx) error { tx.Lock("a bill"); return nil })
		})
	})
}
