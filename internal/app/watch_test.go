package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"clearwell/internal/incident"
	"clearwell/internal/watch"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/web/webtest"
)

// said runs a command and gives what it says.
func said(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out := &heard{}
	status := Run(t.Context(), Process{Args: args, In: strings.NewReader(""), Out: out, Err: out, Lookup: func(string) (string, bool) { return "", false }})
	return out.String(), status
}

// The whole way, as an engineer sets it up: a key, a manifest, a prober with a
// timer, and another machine that listens for its sign of life.
func TestWatchFromAnotherMachine(t *testing.T) {
	l := watchAt(t, "localhost", "localhost")
	webtest.Open(t) // skips where there is no browser
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	signing, err := manifest.CreateKey(at("signing.key"), "sampletown.example")
	l.must(err)
	signed, err := l.prober.Manifest.Sign(signing)
	l.must(err)
	l.must(os.WriteFile(at("manifest.txt"), []byte(signed), 0o600))
	public, status := said(t, "watch", "key", "--name", "prober.example", at("prober.key"))
	if status != 0 {
		t.Fatal(public)
	}
	l.must(os.WriteFile(at("watch.yaml"), []byte("trust: "+signing.Public()+"\nsamples:\n  "+l.prober.Manifest.Start+": {utility_account: "+display(4)+", house_number: \"12\"}\n"+
		"heartbeat: {key: prober.key, file: beat}\nwebhook: http://127.0.0.1:1/\nbrowser: {no_sandbox: true, dwell: 1ms}\n"), 0o600))
	run := []string{"watch", "--once", "--config", at("watch.yaml"), "--manifest", at("manifest.txt"), l.prober.Manifest.Start}
	listen := []string{"watch", "heartbeat", "--key", strings.TrimSpace(public), at("beat")}
	if text, status := said(t, run...); status != 0 || !strings.Contains(text, "good, 16 pages") {
		t.Fatalf("%d %s", status, text)
	}
	if text, status := said(t, listen...); status != 0 || !strings.Contains(text, "eastwell: good") {
		t.Errorf("%d %s", status, text)
	}
	if text, status := said(t, append(listen, "--max-age", "1ns")...); status == 0 || !strings.Contains(text, "silent") {
		t.Errorf("%d %s", status, text)
	}
	l.meddle(inBody(`<script src="EVIL/skim.js"></script>`)(l.evil))
	text, status := said(t, run...)
	for _, want := range []string{"ALARM", "skim.js", "clearwell incident open --city eastwell", "Evidence: " + at("watch/eastwell")} {
		if status == 0 || !strings.Contains(text, want) {
			t.Errorf("status %d, %q is not said:\n%s", status, want, text)
		}
	}
	if text, status := said(t, listen...); status == 0 || !strings.Contains(text, "alarm") {
		t.Errorf("%d %s", status, text)
	}
	pictures, err := filepath.Glob(at("watch/eastwell/*-changed/*-browser-*-pay.png"))
	if err != nil || len(pictures) != 4 { // twice in each language
		t.Errorf("%d pictures of the card page (%v)", len(pictures), err)
	}
	if folder := os.Getenv("CLEARWELL_PICTURES"); folder != "" && len(pictures) > 0 {
		picture, err := os.ReadFile(pictures[0])
		l.must(err)
		l.must(os.WriteFile(filepath.Join(folder, "watch-evidence.png"), picture, 0o600))
		l.must(os.WriteFile(filepath.Join(folder, "watch-alarm.txt"), []byte(text), 0o600))
	}
}

func TestWatchConfigurationIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		"webhook: x":                "trust is missing",
		"trust: a":                  "nobody would hear",
		"trust: a\nwebhook: x":      "heartbeat",
		"trust: a\nmail: {host: h}": "mail:",
		"trust: a\ntext: {url: u}":  "text:",
		"trust: a\nwebhok: x":       "unknown field",
		"trust: a\nwebhook: x\nlanguage: tlh\nheartbeat: {key: k, file: f}":                 "none of ours",
		"trust: a\nwebhook: x\nsamples: {sampletown: {a: b}}\nheartbeat: {key: k, file: f}": "no address",
	} {
		path := filepath.Join(t.TempDir(), "watch.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readWatchConfig(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	path := filepath.Join(t.TempDir(), "watch.yaml")
	if err := os.WriteFile(path, []byte("trust: a\nwebhook: x\nheartbeat: {key: k, file: f}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil { // whatever the mask of the process
		t.Fatal(err)
	}
	if _, err := readWatchConfig(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a webhook that all may read: %v", err)
	}
}

// The other end raises its own alarm, for whoever watches no exit status: about
// a sign of life that is not there, without the prober's own settings.
func TestTheOtherEndTells(t *testing.T) {
	var told []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var alarm struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&alarm); err != nil {
			t.Error(err)
		}
		told = append(told, alarm.Text)
	}))
	defer server.Close()
	folder := t.TempDir()
	tell := filepath.Join(folder, "tell.yaml")
	if err := os.WriteFile(tell, []byte("language: es\nwebhook: "+server.URL+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := manifest.CreateKey(filepath.Join(folder, "key"), "prober.example")
	if err != nil {
		t.Fatal(err)
	}
	text, status := said(t, "watch", "heartbeat", "--key", key.Public(), "--tell", tell, filepath.Join(folder, "beat"))
	if status == 0 || len(told) != 1 || !strings.Contains(told[0], "ALARMA") || !strings.Contains(told[0], "silent") {
		t.Errorf("%d %s, told %q", status, text, told)
	}
	if err := os.WriteFile(tell, []byte("language: es\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, status := said(t, "watch", "heartbeat", "--key", key.Public(), "--tell", tell, filepath.Join(folder, "beat")); status == 0 || !strings.Contains(text, "nobody would hear") {
		t.Errorf("%d %s", status, text)
	}
}

// typedCommand is a command that is shown to be typed as it is.
var typedCommand = regexp.MustCompile(`(?m)^    clearwell (.+) "([^"]+)"$`)

// The command that an alarm types is one that there is, with a scope that
// incidents take.
func TestAlarmsTypeACommandThatIsTaken(t *testing.T) {
	report := watch.Report{City: "eastwell", PageManifest: strings.Repeat("0123456789abcdef", 4)}
	for _, lastGood := range []time.Time{{}, time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)} {
		report.LastGood = lastGood
		found := typedCommand.FindStringSubmatch(report.Command())
		if found == nil {
			t.Fatalf("no scope in %s", report.Command())
		}
		if _, err := incident.ParseScope(found[2]); err != nil {
			t.Errorf("%s: %v", found[2], err)
		}
		parser, err := kong.New(&commands{}, kong.Vars{"layouts": "", "measurements": ""})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(append(strings.Fields(found[1]), found[2])); err != nil {
			t.Errorf("%s: %v", report.Command(), err)
		}
	}
}
