package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"clearwell/internal/clock"
	"clearwell/internal/id"
)

// postgresEngine runs transactions side by side, one connection each.
type postgresEngine struct {
	pool *pgxpool.Pool
	sql  *sql.DB // for libraries that speak database/sql
}

// defaultConns is what makes flushes cheap: PostgreSQL commits all that wait with
// one flush, and with half as many connections a fifth fewer payments are made.
const defaultConns = 32

func openPostgres(ctx context.Context, cfg Config) (*postgresEngine, error) {
	settings, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the PostgreSQL URL: %w", err)
	}
	settings.MaxConns = cfg.MaxConns
	if settings.MaxConns == 0 {
		settings.MaxConns = defaultConns
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	e := &postgresEngine{pool: pool, sql: stdlib.OpenDBFromPool(pool)}
	if err := e.refuseSuperuser(ctx); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// refuseSuperuser refuses a role that row-level security does not bind.
func (e *postgresEngine) refuseSuperuser(ctx context.Context) error {
	var above bool
	err := e.pool.QueryRow(ctx, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user").Scan(&above)
	if err != nil {
		return fmt.Errorf("asking for the role's rights: %w", err)
	}
	if above {
		return ErrSuperuser
	}
	return nil
}

func (e *postgresEngine) write(ctx context.Context, city id.City, clk clock.Clock, fn Func) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("waiting for a connection: %w", err)
	}
	defer conn.Release()
	session := &postgresSession{conn: conn.Conn(), city: city}
	tx := &Tx{session: session, city: city, now: clk.Now()}
	defer session.abandon(ctx)
	if err := fn(mark(ctx), tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed // the server would answer the commit by rolling back
	}
	// Whoever leaves now must not make the answer unknown: a payment would be asked
	// about until it lapses.
	lasting, stop := context.WithTimeout(context.WithoutCancel(ctx), commitMost)
	defer stop()
	return session.commit(lasting, tx.taken())
}

// commitMost is how long a server may think about a commit before nobody knows
// whether it was one.
const commitMost = 30 * time.Second

func (e *postgresEngine) read(ctx context.Context, city id.City, now time.Time, fn Func) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("waiting for a connection: %w", err)
	}
	defer conn.Release()
	tx := &Tx{session: &postgresReading{conn: conn.Conn(), city: city}, city: city, now: now}
	if err := fn(mark(ctx), tx); err != nil {
		return err
	}
	return tx.Flush(ctx)
}

func (e *postgresEngine) backup(context.Context, string) error {
	return errors.New("backing up PostgreSQL is the server's own task: use pgBackRest or pg_basebackup")
}

func (e *postgresEngine) handle() Handle {
	return Handle{Dialect: Postgres, SQL: e.sql, Reader: e.sql, Pool: e.pool}
}

func (e *postgresEngine) close() error {
	err := e.sql.Close()
	e.pool.Close()
	return err
}

// Codes of PostgreSQL errors, from appendix A of its manual; CW001 is ours,
// raised by clearwell_one when a statement did not touch exactly one row.
const (
	codeUnique        = "23505"
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeReadOnly      = "25006"
	codeNotOne        = "CW001"
)

// classifyPostgres gives PostgreSQL's errors the names of this package.
func classifyPostgres(err error) error {
	native, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch native.Code {
	case codeUnique:
		return duplicate(err)
	case codeSerialization, codeDeadlock:
		return conflict(err)
	case codeReadOnly:
		return errors.Join(ErrReadOnly, err)
	}
	return err
}

// begin is what every transaction starts with. The city is set for this
// transaction alone, so that a connection never carries it to the next.
func begin(batch *pgx.Batch, city id.City) {
	batch.Queue("begin")
	scope(batch, city)
}

func scope(batch *pgx.Batch, city id.City) {
	batch.Queue("select set_config('clearwell.city', $1, true)", string(city))
}
