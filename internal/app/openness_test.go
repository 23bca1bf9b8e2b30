package app

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/watch"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/web/resident/view"
)

// overheard is openness with a prober of sampletown, and what leaves its sign of life.
func overheard(t *testing.T) (o *openness, say func(watch.Beat, manifest.Key), key manifest.Key, clk *clock.Manual) {
	t.Helper()
	folder := t.TempDir()
	key, err := manifest.CreateKey(filepath.Join(folder, "key"), "town.example")
	if err != nil {
		t.Fatal(err)
	}
	clk = clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC))
	file := filepath.Join(folder, "beat")
	o = &openness{
		clock: clk, log: logger(os.Stderr), beats: map[id.City]string{},
		probers: map[id.City]Prober{"sampletown": {Key: key.Public(), Beat: file}},
	}
	say = func(b watch.Beat, by manifest.Key) {
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := by.Sign(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(signed), 0o600); err != nil {
			t.Fatal(err)
		}
		o.listen(t.Context())
	}
	return o, say, key, clk
}

// The page says of the prober what the prober has signed, and nothing better.
func TestThePageSaysWhatTheProberSaid(t *testing.T) {
	o, say, key, clk := overheard(t)
	if got := o.Watched("otherville"); got.State != view.WatchNone {
		t.Errorf("a town without a prober: %+v", got)
	}
	if got := o.Watched("sampletown"); got != (view.Watched{State: view.WatchSilent}) {
		t.Errorf("a prober that said nothing: %+v", got)
	}
	other, err := manifest.CreateKey(filepath.Join(t.TempDir(), "key"), "thief.example")
	if err != nil {
		t.Fatal(err)
	}
	at := clk.Now()
	good := watch.Beat{City: "sampletown", At: at, Verdict: watch.Good}
	for _, c := range []struct {
		name string
		beat watch.Beat
		by   manifest.Key
		want view.Watched
	}{
		{"good", good, key, view.Watched{State: view.WatchGood, At: at}},
		{"another's key", good, other, view.Watched{State: view.WatchSilent}},
		{"another town's", watch.Beat{City: "otherville", At: at, Verdict: watch.Good}, key, view.Watched{State: view.WatchSilent}},
		{"changed", watch.Beat{City: "sampletown", At: at, Verdict: watch.Changed, Findings: 1}, key, view.Watched{State: view.WatchChanged, At: at}},
		{"unseen", watch.Beat{City: "sampletown", At: at, Verdict: watch.Unseen}, key, view.Watched{State: view.WatchUnseen, At: at}},
		{"old", watch.Beat{City: "sampletown", At: at.Add(-time.Hour), Verdict: watch.Good}, key, view.Watched{State: view.WatchSilent, At: at.Add(-time.Hour)}},
		{"from the future", watch.Beat{City: "sampletown", At: at.Add(time.Hour), Verdict: watch.Good}, key, view.Watched{State: view.WatchSilent}},
	} {
		say(c.beat, c.by)
		if got := o.Watched("sampletown"); got.State != c.want.State || !got.At.Equal(c.want.At) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	say(good, key)
	clk.Advance(beatLasts + time.Second)
	if got := o.Watched("sampletown"); got.State != view.WatchSilent {
		t.Errorf("a prober that fell silent: %+v", got)
	}
}

// What the program says of itself on the town's page is true: its own digest, a
// checkpoint that its key signed, and a list with every module and file.
func TestWhatIsSaidOpenlyIsTrue(t *testing.T) {
	c := settle(t, "sqlite:"+dbtest.SQLiteFile(t))
	if _, err := c.audit.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := c.ask(http.MethodGet, c.east.host, "/assurance/checkpoint.txt", nil, nil).body
	if newest, err := c.audit.Newest(t.Context(), "eastwell"); err != nil || text != newest || text == "" {
		t.Errorf("the checkpoint is %q, not %q (%v)", text, newest, err)
	}
	if report, err := c.audit.Verify(t.Context(), "eastwell", text); err != nil || !report.OK() {
		t.Errorf("the checkpoint does not fit: %v, %v", report.Findings, err)
	}
	page := strings.ReplaceAll(c.ask(http.MethodGet, c.east.host, "/assurance", nil, nil).body, "<wbr>", "")
	digest, err := release()
	if err != nil || !strings.Contains(page, digest) || !strings.Contains(page, c.keys.audit.Verifier()) {
		t.Errorf("the page does not say %s (%v):\n%s", digest, err, page)
	}
	list := c.ask(http.MethodGet, c.east.host, "/assurance/components.json", nil, nil).body
	for _, want := range []string{digest, "/assets/pay.", "pkg:golang/stdlib@"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list of components lacks %s", want)
		}
	}
	if out := os.Getenv("CLEARWELL_SBOM"); out != "" { // to be held against the schema, which is not ours to copy
		if err := os.WriteFile(out, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
