package gallery

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/city"
	"clearwell/internal/city/colour"
	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
)

// State is one page in one state.
type State struct {
	Name   string // as in its address: "bill-shut-off"
	Render func(Stage) templ.Component
}

// Stage is where a state is shown.
type Stage struct {
	Page   ui.Page
	Origin string // of the gallery, which serves the stand-in for card fields too
}

// StandIn is the address of a page that stands in for a card processor's fields.
const StandIn = "/stand-in"

//go:embed stand-in.js
var standInScript []byte

// Handler serves the states, the index at "/", and the design's assets.
func Handler(catalogue *locale.Catalogue, states []State) (http.Handler, error) {
	assets, err := ui.Handler()
	if err != nil {
		return nil, fmt.Errorf("opening the gallery: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle(ui.AssetPrefix, assets)
	mux.HandleFunc("GET "+StandIn, func(w http.ResponseWriter, r *http.Request) { show(w, r, standIn()) })
	mux.HandleFunc("GET "+StandIn+".js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(standInScript) // the browser left; there is nobody to tell
	})
	mux.HandleFunc("/", leadBack)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, index(Page(catalogue.Printer(locale.English), ""), states))
	})
	for _, lang := range locale.Languages {
		words := catalogue.Printer(lang)
		for _, state := range states {
			mux.HandleFunc("GET "+Address(lang, state.Name), func(w http.ResponseWriter, r *http.Request) {
				show(w, r, state.Render(Stage{Page: Page(words, state.Name), Origin: "http://" + r.Host}))
			})
		}
	}
	return mux, nil
}

// leadBack leads from an address of the program, to which a sample page links or
// sends its form, to the index: nothing stands behind it here. A state that is not
// there is missing.
func leadBack(w http.ResponseWriter, r *http.Request) {
	for _, lang := range locale.Languages {
		if strings.HasPrefix(r.URL.Path, Address(lang, "")) {
			http.NotFound(w, r)
			return
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// Address is where a state is shown in a language.
func Address(lang locale.Lang, name string) string { return "/" + string(lang) + "/" + name }

// show renders a page under the policy of the real ones. The frame is our own
// here, so that the gallery needs no second server.
func show(w http.ResponseWriter, r *http.Request, page templ.Component) {
	policy := ui.Policy{Frames: []string{"'self'"}, Connect: []string{"'self'"}}.String()
	if r.URL.Path == StandIn {
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	templ.Handler(page).ServeHTTP(w, r)
}

// Page is the frame of a page of the fictional town.
func Page(words *locale.Printer, name string) ui.Page {
	page := ui.Page{Words: words, Town: Town(words.Lang()), Release: "sample"}
	for _, lang := range locale.Languages {
		if lang != words.Lang() {
			own := map[locale.Lang]string{locale.English: "English", locale.Spanish: "Español"}
			page.Languages = append(page.Languages, ui.Language{Code: string(lang), Name: own[lang], Address: Address(lang, name)})
		}
	}
	return page
}

// Town is a town that does not exist. Its telephone number is one of those kept
// free for fiction.
func Town(lang locale.Lang) ui.Town {
	in := func(english, spanish string) string {
		return city.Words{locale.English: english, locale.Spanish: spanish}.In(lang)
	}
	return ui.Town{
		Name:    in("City of Sampletown", "Ciudad de Sampletown"),
		Home:    "/",
		Palette: ui.Brand(colour.Colour{R: 0x1a, G: 0x5e, B: 0x8a}),
		Zone:    time.FixedZone("CST", -6*60*60),
		Phone:   "(555) 555-0142",
		Hours:   in("Monday to Friday, 8 a.m. to 5 p.m.", "De lunes a viernes, de 8 a.\u00a0m. a 5 p.\u00a0m."),
		Email:   "water@sampletown.example",
		Street:  "100 Main Street, Sampletown",
		FreeWays: []string{
			in("At City Hall: cash, check or money order", "En el ayuntamiento: efectivo, cheque o giro postal"),
			in("By mail: check or money order", "Por correo: cheque o giro postal"),
			in("Drop box on Elm Street, day and night", "Buzón de la calle Elm, a toda hora"),
		},
		Privacy: "/privacy",
		Login:   "/my",
	}
}
