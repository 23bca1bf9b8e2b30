package app

import (
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
	return runWith(t, "", args...)
}

func TestAPartlyTakenFileHasAStatusOfItsOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bills.csv")
	text := "record,utility_account,name,service_address,bill_number,bill_date,due_date,amount_due\n" +
		"BILL,1,Ana Example,12 Main Street,B1,2026-11-01,2026-11-21,1.00\n" +
		"BILL,2,Bo Example,14 Main Street,B2,2026-11-01,soon,42.00\nTRAILER,2,43.00\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, "import", "bills", "--city", "sampletown", "--layout", "clearwell", "--dry-run", file)
	if got.status != statusPartly || !strings.Contains(got.out, "42.00") {
		t.Errorf("status %d:\n%s%s", got.status, got.out, got.err)
	}
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

// "--rejects a.csv a.csv" wrote the rejects over the bill file, and over any other
// file that was named.
func TestRejectsTakeThePlaceOfNoOtherFile(t *testing.T) {
	folder := t.TempDir()
	file, kept, rejects := filepath.Join(folder, "bills.csv"), filepath.Join(folder, "kept.txt"), filepath.Join(folder, "rejects.csv")
	text := "record,utility_account,name,service_address,bill_number,bill_date,due_date,amount_due\n" +
		"BILL,2,Bo Example,14 Main Street,B2,2026-11-01,soon,42.00\nTRAILER,1,42.00\n"
	for _, path := range []string{file, kept} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bring := func(to string) ran {
		return run(t, "import", "bills", "--city", "sampletown", "--layout", "clearwell", "--dry-run", "--rejects", to, file)
	}
	for _, path := range []string{file, kept, folder} {
		if got := bring(path); !strings.Contains(got.err, errNotRejects.Error()) || got.out != "" {
			t.Errorf("rejects to %s: %+v", path, got)
		}
	}
	for _, path := range []string{file, kept} {
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%s now holds %q, %v", path, left, err)
		}
	}
	for range 2 { // the same again takes the place of its own
		if got := bring(rejects); !strings.Contains(got.out, rejects) {
			t.Errorf("rejects to their own file: %+v", got)
		}
	}
}
