package clearing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clearing"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
	"clearwell/internal/money"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

const (
	sampletown id.City = "sampletown"
	number             = "000123456789"
)

// town is a town with a bank, at 14:00 on Tuesday, 6 January 2026.
type town struct {
	*testing.T
	*clearing.Service
	db          *db.DB
	clk         *clock.Manual
	terms       clearing.Terms
	undone      []string // what the payments were told, as "attempt code"
	refuse      error    // what the payments answer, after so many were undone
	refuseAfter int
	stubborn    string // the attempt that cannot be undone
	log         bytes.Buffer
	folder      clearing.Folder
	keys        string
}

func (t *town) Terms(city id.City) (clearing.Terms, error) {
	if city != sampletown && city != "othertown" {
		return clearing.Terms{}, clearing.ErrNoTerms
	}
	return t.terms, nil
}

func (t *town) CameBackTx(_ context.Context, _ *db.Tx, attempt, code string, on, retry calendar.Date) error {
	if attempt == t.stubborn {
		return clearing.ErrMovedOn
	}
	t.undone = append(t.undone, fmt.Sprintf("%s %s %s %s", attempt, code, on, retry))
	if len(t.undone) > t.refuseAfter {
		return t.refuse
	}
	return nil
}

func usual() clearing.Terms {
	zone, err := calendar.Zone("America/Chicago")
	if err != nil {
		zone = nil
	}
	return clearing.Terms{
		Bank: "121042882", BankName: "WATERWORKS BANK", Origin: "1234567890", OriginName: "SAMPLETOWN", Company: "SAMPLETOWN UTIL",
		CompanyID: "1234567890", Description: "UTIL PYMT", Zone: zone, CutOff: calendar.CutOff{Hour: 15, Zone: zone},
	}
}

func each(t *testing.T, run func(*town)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		clk.Advance(time.Date(2026, 1, 6, 20, 0, 0, 0, time.UTC).Sub(clk.Now()))
		w := &town{T: t, db: d, clk: clk, terms: usual(), folder: clearing.Folder(t.TempDir()), keys: filepath.Join(t.TempDir(), "keys")}
		w.must(secret.CreateKeyset(w.keys))
		w.open()
		run(w)
	})
}

func (t *town) open() {
	t.Helper()
	sealer, err := secret.ReadSealer(t.keys)
	t.must(err)
	book, err := clearing.Load()
	t.must(err)
	routes := routing.New(t.db)
	t.Service = clearing.New(clearing.Deps{
		DB: t.db, Towns: t, Banks: instrument.New(t.db, sealer, secret.NewKey(), routes), Routes: routes, Inbox: inbox.New(t.db),
		Sealer: sealer, Digests: secret.NewKey(), Payments: t, Book: book, Log: slog.New(slog.NewTextHandler(&t.log, nil)),
	})
}

func (t *town) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refuses fails unless an error is the one that is expected.
func (t *town) refuses(what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// bank saves the nth bank account of a town.
func (t *town) bank(city id.City, n int, change ...func(*instrument.Typed)) instrument.ID {
	t.Helper()
	plain := secret.New(fmt.Sprintf("%s%d", number, n))
	typed := instrument.Typed{
		City: city, Owner: "login:ana", Name: "Ana Núñez", Kind: instrument.Checking, Holder: instrument.Person, Routing: "021000021",
		Number: plain, Again: plain,
	}
	for _, f := range change {
		f(&typed)
	}
	saved, err := t.Banks.Save(t.Context(), typed)
	t.must(err)
	return saved.ID
}

func order(n int, bank instrument.ID) clearing.Order {
	return clearing.Order{
		City: sampletown, Key: fmt.Sprintf("att_%03d", n), Bank: bank, Class: clearing.WEB, Amount: money.Cents(int64(8310 + n)),
		Reference: fmt.Sprintf("CW-%03d", n),
	}
}

func (t *town) accept(o clearing.Order) clearing.Entry {
	t.Helper()
	e, err := t.Accept(t.Context(), o)
	t.must(err)
	return e
}

// at moves the clock to a time of a day of January 2026, by the town's clock.
func (t *town) at(day, hour int) {
	t.Helper()
	to := time.Date(2026, 1, day, hour+6, 0, 0, 0, time.UTC)
	if step := to.Sub(t.clk.Now()); step > 0 {
		t.clk.Advance(step)
	}
}

func (t *town) run() {
	t.Helper()
	t.must(t.Service.Run(t.Context(), sampletown, t.folder))
}

func (t *town) files() []clearing.File {
	t.Helper()
	all, err := t.Files(t.Context(), sampletown)
	t.must(err)
	return all
}

func (t *town) entry(key string) clearing.Entry {
	t.Helper()
	e, err := t.Entry(t.Context(), sampletown, key)
	t.must(err)
	return e
}

func (t *town) refuseBank(bank instrument.ID) {
	t.Helper()
	t.must(t.db.Write(t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
		return instrument.RefuseTx(ctx, tx, bank, "R02")
	}))
}

func (t *town) CameRightTx(_ context.Context, _ *db.Tx, attempt string, on calendar.Date) error {
	t.undone = append(t.undone, fmt.Sprintf("%s right %s", attempt, on))
	return nil
}
