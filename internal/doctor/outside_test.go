package doctor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
)

// portal answers as one should. Each test takes one thing away.
type portal struct {
	headers map[string]string
	server  *httptest.Server
	clk     *clock.Manual
	change  func(w http.ResponseWriter, r *http.Request) (done bool)
}

const digest = "8b3e41a0"

func stand(t *testing.T) *portal {
	t.Helper()
	p := &portal{clk: clock.NewManual(clock.System().Now()), headers: map[string]string{
		"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy": "camera=(), microphone=()", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=63072000",
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	}}
	p.server = httptest.NewTLSServer(p)
	t.Cleanup(p.server.Close)
	return p
}

func (p *portal) outside() Outside {
	client := Client()
	client.Transport = p.server.Client().Transport
	return Outside{Client: client, Start: p.server.URL + "/", Release: digest, Clock: p.clk}
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range p.headers {
		w.Header().Set(name, value)
	}
	if p.change != nil && p.change(w, r) {
		return
	}
	switch {
	case r.Host == "elsewhere.example":
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPost && r.Header.Get("Origin") != "":
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case r.URL.Path == "/":
		http.SetCookie(w, &http.Cookie{Name: "lang", Value: "en", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	case r.URL.Path == "/assurance":
		w.Write([]byte("<code>8b3e<wbr>41a0</code>"))
	case r.URL.Path == "/.well-known/security.txt":
		w.Write([]byte("Contact: mailto:a@b.example\r\nExpires: " + p.clk.Now().Add(time.Hour).Format(time.RFC3339) + "\r\nCanonical: " + p.server.URL + r.URL.Path + "\r\n"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// found makes the one check of that name.
func found(ctx context.Context, t *testing.T, checks []Check, name string) Finding {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return Run(ctx, time.Time{}, "", []Check{c}).Findings[0]
		}
	}
	t.Fatalf("there is no check %s", name)
	return Finding{}
}

func TestAPortalAsItShouldBeIsGood(t *testing.T) {
	p := stand(t)
	for _, f := range Run(t.Context(), p.clk.Now(), digest, p.outside().Checks()).Findings {
		if f.State != Good || f.Next != "" || f.Saw == "" {
			t.Errorf("%+v", f)
		}
	}
}

// faults are what each check must find. A check without one fails the test.
func faults() map[string][]func(*portal) {
	header := func(name, value string) func(*portal) { return func(p *portal) { p.headers[name] = value } }
	instead := func(path string, answer http.HandlerFunc) func(*portal) {
		return func(p *portal) {
			p.change = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != path && path != "" {
					return false
				}
				answer(w, r)
				return true
			}
		}
	}
	fine := func(http.ResponseWriter, *http.Request) {}
	says := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) }
	}
	return map[string][]func(*portal){
		"outside.tls":     {func(p *portal) { p.clk.Advance(365 * 100 * 24 * time.Hour) }},
		"outside.headers": {header("X-Frame-Options", "SAMEORIGIN"), header("Strict-Transport-Security", "max-age=0"), header("Cache-Control", "public")},
		"outside.policy":  {header("Content-Security-Policy", "default-src *"), func(p *portal) { p.headers["Content-Security-Policy"] += "; img-src *" }},
		"outside.cookies": {instead("/", func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "lang", Value: "en"})
		})},
		"outside.banner":        {header("Server", "nginx/1.18"), header("X-Powered-By", "JSP/2.3")},
		"outside.unknown":       {instead("/server-status", fine), instead("/admin", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.Write([]byte("nginx")) })},
		"outside.foreign_host":  {instead("/", fine)},
		"outside.foreign_form":  {instead("/", fine)},
		"outside.card_refused":  {instead("/", fine)},
		"outside.security_text": {instead("/.well-known/security.txt", fine), instead("/.well-known/security.txt", says("Contact: mailto:a@b.example\r\nExpires: 2020-01-01T00:00:00Z\r\n"))},
		"outside.release":       {instead("/assurance", says("another"))},
		"outside.clock":         {func(p *portal) { p.clk.Advance(time.Minute) }},
	}
}

func TestEachOutsideCheckFindsItsFault(t *testing.T) {
	for _, c := range (Outside{}).Checks() {
		if len(faults()[c.Name]) == 0 {
			t.Errorf("nobody has tried to fail %s", c.Name)
		}
		for i, spoil := range faults()[c.Name] {
			p := stand(t)
			spoil(p)
			if f := found(t.Context(), t, p.outside().Checks(), c.Name); f.State != Bad || f.Next == "" {
				t.Errorf("%s, fault %d: %+v", c.Name, i, f)
			}
		}
	}
}

// What could not be seen is not good, and one bad finding makes a report bad.
func TestWhatWasNotSeenIsNotGood(t *testing.T) {
	p := stand(t)
	o := p.outside()
	p.server.Close()
	report := Run(t.Context(), p.clk.Now(), digest, o.Checks())
	for _, f := range report.Findings {
		if f.State != Unseen {
			t.Errorf("%+v", f)
		}
	}
	for _, c := range []struct {
		states []State
		want   State
	}{{nil, Unseen}, {[]State{Good}, Good}, {[]State{Good, Look}, Look}, {[]State{Unseen, Look}, Unseen}, {[]State{Bad, Unseen}, Bad}, {[]State{""}, Bad}} {
		r := Report{}
		for _, s := range c.states {
			r.Findings = append(r.Findings, Finding{State: s})
		}
		if got := r.Worst(); got != c.want {
			t.Errorf("%v is %s, want %s", c.states, got, c.want)
		}
	}
	if text := report.Text(); !strings.Contains(text, "step 5 of docs/threats.md") || !strings.Contains(text, "0 of 12 are good") {
		t.Errorf("the report reads:\n%s", text)
	}
}
