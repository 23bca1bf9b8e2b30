package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/db"
)

func TestUnknownMeasurement(t *testing.T) {
	_, err := Run(t.Context(), Options{Only: []string{"moon"}}, io.Discard)
	if !errors.Is(err, ErrUnknown) {
		t.Errorf("got %v, want %v", err, ErrUnknown)
	}
}

// A figure has all its parts, and is written for machines.
func TestPaymentsAreMeasured(t *testing.T) {
	report, err := Run(t.Context(), Options{Only: []string{"payments-sqlite"}, Seconds: 1}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	text, err := report.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Figures []map[string]any }
	if err := json.Unmarshal(text, &read); err != nil || len(read.Figures) != 1 {
		t.Fatalf("reading %s: %v", text, err)
	}
	for _, part := range []string{"figure", "baseline", "ratio", "p50_ms", "p95_ms", "p99_ms", "peak_memory_mib"} {
		if value, isNumber := read.Figures[0][part].(float64); !isNumber || value <= 0 {
			t.Errorf("%s is %v", part, read.Figures[0][part])
		}
	}
}

// The worst day's questions are asked of a small year, on either database, and
// have figures of what they say they have.
func TestTheWorstDayIsMeasured(t *testing.T) {
	report, err := Run(t.Context(), Options{
		Only:      []string{"worst-day-sqlite", "worst-day-postgres", "letters", "audit-verify"},
		Occasions: 10_000, Letters: 20, Events: 500, Postgres: os.Getenv("CLEARWELL_TEST_POSTGRES"),
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range report.Figures {
		names[f.Name] = true
		if f.Skipped == "" && (f.Value <= 0 || f.Baseline <= 0 || f.Ratio != f.Value/f.Baseline || f.Target == "" || f.Peak <= 0) {
			t.Errorf("%s is %+v", f.Name, f)
		}
		if strings.HasPrefix(f.Name, "freeze") && f.Met {
			t.Errorf("%s is met by %s", f.Name, f.What)
		}
	}
	for _, name := range []string{"preview-sqlite", "freeze-sqlite", "letters", "audit-verify"} {
		if !names[name] {
			t.Errorf("%s has no figure", name)
		}
	}
}

// A file for the bank and what comes back of it, small.
func TestEchecksAreMeasured(t *testing.T) {
	report, err := Run(t.Context(), Options{Only: []string{"echecks"}, Entries: 200}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Figures) != 2 {
		t.Fatalf("figures: %+v", report.Figures)
	}
	for _, f := range report.Figures {
		if f.Value <= 0 || f.Baseline <= 0 || f.Peak < 0 || f.Target == "" {
			t.Errorf("%s is %+v", f.Name, f)
		}
	}
}

// What a baseline writes is what a payment wrote, under other keys and as long.
func TestTemplateIsThePayment(t *testing.T) {
	ctx := t.Context()
	s, err := makeSite(ctx, &server{}, db.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.open(ctx); err != nil {
		t.Fatal(err)
	}
	rows := templateOf(t, s)
	counts := map[string]int{}
	for _, r := range rows.rows {
		counts[r.table]++
	}
	want := map[string]int{"payments": 1, "payment_attempts": 1, "ledger_entries": 4, "exposures": 1, "exposure_outcomes": 2, "audit_unsealed": 2}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("rows of a payment (-want +got):\n%s", diff)
	}
	if n := len(bare(rows.rows)); n != bareRows {
		t.Errorf("the bare payment has %d rows, want %d", n, bareRows)
	}
	for n := range 2 {
		if err := writeAll(ctx, s.d, rows.prepare().of(n)); err != nil {
			t.Errorf("writing number %d: %v", n, err)
		}
	}
	if err := writeAll(ctx, s.d, rows.prepare().of(1)); !errors.Is(err, db.ErrDuplicate) {
		t.Errorf("the same number twice: got %v, want %v", err, db.ErrDuplicate)
	}
	sameLengths(t, rows)
	for _, text := range []string{string(sampletown), "payer:web", rows.keys[0]} {
		if strings.Contains(rows.statement("$1"), text) {
			t.Errorf("the statement has %q in it", text)
		}
	}
}

// Identifiers made within one millisecond begin alike; written again they must
// still differ, from each other and from those of the next writing.
func TestKeysStayApart(t *testing.T) {
	alike := template{keys: []string{"01kb0000000000aaaaaaaaaaaa", "01kb0000000000aaaaaaaaaaab"}}
	seen := map[string]bool{}
	for n := range 3 {
		for _, key := range alike.keys {
			seen[alike.fresh(n).Replace(key)] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("three writings of two keys have %d keys", len(seen))
	}
}

// templateOf makes one payment and reads its rows.
func templateOf(t *testing.T, s *site) template {
	t.Helper()
	made, err := newTown(s.d)
	if err != nil {
		t.Fatal(err)
	}
	quotes, err := made.prepare(t.Context(), s.d, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{s, made, quotes[0], quotes}
	if _, err := c.pay(t.Context(), 1, time.Minute); err != nil {
		t.Fatal(err)
	}
	rows, err := c.sample(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func sameLengths(t *testing.T, rows template) {
	t.Helper()
	for i, made := range rows.prepare().of(7) {
		for j, arg := range made.args {
			text, isText := arg.(string)
			if isText && len(text) != len(rows.rows[i].values[j].(string)) {
				t.Errorf("%s.%s is %q, which was %q", rows.rows[i].table, rows.rows[i].columns[j], text, rows.rows[i].values[j])
			}
		}
	}
}

func TestPercentile(t *testing.T) {
	var hundred timings
	for i := range 100 {
		hundred.took = append(hundred.took, time.Duration(100-i)*time.Millisecond)
	}
	for _, test := range []struct {
		of    timings
		share float64
		want  float64
	}{
		{timings{}, 0.99, 0},
		{timings{took: []time.Duration{2 * time.Millisecond}}, 0.5, 2},
		{hundred, 0, 1},
		{hundred, 0.5, 50},
		{hundred, 0.99, 99},
		{hundred, 1, 100},
	} {
		if got := test.of.percentile(test.share); got != test.want {
			t.Errorf("percentile %v of %d calls is %v, want %v", test.share, len(test.of.took), got, test.want)
		}
	}
}

func TestDriveMakesEachCallOnce(t *testing.T) {
	made := make([]int, 1000)
	took, err := drive(t.Context(), 8, time.Minute, len(made), func(_ context.Context, call int) error {
		made[call]++
		return nil
	})
	if err != nil || len(took.took) != len(made) {
		t.Errorf("%d calls are timed, want %d: %v", len(took.took), len(made), err)
	}
	for call, times := range made {
		if times != 1 {
			t.Errorf("call %d was made %d times", call, times)
		}
	}
}

func TestDriveEndsWithTheFirstError(t *testing.T) {
	refused := errors.New("refused")
	_, err := drive(t.Context(), 4, time.Minute, 1_000_000_000, func(context.Context, int) error { return refused })
	if !errors.Is(err, refused) {
		t.Errorf("got %v, want %v", err, refused)
	}
}

// A call that was due while an earlier one was slow has waited since it was due:
// the queue is not forgotten.
func TestPaceCountsTheQueue(t *testing.T) {
	var one sync.Mutex
	made, err := pace(t.Context(), 200, time.Second, func(ctx context.Context, call int) error {
		one.Lock()
		defer one.Unlock()
		if call == 0 {
			return until(ctx, 500*time.Millisecond)
		}
		return nil
	})
	if err != nil || made.percentile(0.75) < 200 {
		t.Errorf("a quarter of the calls waited for the first one, and the slowest quarter took %v ms: %v", made.percentile(0.75), err)
	}
}

// A steady rate is neither hurried nor held up.
func TestPaceIsSteady(t *testing.T) {
	made, err := pace(t.Context(), 100, time.Second, func(context.Context, int) error { return nil })
	if calls := len(made.took); err != nil || calls != 100 || made.elapsed < 900*time.Millisecond {
		t.Errorf("%d calls in %s: %v", len(made.took), made.elapsed, err)
	}
}

func TestThroughput(t *testing.T) {
	got, err := throughput([]byte("latency average = 8.9 ms\ninitial connection time = 49.8 ms\ntps = 3588.209 (without initial connection time)\n"))
	if err != nil || got != 3588.209 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := throughput([]byte("pgbench: error")); err == nil {
		t.Error("no rate is no error")
	}
}

func TestStatusKiB(t *testing.T) {
	status := []byte("Name:\tclearwell\nVmPeak:\t  9999 kB\nVmHWM:\t  8124 kB\n")
	if got, found := statusKiB(status, "VmHWM:"); got != 8124 || !found {
		t.Errorf("got %v, %v", got, found)
	}
	if _, found := statusKiB(status, "VmRSS:"); found {
		t.Error("found what is not there")
	}
}

// shell stands for a program that is started.
func shell(ctx context.Context, script string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", script)
}

func TestACommandThatEndsBadlyIsNoFigure(t *testing.T) {
	_, err := await(t.Context(), shell(t.Context(), "echo no such town >&2; exit 1"))
	if err == nil || !strings.Contains(err.Error(), "no such town") {
		t.Errorf("got %v, without what it said", err)
	}
}

func TestAwaitKnowsThePeak(t *testing.T) {
	took, err := await(t.Context(), shell(t.Context(), "sleep 0.2"))
	if err != nil || took.elapsed < 200*time.Millisecond {
		t.Errorf("it took %v: %v", took.elapsed, err)
	}
	if runtime.GOOS == "linux" && (took.peak <= 0 || took.peak > 100) {
		t.Errorf("a shell took %v MiB", took.peak)
	}
}

func TestAProgramThatDoesNotServe(t *testing.T) {
	_, err := serve(t.Context(), shell(t.Context(), "echo the port is taken; exit 3"))
	if err == nil || !strings.Contains(err.Error(), "the port is taken") {
		t.Errorf("got %v, without what it said", err)
	}
}

func TestAProgramThatServes(t *testing.T) {
	r, err := serve(t.Context(), shell(t.Context(), "trap 'exit 0' INT; echo level=INFO portal=127.0.0.1:4321; while true; do sleep 0.05; done"))
	if err != nil {
		t.Fatal(err)
	}
	if r.address != "127.0.0.1:4321" {
		t.Errorf("it serves at %q", r.address)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

// What the engine loads raw has the columns it should have, all of them filled.
func TestRawRowsHaveTheirColumns(t *testing.T) {
	var text bytes.Buffer
	to := &extract{bufio.NewWriter(&text)}
	if err := errors.Join(to.rawBills(3), to.Flush()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if n := strings.Count(line, "\t") + 1; n != len(rawColumns()) || strings.Contains(line, "\t\t") {
			t.Errorf("%q has %d columns, want %d", line, n, len(rawColumns()))
		}
	}
}
