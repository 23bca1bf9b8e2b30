package markup

import (
	"net"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
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
	at.Fragment, at.Host = "", ascii(at)
	written, err := url.PathUnescape(at.String())
	if err != nil {
		written = at.String()
	}
	return Nameless(written)
}

// ascii is a host as the network knows it: one with a letter that only looks like
// ours ("p\u0430y.town.example") is read by whoever is woken as what it is.
func ascii(at *url.URL) string {
	name, err := idna.Punycode.ToASCII(strings.ToLower(at.Hostname()))
	if err != nil || name == at.Hostname() {
		return at.Host
	}
	if port := at.Port(); port != "" {
		return net.JoinHostPort(name, port)
	}
	return name
}

// Path is the path of an address with the names of visits in braces.
func Path(at *url.URL) string { return Nameless(at.Path) }
