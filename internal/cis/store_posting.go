package cis

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

const batchColumns = `business_on, sequence, layout, zone, digest, line_count, total_cents,
	created_at, acknowledge_due_at, acknowledged_at, acknowledged_by, posted_at, delivered_at`

// newestBatch gives the last batch of a day, the zero Batch if there is none.
func newestBatch(ctx context.Context, tx *db.Tx, on calendar.Date) (Batch, error) {
	found, err := scanBatch(tx.QueryRow(ctx, "select "+batchColumns+` from posting_batches
		where city_id = $1 and business_on = $2 order by sequence desc limit 1`, tx.City(), on).Scan)
	if errors.Is(err, ErrNoBatch) {
		return Batch{}, nil
	}
	return found, err
}

func findBatch(ctx context.Context, tx *db.Tx, on calendar.Date, sequence int) (Batch, error) {
	found, err := scanBatch(tx.QueryRow(ctx, "select "+batchColumns+` from posting_batches
		where city_id = $1 and business_on = $2 and sequence = $3`, tx.City(), on, sequence).Scan)
	if errors.Is(err, ErrNoBatch) {
		err = ErrNoBatch.Because(fmt.Errorf("no file %d of %s was made: export it first", sequence, on))
	}
	return found, err
}

// openBatches lists the posting files that are not acknowledged, the longest
// overdue first.
func openBatches(ctx context.Context, tx *db.Tx) ([]Batch, error) {
	return selectBatches(ctx, tx, "acknowledged_at is null order by acknowledge_due_at, business_on, sequence")
}

func overdue(ctx context.Context, tx *db.Tx, now time.Time) ([]Batch, error) {
	return selectBatches(ctx, tx, `acknowledged_at is null and acknowledge_due_at <= $2
		order by acknowledge_due_at, business_on, sequence`, db.Micros(now))
}

// selectBatches reads the batches of the transaction's city for which a condition
// holds.
func selectBatches(ctx context.Context, tx *db.Tx, condition string, args ...any) ([]Batch, error) {
	rows, err := tx.Query(ctx, "select "+batchColumns+" from posting_batches where city_id = $1 and "+condition,
		append([]any{tx.City()}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []Batch
	err = rows.Each(func(scan func(...any) error) error {
		batch, err := scanBatch(scan)
		found = append(found, batch)
		return err
	})
	return found, err
}

// newestPosting is when the billing system last posted a file; zero: never.
func newestPosting(ctx context.Context, tx *db.Tx) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, "select cast(coalesce(max(posted_at), 0) as bigint) from posting_batches where city_id = $1", tx.City()).Scan(&at)
	return db.Time(at), err
}

func scanBatch(scan func(...any) error) (Batch, error) {
	var b Batch
	var zone string
	var created, due int64
	var acknowledged, posted, delivered sql.Null[int64]
	err := scan(&b.On, &b.Sequence, &b.Layout, &zone, &b.Digest, &b.Lines, &b.Total, &created, &due, &acknowledged, &b.AcknowledgedBy,
		&posted, &delivered)
	if errors.Is(err, db.ErrNoRows) {
		return Batch{}, ErrNoBatch
	}
	if err != nil {
		return Batch{}, err
	}
	b.CreatedAt, b.AcknowledgeDue, b.AcknowledgedAt = db.Time(created), db.Time(due), db.Time(acknowledged.V)
	b.PostedAt, b.DeliveredAt = db.Time(posted.V), db.Time(delivered.V)
	b.Zone, err = time.LoadLocation(zone)
	if err != nil {
		return Batch{}, fmt.Errorf("reading the zone of a posting file: %w", err)
	}
	return b, nil
}

func insertBatch(tx *db.Tx, b Batch) {
	tx.Exec(`insert into posting_batches (city_id, business_on, sequence, layout, zone, digest, line_count, total_cents,
			created_at, acknowledge_due_at, acknowledged_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')`,
		tx.City(), b.On, b.Sequence, b.Layout, b.Zone.String(), b.Digest, b.Lines, b.Total,
		db.Micros(b.CreatedAt), db.Micros(b.AcknowledgeDue))
}

