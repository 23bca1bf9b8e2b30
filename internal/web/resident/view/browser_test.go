package view

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
	"clearwell/internal/web/ui/gallery"
	"clearwell/internal/web/webtest"
)

// Every page in every state and language, in a real browser: nothing for axe to
// find, nothing for the content policy to refuse, nothing beyond the edge of a
// small telephone. With CLEARWELL_PICTURES set to a folder, pictures go there.
func TestPagesInABrowser(t *testing.T) {
	tab, address := openGallery(t)
	pictures := os.Getenv("CLEARWELL_PICTURES")
	for _, lang := range locale.Languages {
		for _, state := range States() {
			tab.Size(1280, 900)
			tab.Go(address + gallery.Address(lang, state.Name))
			if wide := tab.Overflow(); wide != "" {
				t.Errorf("%s/%s at 1280 pixels: too wide: %s", lang, state.Name, wide)
			}
			picture(t, pictures, string(lang)+"-"+state.Name+"-1280.png", tab.Screenshot)
			tab.Size(320, 640)
			if wide := tab.Overflow(); wide != "" {
				t.Errorf("%s/%s at 320 pixels: too wide: %s", lang, state.Name, wide)
			}
			picture(t, pictures, string(lang)+"-"+state.Name+"-320.png", tab.Screenshot)
			if wide := largeLetters(tab); wide != "" {
				t.Errorf("%s/%s at 320 pixels with letters of 200 %%: too wide: %s", lang, state.Name, wide)
			}
			picture(t, pictures, string(lang)+"-"+state.Name+"-200.png", tab.Screenshot)
			webtest.Ask[string](tab, `document.documentElement.style.fontSize = ""`)
			for _, said := range tab.Complaints() {
				t.Errorf("%s/%s: the browser complained: %s", lang, state.Name, said)
			}
			for _, found := range tab.Axe() {
				t.Errorf("%s/%s: %s", lang, state.Name, found)
			}
		}
	}
	tab.Go(address + gallery.Address(locale.English, "receipt-sandbox"))
	picture(t, pictures, "receipt.pdf", tab.PDF)
}

// largeLetters doubles all letters (WCAG 1.4.4) and names what then reaches past
// the edge, or lies on something else in the header.
func largeLetters(tab *webtest.Tab) string {
	webtest.Ask[string](tab, `document.documentElement.style.fontSize = "200%"`)
	if wide := tab.Overflow(); wide != "" {
		return wide
	}
	return webtest.Ask[string](tab, `(() => {
		const boxes = [...document.querySelectorAll(".cw-town__name, .cw-town__logo, .cw-language")].map((e) => e.getBoundingClientRect());
		const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
		const logo = document.querySelector(".cw-town__logo").getBoundingClientRect();
		if (Math.abs(logo.width - logo.height) > 1) return "the logo is squeezed";
		return boxes.every((a, i) => boxes.every((b, j) => i === j || apart(a, b))) ? "" : "the header lies on itself";
	})()`)
}

func openGallery(t *testing.T) (*webtest.Tab, string) {
	t.Helper()
	tab := webtest.Open(t)
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := gallery.Handler(catalogue, States())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return tab, server.URL
}

func picture(t *testing.T, folder, name string, take func() []byte) {
	t.Helper()
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), take(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A receipt is one sheet of paper in either language.
func TestReceiptPrintsOnOneSheet(t *testing.T) {
	tab, address := openGallery(t)
	sheet := regexp.MustCompile(`/Type\s*/Page\b`)
	for _, lang := range locale.Languages {
		for _, name := range []string{"receipt", "receipt-sandbox", "receipt-posted"} {
			tab.Go(address + gallery.Address(lang, name))
			if n := len(sheet.FindAll(tab.PDF(), -1)); n != 1 {
				t.Errorf("%s/%s prints on %d sheets", lang, name, n)
			}
		}
	}
}

// The waiting page moves on by itself once the answer is known, with scripts and
// without, whether the answer stands at its own address or leads elsewhere: two
// looks after it is known it is shown.
func TestWaitingMovesOn(t *testing.T) {
	const waits = 2 // looks at which nothing is known
	for _, elsewhere := range []bool{true, false} {
		for _, scripts := range []bool{true, false} {
			t.Run(fmt.Sprintf("elsewhere %v, scripts %v", elsewhere, scripts), func(t *testing.T) {
				tab := webtest.Open(t)
				var looks atomic.Int32
				server := serve(t, func(words *locale.Printer, mux *http.ServeMux) {
					decided := func(w http.ResponseWriter, _ *http.Request) {
						fmt.Fprint(w, `<!doctype html><html lang="en"><title>decided</title>`)
					}
					mux.HandleFunc("GET /payment", func(w http.ResponseWriter, r *http.Request) {
						switch n := looks.Add(1); {
						case n <= waits:
							page := gallery.Page(words, "waiting")
							page.Refresh = time.Second
							templ.Handler(Waiting{Page: page, Address: "/payment"}.HTML()).ServeHTTP(w, r)
						case elsewhere:
							http.Redirect(w, r, "/decided", http.StatusSeeOther)
						default:
							decided(w, r)
						}
					})
					mux.HandleFunc("GET /decided", decided)
				})
				tab.Scripts(scripts)
				tab.Go(server.URL + "/payment")
				tab.Await(`document.title === "decided"`)
				if n := looks.Load(); n <= waits || n > waits+2 {
					t.Errorf("decided after %d looks, %d of them in vain", n, waits)
				}
			})
		}
	}
}

// However often the button is pressed, a form goes once.
func TestConsentIsSentOnce(t *testing.T) {
	tab := webtest.Open(t)
	var sent atomic.Int32
	release := make(chan struct{})
	server := serve(t, func(words *locale.Printer, mux *http.ServeMux) {
		mux.HandleFunc("GET /review", func(w http.ResponseWriter, r *http.Request) {
			templ.Handler(sampleReview(gallery.Page(words, "review")).HTML()).ServeHTTP(w, r)
		})
		mux.HandleFunc("POST /sample", func(w http.ResponseWriter, _ *http.Request) {
			sent.Add(1)
			<-release // the answer takes its time
			fmt.Fprint(w, `<!doctype html><html lang="en"><title>taken</title>`)
		})
	})
	tab.Go(server.URL + "/review")
	busy := webtest.Ask[string](tab, `(() => {
		const button = document.querySelector("form .usa-button");
		for (let i = 0; i < 5; i++) button.click();
		return button.getAttribute("aria-busy") + " " + document.querySelector("[data-sending]").checkVisibility();
	})()`)
	close(release)
	tab.Await(`document.title === "taken"`)
	if n := sent.Load(); n != 1 || busy != "true true" {
		t.Errorf("sent %d times; the button was busy, and the page said so: %s", n, busy)
	}
}

// serve opens a small portal with the design's assets, in English.
func serve(t *testing.T, routes func(*locale.Printer, *http.ServeMux)) *httptest.Server {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := ui.Handler()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPrefix, assets)
	routes(catalogue.Printer(locale.English), mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}
