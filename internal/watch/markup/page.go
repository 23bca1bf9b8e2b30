package markup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"clearwell/internal/watch/manifest"
)

// Read lists what a page has. at is the page's own address: what lies at its
// origin is written without it.
func Read(page []byte, at *url.URL) ([]manifest.Fact, error) {
	root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, fmt.Errorf("reading a page: %w", err)
	}
	r := &reader{at: at}
	for node := range root.Descendants() {
		if node.Type == html.ElementNode {
			r.element(element{node})
		}
	}
	return manifest.Sorted(r.facts), nil
}

type reader struct {
	at    *url.URL
	facts []manifest.Fact
}

func (r *reader) note(subject manifest.Subject, name, value string) {
	r.facts = append(r.facts, manifest.Fact{Subject: subject, Name: name, Value: value})
}

// element is one tag.
type element struct{ *html.Node }

func (e element) get(name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (e element) value(name string) string {
	text, _ := e.get(name)
	return strings.TrimSpace(text)
}

// text is what stands directly in the tag.
func (e element) text() string {
	var b strings.Builder
	for child := range e.ChildNodes() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

func (r *reader) element(e element) {
	r.attributes(e)
	switch e.Data {
	case "script":
		r.script(e)
	case "style":
		r.note(manifest.InlineStyle, "style "+digest(e.text()), "")
	case "link":
		r.link(e)
	case "iframe", "frame", "object", "embed", "portal", "fencedframe", "applet":
		r.frame(e)
	case "form":
		r.note(manifest.Form, r.method(e.value("method"))+" "+r.address(e.value("action")), e.value("target"))
	case "input", "textarea", "select":
		r.input(e)
	case "meta":
		r.meta(e)
	case "base":
		r.note(manifest.Meta, "base", e.value("href")+" "+e.value("target"))
	case "a", "area":
		r.leaving(e)
	case "img", "source", "video", "audio", "track", "image", "use", "feimage":
		r.picture(e)
	}
}

// attributes finds code and style that stand in attributes of any tag.
func (r *reader) attributes(e element) {
	for _, a := range e.Attr {
		key, value := strings.ToLower(a.Key), strings.TrimSpace(a.Val)
		switch {
		case strings.HasPrefix(key, "on") && len(key) > 2:
			r.note(manifest.Handler, e.Data+" "+key, shortened(value))
		case runs(value) && slices.Contains([]string{"href", "src", "action", "formaction", "data", "to", "from", "values"}, key):
			r.note(manifest.Handler, e.Data+" "+key, shortened(value))
		case key == "formaction":
			r.note(manifest.Form, r.method(e.value("formmethod"))+" "+r.address(value), e.value("formtarget"))
		case key == "contenteditable":
			r.typed("editable "+e.Data, e)
		case key == "style" && !sizedFrame.MatchString(value):
			r.note(manifest.InlineStyle, e.Data+" "+digest(value), "")
		case key == "srcdoc":
			r.note(manifest.Frame, "srcdoc "+digest(value), "")
		}
	}
}

// sizedFrame is what our own script does to the frame of the card fields.
var sizedFrame = regexp.MustCompile(`^height:\s*\d{1,4}px;?$`)

// runs reports whether an address is code. Browsers skip spaces and control
// characters before the scheme.
func runs(address string) bool {
	address = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, address))
	return strings.HasPrefix(address, "javascript:") || strings.HasPrefix(address, "vbscript:") || strings.HasPrefix(address, "data:text/html")
}

func (r *reader) script(e element) {
	source, outside := e.get("src")
	if outside {
		r.note(manifest.Script, r.address(source), e.value("integrity"))
		return
	}
	r.note(manifest.InlineScript, strings.TrimSpace(e.value("type")+" "+digest(e.text())), shortened(e.text()))
}

func (r *reader) link(e element) {
	address := r.address(e.value("href"))
	for _, relation := range strings.Fields(strings.ToLower(e.value("rel"))) {
		switch relation {
		case "stylesheet":
			r.note(manifest.Style, address, e.value("integrity"))
		case "icon", "shortcut":
			r.note(manifest.Picture, address, "")
		default:
			r.note(manifest.Hint, relation+" "+address, "")
		}
	}
}

func (r *reader) frame(e element) {
	source := e.value("src")
	if e.Data == "object" {
		source = e.value("data")
	}
	if _, inside := e.get("srcdoc"); inside && source == "" {
		return // noted as such
	}
	rights := "allow=" + e.value("allow")
	if sandbox, ok := e.get("sandbox"); ok {
		rights += " sandbox=" + sandbox
	}
	r.note(manifest.Frame, r.address(source), rights)
}

func (r *reader) method(text string) string {
	if text == "" {
		return "get"
	}
	return strings.ToLower(text)
}

func (r *reader) input(e element) {
	kind := e.Data
	if kind == "input" {
		kind = "text"
		if stated := strings.ToLower(e.value("type")); stated != "" {
			kind = stated
		}
	}
	r.typed(strings.TrimSpace(kind+" "+e.value("name")), e)
}

func (r *reader) typed(name string, e element) {
	r.note(manifest.Input, name, e.value("autocomplete"))
	if asksForCard(e) {
		r.note(manifest.CardField, name, e.value("autocomplete"))
	}
}

// cardWords are how fields for cards are called, in our languages. A skimmer's
// field must be called something that a resident understands.
var cardWords = regexp.MustCompile(`(?i)cc-|card[ _-]?(n|holder|code|exp|$)|(^|[^a-z])(pan|cvv2?|cvc2?|csc|ccv)([^a-z]|$)|expir|exp[ _-]?(date|month|year)|security[ _-]?code|tarjeta|vencimiento|c[oó]digo de seguridad`)

// asksForCard reports whether a field looks as if a card belonged into it. What
// is hidden is asked of nobody.
func asksForCard(e element) bool {
	if strings.EqualFold(e.value("type"), "hidden") {
		return false
	}
	for _, name := range []string{"name", "id", "autocomplete", "placeholder", "aria-label", "title"} {
		if cardWords.MatchString(e.value(name)) {
			return true
		}
	}
	return false
}

func (r *reader) meta(e element) {
	if about := strings.ToLower(e.value("http-equiv")); about != "" {
		r.note(manifest.Meta, about, e.value("content"))
	}
}

// leaving notes a link that leads away from the portal: another site, a mail, a
// telephone number that a resident would read a card number to.
func (r *reader) leaving(e element) {
	address := e.value("href")
	if at, err := r.at.Parse(address); err != nil || at.Host != r.at.Host || at.Scheme != r.at.Scheme {
		r.note(manifest.Link, r.address(address), "")
	}
	if ping := e.value("ping"); ping != "" {
		r.note(manifest.Hint, "ping "+r.address(ping), "")
	}
}

func (r *reader) picture(e element) {
	for _, key := range []string{"src", "srcset", "poster", "href"} {
		if address := e.value(key); address != "" && !strings.HasPrefix(address, "#") {
			r.note(manifest.Picture, r.address(address), "")
		}
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// mostShown is how much code stands in an alarm, in bytes; the evidence has all.
const mostShown = 120

func shortened(code string) string {
	code = strings.Join(strings.Fields(code), " ")
	if len(code) > mostShown {
		return strings.ToValidUTF8(code[:mostShown], "") + " …"
	}
	return code
}
