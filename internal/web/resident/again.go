package resident

import (
	"encoding/json"
	"net/url"

	"clearwell/internal/cardscan"
	"clearwell/internal/web"
	"clearwell/internal/web/ui"
)

// mistake is what is wrong with what was sent, and what was sent. It waits in the
// session for the page that shows it: an answer to a form that is itself a page
// makes Back ask whether to send the form again, or fail.
type mistake struct {
	Typed  map[string]string
	Errors []ui.FieldError
	Failed bool // what was typed matches nothing
	// Required is how many answers are needed, where that is more than elsewhere.
	Required int  `json:",omitempty"`
	Shown    bool // only another language may show it once more
}

// shown answers with a page, by whether something on it is wrong.
func (m mistake) shown(v web.View) web.Answer {
	if m.Failed || len(m.Errors) > 0 {
		return web.ShowWrong(v)
	}
	return web.Show(v)
}

// longestTyped is the longest text that any box of ours takes, in bytes.
const longestTyped = 254

// again sends the resident back to a page with what is wrong.
func again(r *web.Request, address string, m mistake) web.Answer {
	for name, text := range m.Typed {
		if len(text) > longestTyped || cardscan.Check(text) != nil { // a long utility account number, or worse
			delete(m.Typed, name)
		}
	}
	keep(r, address, m)
	return web.GoTo(address)
}

func keep(r *web.Request, address string, m mistake) {
	text, err := json.Marshal(m)
	if err == nil {
		r.Session.Remember(mistakeName(address), string(text))
	}
}

// mistaken gives what is wrong with what was sent to the page at an address,
// once, and once more when the resident asks for the page in another language.
func mistaken(r *web.Request, address string) mistake {
	var m mistake
	text := r.Session.Take(mistakeName(address))
	if text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return mistake{}
	}
	if m.Shown && !asksLanguage(r.URL.Query()) {
		return mistake{}
	}
	if m.Shown {
		m.Errors = nil // they were written in the other language
	}
	m.Shown = true
	keep(r, address, m)
	return m
}

func asksLanguage(query url.Values) bool { return query.Has("lang") }

func mistakeName(address string) string { return "mistake " + address }
