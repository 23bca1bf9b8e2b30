package db_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// notes is a table of this test's own, because the engine knows no domain table.
const notes = "create table notes (city_id text not null, n bigint not null, body text not null, primary key (city_id, n))"

func withNotes(t *testing.T, d *db.DB) {
	t.Helper()
	write(t, d, func(_ context.Context, tx *db.Tx) error {
		tx.Exec(notes)
		return nil
	})
	if d.Dialect() == db.Postgres {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			var nothing any
			return tx.QueryRow(ctx, "select cast(clearwell_guard('notes') as text)").Scan(&nothing)
		})
	}
}

func write(t *testing.T, d *db.DB, fn db.Func) {
	t.Helper()
	if err := d.Write(t.Context(), "odessa", fn); err != nil {
		t.Fatal(err)
	}
}

func insert(tx *db.Tx, n int, body string) {
	tx.Exec("insert into notes (city_id, n, body) values ($1, $2, $3)", tx.City(), n, body)
}

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	err := d.Read(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "select count(*) from notes").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteKeepsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		write(t, d, func(_ context.Context, tx *db.Tx) error {
			insert(tx, 1, "kept")
			insert(tx, 2, "kept")
			return nil
		})
		changedMind := errors.New("changed my mind")
		err := d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
			insert(tx, 3, "gone")
			if err := tx.Flush(ctx); err != nil {
				return err
			}
			return changedMind
		})
		if !errors.Is(err, changedMind) {
			t.Errorf("Write = %v, want %v", err, changedMind)
		}
		if got := count(t, d); got != 2 {
			t.Errorf("%d notes, want 2", got)
		}
	})
}

func TestQueuedErrorsEndTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			insert(tx, 1, "first")
			insert(tx, 1, "again")
			return nil
		})
		if !errors.Is(err, db.ErrDuplicate) {
			t.Errorf("Write = %v, want ErrDuplicate", err)
		}
		if got := count(t, d); got != 0 {
			t.Errorf("%d notes, want none", got)
		}
	})
}

func TestExecOneRefusesWhenNothingMatches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		moved := errors.New("it has moved on")
		set := func(from, to string) error {
			return d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
				tx.ExecOne(moved, "update notes set body = $1 where city_id = $2 and n = 1 and body = $3", to, tx.City(), from)
				insert(tx, len(to), "trail of "+to)
				return nil
			})
		}
		write(t, d, func(_ context.Context, tx *db.Tx) error { insert(tx, 1, "new"); return nil })
		if err := set("new", "paid"); err != nil {
			t.Errorf("first change: %v", err)
		}
		if err := set("new", "voided"); !errors.Is(err, moved) {
			t.Errorf("second change = %v, want %v", err, moved)
		}
		if got := count(t, d); got != 2 {
			t.Errorf("%d notes, want 2: the refused change left a trail", got)
		}
	})
}

func TestQueriesSeeWhatIsQueued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			insert(tx, 1, "queued")
			var body string
			if err := tx.QueryRow(ctx, "select body from notes where city_id = $1 and n = $2", tx.City(), 1).Scan(&body); err != nil {
				return err
			}
			touched, err := tx.Count(ctx, "update notes set body = 'seen' where city_id = $1", tx.City())
			if err != nil || touched != 1 || body != "queued" {
				return fmt.Errorf("touched %d, read %q, %w", touched, body, err)
			}
			return nil
		})
		err := d.Read(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
			var body string
			return tx.QueryRow(ctx, "select body from notes where n = 9").Scan(&body)
		})
		if !errors.Is(err, db.ErrNoRows) {
			t.Errorf("looking for what is not there = %v, want ErrNoRows", err)
		}
	})
}

func TestReadRefusesToWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		err := d.Read(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			insert(tx, 1, "smuggled")
			return nil
		})
		if !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("Read = %v, want ErrReadOnly", err)
		}
	})
}

func TestRowsOfAnotherCityAreOutOfReachOnPostgres(t *testing.T) {
	d := dbtest.Postgres(t, clock.NewManual(dbtest.Began))
	withNotes(t, d)
	write(t, d, func(_ context.Context, tx *db.Tx) error { insert(tx, 1, "of odessa"); return nil })
	err := d.Write(t.Context(), "waco", func(ctx context.Context, tx *db.Tx) error {
		var seen int
		if err := tx.QueryRow(ctx, "select count(*) from notes").Scan(&seen); err != nil || seen != 0 {
			return fmt.Errorf("waco sees %d notes of odessa, %w", seen, err)
		}
		if n, err := tx.Count(ctx, "delete from notes"); err != nil || n != 0 {
			return fmt.Errorf("waco deleted %d notes of odessa, %w", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = d.Write(t.Context(), "waco", func(_ context.Context, tx *db.Tx) error {
		tx.Exec("insert into notes (city_id, n, body) values ('odessa', 2, 'forged')")
		return nil
	})
	if err == nil {
		t.Error("waco wrote a note of odessa")
	}
}

func TestPostgresRefusesASuperuser(t *testing.T) {
	dbtest.PostgresURL(t) // skips where there is none
	_, err := db.Open(t.Context(), db.Config{URL: dbtest.Superuser(), Clock: clock.System()})
	if !errors.Is(err, db.ErrSuperuser) {
		t.Errorf("Open = %v, want ErrSuperuser", err)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		const writers, each = 16, 20
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
						insert(tx, w*each+i, "x")
						if i%5 == 4 {
							return errors.New("refused on purpose")
						}
						return nil
					})
					if (err != nil) != (i%5 == 4) {
						t.Errorf("writer %d, note %d: %v", w, i, err)
					}
				}
			})
		}
		group.Wait()
		if got, want := count(t, d), writers*each*4/5; got != want {
			t.Errorf("%d notes, want %d", got, want)
		}
	})
}

func TestAPanicIsTheCallersAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic did not reach its caller")
				}
			}()
			d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
				insert(tx, 1, "undone")
				tx.Flush(ctx)
				panic("boom")
			})
		}()
		if got := count(t, d); got != 0 {
			t.Errorf("%d notes, want none", got)
		}
	})
}

// A test that gives up inside a transaction ends its goroutine. It must be undone,
// and whoever writes next must not wait for ever.
func TestAGoroutineThatEndsInsideIsUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		var leaving sync.WaitGroup
		leaving.Go(func() {
			err := d.Write(t.Context(), "odessa", func(ctx context.Context, tx *db.Tx) error {
				insert(tx, 1, "undone")
				tx.Flush(ctx)
				runtime.Goexit()
				return nil
			})
			if err == nil {
				t.Error("what nobody finished is called done")
			}
		})
		leaving.Wait()
		if got := count(t, d); got != 0 {
			t.Errorf("%d notes, want none", got)
		}
		err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error { insert(tx, 2, "kept"); return nil })
		if got := count(t, d); err != nil || got != 1 {
			t.Errorf("the next one: %d notes, %v; want one", got, err)
		}
	})
}

// A browser that leaves while its payment is committed changes nothing: otherwise
// nobody would know whether it was.
func TestACallerWhoLeavesAtTheCommitIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		ctx, leave := context.WithCancel(t.Context())
		err := d.Write(ctx, "odessa", func(_ context.Context, tx *db.Tx) error {
			insert(tx, 1, "kept")
			leave()
			return nil
		})
		if got := count(t, d); err != nil || got != 1 {
			t.Errorf("%d notes, %v; want one", got, err)
		}
	})
}

func TestCopyIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		n := 0
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			loaded, err := tx.CopyIn(ctx, "notes", []string{"city_id", "n", "body"}, func() ([]any, error) {
				if n++; n > 1000 {
					return nil, nil
				}
				return []any{string(tx.City()), int64(n), "bulk"}, nil
			})
			if loaded != 1000 {
				return fmt.Errorf("loaded %d, %w", loaded, err)
			}
			return err
		})
		if got := count(t, d); got != 1000 {
			t.Errorf("%d notes, want 1000", got)
		}
	})
}

func TestOneInstantPerTransaction(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		write(t, d, func(_ context.Context, tx *db.Tx) error {
			before := tx.Now()
			clk.Advance(time.Hour)
			if tx.Now() != before || db.Time(db.Micros(before)) != before {
				t.Error("the instant moved")
			}
			return nil
		})
	})
}

func TestNoNetworkInsideATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		client := http.Client{Transport: db.RefuseInTransaction(http.DefaultTransport)}
		write(t, d, func(ctx context.Context, _ *db.Tx) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:1/", nil)
			if err != nil {
				return err
			}
			if _, err := client.Do(req); !errors.Is(err, db.ErrNetworkInTransaction) {
				t.Errorf("Do = %v, want ErrNetworkInTransaction", err)
			}
			return nil
		})
	})
}

func TestMigrateRefusesANewerSchemaAndBacksUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "town.db")
	d := dbtest.Open(t, "sqlite:"+path, clock.System())
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, err := d.Migrate(t.Context()); err != nil || again.Backup != "" {
		t.Errorf("migrating twice = %+v, %v", again, err)
	}
	run := func(sql string) {
		if _, err := d.Handle().SQL.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run("insert into schema_versions (version_id, is_applied) values (9999, true)")
	if _, err := d.Migrate(t.Context()); !errors.Is(err, db.ErrSchemaNewer) {
		t.Errorf("Migrate = %v, want ErrSchemaNewer", err)
	}
}

func TestBackupIsWhole(t *testing.T) {
	d := dbtest.SQLite(t, clock.System())
	withNotes(t, d)
	write(t, d, func(_ context.Context, tx *db.Tx) error { insert(tx, 1, "saved"); return nil })
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := d.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got := count(t, dbtest.Open(t, "sqlite:"+path, clock.System())); got != 1 {
		t.Errorf("%d notes in the backup, want 1", got)
	}
}
