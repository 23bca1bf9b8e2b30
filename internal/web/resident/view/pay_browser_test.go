package view

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
	"clearwell/internal/web/ui/gallery"
	"clearwell/internal/web/webtest"
	"clearwell/internal/web/weight"
)

// fields plays the processor's half of the talk, from its own origin. How it
// answers "submit" is up to each test.
const fields = `<!doctype html><html lang="en"><title>Card</title><h1>Card</h1><script>
  const page = %q;
  const tell = (message) => window.parent.postMessage(message, page);
  let asked = 0;
  window.addEventListener("message", (event) => {
    if (event.origin !== page) return;
    if (event.data.type === "clearwell.hello") greet();
    if (event.data.type === "clearwell.submit") { asked++; %s }
  });
  const greet = () => { tell({type: "clearwell.ready"}); tell({type: "clearwell.height", height: 333}); };
  greet();
</script>`

// payPage is a portal with one pay page, a processor with its frame, and what
// was posted.
type payPage struct {
	*webtest.Tab
	address string

	mu     sync.Mutex
	posted []url.Values
}

func openPayPage(t *testing.T, onSubmit string) *payPage {
	t.Helper()
	p := &payPage{Tab: webtest.Open(t)}
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := ui.Handler()
	if err != nil {
		t.Fatal(err)
	}
	var portal, company *httptest.Server
	company = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, fields, portal.URL, onSubmit)
	}))
	t.Cleanup(company.Close)
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPrefix, assets)
	mux.HandleFunc("POST /sample", p.take)
	mux.HandleFunc("GET /pay", func(w http.ResponseWriter, r *http.Request) {
		view := samplePay(gallery.Stage{Page: gallery.Page(catalogue.Printer(locale.English), "pay"), Origin: company.URL})
		view.Frame.URL = company.URL + "/fields"
		w.Header().Set("Content-Security-Policy", ui.Policy{Frames: []string{company.URL}}.String())
		templ.Handler(view.HTML()).ServeHTTP(w, r)
	})
	portal = httptest.NewServer(mux)
	t.Cleanup(portal.Close)
	p.address = portal.URL + "/pay"
	return p
}

