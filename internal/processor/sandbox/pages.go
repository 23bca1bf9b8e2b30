package sandbox

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

	"clearwell/internal/locale"
)

//go:embed assets
var assets embed.FS

// pages draws what payers see.
type pages struct {
	catalogue *locale.Catalogue
	templates *template.Template
	served    map[string][]byte // assets by address
	Style     asset
	Script    asset
}

// asset is one file that a page loads: its address changes with its content, so
// that it may be kept for ever.
type asset struct{ Address, Integrity string }

func newPages(catalogue *locale.Catalogue) (*pages, error) {
	templates, err := template.ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{catalogue: catalogue, templates: templates, served: map[string][]byte{}}
	if p.Style, err = p.load("sandbox.css"); err != nil {
		return nil, err
	}
	p.Script, err = p.load("fields.js")
	return p, err
}

func (p *pages) load(file string) (asset, error) {
	text, err := assets.ReadFile(path.Join("assets", file))
	if err != nil {
		return asset{}, err
	}
	sum := sha256.Sum256(text)
	address := "/assets/" + hex.EncodeToString(sum[:8]) + "/" + file
	p.served[address] = text
	return asset{address, "sha256-" + base64.StdEncoding.EncodeToString(sum[:])}, nil
}

func (p *pages) serveAsset(w http.ResponseWriter, r *http.Request) {
	text, found := p.served[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	kind := "text/css; charset=utf-8"
	if strings.HasSuffix(r.URL.Path, ".js") {
		kind = "text/javascript; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(text) // a browser that has gone is not our trouble
}

// view is one page to draw.
type view struct {
	Template string
	Status   int
	Lang     locale.Lang
	Policy   policy
	Content  any
}

// drawing is what a template sees.
type drawing struct {
	*locale.Printer
	Style, Script asset
	Is            any
}

// policy is the part of a page's content security policy that differs.
type policy struct {
	Script     bool   // runs our script, which calls us
	FormAction string // where forms may lead, redirects included
	Ancestors  string // who may frame the page
}

func (p policy) String() string {
	parts := []string{"default-src 'none'", "style-src 'self'", "base-uri 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"}
	if p.Script {
		parts = append(parts, "script-src 'self'", "connect-src 'self'")
	}
	return strings.Join(append(parts,
		"form-action "+either(p.FormAction, "'none'"), "frame-ancestors "+either(p.Ancestors, "'none'")), "; ")
}

func either(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (p *pages) draw(w http.ResponseWriter, v view) {
	var page bytes.Buffer
	shown := drawing{p.catalogue.Printer(v.Lang), p.Style, p.Script, v.Content}
	if err := p.templates.ExecuteTemplate(&page, v.Template, shown); err != nil {
		http.Error(w, fmt.Sprintf("drawing %s", v.Template), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.Lang))
	h.Set("Content-Security-Policy", v.Policy.String())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(v.Status)
	_, _ = page.WriteTo(w) // a browser that has gone is not our trouble
}

func language(asked string) locale.Lang {
	if locale.Lang(asked) == locale.Spanish {
		return locale.Spanish
	}
	return locale.English
}
