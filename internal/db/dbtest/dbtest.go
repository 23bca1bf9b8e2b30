// Package dbtest runs a test on both real databases.
//
// SQLite is always there. PostgreSQL is used when CLEARWELL_TEST_POSTGRES holds
// the URL of a superuser on a private server, as ./check provides; otherwise
// that half is skipped with a message. Each test has a database of its own,
// copied from one that was migrated once.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/migration"
	"clearwell/internal/id"
)

// Began is where the clock of each test stands at first.
var Began = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

// Each runs a test on a fresh SQLite file and on a fresh PostgreSQL database.
// The database's clock is a *clock.Manual that stands at [Began].
func Each(t *testing.T, run func(t *testing.T, d *db.DB)) {
	EachAt(t, func(t *testing.T, d *db.DB, _ *clock.Manual) { run(t, d) })
}

// EachAt is Each for tests that move the clock.
func EachAt(t *testing.T, run func(t *testing.T, d *db.DB, clk *clock.Manual)) {
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewManual(Began)
		run(t, SQLite(t, clk), clk)
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewManual(Began)
		run(t, Postgres(t, clk), clk)
	})
}

// Open opens url and closes it when the test ends.
func Open(t testing.TB, url string, clk clock.Clock) *db.DB {
	t.Helper()
	opened, err := db.Open(t.Context(), db.Config{URL: url, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return opened
}

// SQLite opens a fresh, migrated file.
func SQLite(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	return Open(t, "sqlite:"+SQLiteFile(t), clk)
}

// SQLiteFile makes a fresh, migrated file and gives its path.
func SQLiteFile(t testing.TB) string {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "town.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// migratedFile is an empty, migrated SQLite database, made once per process.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "clearwell-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "template.db")
	if err := migrated("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrated(url string) error {
	ctx := context.Background()
	opened, err := db.Open(ctx, db.Config{URL: url, Clock: clock.NewManual(Began)})
	if err != nil {
		return err
	}
	if _, err := opened.Migrate(ctx); err != nil {
		opened.Close()
		return err
	}
	return opened.Close()
}

// Variable names the environment variable with the superuser's URL.
const Variable = "CLEARWELL_TEST_POSTGRES"

// Postgres opens a fresh, migrated database as an ordinary role.
func Postgres(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	return Open(t, PostgresURL(t), clk)
}

// PostgresURL makes a fresh, migrated database and gives the URL of an ordinary
// role that owns it. It skips the test where no server is offered.
func PostgresURL(t testing.TB) string {
	t.Helper()
	super := os.Getenv(Variable)
	if super == "" {
		t.Skip("no PostgreSQL: run ./check, or go run ./internal/db/dbtest/cluster/with go test …")
	}
	template, err := template(super)
	if err != nil {
		t.Fatalf("making the template database: %v", err)
	}
	name := strings.ToLower(id.New[database](clock.System().Now()).String())
	if err := run(super, fmt.Sprintf("create database %s template %s owner %s", name, template, role)); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(super, "drop database "+name+" with (force)"); err != nil {
			t.Logf("dropping the database: %v", err)
		}
	})
	return as(super, name)
}

// database is the kind of a test database's name.
type database struct{}

// Prefix names the kind.
func (database) Prefix() string { return "test" }

const role = "clearwell_test"

// as changes the superuser's URL to the ordinary role and another database.
func as(super, name string) string {
	parsed, err := url.Parse(super)
	if err != nil {
		return super
	}
	parsed.User = url.UserPassword(role, role)
	parsed.Path = "/" + name
	return parsed.String()
}

// template gives the name of a migrated database to copy. Test processes that
// run side by side make it once, under an advisory lock.
func template(super string) (string, error) {
	name, err := templateName()
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, super)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(7321)"); err != nil {
		return "", err
	}
	return name, makeTemplate(ctx, conn, super, name)
}

func makeTemplate(ctx context.Context, conn *pgx.Conn, super, name string) error {
	var there, roleThere bool
	err := conn.QueryRow(ctx, "select exists(select 1 from pg_database where datname = $1), exists(select 1 from pg_roles where rolname = $2)", name, role).Scan(&there, &roleThere)
	if err != nil || there {
		return err
	}
	if !roleThere {
		if _, err := conn.Exec(ctx, fmt.Sprintf("create role %s login password '%s'", role, role)); err != nil {
			return err
		}
	}
	draft := name + "_draft"
	for _, sql := range []string{"drop database if exists " + draft + " with (force)", "create database " + draft + " owner " + role} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := migrated(as(super, draft)); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "alter database "+draft+" rename to "+name)
	return err
}

// templateName changes whenever a migration does.
var templateName = sync.OnceValues(func() (string, error) {
	digest := sha256.New()
	err := fs.WalkDir(migration.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migration.Files, path)
		fmt.Fprintf(digest, "%s %d\n%s", path, len(content), content)
		return err
	})
	return "clearwell_template_" + hex.EncodeToString(digest.Sum(nil)[:6]), err
})

func run(super, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, super)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// Superuser is the URL of the private server's superuser, empty where there is
// none.
func Superuser() string { return os.Getenv(Variable) }
