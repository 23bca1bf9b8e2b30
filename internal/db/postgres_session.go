package db

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"clearwell/internal/id"
)

// postgresSession is a transaction on one connection. It begins with the first
// statement that is sent, in the same round trip.
type postgresSession struct {
	conn  *pgx.Conn
	city  id.City
	begun bool
	ended bool
}

// queued makes a batch of what must come first and what waits, and the refusal
// of each of its statements.
func (s *postgresSession) queued(queue []statement) (*pgx.Batch, []error) {
	batch := &pgx.Batch{}
	if !s.begun {
		begin(batch, s.city)
		s.begun = true
	}
	refusals := make([]error, batch.Len(), batch.Len()+len(queue)+1)
	for _, st := range queue {
		batch.Queue(guarded(st), st.args...)
		refusals = append(refusals, st.refusal)
	}
	return batch, refusals
}

// guarded wraps a compare-and-set so that the server itself refuses when it did
// not touch one row. The commit can then travel in the same round trip: the
// server skips everything behind an error.
func guarded(st statement) string {
	if st.refusal == nil {
		return st.sql
	}
	return "with touched as (" + st.sql + " returning 1) select clearwell_one(count(*)) from touched"
}

// drain reads the results of statements that need no answer.
func drain(results pgx.BatchResults, refusals []error) error {
	for _, refusal := range refusals {
		if _, err := results.Exec(); err != nil {
			return refused(err, refusal)
		}
	}
	return nil
}

func refused(err, refusal error) error {
	native, ok := errors.AsType[*pgconn.PgError](err)
	if ok && native.Code == codeNotOne && refusal != nil {
		return refusal
	}
	return classifyPostgres(err)
}

func (s *postgresSession) flush(ctx context.Context, queue []statement) error {
	if len(queue) == 0 {
		return nil
	}
	batch, refusals := s.queued(queue)
	return s.send(ctx, batch, refusals)
}

func (s *postgresSession) send(ctx context.Context, batch *pgx.Batch, refusals []error) error {
	results := s.conn.SendBatch(ctx, batch)
	err := drain(results, refusals)
	return first(err, classifyPostgres(results.Close()))
}

// first is the error that came first: closing after a failure repeats it.
func first(err, closing error) error {
	if err != nil {
		return err
	}
	return closing
}

func (s *postgresSession) query(ctx context.Context, queue []statement, sql string, args []any) (*Rows, error) {
	batch, refusals := s.queued(queue)
	batch.Queue(sql, args...)
	return queryLast(ctx, s.conn, batch, refusals)
}

// queryLast sends a batch whose last statement is a query.
func queryLast(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, refusals []error) (*Rows, error) {
	results := conn.SendBatch(ctx, batch)
	if err := drain(results, refusals); err != nil {
		results.Close()
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		results.Close()
		return nil, classifyPostgres(err)
	}
	closer := func() error {
		rows.Close()
		return classifyPostgres(first(rows.Err(), results.Close()))
	}
	return &Rows{rows, closer}, nil
}

func (s *postgresSession) count(ctx context.Context, queue []statement, sql string, args []any) (int64, error) {
	batch, refusals := s.queued(queue)
	batch.Queue(sql, args...)
	results := s.conn.SendBatch(ctx, batch)
	if err := drain(results, refusals); err != nil {
		results.Close()
		return 0, err
	}
	tag, err := results.Exec()
	return tag.RowsAffected(), classifyPostgres(first(err, results.Close()))
}

// copyIn copies into a temporary table and inserts from there, because COPY does
// not work under row-level security.
func (s *postgresSession) copyIn(ctx context.Context, queue []statement, table string, columns []string, source Source) (int64, error) {
	landing, list := "landing_"+table, strings.Join(columns, ", ")
	queue = append(queue,
		statement{sql: "create temporary table if not exists " + landing + " (like " + table + ") on commit delete rows"})
	if err := s.flush(ctx, queue); err != nil {
		return 0, err
	}
	_, err := s.conn.CopyFrom(ctx, pgx.Identifier{landing}, columns, pgx.CopyFromFunc(source))
	if err != nil {
		return 0, fmt.Errorf("loading into %s: %w", table, classifyPostgres(err))
	}
	move := []statement{{sql: "insert into " + table + " (" + list + ") select " + list + " from " + landing}}
	return s.count(ctx, move, "delete from "+landing, nil)
}

// commit sends what waits and the commit in one round trip.
func (s *postgresSession) commit(ctx context.Context, queue []statement) error {
	if !s.begun && len(queue) == 0 {
		return nil
	}
	batch, refusals := s.queued(queue)
	batch.Queue("commit")
	err := s.send(ctx, batch, append(refusals, nil))
	if err == nil {
		s.ended = true
		return nil
	}
	if s.conn.IsClosed() {
		return fmt.Errorf("committing: %w", errors.Join(ErrInDoubt, err))
	}
	return fmt.Errorf("committing: %w", err)
}

// abandon rolls back what did not commit.
func (s *postgresSession) abandon(ctx context.Context) {
	if !s.begun || s.ended || s.conn.IsClosed() {
		return
	}
	if _, err := s.conn.Exec(context.WithoutCancel(ctx), "rollback"); err != nil {
		s.conn.Close(context.WithoutCancel(ctx)) // a connection that cannot roll back is of no use to anybody
	}
}

func (s *postgresSession) library() any { return lent{embedded: s.conn} }

// postgresReading answers queries, each in its own implicit transaction.
type postgresReading struct {
	conn *pgx.Conn
	city id.City
}

func (r *postgresReading) query(ctx context.Context, queue []statement, sql string, args []any) (*Rows, error) {
	if len(queue) > 0 {
		return nil, ErrReadOnly
	}
	batch := &pgx.Batch{}
	scope(batch, r.city)
	batch.Queue(sql, args...)
	return queryLast(ctx, r.conn, batch, []error{nil})
}

func (r *postgresReading) flush(_ context.Context, queue []statement) error {
	if len(queue) > 0 {
		return ErrReadOnly
	}
	return nil
}

func (r *postgresReading) count(context.Context, []statement, string, []any) (int64, error) {
	return 0, ErrReadOnly
}

func (r *postgresReading) copyIn(context.Context, []statement, string, []string, Source) (int64, error) {
	return 0, ErrReadOnly
}

func (r *postgresReading) library() any { return lent{embedded: r.conn} }
