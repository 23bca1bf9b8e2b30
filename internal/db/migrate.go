package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"clearwell/internal/db/migration"
)

// Handle lends the engine's own handles to libraries that bring their own SQL.
type Handle struct {
	Dialect Dialect
	SQL     *sql.DB       // on SQLite this is the one writing connection
	Reader  *sql.DB       // on SQLite connections that cannot write
	Pool    *pgxpool.Pool // nil on SQLite
}

// Migrated says what a migration did.
type Migrated struct {
	From, To int64
	Backup   string // the copy made first; empty when nothing was there to copy
}

// Migrate brings the schema up to this release's. Migrations only go forward. A
// SQLite file that holds data is copied first, beside itself. Returns
// [ErrSchemaNewer] when the database belongs to a newer release; then nothing
// was changed.
func (d *DB) Migrate(ctx context.Context) (Migrated, error) {
	done, err := d.engine.migrate(ctx)
	if err != nil {
		return done, fmt.Errorf("migrating: %w", err)
	}
	return done, nil
}

// Schema says which schema the database has, and which this release knows. It
// changes nothing, but that a database without any schema gets the table of its number.
func (d *DB) Schema(ctx context.Context) (has, knows int64, err error) {
	dialect, file := goose.DialectSQLite3, "sqlite.sql"
	if d.Dialect() == Postgres {
		dialect, file = goose.DialectPostgres, "postgres.sql"
	}
	provider, err := provide(dialect, d.Handle().SQL, file)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the schema's number: %w", err)
	}
	has, knows, err = provider.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the schema's number: %w", err)
	}
	return has, knows, nil
}

func (e *sqliteEngine) migrate(ctx context.Context) (Migrated, error) {
	provider, err := provide(goose.DialectSQLite3, e.writer, "sqlite.sql")
	if err != nil {
		return Migrated{}, err
	}
	return up(ctx, provider, func(from int64) (string, error) { return e.copyBefore(ctx, from) })
}

// copyBefore copies the file beside itself, named for the schema it has.
func (e *sqliteEngine) copyBefore(ctx context.Context, from int64) (string, error) {
	path := fmt.Sprintf("%s.schema-%04d.backup", e.path, from)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return path, e.backup(ctx, path)
}

func (e *postgresEngine) migrate(ctx context.Context) (Migrated, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return Migrated{}, err
	}
	provider, err := provide(goose.DialectPostgres, e.sql, "postgres.sql", goose.WithSessionLocker(locker))
	if err != nil {
		return Migrated{}, err
	}
	return up(ctx, provider, func(int64) (string, error) { return "", nil })
}

func provide(dialect goose.Dialect, handle *sql.DB, file string, options ...goose.ProviderOption) (*goose.Provider, error) {
	scripts, err := scripts(file)
	if err != nil {
		return nil, err
	}
	options = append(options, goose.WithTableName("schema_versions"), goose.WithDisableGlobalRegistry(true))
	return goose.NewProvider(dialect, handle, scripts, options...)
}

func up(ctx context.Context, provider *goose.Provider, backup func(from int64) (string, error)) (Migrated, error) {
	from, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return Migrated{}, err
	}
	done := Migrated{From: from, To: newest}
	switch {
	case from > newest:
		return done, fmt.Errorf("%w: its schema is %d, this release knows %d", ErrSchemaNewer, from, newest)
	case from > 0 && from < newest:
		if done.Backup, err = backup(from); err != nil {
			return done, fmt.Errorf("backing up first: %w", err)
		}
	}
	_, err = provider.Up(ctx)
	return done, err
}

// scripts lays the migration folders out as goose reads them: one numbered file
// each, run as a whole.
func scripts(file string) (fs.FS, error) {
	laid := fstest.MapFS{}
	folders, err := fs.ReadDir(migration.Files, ".")
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		text, err := fs.ReadFile(migration.Files, folder.Name()+"/"+file)
		if err != nil {
			return nil, fmt.Errorf("reading migration %s: %w", folder.Name(), err)
		}
		laid[folder.Name()+".sql"] = &fstest.MapFile{Data: []byte(script(string(text)))}
	}
	return laid, nil
}

func script(text string) string {
	return strings.Join([]string{"-- +goose Up", "-- +goose StatementBegin", text, "-- +goose StatementEnd", ""}, "\n")
}
