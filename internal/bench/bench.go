package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest/cluster"
)

// Options says what is measured. The zero value measures everything.
type Options struct {
	Only            []string // names of measurements, see [Names]; empty: all
	Seconds         int      // how long each rate is measured, and a program rests before its memory is read; 0: 10
	Bills           int      // rows of the import; 0: 1,000,000
	UtilityAccounts int      // utility accounts of the towns for lookups and idle memory; 0: 50,000
	Occasions       int      // of a year, for the questions of the worst day; 0: 10,000,000
	Letters         int      // printed into one file; 0: 10,000
	Entries         int      // of e-checks in a file for the bank, of which every tenth comes back; 0: 100,000
	Events          int      // of the audit log that is verified; 0: 1,000,000
	Postgres        string   // URL of a superuser on a private server; empty: one is started for the time
	Program         Program  // this program as a process of its own
}

// Report is what was measured.
type Report struct {
	Machine string   `json:"machine"`
	At      string   `json:"at"` // RFC 3339, UTC
	Figures []Figure `json:"figures"`
}

// Figure is one result beside its baseline.
type Figure struct {
	Name       string  `json:"name"`
	What       string  `json:"what"`
	Value      float64 `json:"figure"`
	Unit       string  `json:"unit"`
	Baseline   float64 `json:"baseline"` // in the same unit
	BaselineIs string  `json:"baseline_is"`
	Ratio      float64 `json:"ratio"` // of figure to baseline
	Target     string  `json:"target"`
	Met        bool    `json:"met"`

	P50  float64 `json:"p50_ms,omitempty"` // of one payment or one lookup
	P95  float64 `json:"p95_ms,omitempty"`
	P99  float64 `json:"p99_ms,omitempty"`
	Peak float64 `json:"peak_memory_mib,omitempty"` // of the process that did the work, its sandbox processor included

	Requests int `json:"requests,omitempty"` // of a first visit

	Skipped string `json:"skipped,omitempty"` // why nothing was measured
}

// JSON is the report for machines, indented for people.
func (r Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	return append(text, '\n'), nil
}

// ErrUnknown: no measurement has this name.
var ErrUnknown = errors.New("there is no such measurement")

// measurement is a way to a figure, or to several that need the same town.
type measurement struct {
	name    string
	dialect db.Dialect
	take    func(context.Context, *site) ([]Figure, error)
}

// single is a measurement of one figure, which has its name.
func single(name string, dialect db.Dialect, take func(context.Context, *site) (Figure, error)) measurement {
	return measurement{name, dialect, func(ctx context.Context, s *site) ([]Figure, error) {
		f, err := take(ctx, s)
		f.Name = name
		return []Figure{f}, err
	}}
}

func measurements() []measurement {
	return []measurement{
		single("payments-postgres", db.Postgres, paymentsOnPostgres),
		single("payments-sqlite", db.SQLite, paymentsOnSQLite),
		single("lookup-postgres", db.Postgres, lookups),
		single("lookup-sqlite", db.SQLite, lookups),
		single("silence-postgres", db.Postgres, silence),
		single("silence-sqlite", db.SQLite, silence),
		single("import-postgres", db.Postgres, imports),
		single("import-sqlite", db.SQLite, imports),
		single("first-visit", db.SQLite, firstVisit),
		single("idle-postgres", db.Postgres, idle),
		single("idle-sqlite", db.SQLite, idle),
		{"worst-day-postgres", db.Postgres, worstDay},
		{"worst-day-sqlite", db.SQLite, worstDay},
		{"echecks", db.SQLite, echecks},
		single("letters", db.SQLite, letters),
		single("audit-verify", db.SQLite, auditLog),
	}
}

// Names lists the measurements.
func Names() []string {
	var names []string
	for _, m := range measurements() {
		names = append(names, m.name)
	}
	return names
}

// Run measures, and tells on progress what it is doing. Without PostgreSQL on
// the machine its measurements are skipped, with the reason in their place.
// Returns [ErrUnknown].
func Run(ctx context.Context, o Options, progress io.Writer) (Report, error) {
	o = o.complete()
	for _, name := range o.Only {
		if !slices.Contains(Names(), name) {
			return Report{}, fmt.Errorf("measuring %s: %w; there are %s", name, ErrUnknown, strings.Join(Names(), ", "))
		}
	}
	server := &server{url: o.Postgres}
	report := Report{Machine: machine(), At: clock.System().Now().Format(time.RFC3339)}
	err := o.measure(ctx, server, &report, progress)
	return report, errors.Join(err, server.stop())
}

func (o Options) complete() Options {
	if len(o.Only) == 0 {
		o.Only = Names()
	}
	if o.Seconds <= 0 {
		o.Seconds = 10
	}
	if o.Bills <= 0 {
		o.Bills = 1_000_000
	}
	if o.UtilityAccounts <= 0 {
		o.UtilityAccounts = 50_000
	}
	if o.Occasions <= 0 {
		o.Occasions = 10_000_000
	}
	if o.Letters <= 0 {
		o.Letters = 10_000
	}
	if o.Entries <= 0 {
		o.Entries = 100_000
	}
	if o.Events <= 0 {
		o.Events = 1_000_000
	}
	return o
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

func (o Options) measure(ctx context.Context, server *server, report *Report, progress io.Writer) error {
	for _, m := range measurements() {
		if !slices.Contains(o.Only, m.name) {
			continue
		}
		fmt.Fprintf(progress, "%s …\n", m.name)
		figures, err := o.one(ctx, server, m, progress)
		switch {
		case errors.Is(err, cluster.ErrNoBinaries), errors.Is(err, errNoMemory):
			figures = []Figure{{Name: m.name, Skipped: err.Error()}}
		case err != nil:
			return fmt.Errorf("measuring %s: %w", m.name, err)
		}
		report.Figures = append(report.Figures, figures...)
		for _, figure := range figures {
			fmt.Fprintln(progress, figure)
		}
	}
	return nil
}

func (o Options) one(ctx context.Context, server *server, m measurement, progress io.Writer) (figures []Figure, err error) {
	s, err := makeSite(ctx, server, m.dialect)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.seconds, s.bills, s.utilityAccounts, s.program = o.Seconds, o.Bills, o.UtilityAccounts, o.Program
	s.occasions, s.letters, s.events, s.entries = o.Occasions, o.Letters, o.Events, o.Entries
	s.progress = progress
	return m.take(ctx, s)
}

// String is the figure in a line.
func (f Figure) String() string {
	if f.Skipped != "" {
		return "  skipped: " + f.Skipped
	}
	verdict := "missed"
	if f.Met {
		verdict = "met"
	}
	line := fmt.Sprintf("  %.1f %s, baseline %.1f, ratio %.2f, target %s: %s", f.Value, f.Unit, f.Baseline, f.Ratio, f.Target, verdict)
	if f.P99 > 0 {
		line += fmt.Sprintf("; p50 %.1f p95 %.1f p99 %.1f ms", f.P50, f.P95, f.P99)
	}
	if f.Requests > 0 {
		line += fmt.Sprintf("; %d requests", f.Requests)
	}
	if f.Peak > 0 {
		line += fmt.Sprintf("; peak %.0f MiB", f.Peak)
	}
	return line
}
