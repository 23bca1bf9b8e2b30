package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// collect queues a question for numbers and collects them into into.
func collect(tx *db.Tx, into *[]int64, sql string, args ...any) {
	tx.Ask(func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		*into = append(*into, n)
		return err
	}, sql, args...)
}

const upTo = `with recursive n(i) as (select 1 union all select i + 1 from n where i < cast($1 as bigint)) select i from n`

func TestQuestionsAreAnsweredTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, run := range map[string]func(context.Context, db.Func) error{
			"write": func(ctx context.Context, fn db.Func) error { return d.Write(ctx, "sampletown", fn) },
			"read":  func(ctx context.Context, fn db.Func) error { return d.Read(ctx, "sampletown", fn) },
		} {
			t.Run(name, func(t *testing.T) {
				var first, none, behind []int64
				var last int64
				err := run(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					collect(tx, &first, upTo, 3)
					collect(tx, &none, "select 1 where cast($1 as bigint) = 0", 7)
					if len(first) != 0 {
						t.Errorf("answered before it was sent: %v", first)
					}
					if err := tx.QueryRow(ctx, upTo, 1).Scan(&last); err != nil {
						return err
					}
					if diff := cmp.Diff([]int64{1, 2, 3}, first); diff != "" || none != nil || last != 1 {
						t.Errorf("with the next query: %s, %v, %d", diff, none, last)
					}
					collect(tx, &behind, upTo, 2)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]int64{1, 2}, behind); diff != "" {
					t.Errorf("at the end: %s", diff)
				}
			})
		}
	})
}

func TestAnAnswerThatIsRefusedEndsTheTransaction(t *testing.T) {
	refused := errors.New("refused")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, rows := range []int{1, 500} { // the rest of the rows is not in the way
			t.Run(fmt.Sprint(rows), func(t *testing.T) {
				err := d.Write(t.Context(), "sampletown", func(ctx context.Context, tx *db.Tx) error {
					tx.Ask(func(func(...any) error) error { return refused }, upTo, rows)
					return tx.Flush(ctx)
				})
				if !errors.Is(err, refused) {
					t.Errorf("got %v, want %v", err, refused)
				}
			})
		}
		var seen []int64
		err := d.Read(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
			collect(tx, &seen, upTo, 1)
			return nil
		})
		if err != nil || len(seen) != 1 {
			t.Errorf("the connection is of no use afterwards: %v, %v", seen, err)
		}
	})
}

func TestQuestionsAmongStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
			var seen []int64
			collect(tx, &seen, upTo, 1)
			tx.Exec("delete from ledger_entries where city_id = $1", "sampletown")
			return nil
		})
		if !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("writing beside a question: got %v, want %v", err, db.ErrReadOnly)
		}
	})
}
