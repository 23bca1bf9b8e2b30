package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"clearwell/internal/db/dbtest/cluster"
)

// rival writes a template's rows as fast as PostgreSQL takes them: one prepared
// statement for each payment, from as many clients. It is pgbench where that is
// installed, which costs the machine less than we do; else a loop of our own.
type rival struct {
	super   string
	rows    template
	program string // pgbench; empty where there is none
	written int    // payments written, so that no key comes twice
}

func newRival(super string, rows template) *rival {
	return &rival{super: super, rows: rows, program: pgbench()}
}

func (r *rival) name() string {
	if r.program == "" {
		return "one prepared statement per payment, 32 clients in Go"
	}
	return "one prepared statement per payment, pgbench, 32 clients"
}

// pgbench is beside the server or in PATH.
func pgbench() string {
	if folder, err := cluster.Binaries(); err == nil {
		if program, err := exec.LookPath(filepath.Join(folder, "pgbench")); err == nil {
			return program
		}
	}
	program, err := exec.LookPath("pgbench")
	if err != nil {
		return ""
	}
	return program
}

// each key is the start of this run, and then the client's and its own count.
const keysOfRun = 20_000_000

// rate measures payments a second.
func (r *rival) rate(ctx context.Context, limit time.Duration) (float64, error) {
	r.written += keysOfRun
	if r.program == "" {
		return r.loop(ctx, limit)
	}
	script, err := os.CreateTemp("", "clearwell-bench-*.sql")
	if err != nil {
		return 0, err
	}
	defer os.Remove(script.Name())
	n := fmt.Sprintf("(cast(:i as bigint) * %d + cast(:client_id as bigint) + %d)", clients, r.written)
	_, err = fmt.Fprintf(script, "\\set i :i + 1\n%s;\n", r.rows.statement(n))
	if err != nil {
		return 0, err
	}
	if err := script.Close(); err != nil {
		return 0, err
	}
	return r.run(ctx, script.Name(), limit)
}

func (r *rival) run(ctx context.Context, script string, limit time.Duration) (float64, error) {
	program := exec.CommandContext(ctx, r.program, "--no-vacuum", "--protocol=prepared", "--client="+strconv.Itoa(clients),
		"--jobs=2", "--time="+strconv.Itoa(max(1, int(limit/time.Second))), "--define=i=0", "--file="+script, r.super)
	said, err := program.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("running pgbench: %w: %.600s", err, said)
	}
	return throughput(said)
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// throughput reads pgbench's own summary.
func throughput(said []byte) (float64, error) {
	match := tps.FindSubmatch(said)
	if match == nil {
		return 0, fmt.Errorf("reading what pgbench said: no rate in %.600s", said)
	}
	return strconv.ParseFloat(string(match[1]), 64)
}

// loop is pgbench's work done here.
func (r *rival) loop(ctx context.Context, limit time.Duration) (float64, error) {
	handle, err := sql.Open("pgx", r.super)
	if err != nil {
		return 0, err
	}
	defer handle.Close()
	handle.SetMaxOpenConns(clients)
	handle.SetMaxIdleConns(clients)
	statement := r.rows.statement("cast($1 as bigint)")
	made, err := drive(ctx, clients, limit, keysOfRun, func(ctx context.Context, call int) error {
		_, err := handle.ExecContext(ctx, statement, r.written+call)
		return err
	})
	return made.rate(), err
}
