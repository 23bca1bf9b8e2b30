package limit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/retain"
)

// tallies gives the count of each row, 0 for one that is not there, in one query.
func tallies(ctx context.Context, tx *db.Tx, marks []marked) ([]int, error) {
	var (
		columns []string
		counts  = make([]int, len(marks))
		into    []any
		args    = []any{tx.City()}
	)
	for i, m := range marks {
		n := len(args)
		columns = append(columns, fmt.Sprintf(`coalesce((select tally from limit_counts
			where city_id = $1 and rule = $%d and key_hash = $%d and began_at = $%d), 0)`, n+1, n+2, n+3))
		args = append(args, m.rule, m.key[:], m.begins)
		into = append(into, &counts[i])
	}
	err := tx.QueryRow(ctx, `select `+strings.Join(columns, ", "), args...).Scan(into...)
	return counts, err
}

// anyReached reports whether one of the rows has as many as it may have.
func anyReached(ctx context.Context, tx *db.Tx, marks []marked) (bool, error) {
	var (
		ors  []string
		args = []any{tx.City()}
	)
	for _, m := range marks {
		n := len(args)
		ors = append(ors, fmt.Sprintf("(rule = $%d and key_hash = $%d and began_at = $%d and tally >= $%d)", n+1, n+2, n+3, n+4))
		args = append(args, m.rule, m.key[:], m.begins, m.most)
	}
	var reached int
	err := tx.QueryRow(ctx, `select count(*) from limit_counts where city_id = $1 and (`+strings.Join(ors, " or ")+`)`, args...).Scan(&reached)
	return reached > 0, err
}

func increment(tx *db.Tx, of target, ends time.Time) {
	tx.Exec(`insert into limit_counts (city_id, rule, key_hash, began_at, ends_at, tally)
		values ($1, $2, $3, $4, $5, 1)
		on conflict (city_id, rule, key_hash, began_at) do update set tally = limit_counts.tally + 1`,
		of.city, of.rule, of.key[:], of.begins, db.Micros(ends))
}

func deleteOver(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Count(ctx, `delete from limit_counts where ends_at <= $1`+retain.Unheld("limit_counts"), db.Micros(tx.Now()))
}

func countOver(ctx context.Context, tx *db.Tx) (over, held int64, err error) {
	err = tx.QueryRow(ctx, `select (select count(*) from limit_counts where ends_at <= $1`+retain.Unheld("limit_counts")+`),
		(select count(*) from limit_counts where ends_at <= $1`+retain.Held("limit_counts")+`)`, db.Micros(tx.Now())).Scan(&over, &held)
	return over, held, err
}
