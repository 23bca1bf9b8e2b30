package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ran is what a command left behind.
type ran struct {
	status   int
	out, err string
}

// run runs a command as the shell would.
func run(t *testing.T, args ...string) ran {
	t.Helper()
	var out, problems bytes.Buffer
	nothing := func(string) (string, bool) { return "", false }
	status := Run(t.Context(), Process{Args: args, Lookup: nothing, In: strings.NewReader(""), Out: &out, Err: &problems})
	return ran{status, out.String(), problems.String()}
}

func TestTheStatusTellsUsageFromFailure(t *testing.T) {
	bills := filepath.Join(t.TempDir(), "bills.csv")
	if err := os.WriteFile(bills, []byte("no bill\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dry := []string{"import", "bills", "--city", "sampletown", "--layout", "sip", "--dry-run"}
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"help", []string{"--help"}, statusDone},
		{"release", []string{"version"}, statusDone},
		{"nothing", nil, statusUsage},
		{"an unknown command", []string{"sink"}, statusUsage},
		{"no file", dry, statusUsage},
		{"a missing file", append(dry, bills+".not"), statusFailed},
		{"no row to take", append(dry, bills), statusFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, c.args...)
			if got.status != c.want {
				t.Errorf("status = %d, want %d: %s", got.status, c.want, got.err)
			}
			if (got.status == statusDone) != (got.err == "") {
				t.Errorf("status %d and on standard error: %q", got.status, got.err)
			}
		})
	}
}
