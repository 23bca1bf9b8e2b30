package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"clearwell/internal/clock"
	"clearwell/internal/db"
)

const (
	bulkRatio = 0.15
	bulkMost  = 256.0 // MiB
)

// rawColumns are those a line of bills fills.
func rawColumns() []string {
	return []string{"city_id", "load_id", "line", "number", "display", "name", "service_address", "zip",
		"mailing_1", "mailing_city", "mailing_state", "mailing_zip", "service", "bill_number",
		"billed_on", "due_on", "from_on", "to_on", "amount_cents", "current_cents"}
}

// rawTable is a plain table of the columns, with a key.
const rawTable = `create table raw_bills (city_id text, load_id text, line bigint, number text, display text, name text,
	service_address text, zip text, mailing_1 text, mailing_city text, mailing_state text, mailing_zip text, service text,
	bill_number text, billed_on text, due_on text, from_on text, to_on text, amount_cents bigint, current_cents bigint,
	primary key (city_id, load_id, line))`

// rawRows gives n rows, and nil at the end.
func rawRows(n int) db.Source {
	next := 0
	return func() ([]any, error) {
		if next == n {
			return nil, nil
		}
		b := bill(next)
		next++
		return []any{string(sampletown), "load_00000000000000000000000000", b.Line, string(b.Number), b.Display, b.Name,
			b.ServiceAddress, b.ZIP, b.Mailing.Lines[0], b.Mailing.City, b.Mailing.State, b.Mailing.ZIP, string(b.Service), b.Bill,
			b.BilledOn.String(), b.DueOn.String(), b.From.String(), b.To.String(), b.Amount.Cents(), b.Current.Cents()}, nil
	}
}

func billsOnPostgres(ctx context.Context, s *site) (Figure, error) {
	return bulk(ctx, s, "COPY of the same columns into a plain table", func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, s.super)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, rawTable); err != nil {
			return err
		}
		_, err = conn.CopyFrom(ctx, pgx.Identifier{"raw_bills"}, rawColumns(), pgx.CopyFromFunc(rawRows(s.bills)))
		return err
	})
}

func billsOnSQLite(ctx context.Context, s *site) (Figure, error) {
	return bulk(ctx, s, "prepared inserts of the same columns into a plain table, one transaction", func(ctx context.Context) error {
		return s.d.Write(ctx, sampletown, func(ctx context.Context, tx *db.Tx) error {
			tx.Exec(rawTable + " without rowid")
			_, err := tx.CopyIn(ctx, "raw_bills", rawColumns(), rawRows(s.bills))
			return err
		})
	})
}

// bulk measures bringing bills in: staged in chunks, applied at once.
func bulk(ctx context.Context, s *site, baseline string, raw func(context.Context) error) (Figure, error) {
	forgetPeak()
	ours, err := load(ctx, s.d, s.bills)
	if err != nil {
		return Figure{}, err
	}
	f := Figure{
		What: fmt.Sprintf("bulk load of %d bills, staged and applied", s.bills), Unit: "bills/s", BaselineIs: baseline,
		Value: perSecond(s.bills, ours.elapsed), Peak: peak(),
	}
	ours.percentiles(&f)
	took, err := timed(func() error { return raw(ctx) })
	f.Baseline = perSecond(s.bills, took)
	f.atLeast(bulkRatio)
	f.Target, f.Met = f.Target+fmt.Sprintf(", peak ≤ %.0f MiB", bulkMost), f.Met && f.Peak <= bulkMost
	return f, err
}

func timed(do func() error) (time.Duration, error) {
	clk := clock.System()
	began := clk.Now()
	err := do()
	return clk.Now().Sub(began), err
}
