package app

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"clearwell/internal/bench"
)

// asProgram makes the test's own file be the program.
const asProgram = "CLEARWELL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := Run(ctx, Process{Args: os.Args[1:], Lookup: os.LookupEnv, In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(status)
}

func itself(ctx context.Context, args ...string) *exec.Cmd {
	program := exec.CommandContext(ctx, os.Args[0], args...)
	program.Env = append(os.Environ(), asProgram+"=1")
	return program
}

// What is measured on the program itself has a figure that is above nothing,
// beside a baseline, and a verdict. How good it is on a machine that others use
// is no matter for a test.
func TestBenchMeasuresTheProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("seven programs are started and measured")
	}
	report, err := bench.Run(t.Context(), bench.Options{
		Only:    []string{"lookup-sqlite", "lookup-postgres", "import-sqlite", "import-postgres", "idle-sqlite", "idle-postgres", "silence-sqlite"},
		Seconds: 1, Bills: 500, UtilityAccounts: 160, Program: itself, Postgres: os.Getenv("CLEARWELL_TEST_POSTGRES"),
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Figures) != 7 {
		t.Fatalf("%d figures, want 7", len(report.Figures))
	}
	for _, f := range report.Figures {
		if f.Skipped != "" {
			continue
		}
		silence := strings.HasPrefix(f.Name, "silence") // best when there is nothing to measure
		if silence && f.Value >= 0 && f.Target != "" && f.P50 > 0 {
			continue
		}
		if f.Value <= 0 || f.Baseline <= 0 || f.Ratio != f.Value/f.Baseline || f.Target == "" || f.Peak < 5 {
			t.Errorf("%s is %+v", f.Name, f)
		}
		if timed := strings.HasPrefix(f.Name, "lookup"); timed != (f.P50 > 0 && f.P95 >= f.P50 && f.P99 >= f.P95) {
			t.Errorf("%s has percentiles %v, %v, %v", f.Name, f.P50, f.P95, f.P99)
		}
	}
}

// The first visit of the pay page is within what residents with a slow telephone
// can be asked for. It depends on no machine.
func TestThePayPageIsLightFromTheProgram(t *testing.T) {
	report, err := bench.Run(t.Context(), bench.Options{Only: []string{"first-visit"}, Program: itself}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if f := report.Figures[0]; !f.Met || f.Requests < 5 || f.Value >= f.Baseline {
		t.Errorf("the first visit is %+v", f)
	}
}
