package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"clearwell/internal/clock"
	"clearwell/internal/id"
)

// sqliteEngine has one writing connection and several that can only read.
type sqliteEngine struct {
	path   string
	writer *sql.DB // one connection; shared with libraries that write
	reader *sql.DB
	writes *plans
	reads  *plans
	done   sync.WaitGroup

	entrance sync.RWMutex // held to enter the queue, so that nothing enters once it is closed
	closed   bool
	queue    chan *request
}

// request is a transaction that waits for the writer.
type request struct {
	ctx    context.Context
	city   id.City
	clock  clock.Clock
	fn     Func
	err    error
	panics any
	ready  chan struct{}
}

func openSQLite(ctx context.Context, path string) (*sqliteEngine, error) {
	e := &sqliteEngine{path: path, queue: make(chan *request, 512)}
	e.writer = openFile(path, "_txlock=immediate", 1)
	e.reader = openFile(path, "_pragma=query_only(1)", max(4, runtime.NumCPU()))
	e.writes, e.reads = newPlans(e.writer), newPlans(e.reader)
	if err := e.writer.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	e.done.Add(1)
	go e.serve()
	return e, nil
}

// openFile opens the file in the journal mode that lets readers and the writer
// work side by side, with every commit flushed to the disk (synchronous FULL).
func openFile(path, options string, conns int) *sql.DB {
	const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)"
	connector, err := sqlite.NewConnector("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas + "&" + options)
	if err != nil {
		return sql.OpenDB(brokenConnector{err})
	}
	opened := sql.OpenDB(connector)
	opened.SetMaxOpenConns(conns)
	opened.SetMaxIdleConns(conns)
	return opened
}

func (e *sqliteEngine) write(ctx context.Context, city id.City, clk clock.Clock, fn Func) error {
	req := &request{ctx: ctx, city: city, clock: clk, fn: fn, ready: make(chan struct{})}
	if err := e.enter(req); err != nil {
		return err
	}
	<-req.ready
	if req.panics != nil {
		panic(req.panics) // the caller's own panic, returned to the caller's goroutine
	}
	return req.err
}

// enter queues a request, which the writer then certainly serves.
func (e *sqliteEngine) enter(req *request) error {
	e.entrance.RLock()
	defer e.entrance.RUnlock()
	if e.closed {
		return errClosed
	}
	select {
	case e.queue <- req:
		return nil
	case <-req.ctx.Done():
		return req.ctx.Err()
	}
}

func (e *sqliteEngine) read(ctx context.Context, city id.City, now time.Time, fn Func) error {
	opened, err := e.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	defer e.reads.learn(context.WithoutCancel(ctx))
	defer opened.Rollback()
	tx := &Tx{session: &sqliteSession{tx: opened, plans: e.reads, readOnly: true}, city: city, now: now}
	if err := fn(mark(ctx), tx); err != nil {
		return err
	}
	return tx.Flush(ctx)
}

func (e *sqliteEngine) backup(ctx context.Context, path string) error {
	if _, err := e.writer.ExecContext(ctx, "vacuum into $1", path); err != nil {
		return fmt.Errorf("backing up to %s: %w", path, err)
	}
	return nil
}

func (e *sqliteEngine) handle() Handle {
	return Handle{Dialect: SQLite, SQL: e.writer, Reader: e.reader}
}

func (e *sqliteEngine) close() error {
	e.entrance.Lock()
	e.closed = true
	close(e.queue)
	e.entrance.Unlock()
	e.done.Wait()
	return errors.Join(e.writes.close(), e.reads.close(), e.reader.Close(), e.writer.Close())
}

// classify gives SQLite's errors the names of this package.
func classifySQLite(err error) error {
	native, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch native.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return duplicate(err)
	}
	if native.Code()&0xff == sqlite3.SQLITE_BUSY {
		return conflict(err)
	}
	return err
}
