package web_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"clearwell/internal/cardscan"
	"clearwell/internal/web"
)

// seeds are requests as they come over the network, good and bad.
func seeds() []string {
	const to = " HTTP/1.1\r\nHost: pay.sampletown.example\r\n"
	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	return []string{
		"GET /" + to + "\r\n", "GET /?lang=es" + to + "Cookie: lang=en; visit=x\r\nAccept-Language: es;q=0.5, *\r\n\r\n",
		"POST /take/a" + to + form + "Content-Length: 13\r\n\r\nname=4242+4242", "POST /take/a" + to + form + "Content-Length: 31\r\n\r\nname=4242424242424242&utility=12",
		"POST /take/a?x=4242a4242b4242c4242" + to + form + "Content-Length: 3\r\n\r\na=b", "POST /take/4242424242424242" + to + form + "Content-Length: 0\r\n\r\n",
		"POST /take/a" + to + form + "Transfer-Encoding: chunked\r\n\r\n9\r\nname=4242\r\nc\r\n424242424242\r\n0\r\n\r\n",
		"POST /take/a" + to + form + "Content-Length: 40\r\n\r\nname=%34%32424242%2534%253242424242424242", "POST /take/a" + to + form + "Content-Length: 9\r\n\r\nname=%zz;",
		"POST /take/a" + to + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 60\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n",
		"POST /take/a" + to + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "HEAD /assets/app.css" + to + "Accept-Encoding: gzip, br;q=0\r\nIf-None-Match: W/\"x\"\r\n\r\n",
		"GET //%2e%2e/%00/\xff" + to + "\r\n", "GET http://other.example/ HTTP/1.0\r\n\r\n", "OPTIONS *" + to + "\r\n",
		"GET /" + to + "X-Forwarded-For: 1.2.3.4, [2001:db8::1]:443,, unknown, fe80::1%eth0\r\n\r\n", "GET /logo/x.svg" + to + "Range: bytes=0-18446744073709551615\r\n\r\n",
		"POST /take/a" + to + form + "Sec-Fetch-Site: cross-site\r\nOrigin: null\r\nContent-Length: 1\r\n\r\na",
	}
}

// plainCard is sixteen digits that begin as a card's: a judge of its own, apart
// from the one that the guard asks.
var plainCard = regexp.MustCompile(`[456][0-9]{15}`)

// FuzzRequest reads whatever comes as a request, and serves it through all that
// stands before a door: no answer is an error of ours, each has its policy, and
// no card number reaches the door, or comes back.
func FuzzRequest(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	var taken []string
	door := hang(f, web.Routes{
		"GET /{$}": func(r *web.Request) (web.Answer, error) { return web.GoTo(r.Address("/")), nil },
		"POST /take/{name}": func(r *web.Request) (web.Answer, error) {
			taken = append(taken, handed(r.Request)...)
			r.Session.Remember("x", r.PostFormValue("name"))
			return web.GoTo(r.Address("/")), nil
		},
	}, func(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")} })
	f.Fuzz(func(t *testing.T, sent string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(sent)))
		if err != nil {
			return // the server has refused it
		}
		r.RemoteAddr, taken = "10.0.0.1:1000", nil
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%q gets %d with the policy %q", sent, w.Code, w.Header().Get("Content-Security-Policy"))
		}
		if got := cardIn(append(taken, w.Body.String())); got != "" {
			t.Errorf("%q brings %q to the door, or back", sent, got)
		}
	})
}

// handed is all of a request that a door reads.
func handed(r *http.Request) []string {
	all := []string{r.URL.Path, r.URL.RawQuery}
	for name, values := range r.Form {
		all = append(all, name, strings.Join(values, " "))
	}
	return all
}

// cardIn finds a card number, by what it looks like and by its check digit.
func cardIn(texts []string) string {
	for _, text := range texts {
		for _, match := range plainCard.FindAllString(text, -1) {
			if cardscan.Contains([]byte(match)) {
				return match
			}
		}
	}
	return ""
}

// The judgement of FuzzRequest hears a door that nothing stands before.
func TestAnUnguardedDoorIsHeard(t *testing.T) {
	heard := 0
	for _, sent := range seeds() {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(sent)))
		if err != nil {
			continue
		}
		_ = r.ParseForm() // what is not a form reads as an empty one
		if cardIn(handed(r)) != "" {
			heard++
		}
	}
	if heard < 3 {
		t.Errorf("%d of the seeds bring a card number to a door without a guard", heard)
	}
	if cardIn([]string{url.QueryEscape("4242 4242 4242 4242"), "4242424242424243", "order 12"}) != "" {
		t.Error("what is no card number, or is disguised, is heard")
	}
}
