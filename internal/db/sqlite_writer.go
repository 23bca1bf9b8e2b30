package db

import (
	"context"
	"database/sql"
	"fmt"
)

// groupLimit bounds how many transactions share one flush, so that the first
// of them does not wait long for the last.
const groupLimit = 128

// serve is the writer: it takes the transactions that wait, runs them one after
// another, and flushes once for all.
func (e *sqliteEngine) serve() {
	defer e.done.Done()
	for {
		select {
		case first := <-e.queue:
			e.commitGroup(first)
		case <-e.closed:
			e.drain()
			return
		}
	}
}

// drain serves what was queued before closing.
func (e *sqliteEngine) drain() {
	for {
		select {
		case first := <-e.queue:
			e.commitGroup(first)
		default:
			return
		}
	}
}

// commitGroup runs first, and what waits behind it, in one durable commit.
func (e *sqliteEngine) commitGroup(first *request) {
	group := []*request{first}
	opened, err := e.writer.BeginTx(context.Background(), nil)
	if err != nil {
		settle(group, fmt.Errorf("beginning: %w", classifySQLite(err)))
		return
	}
	e.runInside(opened, first)
	for len(group) < groupLimit {
		next := e.waiting()
		if next == nil {
			break
		}
		e.runInside(opened, next)
		group = append(group, next)
	}
	settle(group, commit(opened))
	e.writes.learn(context.Background())
}

// waiting takes a transaction that already waits, or nil.
func (e *sqliteEngine) waiting() *request {
	select {
	case next := <-e.queue:
		return next
	default:
		return nil
	}
}

func commit(opened *sql.Tx) error {
	if err := opened.Commit(); err != nil {
		opened.Rollback()
		return fmt.Errorf("committing: %w", classifySQLite(err))
	}
	return nil
}

// settle tells each caller its own error, or the group's.
func settle(group []*request, err error) {
	for _, req := range group {
		if req.err == nil {
			req.err = err
		}
		close(req.ready)
	}
}

// runInside runs one transaction inside a savepoint of the group's.
func (e *sqliteEngine) runInside(opened *sql.Tx, req *request) {
	if req.err = req.ctx.Err(); req.err != nil {
		return
	}
	session := &sqliteSession{tx: opened, plans: e.writes}
	if req.err = session.run("savepoint one"); req.err != nil {
		return
	}
	req.err = req.call(&Tx{session: session, city: req.city, now: req.now})
	if req.err != nil || req.panics != nil {
		req.err = joinRollback(req.err, session.run("rollback to one"))
	}
	if err := session.run("release one"); err != nil && req.err == nil {
		req.err = err
	}
}

func joinRollback(err, rollback error) error {
	if rollback != nil {
		return fmt.Errorf("rolling back: %w (after: %w)", rollback, err)
	}
	return err
}

// call runs the caller's function. Its context cannot be cancelled half-way:
// SQLite answers an interrupted statement by undoing the whole group.
func (req *request) call(tx *Tx) (err error) {
	defer func() { req.panics = recover() }()
	ctx := mark(context.WithoutCancel(req.ctx))
	if err := req.fn(ctx, tx); err != nil {
		return err
	}
	return tx.Flush(ctx)
}
