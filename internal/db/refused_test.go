package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// A question behind the last statement is answered before the commit is sent.
func TestARefusingAnswerAtTheEndKeepsNothing(t *testing.T) {
	refused := errors.New("refused")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			insert(tx, 1, "refused")
			tx.Ask(func(func(...any) error) error { return refused }, "select 1")
			return nil
		})
		if !errors.Is(err, refused) {
			t.Errorf("Write = %v, want %v", err, refused)
		}
		if got := count(t, d); got != 0 {
			t.Errorf("%d notes of a refused transaction", got)
		}
	})
}

// PostgreSQL answers the commit of a broken transaction by rolling back, and
// calls that success.
func TestAnIgnoredErrorIsNotDone(t *testing.T) {
	moved := errors.New("it has moved on")
	ignoring := map[string]func(context.Context, *db.Tx){
		"count": func(ctx context.Context, tx *db.Tx) {
			tx.Count(ctx, "insert into notes (city_id, n, body) values ($1, 1, 'again')", tx.City())
		},
		"flush": func(ctx context.Context, tx *db.Tx) {
			tx.ExecOne(moved, "update notes set body = 'x' where n = 9")
			tx.Flush(ctx)
		},
		"query": func(ctx context.Context, tx *db.Tx) {
			tx.Query(ctx, "select nothing from notes")
		},
		"rows": func(ctx context.Context, tx *db.Tx) {
			rows, err := tx.Query(ctx, "insert into notes (city_id, n, body) values ($1, 1, 'again') returning n", tx.City())
			if err == nil {
				rows.Each(func(func(...any) error) error { return nil })
			}
		},
	}
	for name, ignore := range ignoring {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			t.Run(name, func(t *testing.T) {
				withNotes(t, d)
				err := d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
					insert(tx, 1, "before")
					ignore(ctx, tx)
					insert(tx, 2, "after")
					return nil
				})
				if got := count(t, d); err == nil || got != 0 {
					t.Errorf("Write = %v, and there are %d notes", err, got)
				}
				err = d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
					insert(tx, 1, "before")
					if err := tx.Flush(ctx); err != nil {
						return err
					}
					ignore(ctx, tx) // last of all
					return nil
				})
				if got := count(t, d); err == nil || got != 0 {
					t.Errorf("Write = %v, and there are %d notes", err, got)
				}
			})
		})
	}
}

// PostgreSQL says behind the first rows of a statement that a later one met a
// taken key. That error had no name, and a conflict there was not tried again.
func TestErrorsOfRowsHaveNames(t *testing.T) {
	const again = "insert into notes (city_id, n, body) values ($1, 2, 'new'), ($1, 1, 'again') returning n"
	reading := map[string]func(context.Context, *db.Tx) error{
		"row": func(ctx context.Context, tx *db.Tx) error {
			var n int
			return tx.QueryRow(ctx, again, tx.City()).Scan(&n)
		},
		"rows": func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, again, tx.City())
			if err != nil {
				return err
			}
			return rows.Each(func(func(...any) error) error { return nil })
		},
		"asked": func(ctx context.Context, tx *db.Tx) error {
			tx.Ask(func(func(...any) error) error { return nil }, again, tx.City())
			return tx.Flush(ctx)
		},
	}
	for name, read := range reading {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			t.Run(name, func(t *testing.T) {
				withNotes(t, d)
				write(t, d, func(_ context.Context, tx *db.Tx) error { insert(tx, 1, "first"); return nil })
				if err := d.Write(t.Context(), "odessa", read); !errors.Is(err, db.ErrDuplicate) {
					t.Errorf("Write = %v, want %v", err, db.ErrDuplicate)
				}
			})
		})
	}
}

func TestATransactionInsideAnotherIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			err := d.Write(ctx, "odessa", func(_ context.Context, tx *db.Tx) error {
				insert(tx, 1, "inner")
				return nil
			})
			if !errors.Is(err, db.ErrNested) {
				t.Errorf("Write = %v, want %v", err, db.ErrNested)
			}
			return nil
		})
	})
}

