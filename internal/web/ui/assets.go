package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// AssetPrefix is where [Handler] is to be mounted.
const AssetPrefix = "/assets/"

//go:embed assets
var embedded embed.FS

// Asset is one file of the design as the manifest states it.
type Asset struct {
	Path       string `json:"path"`       // address, with the mark of its content
	SHA256     string `json:"sha256"`     // hex, of the bytes before compression
	Integrity  string `json:"integrity"`  // subresource integrity, sha384
	Size       int    `json:"size"`       // bytes
	Compressed int    `json:"compressed"` // bytes on the wire with Brotli, or Size where packing gains nothing
}

// Manifest lists every asset, for whoever compares what a browser received with
// what was sent.
func Manifest() ([]Asset, error) {
	raw, err := embedded.ReadFile("assets/manifest.json")
	if err != nil {
		return nil, fmt.Errorf("reading the asset manifest: %w", err)
	}
	var listed struct{ Files []Asset }
	if err := json.Unmarshal(raw, &listed); err != nil {
		return nil, fmt.Errorf("reading the asset manifest: %w", err)
	}
	return listed.Files, nil
}

// Handler serves the assets and the towns' style sheets below [AssetPrefix], and
// nothing else.
func Handler() (http.Handler, error) {
	assets, err := Load()
	return assets.Before(http.NotFoundHandler()), err
}

// Assets is what there is to serve.
type Assets struct{ known map[string]Asset }

// Load reads which assets there are.
func Load() (Assets, error) {
	listed, err := Manifest()
	if err != nil {
		return Assets{}, err
	}
	known := make(map[string]Asset, len(listed))
	for _, asset := range listed {
		known[asset.Path] = asset
	}
	return Assets{known}, nil
}

// Before serves the assets and the towns' style sheets below [AssetPrefix]. An
// address names its content, so that every answer may be kept for a year. What
// is not there goes on to next: there is no answer of its own for it.
func (a Assets) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asset, stored := a.known[r.URL.Path]
		palette, branded := brandOf(r.URL.Path)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			next.ServeHTTP(w, r)
		case branded:
			send(w, r, contentType(r.URL.Path), mark(palette.CSS()), palette.CSS())
		case stored:
			serveAsset(w, r, asset)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func serveAsset(w http.ResponseWriter, r *http.Request, asset Asset) {
	name := "assets/" + path.Base(asset.Path)
	encoding, suffix := negotiate(r.Header.Get("Accept-Encoding"))
	content, err := fs.ReadFile(embedded, name+suffix)
	if err != nil { // a font: already packed
		encoding = ""
		content, err = fs.ReadFile(embedded, name)
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	send(w, r, contentType(name), asset.SHA256, content)
}

// send answers with content that may be kept for ever. Ranges are not offered:
// the largest file is smaller than one window of TCP.
func send(w http.ResponseWriter, r *http.Request, mediaType, mark string, content []byte) {
	header := w.Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	tag := `"` + mark[:16] + header.Get("Content-Encoding") + `"`
	header.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(content) // the browser left; there is nobody to tell
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}

// negotiate picks the best packing that the browser takes: Brotli, then gzip.
// A packing with q=0 is one it refuses.
func negotiate(accept string) (encoding, suffix string) {
	taken := map[string]bool{}
	for offer := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(offer, ";")
		q, _ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		taken[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(q, "0.") != "" || q == ""
	}
	switch {
	case taken["br"]:
		return "br", ".br"
	case taken["gzip"]:
		return "gzip", ".gz"
	}
	return "", ""
}
