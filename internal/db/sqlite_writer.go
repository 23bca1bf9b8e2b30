package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// groupLimit bounds how many transactions share one flush, so that the first
// of them does not wait long for the last.
const groupLimit = 128

// serve is the writer: it takes the transactions that wait, runs them one after
// another, and flushes once for all. It ends when the queue is closed and empty.
func (e *sqliteEngine) serve() {
	defer e.done.Done()
	for first := range e.queue {
		e.commitGroup(first)
	}
}

// commitGroup runs first, and what waits behind it, in one durable commit. When
// one of them has undone the transaction that all share, those before it are
// undone with it, and those behind it wait for the next group.
func (e *sqliteEngine) commitGroup(first *request) {
	opened, err := e.writer.BeginTx(context.Background(), nil)
	if err != nil {
		settle([]*request{first}, fmt.Errorf("beginning: %w", classifySQLite(err)))
		return
	}
	var group []*request
	for next := first; next != nil && err == nil; next = e.waiting(len(group), err) {
		err = e.runInside(opened, next)
		group = append(group, next)
	}
	if err != nil {
		opened.Rollback() // mostly there is nothing left to undo
		settle(group, conflict(err))
	} else {
		settle(group, commit(opened))
	}
	e.writes.learn(context.Background())
}

// waiting takes a transaction that already waits, or nil: also when the group is
// full or broken.
func (e *sqliteEngine) waiting(taken int, broken error) *request {
	if taken >= groupLimit || broken != nil {
		return nil
	}
	select {
	case next := <-e.queue:
		return next
	default:
		return nil
	}
}

// commit makes the group durable. When it is refused, the driver rolls back.
func commit(opened *sql.Tx) error {
	if err := opened.Commit(); err != nil {
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

// runInside runs one transaction inside a savepoint of the group's. It returns an
// error when the savepoint is not there any more: on a full disk, and after other
// errors of the file, SQLite undoes the group's whole transaction, and what ran
// next would be kept by itself, whatever its caller is told.
func (e *sqliteEngine) runInside(opened *sql.Tx, req *request) error {
	if req.err = req.ctx.Err(); req.err != nil {
		return nil
	}
	session := &sqliteSession{tx: opened, plans: e.writes}
	if err := session.run("savepoint one"); err != nil {
		return fmt.Errorf("opening a savepoint: %w", err)
	}
	req.err = req.call(&Tx{session: session, city: req.city, now: req.clock.Now()})
	if req.err != nil || req.panics != nil {
		if err := session.run("rollback to one"); err != nil {
			return fmt.Errorf("rolling back: %w", errors.Join(err, req.err))
		}
	}
	if err := session.run("release one"); err != nil {
		return fmt.Errorf("releasing a savepoint: %w", err)
	}
	return nil
}

// errLeft is what a caller is told whose function neither returned nor panicked.
var errLeft = errors.New("the function ended its goroutine")

// call runs the caller's function, on a goroutine of its own: a function that ends
// it, as a test does that gives up half-way, would take the writer with it, and
// every transaction after it would wait for ever.
func (req *request) call(tx *Tx) error {
	err, over := errLeft, make(chan struct{})
	go func() {
		defer close(over)
		defer func() { req.panics = recover() }()
		err = req.work(tx)
	}()
	<-over
	return err
}

// work has a context that cannot be cancelled half-way: SQLite answers an
// interrupted statement by undoing the whole group.
func (req *request) work(tx *Tx) error {
	ctx := mark(context.WithoutCancel(req.ctx))
	if err := req.fn(ctx, tx); err != nil {
		return err
	}
	return tx.Flush(ctx)
}
