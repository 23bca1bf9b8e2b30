package watch

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/secret"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// pages is a portal as a walker finds it: what it has more than it should, and
// whether it breaks off before the card page.
type pages struct {
	more   []manifest.Fact
	broken bool
	walks  int
}

// Walk shows the pages.
func (p *pages) Walk(context.Context, visit.Errand) ([]visit.Sight, error) {
	p.walks++
	var all []visit.Sight
	for _, kind := range manifest.Kinds() {
		if kind == manifest.Pay && p.broken {
			return all, errors.New("no answer")
		}
		facts := append([]manifest.Fact{{Subject: manifest.Header, Name: "X-Frame-Options", Value: "DENY"}}, p.more...)
		all = append(all, visit.Sight{Kind: kind, Path: "/" + string(kind), Facts: facts, HTML: []byte("<p>page</p>"), Header: http.Header{"A": {"b"}}})
	}
	return all, nil
}

// told collects alarms; it may refuse them.
type told struct {
	letters []Letter
	deaf    bool
}

// Tell takes an alarm.
func (t *told) Tell(_ context.Context, _ Report, letter Letter) error {
	if t.deaf {
		return errors.New("nobody answers")
	}
	t.letters = append(t.letters, letter)
	return nil
}

// post is a prober on duty.
type post struct {
	*testing.T
	Runner
	clock *clock.Manual
	pages *pages
	told  *told
	beat  string
}

func onDuty(t *testing.T) *post {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, err := manifest.CreateKey(filepath.Join(folder, "key"), "prober.example")
	if err != nil {
		t.Fatal(err)
	}
	m := manifest.Manifest{City: "sampletown", Start: "https://pay.example/", PageManifest: "0123456789abcdef"}
	for _, kind := range manifest.Kinds() {
		m.Pages = append(m.Pages, manifest.Page{Kind: kind, Language: "en", Path: "/" + string(kind), Facts: []manifest.Fact{{Subject: manifest.Header, Name: "X-Frame-Options", Value: "DENY"}}})
	}
	p := &post{T: t, clock: clock.NewManual(noon), pages: &pages{}, told: &told{}, beat: filepath.Join(folder, "beat")}
	p.Runner = Runner{
		Prober: Prober{Manifest: m, Clock: p.clock}, Folder: filepath.Join(folder, "watch"), Words: words.Printer(locale.English), Key: key,
		Tellers: []Teller{p.told}, Posters: []Poster{BeatFile{p.beat}},
	}
	return p
}

// run makes a run five minutes after the last.
func (p *post) run() (Report, error) {
	p.clock.Advance(5 * time.Minute)
	return p.Runner.Run(p.Context(), []View{{"plain", "firefox", "", p.pages}})
}

func (p *post) good() {
	p.Helper()
	if report, err := p.run(); err != nil || report.Verdict() != Good {
		p.Fatalf("%s, %v", report.Verdict(), err)
	}
}

func (p *post) bad(want Verdict) Report {
	p.Helper()
	report, err := p.run()
	if err != nil || report.Verdict() != want {
		p.Fatalf("%s, %v", report.Verdict(), err)
	}
	return report
}

func script() []manifest.Fact {
	return []manifest.Fact{{Subject: manifest.Script, Name: "https://evil.example/skim.js"}}
}

func TestAnAlarmSaysWhatToDo(t *testing.T) {
	p := onDuty(t)
	p.good()
	p.pages.more = script()
	p.bad(Changed)
	if len(p.told.letters) != 1 {
		t.Fatalf("%d alarms", len(p.told.letters))
	}
	letter := p.told.letters[0]
	for _, want := range []string{
		"Card page, language en, plain HTTP as firefox: a script that the release does not serve: https://evil.example/skim.js",
		`clearwell incident open --city sampletown page-2026-05-04-at-1210 "on 2026-05-03.. and capture web_frame,processor_page"`,
		"2026-05-04 12:05:00 UTC", "pause card entry",
	} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("the alarm does not say %q:\n%s", want, letter.Text)
		}
	}
}

// An alarm that stands wakes people once an hour, another at once, and the end of
// it is told too.
func TestAnAlarmIsToldOnceUntilItChanges(t *testing.T) {
	p := onDuty(t)
	p.pages.more = script()
	for range 4 {
		p.bad(Changed)
	}
	if len(p.told.letters) != 1 {
		t.Errorf("the same alarm was told %d times in 20 minutes", len(p.told.letters))
	}
	p.clock.Advance(time.Hour)
	p.bad(Changed)
	p.pages.more = append(script(), manifest.Fact{Subject: manifest.CardField, Name: "text cc"})
	p.bad(Changed)
	p.pages.more = nil
	p.good()
	p.good()
	if len(p.told.letters) != 4 || !strings.Contains(p.told.letters[3].Subject, "as they should be again") {
		t.Errorf("%d alarms, the last %q", len(p.told.letters), p.told.letters[len(p.told.letters)-1].Subject)
	}
}

func TestAnAlarmThatNobodyTookIsToldAgain(t *testing.T) {
	p := onDuty(t)
	p.pages.more, p.told.deaf = script(), true
	if _, err := p.run(); err == nil {
		t.Error("nobody took the alarm, and all is well")
	}
	p.told.deaf = false
	p.bad(Changed)
	if len(p.told.letters) != 1 {
		t.Errorf("%d alarms", len(p.told.letters))
	}
}

