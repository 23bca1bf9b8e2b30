package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
)

func manifest(t *testing.T) []Asset {
	t.Helper()
	listed, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return listed
}

func TestManifestStatesTheFilesThatAreThere(t *testing.T) {
	stated := map[string]bool{}
	for _, asset := range manifest(t) {
		name := filepath.Base(asset.Path)
		stated[name] = true
		content, err := os.ReadFile(filepath.Join("assets", name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:]); got != asset.SHA256 {
			t.Errorf("%s: sha256 %s, manifest says %s", name, got, asset.SHA256)
		}
		if !strings.Contains(name, "."+asset.SHA256[:10]+".") {
			t.Errorf("%s does not carry the mark of its content, %s", name, asset.SHA256[:10])
		}
		if got := integrity(content); got != asset.Integrity {
			t.Errorf("%s: integrity %s, manifest says %s", name, got, asset.Integrity)
		}
		if len(content) != asset.Size {
			t.Errorf("%s: %d bytes, manifest says %d", name, len(content), asset.Size)
		}
	}
	for _, name := range namesIn(t, "assets") {
		bare := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		if !stated[bare] && name != "manifest.json" && name != "icons.json" && name != "LICENSES.md" {
			t.Errorf("assets/%s is not in the manifest", name)
		}
	}
}

func TestPackedFilesHoldTheSame(t *testing.T) {
	for _, asset := range manifest(t) {
		name := filepath.Join("assets", filepath.Base(asset.Path))
		if filepath.Ext(name) == ".woff2" {
			continue
		}
		plain := read(t, name)
		packed := read(t, name+".br")
		if len(packed) != asset.Compressed {
			t.Errorf("%s.br: %d bytes, manifest says %d", name, len(packed), asset.Compressed)
		}
		if got := unpack(t, brotli.NewReader(bytes.NewReader(packed))); !bytes.Equal(got, plain) {
			t.Errorf("%s.br holds something else", name)
		}
		reader, err := gzip.NewReader(bytes.NewReader(read(t, name+".gz")))
		if err != nil {
			t.Fatal(err)
		}
		if got := unpack(t, reader); !bytes.Equal(got, plain) {
			t.Errorf("%s.gz holds something else", name)
		}
	}
}

// The assets are built by node from the sources beside them. Whoever has node
// and the packages learns here that a source was changed and not built.
func TestAssetsAreCurrent(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed; cannot rebuild the assets to compare")
	}
	if _, err := os.Stat("build/node_modules/sass"); err != nil {
		t.Skip("run `npm ci` in internal/web/ui/build to compare the assets with their sources")
	}
	check := exec.Command("node", "build.js", "--check")
	check.Dir = "build"
	if said, err := check.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}

func TestHandlerServesWhatTheBrowserTakes(t *testing.T) {
	tests := []struct {
		name, path, accept, encoding, mediaType string
	}{
		{"brotli", Style, "gzip, deflate, br", "br", "text/css; charset=utf-8"},
		{"gzip", Style, "gzip", "gzip", "text/css; charset=utf-8"},
		{"plain", Style, "", "", "text/css; charset=utf-8"},
		{"brotli refused", Style, "br;q=0, gzip;q=0.5", "gzip", "text/css; charset=utf-8"},
		{"all refused", Style, "br;q=0.000, gzip;q=0", "", "text/css; charset=utf-8"},
		{"script", PayScript, "br", "br", "text/javascript; charset=utf-8"},
		{"drawing", Emblem, "br", "br", "image/svg+xml"},
		{"font is packed already", FontRegular, "br, gzip", "", "font/woff2"},
		{"town's style sheet", Brand(parsed(t, "#1a6fa8")).Stylesheet(), "br", "", "text/css; charset=utf-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := get(t, test.path, "Accept-Encoding", test.accept)
			if answer.StatusCode != http.StatusOK {
				t.Fatalf("status %d", answer.StatusCode)
			}
			want := map[string]string{
				"Content-Encoding":             test.encoding,
				"Content-Type":                 test.mediaType,
				"Cache-Control":                "public, max-age=31536000, immutable",
				"X-Content-Type-Options":       "nosniff",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Vary":                         "Accept-Encoding",
				"Content-Security-Policy":      "default-src 'none'; sandbox",
			}
			got := map[string]string{}
			for name := range want {
				got[name] = answer.Header.Get(name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if body := unpack(t, answer.Body); len(body) == 0 {
				t.Error("no content")
			}
		})
	}
}

func TestHandlerAnswersNotModified(t *testing.T) {
	first := get(t, Style, "Accept-Encoding", "br")
	again := get(t, Style, "Accept-Encoding", "br", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d, want 304", again.StatusCode)
	}
	other := get(t, Style, "Accept-Encoding", "gzip", "If-None-Match", first.Header.Get("ETag"))
	if other.StatusCode != http.StatusOK {
		t.Errorf("another packing has the same tag: status %d", other.StatusCode)
	}
}

func TestHandlerServesNothingElse(t *testing.T) {
	paths := []string{
		"/assets/", "/assets/manifest.json", "/assets/LICENSES.md", "/assets/app.css", Style + ".br",
		"/assets/../assets.go", "/assets/brand/", "/assets/brand/zzzzzz.0000000000.css",
		"/assets/brand/1a6fa8.0000000000.css", "/assets/brand/fff.css",
	}
	for _, path := range paths {
		if answer := get(t, path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: status %d, want 404", path, answer.StatusCode)
		}
	}
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, Style, nil))
	if recorder.Code != http.StatusNotFound {
		t.Errorf("POST: status %d, want 404", recorder.Code)
	}
}

// A policy that forbids everything inline is worth nothing if a style sheet or
// script needs what it forbids.
func TestAssetsStayWithinThePolicy(t *testing.T) {
	for _, asset := range manifest(t) {
		content := string(read(t, filepath.Join("assets", filepath.Base(asset.Path))))
		switch filepath.Ext(asset.Path) {
		case ".css":
			for _, word := range []string{"data:", "@import", "http:", "https:", "expression("} {
				if strings.Contains(content, word) {
					t.Errorf("%s contains %q", asset.Path, word)
				}
			}
		case ".js":
			for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc", "createElement", "XMLHttpRequest", "DOMParser", "sendBeacon", "import("} {
				if strings.Contains(content, word) {
					t.Errorf("%s contains %q", asset.Path, word)
				}
			}
		}
	}
	if content := string(read(t, filepath.Join("assets", filepath.Base(PayScript)))); strings.Contains(content, "fetch(") {
		t.Error("the script of the pay page talks to the network; its policy allows it nothing to talk to")
	}
}

func get(t *testing.T, path string, headers ...string) *http.Response {
	t.Helper()
	handler, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.URL.Path = path
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func unpack(t *testing.T, reader io.Reader) []byte {
	t.Helper()
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
