package app

import (
	"path/filepath"
	"strings"
	"testing"
)

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
