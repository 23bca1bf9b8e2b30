package view

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"clearwell/internal/locale"
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
