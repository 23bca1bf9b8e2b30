package visit

import (
	"fmt"
	"io"
	"net/url"

	"golang.org/x/net/html"
)

// form is a form filled in.
type form struct {
	action string
	values url.Values
}

// readForm reads the first form within the main part of a page, as a browser
// would send it once the fields that are known are filled in.
func readForm(page io.Reader, fields map[string]string) (form, error) {
	root, err := html.Parse(page)
	if err != nil {
		return form{}, fmt.Errorf("reading a form: %w", err)
	}
	holder := first(first(root, "main"), "form")
	if holder == nil {
		return form{}, ErrLost
	}
	f := form{action: attribute(holder, "action"), values: url.Values{}}
	for node := range holder.Descendants() {
		if node.Type == html.ElementNode && node.Data == "input" {
			f.fill(node, fields)
		}
	}
	return f, nil
}

func (f form) fill(input *html.Node, fields map[string]string) {
	name, value := attribute(input, "name"), attribute(input, "value")
	known, typed := fields[name]
	switch attribute(input, "type") {
	case "radio", "checkbox":
		if typed && known == value || !typed && has(input, "checked") {
			f.values.Set(name, value)
		}
	case "submit", "button", "image", "reset", "file":
	case "hidden":
		f.values.Set(name, value)
	default:
		if typed {
			value = known
		}
		f.values.Set(name, value)
	}
}

// first finds the first tag of a name below a node.
func first(below *html.Node, name string) *html.Node {
	if below == nil {
		return nil
	}
	for node := range below.Descendants() {
		if node.Type == html.ElementNode && node.Data == name {
			return node
		}
	}
	return nil
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	for _, a := range node.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
