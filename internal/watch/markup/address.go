package markup

import (
	"net/url"
	"regexp"
	"strings"
)

// identifier is what names a visit, a quote or a payment: three letters and what
// cannot be guessed.
var identifier = regexp.MustCompile(`\b([a-z]{3})_[0-9a-z]{16,}`)

// Nameless writes what one visit has in braces: "/pay/{quo}".
func Nameless(address string) string { return identifier.ReplaceAllString(address, "{$1}") }

// address writes an address as a fact has it: without the page's own origin and
// without what differs between visits.
func (r *reader) address(text string) string {
	at, err := r.at.Parse(strings.TrimSpace(text))
	if err != nil {
		return text
	}
	if at.Scheme == r.at.Scheme && at.Host == r.at.Host {
		at.Scheme, at.Host, at.User = "", "", nil
	}
	at.Fragment = ""
	written, err := url.PathUnescape(at.String())
	if err != nil {
		written = at.String()
	}
	return Nameless(written)
}

// Path is the path of an address with the names of visits in braces.
func Path(at *url.URL) string { return Nameless(at.Path) }