// As many writers as there are connections, each of which reads by a second one,
// wait for each other for ever.
func TestAReadInsideATransactionIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		nothing := func(context.Context, *db.Tx) error { return nil }
		nested := func(ctx context.Context, _ *db.Tx) error { return d.Read(ctx, "odessa", nothing) }
		if err := d.Write(t.Context(), "odessa", nested); !errors.Is(err, db.ErrNested) {
			t.Errorf("in Write, Read = %v, want %v", err, db.ErrNested)
		}
		if err := d.Read(t.Context(), "odessa", nested); !errors.Is(err, db.ErrNested) {
			t.Errorf("in Read, Read = %v, want %v", err, db.ErrNested)
		}
	})
}

func TestWritingAfterCloseIsRefused(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + dbtest.SQLiteFile(t) },
		"postgres": dbtest.PostgresURL,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := db.Open(t.Context(), db.Config{URL: url(t), Clock: clock.NewManual(dbtest.Began)})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
			for range 40 { // whoever may choose between the queue and the closed door chooses at random
				answered := make(chan error, 1)
				go func() {
					answered <- d.Write(t.Context(), "odessa", func(context.Context, *db.Tx) error { return nil })
				}()
				select {
				case err := <-answered:
					if err == nil {
						t.Fatal("written after closing")
					}
				case <-time.After(10 * time.Second):
					t.Fatal("a write after closing waits for ever")
				}
			}
		})
	}
}

// crowd is transactions that share one commit: the first waits until the others
// are queued.
func crowd(t *testing.T, d *db.DB, all ...db.Func) []error {
	t.Helper()
	began, behind := make(chan bool), make(chan bool)
	errs := make([]error, len(all))
	ended := make(chan int, len(all))
	for i, fn := range all {
		go func() {
			first := i == 0
			errs[i] = d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
				if first {
					first = false
					close(began)
					<-behind
				}
				return fn(ctx, tx)
			})
			ended <- i
		}()
		if i == 0 {
			<-began
		} else {
			db.AwaitQueued(d, i)
		}
	}
	close(behind)
	for range all {
		<-ended
	}
	return errs
}

// On a full disk SQLite undoes the whole group by itself. What runs next stood
// outside every transaction and was kept, though its caller was told otherwise;
// and what ran before was gone.
func TestOnAFullDiskDoneIsDoneAndRefusedIsRefused(t *testing.T) {
	d := dbtest.SQLite(t, clock.NewManual(dbtest.Began))
	withNotes(t, d)
	var pages int
	writer := d.Handle().SQL
	if err := writer.QueryRow("pragma page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec(fmt.Sprintf("pragma max_page_count=%d", pages+2)); err != nil {
		t.Fatal(err)
	}
	note := func(n int, body string) db.Func {
		return func(_ context.Context, tx *db.Tx) error {
			insert(tx, n, body)
			return nil
		}
	}
	ignoring := func(ctx context.Context, tx *db.Tx) error {
		insert(tx, 4, strings.Repeat("x", 200_000))
		tx.Flush(ctx)
		insert(tx, 5, "by itself")
		tx.Flush(ctx)
		return nil
	}
	errs := crowd(t, d, note(1, "before"), note(2, strings.Repeat("x", 200_000)), note(3, "behind"), ignoring, note(6, "last"))
	if errs[1] == nil || errs[3] == nil {
		t.Error("what did not fit is reported as done")
	}
	kept := map[int]bool{}
	err := d.Read(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, "select n from notes")
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var n int
			err := scan(&n)
			kept[n] = true
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range []int{1, 2, 3, 4, 6} {
		if kept[n] != (errs[i] == nil) {
			t.Errorf("note %d: Write = %v, kept: %t", n, errs[i], kept[n])
		}
	}
	if kept[5] {
		t.Error("what came behind the full disk was kept by itself")
	}
	if errs[0] != nil || errs[2] != nil || errs[4] != nil {
		t.Errorf("others in the group do not fit either: %v", errs)
	}
}

// Waiting behind a long transaction is not part of one's own.
func TestTheInstantIsThatOfBeginning(t *testing.T) {
	clk := clock.NewManual(dbtest.Began)
	d := dbtest.SQLite(t, clk)
	var at time.Time
	later := func(_ context.Context, tx *db.Tx) error {
		at = tx.Now()
		return nil
	}
	long := func(context.Context, *db.Tx) error {
		clk.Advance(time.Hour)
		return nil
	}
	for _, err := range crowd(t, d, long, later) {
		if err != nil {
			t.Error(err)
		}
	}
	if at != clk.Now() {
		t.Errorf("the instant of a transaction is %s, before it began", at)
	}
}
