package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// queued makes a batch of what must come first and what waits, and lists its
// statements.
func (s *postgresSession) queued(queue []statement) (*pgx.Batch, []statement) {
	batch := &pgx.Batch{}
	if !s.begun {
		begin(batch, s.city)
		s.begun = true
	}
	sent := make([]statement, batch.Len(), batch.Len()+len(queue)+1)
	for _, st := range queue {
		batch.Queue(guarded(st), st.args...)
		sent = append(sent, st)
	}
	return batch, sent
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

// drain reads the results of queued statements.
func drain(results pgx.BatchResults, sent []statement) error {
	for _, st := range sent {
		if err := receive(results, st); err != nil {
			return err
		}
	}
	return nil
}

func receive(results pgx.BatchResults, st statement) error {
	if st.each == nil {
		_, err := results.Exec()
		return refused(err, st.refusal)
	}
	rows, err := results.Query()
	if err != nil {
		return classifyPostgres(err)
	}
	return (&Rows{rows, func() error {
		rows.Close()
		return classifyPostgres(rows.Err())
	}}).Each(st.each)
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
	batch, sent := s.queued(queue)
	return sendAll(ctx, s.conn, batch, sent)
}

func sendAll(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, sent []statement) error {
	results := conn.SendBatch(ctx, batch)
	err := drain(results, sent)
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
	batch, sent := s.queued(queue)
	batch.Queue(sql, args...)
	return queryLast(ctx, s.conn, batch, sent)
}

// queryLast sends a batch whose last statement is a query.
func queryLast(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, sent []statement) (*Rows, error) {
	results := conn.SendBatch(ctx, batch)
	if err := drain(results, sent); err != nil {
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
	batch, sent := s.queued(queue)
	batch.Queue(sql, args...)
	results := s.conn.SendBatch(ctx, batch)
	if err := drain(results, sent); err != nil {
		results.Close()
		return 0, err
	}
	tag, err := results.Exec()
	return tag.RowsAffected(), classifyPostgres(first(err, results.Close()))
}

// lock takes an advisory lock that ends with the transaction. Two names with one
// hash wait for each other in vain, which is rare and short.
func (s *postgresSession) lock(name string) []statement {
	return []statement{{sql: "select pg_advisory_xact_lock(hashtextextended($1, 0))", args: []any{string(s.city) + "/" + name}}}
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

// commit sends what waits and the commit in one round trip. Where a question
// waits, its answer may refuse, so that the commit waits for it.
func (s *postgresSession) commit(ctx context.Context, queue []statement) error {
	if slices.ContainsFunc(queue, func(st statement) bool { return st.each != nil }) {
		if err := s.flush(ctx, queue); err != nil {
			return err
		}
		queue = nil
	}
	if !s.begun && len(queue) == 0 {
		return nil
	}
	batch, sent := s.queued(queue)
	batch.Queue("commit")
	err := sendAll(ctx, s.conn, batch, append(sent, statement{}))
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

// postgresReading answers queries, each in its own implicit transaction.
type postgresReading struct {
	conn *pgx.Conn
	city id.City
}

func (r *postgresReading) query(ctx context.Context, queue []statement, sql string, args []any) (*Rows, error) {
	batch, sent, err := r.asked(queue)
	if err != nil {
		return nil, err
	}
	batch.Queue(sql, args...)
	return queryLast(ctx, r.conn, batch, sent)
}

// asked makes a batch of the questions that wait; anything else would write.
func (r *postgresReading) asked(queue []statement) (*pgx.Batch, []statement, error) {
	batch := &pgx.Batch{}
	scope(batch, r.city)
	sent := make([]statement, batch.Len(), batch.Len()+len(queue))
	for _, st := range queue {
		if st.each == nil {
			return nil, nil, ErrReadOnly
		}
		batch.Queue(st.sql, st.args...)
		sent = append(sent, st)
	}
	return batch, sent, nil
}

func (r *postgresReading) flush(ctx context.Context, queue []statement) error {
	if len(queue) == 0 {
		return nil
	}
	batch, sent, err := r.asked(queue)
	if err != nil {
		return err
	}
	return sendAll(ctx, r.conn, batch, sent)
}

// lock has nothing to guard: what only reads decides nothing.
func (r *postgresReading) lock(string) []statement { return nil }

func (r *postgresReading) count(context.Context, []statement, string, []any) (int64, error) {
	return 0, ErrReadOnly
}

func (r *postgresReading) copyIn(context.Context, []statement, string, []string, Source) (int64, error) {
	return 0, ErrReadOnly
}
