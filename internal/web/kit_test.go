package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/web"
	"clearwell/internal/web/resident"
)

// towns are two, at hosts and paths of their own.
type towns []*city.City

func (t towns) ByHost(host string) (*city.City, error) {
	return t.at(host)
}
func (t towns) ByPath(segment string) (*city.City, error) {
	return t.at("pay." + segment + ".example")
}
func (t towns) All() []*city.City { return t }

func (t towns) at(host string) (*city.City, error) {
	for _, c := range t {
		if c.Hosts[0] == host {
			return c, nil
		}
	}
	return nil, city.ErrUnknown
}

type silence struct{}

func (silence) Raise(context.Context, id.City, web.Alarm, string) {}

func twoTowns(t testing.TB) towns {
	t.Helper()
	file, err := city.Parse(city.ExampleName, city.Example())
	if err != nil {
		t.Fatal(err)
	}
	other := file
	other.City, other.Path, other.Hosts = "otherville", "otherville", []string{"pay.otherville.example"}
	other.Name = city.Words{locale.English: "Otherville"}
	other.Languages = []locale.Lang{locale.English}
	return towns{{File: file}, {File: other}}
}

// hang puts a door into a kit.
func hang(t testing.TB, routes web.Routes, change func(*web.Config)) http.Handler {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := web.Config{
		Catalogue: catalogue, Towns: twoTowns(t), Clock: clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)), Log: slog.New(slog.DiscardHandler),
		Sessions: memstore.NewWithCleanupInterval(0), Sorry: resident.Sorry{}, Alarms: silence{}, Release: "r1-of-the-program",
	}
	if change != nil {
		change(&cfg)
	}
	kit, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return kit.Handler(routes)
}

func ask(door http.Handler, target string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w
}

// where tells which town a request is for, by going to an address of it.
func where(r *web.Request) (web.Answer, error) {
	return web.GoTo(string(r.Town.City()) + " " + r.Absolute("/x")), nil
}

func TestTownsByHostAndByPath(t *testing.T) {
	const shared = "https://demo.example:8443"
	byHost := hang(t, web.Routes{"GET /where": where}, func(c *web.Config) { c.Secure = true })
	byPort := hang(t, web.Routes{"GET /where": where}, func(c *web.Config) { c.Port = "8080" })
	byPath := hang(t, web.Routes{"GET /where": where}, func(c *web.Config) { c.Shared, c.Secure = shared, true })
	plainly := hang(t, web.Routes{"GET /where": where}, func(c *web.Config) { c.Shared = "http://demo.example:80" })
	tests := []struct {
		door   http.Handler
		target string
		want   string // empty for unknown
	}{
		{byHost, "https://pay.sampletown.example/where", "sampletown https://pay.sampletown.example/x"},
		{byHost, "https://pay.otherville.example/where", "otherville https://pay.otherville.example/x"},
		{byHost, "https://pay.nowhere.example/where", ""},
		{byHost, "https://127.0.0.1/sampletown/where", ""},
		{byHost, "https://PAY.sampletown.example:443/where", "sampletown https://pay.sampletown.example/x"},
		{byHost, "https://pay.sampletown.example:8443/where", ""}, // the port would go into return addresses
		{byHost, "https://pay.sampletown.example:80/where", ""},
		{byPort, "http://pay.sampletown.example:8080/where", "sampletown http://pay.sampletown.example:8080/x"},
		{byPort, "http://pay.sampletown.example/where", ""},
		{byPath, shared + "/sampletown/where", "sampletown " + shared + "/sampletown/x"},
		{byPath, "https://DEMO.example:8443/otherville/where", "otherville " + shared + "/otherville/x"},
		{byPath, "https://evil.example:8443/otherville/where", ""}, // DNS rebinding
		{byPath, "https://demo.example/otherville/where", ""},
		{byPath, "https://127.0.0.1:8443/otherville/where", ""},
		{byPath, shared + "/nowhere/where", ""},
		{byPath, shared + "/sampletown", "/sampletown/"},
		{plainly, "http://demo.example/sampletown/where", "sampletown http://demo.example:80/sampletown/x"},
	}
	for _, test := range tests {
		w := ask(test.door, test.target, nil)
		if got := w.Header().Get("Location"); got != test.want || test.want == "" && w.Code != http.StatusNotFound {
			t.Errorf("%s leads to %q with %d, want %q", test.target, got, w.Code, test.want)
		}
	}
	if w := ask(byPath, "https://evil.example:8443/", nil); w.Code != http.StatusNotFound {
		t.Errorf("the list of towns is shown at any host: %d", w.Code)
	}
	if w := ask(byPath, shared+"/", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `href="/otherville/"`) {
		t.Errorf("the list of towns: %d\n%s", w.Code, w.Body)
	}
}

