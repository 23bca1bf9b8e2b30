package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest/cluster"
)

// server is the PostgreSQL that is measured: given, or private and started when
// it is first needed.
type server struct {
	url     string
	private *cluster.Cluster
}

func (s *server) start(ctx context.Context) error {
	if s.url != "" {
		return nil
	}
	started, err := cluster.Start(ctx)
	if err != nil {
		return err
	}
	s.private, s.url = started, started.URL()
	return nil
}

func (s *server) stop() error {
	if s.private == nil {
		return nil
	}
	return s.private.Stop()
}

// site is a fresh database for one measurement.
type site struct {
	d       *db.DB
	file    string // of SQLite
	super   string // the superuser's URL of the database, on PostgreSQL
	undo    func() error
	seconds int
	bills   int
}

func openSite(ctx context.Context, s *server, dialect db.Dialect) (*site, error) {
	if dialect == db.SQLite {
		return openFile(ctx)
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return openDatabase(ctx, s.url)
}

func openFile(ctx context.Context) (*site, error) {
	folder, err := os.MkdirTemp("", "clearwell-bench-")
	if err != nil {
		return nil, err
	}
	s := &site{file: filepath.Join(folder, "town.db"), undo: func() error { return os.RemoveAll(folder) }}
	return s, s.open(ctx, "sqlite:"+s.file)
}

// openDatabase makes a database and an ordinary role that owns it, because the
// superuser is above row-level security, which is part of what a payment costs.
func openDatabase(ctx context.Context, super string) (*site, error) {
	name, password := "bench_"+strings.ToLower(rand.Text()), rand.Text()
	err := execute(ctx, super, "create role "+name+" login password '"+password+"'", "create database "+name+" owner "+name)
	if err != nil {
		return nil, err
	}
	own, err := url.Parse(super)
	if err != nil {
		return nil, errors.New("reading the PostgreSQL URL") // its own words hold the password
	}
	own.Path = "/" + name
	s := &site{super: own.String(), undo: func() error {
		return execute(context.WithoutCancel(ctx), super, "drop database "+name+" with (force)", "drop role "+name)
	}}
	own.User = url.UserPassword(name, password)
	return s, s.open(ctx, own.String())
}

func (s *site) open(ctx context.Context, address string) error {
	opened, err := db.Open(ctx, db.Config{URL: address, Clock: clock.System()})
	if err != nil {
		return errors.Join(err, s.undo())
	}
	s.d = opened
	if _, err := opened.Migrate(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func (s *site) close() error { return errors.Join(s.d.Close(), s.undo()) }

// execute runs statements as a superuser.
func execute(ctx context.Context, super string, statements ...string) error {
	conn, err := pgx.Connect(ctx, super)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close(ctx)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// analyze tells the planner how much there is, as autovacuum does in the first
// minutes of a town's life.
func (s *site) analyze(ctx context.Context) error {
	if s.super == "" {
		return nil
	}
	return execute(ctx, s.super, "analyze", "checkpoint")
}
