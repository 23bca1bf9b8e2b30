package web

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"clearwell/internal/id"
	"clearwell/internal/web/ui"
)

// ReportPath is where browsers report, below a town's base, what they refused on
// its pages.
const ReportPath = "/browser-reports"

const (
	reportGroup = "pages"  // name of the endpoint in headers
	mostReport  = 64 << 10 // bytes of one request; one report has a thousand
)

// Reports hears what a browser reports of a city's pages, and never answers.
type Reports func(ctx context.Context, r BrowserReport)

// BrowserReport is what a browser sent, as it came: nobody has looked for card
// numbers in it.
type BrowserReport struct {
	City      id.City
	Network   netip.Prefix
	MediaType string
	Body      []byte
	Manifest  string // names all that our pages are made of
}

// IsReport reports whether a request brings reports of a browser. Another site
// cannot have browsers send these media types: they ask first, and are not
// answered.
func IsReport(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, ReportPath) && r.URL.RawQuery == "" &&
		(kind == "application/csp-report" || kind == "application/reports+json")
}

// reports hands reports over. Whatever comes of it, the answer is the same and
// empty.
func (k *Kit) reports(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		town := sceneOf(r).town
		if k.cfg.Reports == nil || !town.Known() || r.URL.Path != ReportPath || !IsReport(r) {
			next.ServeHTTP(w, r)
			return
		}
		sceneOf(r).route = "POST " + ReportPath
		if body, err := io.ReadAll(r.Body); err == nil {
			k.cfg.Reports(r.Context(), BrowserReport{town.City(), k.network(r), r.Header.Get("Content-Type"), body, k.manifest})
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		w.WriteHeader(http.StatusNoContent)
	})
}

// reporting asks browsers to report what they refuse on a page of a town's. By
// the header of endpoints they are asked over TLS only, as they listen to it only
// there; a policy that names both is reported by it alone.
func (k *Kit) reporting(p ui.Policy, r *http.Request) ui.Policy {
	town := sceneOf(r).town
	if k.cfg.Reports == nil || !town.Known() {
		return p
	}
	p.Reports = town.Base + ReportPath
	if k.cfg.Secure {
		p.Group = reportGroup
	}
	return p
}
