package bench

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"clearwell/internal/clock"
)

const (
	bulkRatio = 0.15
	bulkMost  = 256.0 // MiB
)

// rawColumns are those that a line of bills fills.
func rawColumns() []string {
	return []string{"city_id", "load_id", "line", "number", "display", "name", "service_address", "zip",
		"mailing_1", "mailing_city", "mailing_state", "mailing_zip", "service", "bill_number",
		"billed_on", "due_on", "from_on", "to_on", "amount_cents", "current_cents"}
}

// rawTable is a plain table of the columns, with a key.
const rawTable = `create table raw_bills (city_id text, load_id text, line bigint, number text, display text, name text,
	service_address text, zip text, mailing_1 text, mailing_city text, mailing_state text, mailing_zip text, service text,
	bill_number text, billed_on text, due_on text, from_on text, to_on text, amount_cents bigint, current_cents bigint,
	primary key (city_id, load_id, line))`

// imports measures bringing a file of bills in, by the command that an operator
// gives: read twice, checked, staged, applied. The raw load comes before and
// after, each time into a new table, so that both have their share of whatever
// else the machine does.
func imports(ctx context.Context, s *site) (Figure, error) {
	f := Figure{What: fmt.Sprintf("import of a file of %d bills by the command: read, checked, staged, applied", s.bills), Unit: "bills/s"}
	file, rows := filepath.Join(s.folder, "bills.csv"), filepath.Join(s.folder, "bills.tsv")
	in, err := install(ctx, s, 1)
	if err != nil {
		return f, err
	}
	s.say("writing the files")
	if err := writeFile(file, func(to *bufio.Writer) error { return (&extract{to}).bills(s.bills) }); err != nil {
		return f, err
	}
	if err := writeFile(rows, func(to *bufio.Writer) error { return (&extract{to}).rawBills(s.bills) }); err != nil {
		return f, err
	}
	s.say("raw load")
	before, err := s.loadRaw(ctx, rows)
	if err != nil {
		return f, err
	}
	s.say("import")
	ours, err := in.bring(ctx, in.towns[0], file)
	if err != nil {
		return f, err
	}
	s.say("raw load again")
	after, err := s.loadRaw(ctx, rows)
	f.BaselineIs, f.Baseline = s.rawIs(), 2*perSecond(s.bills, before+after)
	f.Value, f.Peak = perSecond(s.bills, ours.elapsed), ours.peak
	f.atLeast(bulkRatio)
	f.Target, f.Met = f.Target+fmt.Sprintf(", peak ≤ %.0f MiB", bulkMost), f.Met && f.Peak <= bulkMost
	return f, err
}

func (s *site) rawIs() string {
	if s.super != "" {
		return "COPY of the same columns from a file into a plain table with a key"
	}
	return "prepared inserts of the same columns from a file into a plain table with a key, one transaction"
}

// loadRaw loads the rows of a file as fast as the engine takes them, into a
// table that is gone afterwards.
func (s *site) loadRaw(ctx context.Context, rows string) (time.Duration, error) {
	if s.super != "" {
		return s.copyRaw(ctx, rows)
	}
	return s.insertRaw(ctx, rows)
}

func (s *site) copyRaw(ctx context.Context, rows string) (time.Duration, error) {
	conn, err := pgx.Connect(ctx, s.super)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, rawTable); err != nil {
		return 0, err
	}
	file, err := os.Open(rows)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	took, err := timed(func() error {
		_, err := conn.PgConn().CopyFrom(ctx, file, "copy raw_bills ("+strings.Join(rawColumns(), ", ")+") from stdin")
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, sql := range []string{"drop table raw_bills", "checkpoint"} { // its pages are not to be written on our time
		if _, err := conn.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// insertRaw loads into a file of its own, with the settings of ours.
func (s *site) insertRaw(ctx context.Context, rows string) (took time.Duration, err error) {
	folder, err := os.MkdirTemp(s.folder, "raw-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	const settings = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)"
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "raw.db")+settings)
	if err != nil {
		return 0, err
	}
	defer raw.Close()
	if _, err := raw.ExecContext(ctx, rawTable+" without rowid"); err != nil {
		return 0, err
	}
	file, err := os.Open(rows)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return timed(func() error { return insertAll(ctx, raw, bufio.NewScanner(file)) })
}

func insertAll(ctx context.Context, raw *sql.DB, lines *bufio.Scanner) error {
	tx, err := raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing, once it is committed
	insert, err := tx.PrepareContext(ctx, row{table: "raw_bills", columns: rawColumns()}.insert())
	if err != nil {
		return err
	}
	values := make([]any, len(rawColumns()))
	for lines.Scan() {
		for i, text := range strings.Split(lines.Text(), "\t") {
			values[i] = text // the columns of numbers make numbers of it
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), tx.Commit())
}

func timed(do func() error) (time.Duration, error) {
	clk := clock.System()
	began := clk.Now()
	err := do()
	return clk.Now().Sub(began), err
}