// What one town's visit remembers another town's never sees, though they share
// a cookie.
// The list of a host's towns, and what is missing there, had no mark of practice.
// Where a town of the host takes real money, neither may say that none moves.
func TestASharedHostSaysWhetherItIsForPractice(t *testing.T) {
	const shared, mark = "https://demo.example:8443", `class="cw-ribbon"`
	for _, mode := range []city.Mode{city.Sandbox, city.Live} {
		door := hang(t, web.Routes{"GET /where": where}, func(c *web.Config) {
			c.Shared, c.Secure = shared, true
			c.Towns.(towns)[1].Processor.Mode = mode
		})
		for _, path := range []string{"/", "/nowhere", "/nowhere/where"} {
			if said := strings.Contains(ask(door, shared+path, nil).Body.String(), mark); said != (mode == city.Sandbox) {
				t.Errorf("beside a town that is %s, %s is marked: %v", mode, path, said)
			}
		}
		if !strings.Contains(ask(door, shared+"/sampletown/nowhere", nil).Body.String(), mark) {
			t.Errorf("beside a town that is %s, the practice town is not marked", mode)
		}
		if strings.Contains(ask(door, "https://pay.nowhere.example/", nil).Body.String(), mark) {
			t.Error("a host of nobody is marked")
		}
	}
}

func TestSessionsDoNotCrossTowns(t *testing.T) {
	door := hang(t, web.Routes{
		"GET /keep": func(r *web.Request) (web.Answer, error) {
			r.Session.Remember("thing", "kept")
			return web.GoTo("/"), nil
		},
		"GET /tell": func(r *web.Request) (web.Answer, error) { return web.GoTo("told:" + r.Session.Recall("thing")), nil },
	}, func(c *web.Config) { c.Shared = "http://127.0.0.1" })
	cookie := ask(door, "http://127.0.0.1/sampletown/keep", nil).Result().Cookies()[0]
	for town, want := range map[string]string{"sampletown": "told:kept", "otherville": "told:"} {
		w := ask(door, "http://127.0.0.1/"+town+"/tell", func(r *http.Request) { r.AddCookie(cookie) })
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%s is %s", town, got)
		}
	}
}

func TestCookiesAndTransportWhenSecure(t *testing.T) {
	keep := web.Routes{"GET /keep": func(r *web.Request) (web.Answer, error) {
		r.Session.Remember("thing", "kept")
		return web.GoTo("/"), nil
	}}
	for _, secure := range []bool{true, false} {
		w := ask(hang(t, keep, func(c *web.Config) { c.Secure = secure }), "http://pay.sampletown.example/keep", nil)
		cookie := w.Result().Cookies()[0]
		name := map[bool]string{true: "__Host-visit", false: "visit"}[secure]
		if cookie.Name != name || cookie.Secure != secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("secure %v: %s", secure, cookie)
		}
		if got := w.Header().Get("Strict-Transport-Security"); strings.HasPrefix(got, "max-age=63072000") != secure {
			t.Errorf("secure %v: Strict-Transport-Security is %q", secure, got)
		}
	}
}

