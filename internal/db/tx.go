package db

import (
	"context"
	"time"

	"clearwell/internal/id"
)

// Tx is an open transaction, good only inside the function it was given to.
type Tx struct {
	session session
	city    id.City
	now     time.Time
	queue   []statement
	failed  error // of the first statement that went wrong; the transaction is of no use then
}

// session is one engine's side of an open transaction. Each method first sends
// what is queued, in order.
type session interface {
	flush(ctx context.Context, queue []statement) error
	query(ctx context.Context, queue []statement, sql string, args []any) (*Rows, error)
	count(ctx context.Context, queue []statement, sql string, args []any) (int64, error)
	copyIn(ctx context.Context, queue []statement, table string, columns []string, source Source) (int64, error)
	lock(name string) []statement
}

// statement is a queued statement. With a refusal it must touch exactly one row;
// with each it is a query, and each is given its rows.
type statement struct {
	sql     string
	args    []any
	refusal error
	each    Scanning
}

// Scanning is given the rows of a query one by one; what it returns ends the
// transaction.
type Scanning func(scan func(dest ...any) error) error

// Source feeds rows to [Tx.CopyIn]: it returns nil, nil at the end.
type Source func() ([]any, error)

// Now is the transaction's instant, the same from begin to commit.
func (tx *Tx) Now() time.Time { return tx.now }

// City is the city the transaction is for.
func (tx *Tx) City() id.City { return tx.city }

// Exec queues a statement. Its error, if any, is returned by the next query or
// by Write.
func (tx *Tx) Exec(sql string, args ...any) {
	tx.queue = append(tx.queue, statement{sql: sql, args: args})
}

// ExecOne queues a statement that must touch exactly one row, such as a
// compare-and-set; otherwise the transaction ends with refusal. The statement
// has no RETURNING clause.
func (tx *Tx) ExecOne(refusal error, sql string, args ...any) {
	tx.queue = append(tx.queue, statement{sql: sql, args: args, refusal: refusal})
}

// Ask queues a query: each is given its rows when they come, with the next query
// or at the latest with Flush. So several questions take one round trip.
func (tx *Tx) Ask(each Scanning, sql string, args ...any) {
	tx.queue = append(tx.queue, statement{sql: sql, args: args, each: each})
}

// Lock queues a lock: of the transactions of this city that lock the same name,
// the second waits here until the first has ended, and its later queries see what
// that one wrote. On SQLite there is one writer, and nothing to wait for.
func (tx *Tx) Lock(name string) { tx.queue = append(tx.queue, tx.session.lock(name)...) }

// Flush sends what is queued and returns its first error. After an error of a
// statement, this and all that follow return it again: PostgreSQL gives the whole
// transaction up, SQLite may have, and would keep what comes next by itself.
func (tx *Tx) Flush(ctx context.Context) error {
	if tx.failed != nil {
		return tx.failed
	}
	return tx.note(tx.session.flush(ctx, tx.taken()))
}

// note remembers the first error of a statement.
func (tx *Tx) note(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// Count runs a statement at once and tells how many rows it touched.
func (tx *Tx) Count(ctx context.Context, sql string, args ...any) (int64, error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	touched, err := tx.session.count(ctx, tx.taken(), sql, args)
	return touched, tx.note(err)
}

// Query runs a query. Its rows must be closed, or read to the end, before the
// next query.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (*Rows, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	rows, err := tx.session.query(ctx, tx.taken(), sql, args)
	if err != nil {
		return nil, tx.note(err)
	}
	closer := rows.closer
	rows.closer = func() error { return tx.note(closer()) }
	return rows, nil
}

// QueryRow runs a query that finds at most one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) *Row {
	rows, err := tx.Query(ctx, sql, args...)
	return &Row{rows, err}
}

// CopyIn loads many rows: COPY on PostgreSQL, prepared inserts on SQLite. It
// returns how many it loaded.
func (tx *Tx) CopyIn(ctx context.Context, table string, columns []string, source Source) (int64, error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	loaded, err := tx.session.copyIn(ctx, tx.taken(), table, columns, source)
	return loaded, tx.note(err)
}

func (tx *Tx) taken() []statement {
	queue := tx.queue
	tx.queue = nil
	return queue
}