// acknowledge is a compare-and-set: of two who acknowledge at once, one does.
func acknowledge(tx *db.Tx, b Batch) {
	tx.ExecOne(ErrPostingMoved, `update posting_batches set acknowledged_at = $1, acknowledged_by = $2, posted_at = $3
		where city_id = $4 and business_on = $5 and sequence = $6 and acknowledged_at is null`,
		db.Micros(b.AcknowledgedAt), b.AcknowledgedBy, db.Micros(b.PostedAt), tx.City(), b.On, b.Sequence)
}

func deliverBatch(tx *db.Tx, on calendar.Date, sequence int) {
	tx.ExecOne(ErrNoBatch, `update posting_batches set delivered_at = coalesce(delivered_at, $1)
		where city_id = $2 and business_on = $3 and sequence = $4`, db.Micros(tx.Now()), tx.City(), on, sequence)
}

func refuseLine(tx *db.Tx, confirmation string) {
	tx.ExecOne(ErrNoLine, "update posting_lines set refused_at = $1 where city_id = $2 and confirmation = $3",
		db.Micros(tx.Now()), tx.City(), confirmation)
}

func settleLine(tx *db.Tx, confirmation string) {
	tx.ExecOne(ErrNoLine, `update posting_lines set settled_at = $1
		where city_id = $2 and confirmation = $3 and refused_at is not null and settled_at is null`,
		db.Micros(tx.Now()), tx.City(), confirmation)
}

const lineColumns = `confirmation, kind, number, written_number, bill_number, service, amount_cents, fee_cents,
	paid_at, tender, channel`

func sentLine(ctx context.Context, tx *db.Tx, confirmation string) (line, error) {
	return scanLine(tx.QueryRow(ctx, "select "+lineColumns+" from posting_lines where city_id = $1 and confirmation = $2",
		tx.City(), confirmation).Scan)
}

func linesOf(ctx context.Context, tx *db.Tx, b Batch) ([]line, error) {
	rows, err := tx.Query(ctx, "select "+lineColumns+` from posting_lines
		where city_id = $1 and business_on = $2 and sequence = $3 order by position`, tx.City(), b.On, b.Sequence)
	if err != nil {
		return nil, err
	}
	var found []line
	err = rows.Each(func(scan func(...any) error) error {
		l, err := scanLine(scan)
		found = append(found, l)
		return err
	})
	return found, err
}

func sentOn(ctx context.Context, tx *db.Tx, on calendar.Date) ([]Posting, error) {
	return selectLines(ctx, tx, "business_on = $2 order by sequence, position", on)
}

func refusedLines(ctx context.Context, tx *db.Tx) ([]Posting, error) {
	return selectLines(ctx, tx, "refused_at is not null and settled_at is null order by refused_at, confirmation")
}

// selectLines reads the lines of the transaction's city for which a condition
// holds.
func selectLines(ctx context.Context, tx *db.Tx, condition string, args ...any) ([]Posting, error) {
	rows, err := tx.Query(ctx, "select "+lineColumns+" from posting_lines where city_id = $1 and "+condition,
		append([]any{tx.City()}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []Posting
	err = rows.Each(func(scan func(...any) error) error {
		l, err := scanLine(scan)
		found = append(found, l.Posting)
		return err
	})
	return found, err
}

// askSent queues the question whether a posting stands in a file.
func askSent(tx *db.Tx, confirmation string, into *bool) {
	tx.Ask(func(scan func(...any) error) error {
		var one int
		*into = true
		return scan(&one)
	}, "select 1 from posting_lines where city_id = $1 and confirmation = $2", tx.City(), confirmation)
}

func scanLine(scan func(...any) error) (line, error) {
	var l line
	var paid int64
	err := scan(&l.Confirmation, &l.Kind, &l.Number, &l.written, &l.Bill, &l.Service, &l.Amount, &l.Fee, &paid, &l.Tender, &l.Channel)
	l.PaidAt = db.Time(paid)
	return l, err
}

func insertLine(tx *db.Tx, b Batch, position int, l line) {
	tx.Exec(`insert into posting_lines (city_id, confirmation, business_on, sequence, position, kind, number, written_number,
			bill_number, service, amount_cents, fee_cents, paid_at, tender, channel)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		tx.City(), l.Confirmation, b.On, b.Sequence, position, string(l.Kind), l.Number, l.written,
		l.Bill, string(l.Service), l.Amount, l.Fee, db.Micros(l.PaidAt), l.Tender, string(l.Channel))
}
