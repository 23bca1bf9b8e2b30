package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Right after init a command named a code, city_unknown, and nobody knew what to
// do with it.
func TestACommandBeforeTheTownIsInForceSaysWhatToDo(t *testing.T) {
	config := setUp(t, "")
	file := filepath.Join(filepath.Dir(config), "sampletown.yaml")
	day := func(city string) ran {
		return run(t, "day", "--config", config, "--city", city, "--on", "2026-11-23")
	}
	if got := day("sampletown"); got.status != statusFailed || !strings.Contains(got.err, "clearwell city apply --config "+config+" "+file) {
		t.Errorf("before the town is in force: %+v", got)
	}
	if got := run(t, "city", "apply", "--config", config, file); got.status != statusDone {
		t.Fatalf("applying the town: %+v", got)
	}
	if got := day("sampletwon"); got.status != statusFailed || !strings.Contains(got.err, "Towns here: sampletown.") {
		t.Errorf("a town that is not there: %+v", got)
	}
	if got := day("sampletown"); strings.Contains(got.err, "town_") {
		t.Errorf("once it is in force: %+v", got)
	}
}

// A refusal of a command was a code, and its sentence stood in the catalogue.
func TestACommandsRefusalIsASentence(t *testing.T) {
	config := setUp(t, "")
	if got := run(t, "city", "apply", "--config", config, filepath.Join(filepath.Dir(config), "sampletown.yaml")); got.status != statusDone {
		t.Fatalf("applying the town: %+v", got)
	}
	got := run(t, "posting", "acknowledge", "--config", config, "--city", "sampletown", "--on", "2026-11-23")
	if want := "There is no posting file of that day"; got.status != statusFailed || strings.Count(got.err, want) != 1 || !strings.Contains(got.err, "posting_unknown") {
		t.Errorf("want %q once, and its name: %+v", want, got)
	}
}

// Below nothing a cost was entered nowhere, without a word.
func TestADisputeCostsNothingOrMore(t *testing.T) {
	config := setUp(t, "")
	got := run(t, "dispute", "lost", "--config", config, "--city", "sampletown", "--cost=-5.00", "2NN3-1HC8-8X0B")
	if got.status != statusFailed || !strings.Contains(got.err, errCost.Error()) {
		t.Errorf("a cost of -5.00: %+v", got)
	}
}

// A log of which nothing was sealed passed for a good one, and looks as one does
// that somebody has emptied.
func TestALogOfWhichNothingIsSealedIsNotProven(t *testing.T) {
	config := setUp(t, "")
	if got := run(t, "city", "apply", "--config", config, filepath.Join(filepath.Dir(config), "sampletown.yaml")); got.status != statusDone {
		t.Fatalf("applying the town: %+v", got)
	}
	got := run(t, "audit", "verify", "--config", config, "--city", "sampletown")
	if got.status != statusFailed || !strings.Contains(got.out, "NOTHING IS PROVEN") || !strings.Contains(got.out, "clearwell serve") {
		t.Errorf("verifying before the first seal: %+v", got)
	}
}

// An intact export was called damaged where nobody said which key to trust.
func TestAnExportIsNotJudgedWithoutAKey(t *testing.T) {
	got := run(t, "audit", "verify", "--file", filepath.Join(t.TempDir(), "log.jsonl"))
	if got.status == statusDone || !strings.Contains(got.err, "give --key") {
		t.Errorf("%+v", got)
	}
}

// A dry run answered with a bare code.
func TestADryRunRefusesInWords(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "bills.csv")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for layout, want := range map[string]string{"sip": "The file has no rows.", "clearwell-posting": "That layout is for files that go the other way."} {
		got := run(t, "import", "bills", "--city", "sampletown", "--layout", layout, "--dry-run", empty)
		if got.status != statusFailed || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v", layout, got)
		}
	}
}
