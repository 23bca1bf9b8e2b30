package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// lent is the open transaction as a pgx.Tx for libraries. At depth 0 it neither
// commits nor rolls back, which is for the one who opened it; below that it is
// a savepoint.
type lent struct {
	embedded

	depth int
}

// embedded keeps the connection's methods without its name, which pgx.Tx needs
// for a method.
type embedded = *pgx.Conn

var _ pgx.Tx = lent{}

// Begin opens a savepoint.
func (l lent) Begin(ctx context.Context) (pgx.Tx, error) {
	_, err := l.embedded.Exec(ctx, "savepoint lent")
	return lent{l.embedded, l.depth + 1}, err
}

// Commit releases the savepoint.
func (l lent) Commit(ctx context.Context) error { return l.end(ctx, "release savepoint lent") }

// Rollback goes back to the savepoint.
func (l lent) Rollback(ctx context.Context) error {
	return l.end(ctx, "rollback to savepoint lent")
}

func (l lent) end(ctx context.Context, sql string) error {
	if l.depth == 0 {
		return nil
	}
	_, err := l.embedded.Exec(ctx, sql)
	return err
}

// LargeObjects is part of pgx.Tx; nobody here keeps any.
func (l lent) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn is the connection the transaction runs on.
func (l lent) Conn() *pgx.Conn { return l.embedded }
