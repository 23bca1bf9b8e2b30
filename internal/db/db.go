package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/id"
)

// Config says which database, and whose clock.
type Config struct {
	// URL is "sqlite:PATH" or a PostgreSQL URL as pgx reads it.
	URL string
	// Clock gives each transaction its instant.
	Clock clock.Clock
	// MaxConns bounds the connections to PostgreSQL; 0 means 32. All nodes
	// together stay below the server's max_connections.
	MaxConns int32
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	clock  clock.Clock
	close  func() error
}

// Func is the body of a transaction. It may run more than once, so it changes
// nothing but the transaction and its own variables. Whoever it calls is given
// its context, which is marked, and no other: with another, a second transaction
// would wait for this one for ever.
type Func func(ctx context.Context, tx *Tx) error

// engine is what the two databases do differently.
type engine interface {
	// write reads the clock when the transaction begins, not while it waits to.
	write(ctx context.Context, city id.City, clk clock.Clock, fn Func) error
	read(ctx context.Context, city id.City, now time.Time, fn Func) error
	migrate(ctx context.Context) (Migrated, error)
	backup(ctx context.Context, path string) error
	handle() Handle
	close() error
}

// Dialect names an engine.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Open opens the database and checks that it answers. It creates a missing
// SQLite file, and does not migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	opened, err := openEngine(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening database: %w", err)
	}
	return &DB{engine: opened, clock: cfg.Clock, close: sync.OnceValue(opened.close)}, nil
}

func openEngine(ctx context.Context, cfg Config) (engine, error) {
	scheme, rest, _ := strings.Cut(cfg.URL, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgres(ctx, cfg)
	}
	return nil, fmt.Errorf("unknown kind of database %q: the URL begins with sqlite: or postgres:", scheme)
}

// Close waits for running transactions and closes. Closing twice is harmless;
// what comes afterwards is refused.
func (d *DB) Close() error { return d.close() }

// Dialect tells which engine runs, for those few who must know.
func (d *DB) Dialect() Dialect { return d.engine.handle().Dialect }

// Handle lends the engine's own handles to libraries that bring their own SQL.
func (d *DB) Handle() Handle { return d.engine.handle() }

// Clock is the clock that gives transactions their instant.
func (d *DB) Clock() clock.Clock { return d.clock }

// Write runs fn in one transaction for one city. When it returns nil the
// transaction is durable. When fn, or a queued statement, returns an error,
// nothing happened, and that error is returned. Conflicts with other
// transactions are retried. Returns [ErrDuplicate] when a unique key is taken,
// [ErrInDoubt] when the connection broke while committing, and [ErrNested] inside
// another transaction.
func (d *DB) Write(ctx context.Context, city id.City, fn Func) error {
	if InTransaction(ctx) {
		return ErrNested
	}
	const tries = 6
	for try := 1; ; try++ {
		err := d.engine.write(ctx, city, d.clock, fn)
		if err == nil || try == tries || !errors.Is(err, errConflict) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// Read runs fn in a read-only transaction for one city. On SQLite all its
// queries see one snapshot; on PostgreSQL each sees what was committed when it
// began. A queued or counted statement in it is an error. Returns [ErrNested] inside
// another transaction: on PostgreSQL each of many would hold one connection and
// wait for a second one, for ever.
func (d *DB) Read(ctx context.Context, city id.City, fn Func) error {
	if InTransaction(ctx) {
		return ErrNested
	}
	return d.engine.read(ctx, city, d.clock.Now(), fn)
}

// Backup writes a consistent copy of a SQLite database to a new file. On
// PostgreSQL it returns an error: use the server's own tools.
func (d *DB) Backup(ctx context.Context, path string) error { return d.engine.backup(ctx, path) }

// pause waits a random moment that grows with each try, so that two
// transactions in conflict do not meet again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(try) * int64(4*time.Millisecond))))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

type marked struct{}

// mark notes in the context that a transaction is open.
func mark(ctx context.Context) context.Context { return context.WithValue(ctx, marked{}, true) }

// InTransaction reports whether a transaction is open in this context.
func InTransaction(ctx context.Context) bool { return ctx.Value(marked{}) != nil }

// Micros stores an instant: microseconds since 1970, UTC. The zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads a stored instant; 0 is the zero time.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// ErrNoRows is returned by Scan when a query found nothing.
var ErrNoRows = sql.ErrNoRows