// A walk that breaks off is tried again, and then an alarm: nothing was seen to
// be good.
func TestAWalkThatBreaksOffIsAnAlarm(t *testing.T) {
	p := onDuty(t)
	p.pages.broken = true
	p.bad(Unseen)
	if p.pages.walks != 2 || len(p.told.letters) != 1 || !strings.Contains(p.told.letters[0].Text, "no answer") {
		t.Errorf("%d walks, alarms %v", p.pages.walks, p.told.letters)
	}
}

// A prober that is told to stop has not seen the portal down.
func TestStoppingIsNoAlarm(t *testing.T) {
	p := onDuty(t)
	p.good()
	p.pages.broken = true
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := p.Runner.Run(ctx, []View{{"plain", "firefox", "", p.pages}}); !errors.Is(err, context.Canceled) || len(p.told.letters) > 0 {
		t.Errorf("%v, alarms %v", err, p.told.letters)
	}
}

func TestEvidenceIsKeptWithItsDigests(t *testing.T) {
	p := onDuty(t)
	p.pages.more = script()
	report := p.bad(Changed)
	for _, name := range []string{"report.json", "03-plain-en-pay.html", "03-plain-en-pay.headers", "SHA256SUMS"} {
		info, err := os.Stat(filepath.Join(report.Evidence, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, err)
		}
	}
	sums, err := os.ReadFile(filepath.Join(report.Evidence, "SHA256SUMS"))
	if err != nil || !strings.Contains(string(sums), visit.Digest([]byte("<p>page</p>"))+"  03-plain-en-pay.html\n") {
		t.Errorf("%s %v", sums, err)
	}
	p.pages.more = nil
	p.good()
	runs, err := os.ReadFile(filepath.Join(p.Folder, "runs.jsonl"))
	if err != nil || strings.Count(string(runs), "\n") != 2 || !strings.Contains(string(runs), `"verdict":"good"`) {
		t.Errorf("%s %v", runs, err)
	}
}

func TestSilenceIsAnAlarm(t *testing.T) {
	p := onDuty(t)
	p.good()
	signed, err := os.ReadFile(p.beat)
	if err != nil {
		t.Fatal(err)
	}
	other := onDuty(t)
	for _, c := range []struct {
		name, signed, key string
		at                time.Duration
		want              error
	}{
		{"fresh", string(signed), p.Key.Public(), 6 * time.Minute, nil},
		{"old", string(signed), p.Key.Public(), 21 * time.Minute, ErrSilent},
		{"from the future", string(signed), p.Key.Public(), -time.Hour, ErrEarly},
		{"made younger", strings.Replace(string(signed), "12:05", "12:25", 1), p.Key.Public(), 26 * time.Minute, ErrNoBeat},
		{"another's", string(signed), other.Key.Public(), 6 * time.Minute, ErrNoBeat},
		{"nothing", "", p.Key.Public(), 6 * time.Minute, ErrNoBeat},
	} {
		if _, err := CheckBeat(c.signed, c.key, noon.Add(c.at), 15*time.Minute); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	p.pages.more = script()
	p.bad(Changed)
	signed, err = os.ReadFile(p.beat)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CheckBeat(string(signed), p.Key.Public(), p.clock.Now(), 15*time.Minute); !errors.Is(err, ErrAlarming) {
		t.Errorf("a prober that raises an alarm: %v", err)
	}
}

// Chats and pagers get the words and the facts; the address, which holds their
// secret, is in no error.
func TestHooksAreToldAndNotNamed(t *testing.T) {
	var got map[string]any
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(text, &got)
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	hook := Hook{secret.New(server.URL + "/secret")}
	report := Report{City: "sampletown", Findings: []Finding{{Kind: manifest.Pay}}}
	if err := hook.Tell(t.Context(), report, Letter{Subject: "ALARM", Text: "what"}); err != nil || got["text"] != "ALARM\n\nwhat" || got["verdict"] != "changed" {
		t.Errorf("%v %v", got, err)
	}
	status = http.StatusInternalServerError
	if err := hook.Tell(t.Context(), report, Letter{}); err == nil {
		t.Error("an alarm that was refused is told")
	}
	server.Close()
	if err := hook.Tell(t.Context(), report, Letter{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A telephone is told that there is an alarm, by a form under a password, and
// nothing that an attacker has written. One that cannot be told keeps no other
// from it.
func TestTextsSayNothingOfWhatWasFound(t *testing.T) {
	p := onDuty(t)
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "AC1" || password != "token" || r.PostFormValue("From") != "+14325550100" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		if r.PostFormValue("To") == "+14325550101" {
			w.WriteHeader(http.StatusBadRequest)
		}
		bodies = append(bodies, r.PostFormValue("Body"))
	}))
	defer server.Close()
	text := Text{Address: secret.New(server.URL), User: "AC1", Password: secret.New("token"), From: "+14325550100", To: []string{"+14325550101", "+14325550102"}}
	p.Tellers = append(p.Tellers, text)
	p.pages.more = script()
	if _, err := p.run(); err == nil || len(bodies) != 2 {
		t.Fatalf("%v, texts %q", err, bodies)
	}
	if body := bodies[1]; !strings.Contains(body, "ALARM") || !strings.Contains(body, "12:05") || strings.Contains(body, "evil") || len(body) > 160 {
		t.Errorf("a text of %d bytes: %s", len(body), body)
	}
}

func TestADeckDealsEachBeforeItDealsAgain(t *testing.T) {
	deck := NewDeck([]string{"a", "b", "c"})
	for range 5 {
		dealt := map[string]bool{deck.Draw(): true, deck.Draw(): true, deck.Draw(): true}
		if len(dealt) != 3 {
			t.Fatalf("dealt %v", dealt)
		}
	}
}
