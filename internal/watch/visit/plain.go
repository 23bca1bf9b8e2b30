package visit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/markup"
)

// Plain walks by HTTP alone. What a page would only do in a browser it does not
// see; what a page shows to browsers only, it does.
type Plain struct {
	Transport http.RoundTripper // http.DefaultTransport where nil
	Agent     string            // what it says it is
}

const (
	mostPage = 4 << 20 // bytes of one answer
	patience = 30 * time.Second
)

// Walk asks for each page of the path.
func (p Plain) Walk(ctx context.Context, errand Errand) ([]Sight, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a jar for cookies: %w", err)
	}
	w := &walk{Plain: p, errand: errand, known: map[string]string{}}
	w.client = &http.Client{Jar: jar, Timeout: patience, Transport: noting{w}}
	var seen []Sight
	next, err := w.request(ctx, http.MethodGet, errand.Start, errand.From, nil)
	for _, kind := range errand.Kinds() {
		if err != nil {
			return seen, err
		}
		sight, at, asked := w.see(ctx, kind, next)
		if asked != nil {
			return seen, asked
		}
		seen = append(seen, sight)
		if kind != manifest.Pay {
			next, err = w.onward(ctx, sight, at)
			continue
		}
		next, err = w.request(ctx, http.MethodGet, at.String(), at.String(), nil)
	}
	return seen, err
}

// walk is one walk under way.
type walk struct {
	Plain
	errand  Errand
	client  *http.Client
	cookies []manifest.Fact   // set so far
	known   map[string]string // digests of files, by path
}

// noting keeps the cookies that answers set on the way, those of redirects too.
type noting struct{ *walk }

// RoundTrip asks, and notes.
func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	transport := n.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	answer, err := transport.RoundTrip(r)
	if err == nil {
		for _, fact := range markup.Headers(http.Header{"Set-Cookie": answer.Header.Values("Set-Cookie")}, nil) {
			n.cookies = append(n.cookies, fact)
		}
	}
	return answer, err
}

func (w *walk) request(ctx context.Context, method, address, referer string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", address, err)
	}
	r.Header.Set("User-Agent", w.Agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Accept-Language", languages(w.errand.Language))
	if referer != "" {
		r.Header.Set("Referer", referer)
	}
	if method == http.MethodPost {
		at := r.URL
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin(at))
	}
	return r, nil
}

// languages is what browsers of people who read a language say.
func languages(language string) string {
	if language == "en" {
		return "en-US,en;q=0.9"
	}
	return language + "-US," + language + ";q=0.9,en-US;q=0.8,en;q=0.7"
}

// ask sends a request and reads the answer.
func (w *walk) ask(r *http.Request) (*http.Response, []byte, error) {
	answer, err := w.client.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("asking for %s: %w", r.URL.Path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostPage))
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", r.URL.Path, err)
	}
	return answer, body, nil
}

// see asks for a page and reads what it has, and what its files hold.
func (w *walk) see(ctx context.Context, kind manifest.Kind, r *http.Request) (Sight, *url.URL, error) {
	answer, body, err := w.ask(r)
	if err != nil {
		return Sight{}, nil, err
	}
	at := answer.Request.URL
	facts, err := markup.Read(body, at)
	if err != nil {
		return Sight{}, nil, err
	}
	facts = append(facts, w.files(ctx, facts, at)...)
	facts = append(facts, markup.Headers(answer.Header, w.errand.Ignored)...)
	facts = append(facts, w.cookies...)
	return Sight{Kind: kind, Path: markup.Path(at), Facts: manifest.Sorted(facts), Header: answer.Header, HTML: body}, at, nil
}

// files fetches what the page loads from its own origin. What cannot be had has
// no digest, and so is not what the manifest says.
func (w *walk) files(ctx context.Context, facts []manifest.Fact, at *url.URL) []manifest.Fact {
	var all []manifest.Fact
	for _, fact := range facts {
		path, ok := file(fact)
		if !ok {
			continue
		}
		if _, known := w.known[path]; !known {
			w.known[path] = w.fetch(ctx, path, at)
		}
		all = append(all, manifest.Fact{Subject: manifest.File, Name: path, Value: w.known[path]})
	}
	return all
}

// file is the path of a file of the portal's own that a fact names.
func file(fact manifest.Fact) (string, bool) {
	switch fact.Subject {
	case manifest.Script, manifest.Style, manifest.Picture:
		return fact.Name, strings.HasPrefix(fact.Name, "/")
	case manifest.Hint:
		path, ok := strings.CutPrefix(fact.Name, "preload ")
		return path, ok && strings.HasPrefix(path, "/")
	}
	return "", false
}

func (w *walk) fetch(ctx context.Context, path string, at *url.URL) string {
	to, err := at.Parse(path)
	if err != nil {
		return "no address"
	}
	r, err := w.request(ctx, http.MethodGet, to.String(), at.String(), nil)
	if err != nil {
		return "no address"
	}
	answer, body, err := w.ask(r)
	switch {
	case err != nil:
		return "no answer"
	case answer.StatusCode != http.StatusOK:
		return "status " + answer.Status
	}
	return Digest(body)
}

// Digest is how the content of a file is written: SHA-256 in hexadecimal.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// onward fills in the form of a page.
func (w *walk) onward(ctx context.Context, sight Sight, at *url.URL) (*http.Request, error) {
	form, err := readForm(bytes.NewReader(sight.HTML), w.errand.Fields)
	if err != nil {
		return nil, fmt.Errorf("%s page: %w", sight.Kind, err)
	}
	to, err := at.Parse(form.action)
	if err != nil {
		return nil, fmt.Errorf("%s page: reading the form's address: %w", sight.Kind, err)
	}
	return w.request(ctx, http.MethodPost, to.String(), at.String(), form.values)
}
