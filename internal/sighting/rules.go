package sighting

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Enough is from how many networks a report must come before people are told of
// it: one may be one computer's own trouble.
const Enough = 2

// mostShapes bounds how many new shapes a town's reports may have in a day. What
// comes beyond is counted with all else of its kind.
const mostShapes = 100

// extensions are schemes of what stands in a browser and not in a page.
var extensions = []string{
	"chrome-extension", "moz-extension", "safari-extension", "safari-web-extension", "webkit-masked-url", "ms-browser-extension",
	"user-script", "chrome", "resource", "edge",
}

// originOf tells an extension by what the browser names of it. A page cannot load
// from these schemes, and a skimmer that could write one into the report has
// nothing to hide behind: what it did is refused all the same.
func originOf(blocked, source string) Origin {
	for _, address := range []string{blocked, source} {
		scheme, _, _ := strings.Cut(address, ":")
		if slices.Contains(extensions, strings.ToLower(scheme)) {
			return Extension
		}
	}
	return Page
}

// kindOf is the protection that has a directive.
func kindOf(directive string) Kind {
	switch directive {
	case "require-trusted-types-for", "trusted-types":
		return TrustedTypes
	}
	return Policy
}

// shape names what reports have in common that are counted together: an address
// counts by its origin, since each skimmed page may name another path, and who
// did it does not count, since a browser says it now and then.
func (r Report) shape(manifest string) string {
	text := fmt.Sprintf("%q", []string{string(r.Kind), string(r.Origin), r.Directive, root(r.Blocked), r.Page, manifest})
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// root is the scheme and host of an address, and all of what is none.
func root(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// crowd is the report that stands for those of too many shapes.
func (r Report) crowd() Report {
	return Report{Kind: r.Kind, Origin: r.Origin, Directive: "…", Blocked: "…", Page: "…", Sample: "{}"}
}

// grave reports whether people are to be told.
func (s Sighting) grave() bool {
	return s.Report.Origin == Page && s.AlarmedAt.IsZero() && (s.Report.Kind == Integrity || s.Networks >= Enough)
}

// met adds a network to those that are known, up to [Enough].
func met(known []string, digest string) []string {
	if len(known) >= Enough || slices.Contains(known, digest) {
		return known
	}
	return append(slices.Clone(known), digest)
}