func TestErrorsBecomePages(t *testing.T) {
	tests := map[string]struct {
		answer func() error
		status int
		says   string
	}{
		"a refusal":      {func() error { return city.ErrNumberMalformed.With("Example", "004217-001") }, http.StatusUnprocessableEntity, "004217-001"},
		"unknown":        {func() error { return city.ErrUnknown }, http.StatusNotFound, ""},
		"too often":      {func() error { return resident.ErrTooOften }, http.StatusTooManyRequests, "too many tries"},
		"something else": {func() error { return errors.New("secret detail") }, http.StatusInternalServerError, ""},
		"a panic":        {func() error { panic("secret detail") }, http.StatusInternalServerError, ""},
	}
	for name, test := range tests {
		door := hang(t, web.Routes{"GET /x": func(*web.Request) (web.Answer, error) { return web.Answer{}, test.answer() }}, nil)
		w := ask(door, "http://pay.sampletown.example/x", nil)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) || strings.Contains(w.Body.String(), "secret detail") {
			t.Errorf("%s gets %d:\n%s", name, w.Code, w.Body)
		}
	}
}

func TestStatusOfEveryKind(t *testing.T) {
	seen := map[int]bool{}
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		status := web.Status(kind)
		if (status == http.StatusInternalServerError) != (kind == fault.Internal) || status < 400 {
			t.Errorf("%s has status %d", kind, status)
		}
		seen[status] = true
	}
	if len(seen) < 7 {
		t.Errorf("there are %d statuses", len(seen))
	}
}

