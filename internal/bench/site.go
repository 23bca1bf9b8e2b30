package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
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
	d       *db.DB // nil until it is opened: some measurements leave that to a program
	folder  string // for files, gone afterwards
	address string // the database, as a configuration says it
	super   string // the superuser's URL of the database, on PostgreSQL
	undo    []func() error

	seconds         int
	bills           int
	utilityAccounts int
	occasions       int
	letters         int
	events          int
	entries         int
	program         Program
	progress        io.Writer
}

// makeSite makes an empty database and a folder.
func makeSite(ctx context.Context, from *server, dialect db.Dialect) (*site, error) {
	folder, err := os.MkdirTemp("", "clearwell-bench-")
	if err != nil {
		return nil, err
	}
	s := &site{folder: folder, undo: []func() error{func() error { return os.RemoveAll(folder) }}}
	s.address = "sqlite:" + filepath.Join(folder, "town.db")
	if dialect == db.SQLite {
		return s, nil
	}
	if err := from.start(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.makeDatabase(ctx, from.url); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// makeDatabase makes a database and an ordinary role that owns it, because the
// superuser is above row-level security, which is part of what a payment costs.
func (s *site) makeDatabase(ctx context.Context, super string) error {
	name, password := "bench_"+strings.ToLower(rand.Text()), rand.Text()
	err := execute(ctx, super, "create role "+name+" login password '"+password+"'", "create database "+name+" owner "+name)
	if err != nil {
		return err
	}
	s.undo = append(s.undo, func() error {
		return execute(context.WithoutCancel(ctx), super, "drop database "+name+" with (force)", "drop role "+name)
	})
	own, err := url.Parse(super)
	if err != nil {
		return errors.New("reading the PostgreSQL URL") // its own words hold the password
	}
	own.Path = "/" + name
	s.super = own.String()
	own.User = url.UserPassword(name, password)
	s.address = own.String()
	return nil
}

// open opens the database in this process, with the schema of this release.
func (s *site) open(ctx context.Context) error {
	opened, err := db.Open(ctx, db.Config{URL: s.address, Clock: clock.System()})
	if err != nil {
		return err
	}
	s.d = opened
	_, err = opened.Migrate(ctx)
	return err
}

func (s *site) close() error {
	var errs []error
	if s.d != nil {
		errs = append(errs, s.d.Close())
	}
	for _, undo := range slices.Backward(s.undo) {
		errs = append(errs, undo())
	}
	return errors.Join(errs...)
}

// say tells what is being done, because a million bills take a while.
func (s *site) say(doing string) { fmt.Fprintf(s.progress, "  %s …\n", doing) }

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
