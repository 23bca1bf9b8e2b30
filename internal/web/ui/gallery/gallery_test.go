package gallery

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
)

func TestGalleryShowsEachStateInEachLanguage(t *testing.T) {
	handler := open(t)
	for address, says := range map[string]string{
		"/":         `href="/es/hello"`,
		"/en/hello": `<h1>Pay your utility bill</h1>`,
		"/es/hello": `<h1>Pague su factura de servicios</h1>`,
		StandIn:     `src="/stand-in.js"`,
		ui.Style:    `--brand`,
	} {
		if answer := get(handler, address); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), says) {
			t.Errorf("GET %s: status %d, without %s", address, answer.Code, says)
		}
	}
	if answer := get(handler, "/en/other"); answer.Code != http.StatusNotFound {
		t.Errorf("a state that is not there: status %d", answer.Code)
	}
}

// The links of a sample page to "My bills" and to the privacy notice led nowhere.
func TestEveryLinkOfASamplePageLeadsSomewhere(t *testing.T) {
	handler := open(t)
	links := regexp.MustCompile(`<a [^>]*href="(/[^"]*)"`).FindAllStringSubmatch(get(handler, "/en/framed").Body.String(), -1)
	if len(links) < 3 {
		t.Fatalf("the page has the links %q", links)
	}
	for _, link := range links {
		answer := get(handler, link[1])
		if answer.Code == http.StatusSeeOther {
			answer = get(handler, answer.Header().Get("Location"))
		}
		if answer.Code != http.StatusOK {
			t.Errorf("%s: status %d", link[1], answer.Code)
		}
	}
}

func TestGalleryKeepsTheRealPolicy(t *testing.T) {
	handler := open(t)
	policy := get(handler, "/en/hello").Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %s", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy is loose: %q", policy)
	}
}

func open(t *testing.T) http.Handler {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := Handler(catalogue, []State{{Name: "hello", Render: hello}, {Name: "framed", Render: framed}})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func hello(s Stage) templ.Component {
	return templ.Raw("<h1>" + s.Page.Words.T("resident.find.title") + "</h1>")
}

// framed is nothing but what surrounds every page.
func framed(s Stage) templ.Component { return ui.Layout(s.Page, nil) }

func get(handler http.Handler, address string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, address, nil))
	return recorder
}
