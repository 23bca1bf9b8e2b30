// Package weight counts what the first visit of a page takes: how many requests
// and how many bytes on the wire, for a browser that has kept nothing.
//
// It asks the real server for the page and for everything of the same origin
// that the page names: style sheets, scripts, pictures, icons, and the fonts of
// its style sheets. Pictures that a style sheet names are not among them, since a
// browser fetches those only where an element is that shows them; a test with a
// real browser compares its requests with ours.
//
// It owns nothing, and never follows a link to another origin.
package weight

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Fetched is one address that a first visit asks for.
type Fetched struct {
	Path   string
	Packed int // bytes on the wire for a browser of today, headers included
	Plain  int // the same for a client that unpacks nothing
}

// Visit is all that a first visit asks for, the page first.
type Visit []Fetched

// Packed is all bytes on the wire.
func (v Visit) Packed() int {
	sum := 0
	for _, f := range v {
		sum += f.Packed
	}
	return sum
}

// Plain is all bytes had nothing been packed.
func (v Visit) Plain() int {
	sum := 0
	for _, f := range v {
		sum += f.Plain
	}
	return sum
}

// Paths lists what was asked for, sorted.
func (v Visit) Paths() []string {
	var all []string
	for _, f := range v {
		all = append(all, f.Path)
	}
	slices.Sort(all)
	return all
}

// What browsers send that speak HTTPS to the proxy in front of us.
const accepted = "gzip, deflate, br, zstd"

// Of visits a page. The client must not unpack by itself (DisableCompression);
// host and headers of the request go with everything that the page names.
func Of(client *http.Client, page *http.Request) (Visit, error) {
	var visit Visit
	waiting, known := []*url.URL{page.URL}, map[string]bool{page.URL.Path: true}
	for len(waiting) > 0 {
		next := waiting[0]
		waiting = waiting[1:]
		fetched, text, err := fetch(client, page, next)
		if err != nil {
			return visit, fmt.Errorf("fetching %s: %w", next.Path, err)
		}
		visit = append(visit, fetched)
		for _, name := range named(next.Path, text) {
			address, err := next.Parse(name)
			if err != nil || address.Host != page.URL.Host || address.Scheme != page.URL.Scheme || known[address.Path] {
				continue
			}
			known[address.Path] = true
			waiting = append(waiting, address)
		}
	}
	return visit, nil
}

// fetch asks twice, as a browser and as a client that unpacks nothing.
func fetch(client *http.Client, page *http.Request, address *url.URL) (Fetched, []byte, error) {
	packed, _, err := ask(client, page, address, accepted)
	if err != nil {
		return Fetched{}, nil, err
	}
	plain, text, err := ask(client, page, address, "identity")
	return Fetched{address.Path, packed, plain}, text, err
}

// ErrMissing: the page, or something that it names, is not served.
var ErrMissing = errors.New("it is not there")

// ask gives the bytes of an answer, head and body, and its body.
func ask(client *http.Client, page *http.Request, address *url.URL, accept string) (onWire int, body []byte, err error) {
	req := page.Clone(page.Context())
	req.URL = address
	req.Header.Set("Accept-Encoding", accept)
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	head, err := httputil.DumpResponse(res, false)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: %s", ErrMissing, res.Status)
	}
	return len(head) + len(body), body, err
}

var (
	// Of our own pages, whose attributes stand in double quotes.
	inPage = regexp.MustCompile(`<(?:link|script|img|source|use)\b[^>]*?\s(?:href|src)="([^"#]+)`)
	// A link to another page in another language is not fetched.
	notFetched = regexp.MustCompile(`<link\b[^>]*\srel="(?:alternate|canonical|next|prev)"[^>]*>`)
	inSheet    = regexp.MustCompile(`url\(["']?([^"')]+\.woff2)["']?\)`)
)

// named lists the addresses that a text makes a browser fetch.
func named(path string, text []byte) []string {
	form := inPage
	switch {
	case strings.HasSuffix(path, ".css"):
		form = inSheet
	case strings.HasSuffix(path, ".js"), strings.HasSuffix(path, ".svg"), strings.HasSuffix(path, ".woff2"):
		return nil
	}
	var all []string
	for _, match := range form.FindAllSubmatch(notFetched.ReplaceAll(text, nil), -1) {
		all = append(all, strings.ReplaceAll(string(match[1]), "&amp;", "&"))
	}
	return all
}