func (p *payPage) take(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := r.ParseForm(); err == nil {
		p.posted = append(p.posted, r.PostForm)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!doctype html><html lang="en"><title>taken</title>`)
}

func (p *payPage) forms() []url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.posted)
}

func TestPayPageSendsTheTokenOnce(t *testing.T) {
	p := openPayPage(t, `setTimeout(() => { tell({type: "clearwell.token", token: "tok_" + asked}); tell({type: "clearwell.token", token: "tok_again"}); }, 50)`)
	p.Go(p.address)
	p.Await(`document.querySelector("iframe").style.height === "333px"`)
	p.Do(chromedp.SendKeys("#email", "maria@example.com"))
	webtest.Ask[bool](p.Tab, `(() => { const b = document.querySelector("[data-card-button]"); b.click(); b.click(); b.click(); return true; })()`)
	p.Await(`document.title === "taken"`)
	forms := p.forms()
	if len(forms) != 1 {
		t.Fatalf("the form was sent %d times", len(forms))
	}
	want := url.Values{"visit": {"vis_01sample"}, FieldEmail: {"maria@example.com"}, FieldCardToken: {"tok_1"}, FieldHow: {HowFields}}
	if got := forms[0].Encode(); got != want.Encode() {
		t.Errorf("sent %s, want %s", got, want.Encode())
	}
	for _, said := range p.Complaints() {
		t.Errorf("the browser complained: %s", said)
	}
}

func TestPayPageSaysWhatIsWrongAndTriesAgain(t *testing.T) {
	p := openPayPage(t, `tell(asked === 1 ? {type: "clearwell.invalid"} : {type: "clearwell.token", token: "tok_" + asked})`)
	p.Go(p.address)
	p.Do(chromedp.Click("[data-card-button]"))
	p.Await(`!document.querySelector('[data-card-message="invalid"]').hidden`)
	if n := len(p.forms()); n != 0 {
		t.Fatalf("the form was sent %d times before there was a token", n)
	}
	p.Do(chromedp.Click("[data-card-button]"))
	p.Await(`document.title === "taken"`)
	if got := p.forms()[0].Get(FieldCardToken); got != "tok_2" {
		t.Errorf("token %q, want tok_2", got)
	}
}

// A wrong e-mail address is told before the card is taken, which would have to be
// typed again.
func TestPayPageAsksForTheAddressBeforeTheCard(t *testing.T) {
	p := openPayPage(t, `tell({type: "clearwell.token", token: "tok_" + asked})`)
	p.Go(p.address)
	p.Do(chromedp.SendKeys("#email", "maria at example"), chromedp.Click("[data-card-button]"))
	p.Await(`!document.querySelector('[data-card-message="email"]').hidden && document.activeElement.id === "email"`)
	webtest.Ask[string](p.Tab, `document.querySelector("#email").value = ""`)
	p.Do(chromedp.Click("[data-card-button]"))
	p.Await(`document.title === "taken"`)
	if got := p.forms()[0].Get(FieldCardToken); got != "tok_1" {
		t.Errorf("token %q, want the first that was asked for", got)
	}
}

// Enter in the card fields is the button.
func TestPayPageTakesEnterForTheButton(t *testing.T) {
	p := openPayPage(t, `tell({type: "clearwell.token", token: "tok_" + asked})`)
	p.Go(p.address)
	p.Await(`document.querySelector("iframe").style.height === "333px"`)
	webtest.Ask[bool](p.Tab, `(() => {
		const frame = document.querySelector("iframe"), origin = document.querySelector("[data-card-fields]").dataset.origin;
		window.dispatchEvent(new MessageEvent("message", {data: {type: "clearwell.enter"}, origin, source: frame.contentWindow}));
		return true;
	})()`)
	p.Await(`document.title === "taken"`)
	if forms := p.forms(); len(forms) != 1 || forms[0].Get(FieldCardToken) != "tok_1" {
		t.Errorf("sent %v", forms)
	}
}

// The second way is folded while the first works, and opened when it does not.
func TestPayPageFoldsTheSecondWay(t *testing.T) {
	p := openPayPage(t, ``)
	p.Go(p.address)
	p.Await(`!document.querySelector("[data-second-way]").open`)
	if got := webtest.Ask[string](p.Tab, `document.querySelector("summary").innerText.trim()`); got != "Trouble with this form?" {
		t.Errorf("the second way is headed %q", got)
	}
}

// A token counts only from the frame's window and origin, and only when asked for.
func TestPayPageTrustsNobodyElse(t *testing.T) {
	p := openPayPage(t, ``)
	p.Go(p.address)
	p.Await(`document.querySelector("iframe").style.height === "333px"`)
	webtest.Ask[bool](p.Tab, `(async () => {
		const frame = document.querySelector("iframe");
		const origin = document.querySelector("[data-card-fields]").dataset.origin;
		const evil = (init) => window.dispatchEvent(new MessageEvent("message", {data: {type: "clearwell.token", token: "evil"}, ...init}));
		evil({origin, source: frame.contentWindow}); // not asked for
		document.querySelector("[data-card-button]").click();
		evil({origin: location.origin, source: window});
		evil({origin, source: window});
		evil({origin: "https://evil.example", source: frame.contentWindow});
		window.postMessage({type: "clearwell.token", token: "evil"}, "*");
		await new Promise((done) => {
			window.addEventListener("message", (event) => event.data === "last" && done());
			window.postMessage("last", "*");
		});
		return true;
	})()`)
	if got := webtest.Ask[string](p.Tab, `document.querySelector("[data-card-token]").value`); got != "" {
		t.Errorf("the page took the token %q", got)
	}
	if n := len(p.forms()); n != 0 {
		t.Errorf("the form was sent %d times", n)
	}
}

// What a skimmer on our page could read, if one came there: never the card.
func TestPayPageHoldsNoCard(t *testing.T) {
	p := openPayPage(t, ``)
	p.Go(p.address)
	names := webtest.Ask[[]string](p.Tab, `[...document.querySelectorAll("input, select, textarea")].map((f) => f.name)`)
	if want := []string{"visit", FieldEmail, FieldCardToken}; !slices.Equal(names, want) {
		t.Errorf("the page has fields %v, want %v", names, want)
	}
	if !webtest.Ask[bool](p.Tab, `document.querySelector("iframe").contentDocument === null`) {
		t.Error("the page can read the frame")
	}
	blocked := webtest.Ask[bool](p.Tab, `(() => { try { document.body.innerHTML += "<b>x</b>"; return false; } catch { return true; } })()`)
	if !blocked {
		t.Error("a script can turn text into markup")
	}
}

func TestPayPageWithoutScripts(t *testing.T) {
	p := openPayPage(t, ``)
	p.Scripts(false)
	p.Go(p.address)
	p.Do(chromedp.WaitNotVisible("iframe"), chromedp.SendKeys("#email", "maria@example.com"), chromedp.Click(`button[value="page"]`))
	p.Scripts(true)
	p.Await(`document.title === "taken"`)
	if got := p.forms()[0]; got.Get(FieldHow) != HowPage || got.Get(FieldEmail) != "maria@example.com" || got.Get(FieldCardToken) != "" {
		t.Errorf("sent %s", got.Encode())
	}
}

// The first visit of the pay page: what our origin sends, as it goes over the
// wire, and how often it is asked. A real browser says what belongs to a visit,
// so that what is weighed is what is fetched. The processor's frame is the
// processor's.
func TestPayPageIsLight(t *testing.T) {
	const mostBytes, mostRequests = 60_000, 8
	p := openPayPage(t, ``)
	p.Go(p.address)
	p.Await(`document.fonts.status === "loaded" && document.readyState === "complete"`)
	page, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.address, nil)
	if err != nil {
		t.Fatal(err)
	}
	visit, err := weight.Of(&http.Client{Transport: &http.Transport{DisableCompression: true}}, page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.asked(), visit.Paths()); diff != "" {
		t.Errorf("what is weighed is not what a browser fetches (-browser +weighed):\n%s", diff)
	}
	t.Logf("%d bytes in %d requests", visit.Packed(), len(visit))
	if visit.Packed() > mostBytes || len(visit) > mostRequests || len(visit) < 5 {
		t.Errorf("the pay page takes %d bytes in %d requests, at most %d in %d", visit.Packed(), len(visit), mostBytes, mostRequests)
	}
}

// asked lists what the browser has asked our origin for, each once, sorted.
func (p *payPage) asked() []string {
	own := strings.TrimSuffix(p.address, "/pay")
	var all []string
	for _, address := range p.Requests() {
		if path, ours := strings.CutPrefix(address, own); ours {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