func TestNetworkBelievesOurProxiesOnly(t *testing.T) {
	tests := []struct{ remote, forwarded, want string }{
		{"203.0.113.7:999", "", "203.0.113.7/32"},
		{"203.0.113.7:999", "198.51.100.1", "203.0.113.7/32"},
		{"10.1.2.3:999", "198.51.100.1", "198.51.100.1/32"},
		{"10.1.2.3:999", "192.0.2.66, 198.51.100.1", "198.51.100.1/32"},
		{"10.1.2.3:999", "nonsense", "10.1.2.3/32"},
		{"10.1.2.3:999", "198.51.100.1:4321", "198.51.100.1/32"},
		{"10.1.2.3:999", "[2001:db8:1:2ff::5]:4321", "2001:db8:1:200::/56"},
		{"10.1.2.3:999", "[2001:db8:1:2ff::5]", "2001:db8:1:200::/56"},
		{"10.1.2.3:999", "::ffff:198.51.100.1", "198.51.100.1/32"},
		{"10.1.2.3:999", "192.0.2.66, 198.51.100.1, 10.9.9.9", "198.51.100.1/32"},
		{"10.1.2.3:999", "10.9.9.9, 198.51.100.1, 10.9.9.9:80, 10.8.8.8", "198.51.100.1/32"},
		{"10.1.2.3:999", "198.51.100.1, unknown, 10.9.9.9", "10.9.9.9/32"},
		{"10.1.2.3:999", "10.7.7.7", "10.7.7.7/32"},
		{"[2001:db8:1:2ff::5]:999", "", "2001:db8:1:200::/56"},
	}
	network := web.Routes{"GET /x": func(r *web.Request) (web.Answer, error) { return web.GoTo("n:" + r.Network().String()), nil }}
	door := hang(t, network, func(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, test := range tests {
		w := ask(door, "http://pay.sampletown.example/x", func(r *http.Request) {
			r.RemoteAddr = test.remote
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-For", test.forwarded)
			}
		})
		if got := w.Header().Get("Location"); got != "n:"+test.want {
			t.Errorf("%s behind %q is %s, want %s", test.remote, test.forwarded, got, test.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	door := hang(t, web.Routes{"GET /x": func(r *web.Request) (web.Answer, error) { return web.GoTo("l:" + string(r.Words.Lang())), nil }}, nil)
	tests := []struct{ town, query, cookie, header, want string }{
		{"sampletown", "", "", "", "en"},
		{"sampletown", "", "", "es-MX,en;q=0.5", "es"},
		{"sampletown", "", "en", "es-MX", "en"},
		{"sampletown", "?lang=es", "en", "", "es"},
		{"sampletown", "?lang=xx", "", "es", "es"},
		{"otherville", "?lang=es", "", "es", "en"}, // does not offer it
	}
	for _, test := range tests {
		w := ask(door, "http://pay."+test.town+".example/x"+test.query, func(r *http.Request) {
			r.Header.Set("Accept-Language", test.header)
			if test.cookie != "" {
				r.AddCookie(&http.Cookie{Name: "lang", Value: test.cookie})
			}
		})
		if got := w.Header().Get("Location"); got != "l:"+test.want {
			t.Errorf("%+v gives %s", test, got)
		}
	}
}

// Whatever is not there has one answer, whatever it looks like and however it is
// asked for.
func TestUnknownHasOneAnswer(t *testing.T) {
	door := hang(t, web.Routes{"GET /x": where, "POST /x": where}, nil)
	const at = "http://pay.sampletown.example"
	nothing := ask(door, at+"/nothing", nil)
	told := func(w *httptest.ResponseRecorder) bool {
		return w.Code != nothing.Code || w.Body.String() != nothing.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(nothing.Header())
	}
	for _, target := range []string{"/assets/nothing.js", "/assets/", "/assets/brand/fff.css", "/logo/none.svg", "/hooks/sandbox", "/hooks//x", "//x"} {
		if w := ask(door, at+target, nil); told(w) {
			t.Errorf("GET %s gets %d, and not what nothing gets", target, w.Code)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
		for _, target := range []string{"/nothing", "/assets/app.js", "/assets/nothing.js"} {
			if w := ask(door, at+target, func(r *http.Request) { r.Method = method }); told(w) {
				t.Errorf("%s %s gets %d, and not what nothing gets", method, target, w.Code)
			}
		}
	}
	if strings.Contains(nothing.Body.String(), "r1-of") {
		t.Error("the page says which release it is of")
	}
}

// The town's logo is a picture at an address that names its content.
func TestLogo(t *testing.T) {
	door := hang(t, nil, nil)
	page := ask(door, "http://pay.sampletown.example/nowhere", nil).Body.String()
	_, after, found := strings.Cut(page, `"/logo/`)
	if !found {
		t.Fatalf("the page has no logo:\n%s", page)
	}
	mark, _, _ := strings.Cut(after, `"`)
	w := ask(door, "http://pay.sampletown.example/logo/"+mark, nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(w.Body.String(), "<svg") {
		t.Errorf("the logo: %d %s", w.Code, w.Header())
	}
	if w := ask(door, "http://pay.sampletown.example/logo/other.svg", nil); w.Code != http.StatusNotFound {
		t.Errorf("another logo gets %d", w.Code)
	}
}

// Beside a fee stands how to pay none, by the town's own rules.
func TestFreeWays(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "At our counter, 100 Main Street, Sampletown, TX 78600: card, cash, check and money order",
		"es": "En nuestra ventanilla, 100 Main Street, Sampletown, TX 78600: tarjeta, efectivo, cheque y giro postal (money order)",
	} {
		shown := ""
		door := hang(t, web.Routes{"GET /x": func(r *web.Request) (web.Answer, error) {
			shown = strings.Join(r.Page().Town.FreeWays, "\n")
			return web.GoTo("/"), nil
		}}, nil)
		ask(door, "http://pay.sampletown.example/x?lang="+lang, nil)
		if !strings.HasPrefix(shown, want+"\n") {
			t.Errorf("%s: %q", lang, shown)
		}
	}
}
