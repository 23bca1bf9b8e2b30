package weight_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/web/weight"
)

const page = `<!doctype html><html><head>
<link rel="alternate" hreflang="es" href="/?lang=es"><link rel="canonical" href="/elsewhere">
<link rel="stylesheet" href="/a/app.css"><link rel="icon" href="/a/emblem.svg">
<script defer integrity="sha384-x" src="/a/enhance.js"></script></head>
<body><img alt="" src="/a/logo.svg"><img alt="" src="/a/logo.svg"><svg><use href="#tower"></use></svg>
<script src="https://cards.example/fields.js"></script><a href="/bill">Bill</a><iframe src="/frame"></iframe></body></html>`

// files are what a small portal serves; "packed " stands for a packing.
func files(missing string) http.Handler {
	mux := http.NewServeMux()
	for path, text := range map[string]string{
		"/": page, "/a/app.css": `@font-face{src:url(./sans.woff2)}.box{background:url(./tick.svg)}`, "/a/emblem.svg": "<svg/>",
		"/a/enhance.js": "var x = '<img src=\"/no.svg\">'", "/a/logo.svg": "<svg></svg>", "/a/sans.woff2": strings.Repeat("w", 1000),
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path != path || path == missing:
				http.NotFound(w, r)
			case path == "/a/app.css" && strings.Contains(r.Header.Get("Accept-Encoding"), "br"):
				w.Header().Set("Content-Encoding", "br")
				fmt.Fprint(w, "packed")
			default:
				fmt.Fprint(w, text)
			}
		})
	}
	return mux
}

func visit(t *testing.T, missing string) (weight.Visit, error) {
	t.Helper()
	server := httptest.NewServer(files(missing))
	t.Cleanup(server.Close)
	first, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return weight.Of(&http.Client{Transport: &http.Transport{DisableCompression: true}}, first)
}

func TestAVisitIsThePageAndWhatItNames(t *testing.T) {
	made, err := visit(t, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/", "/a/app.css", "/a/emblem.svg", "/a/enhance.js", "/a/logo.svg", "/a/sans.woff2"}
	if diff := cmp.Diff(want, made.Paths()); diff != "" {
		t.Errorf("fetched (-want +got):\n%s", diff)
	}
	if least := len(page) + 1000; made.Packed() < least || made.Plain() <= made.Packed() {
		t.Errorf("%d bytes packed, %d plain, at least %d", made.Packed(), made.Plain(), least)
	}
}

func TestAVisitWithSomethingMissingHasNoWeight(t *testing.T) {
	for _, missing := range []string{"/", "/a/sans.woff2"} {
		_, err := visit(t, missing)
		if !errors.Is(err, weight.ErrMissing) {
			t.Errorf("without %s: %v, want %v", missing, err, weight.ErrMissing)
		}
	}
}
