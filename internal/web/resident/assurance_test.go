package resident_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"clearwell/internal/id"
	"clearwell/internal/web/resident/view"
)

// told is what an installation says of itself, in a test.
type told struct{}

func (told) Program() (release, auditKey string) { return strings.Repeat("8b3e41a0", 8), "a+key" }
func (told) Components() []byte                  { return []byte(`{"bomFormat":"CycloneDX"}`) }
func (told) Checkpoint(_ context.Context, city id.City) (string, error) {
	return "a checkpoint of " + string(city) + "\n", nil
}
func (told) Settings(_ context.Context, city id.City) (town, installation string, err error) {
	return "a digest of " + string(city), "a digest of all", nil
}
func (told) Watched(id.City) view.Watched {
	return view.Watched{State: view.WatchChanged, At: time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)}
}

// A town says what runs there: in words, and as files for machines.
func TestTheTownSaysWhatRunsThere(t *testing.T) {
	tw := open(t)
	for path, want := range map[string]struct{ media, text string }{
		"/assurance":                 {"text/html; charset=utf-8", "mailto:utilities@sampletown.example"},
		"/assurance?lang=es":         {"text/html; charset=utf-8", "no eran las que entrega esta versión"},
		"/assurance/components.json": {"application/vnd.cyclonedx+json; version=1.6", `{"bomFormat":"CycloneDX"}`},
		"/assurance/checkpoint.txt":  {"text/plain; charset=utf-8", "a checkpoint of sampletown\n"},
	} {
		w := tw.ask(http.MethodGet, path, nil, nil)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want.media || !strings.Contains(w.Body.String(), want.text) {
			t.Errorf("%s gets %d, %s:\n%s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %s", path, w.Header().Get("Cache-Control"))
		}
	}
	page := tw.ask(http.MethodGet, "/", nil, nil).Body.String()
	if !strings.Contains(page, `href="/assurance"`) {
		t.Error("no page leads there")
	}
}
