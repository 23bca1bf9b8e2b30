package db

import "errors"

var (
	// ErrDuplicate: a unique key of the row is taken. The transaction did not happen.
	ErrDuplicate = errors.New("a row with this key exists")

	// ErrInDoubt: the connection broke while committing, so that nobody knows
	// whether the transaction happened. The caller must look.
	ErrInDoubt = errors.New("the outcome of the commit is unknown")

	// ErrSchemaNewer: the database was migrated by a newer release.
	ErrSchemaNewer = errors.New("the database belongs to a newer release of Clearwell")

	// ErrSuperuser: the PostgreSQL role is above row-level security.
	ErrSuperuser = errors.New("the PostgreSQL role is a superuser or bypasses row-level security; create an ordinary role for Clearwell")

	// ErrReadOnly: a statement was queued in a read-only transaction.
	ErrReadOnly = errors.New("writing in a read-only transaction")

	// ErrNested: a transaction was begun inside another. On SQLite it would wait
	// for ever for the one writer, which runs the outer one; on PostgreSQL for a
	// connection, when all are held by such as it.
	ErrNested = errors.New("a transaction inside a transaction")

	// errClosed: the database was closed before the transaction began.
	errClosed = errors.New("database is closed")

	// errConflict: the transaction lost against another and may be tried again.
	errConflict = errors.New("transaction conflict")
)

// conflict joins a driver's error with errConflict, keeping both visible.
func conflict(err error) error { return errors.Join(errConflict, err) }

// duplicate joins a driver's error with ErrDuplicate.
func duplicate(err error) error { return errors.Join(ErrDuplicate, err) }
