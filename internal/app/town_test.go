package app

import (
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
