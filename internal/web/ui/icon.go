package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// drawings are the icons' paths by name, read once from the embedded file.
var drawings = sync.OnceValues(func() (map[string]string, error) {
	raw, err := embedded.ReadFile("assets/icons.json")
	if err != nil {
		return nil, fmt.Errorf("reading icons: %w", err)
	}
	var named map[string]string
	if err := json.Unmarshal(raw, &named); err != nil {
		return nil, fmt.Errorf("reading icons: %w", err)
	}
	return named, nil
})

// Icon draws a small picture that adds nothing to the words beside it: screen
// readers pass it by. Drawn in the page, it costs no request and it prints.
func Icon(name string) templ.Component { return IconOf("usa-icon", name) }

// IconOf is [Icon] with a class of its own.
func IconOf(class, name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		named, err := drawings()
		if err != nil {
			return err
		}
		drawing, ok := named[name]
		if !ok {
			return fmt.Errorf("drawing icon %q: there is none of that name", name)
		}
		_, err = fmt.Fprintf(w, `<svg class="%s" viewBox="0 0 24 24" aria-hidden="true" focusable="false">%s</svg>`, templ.EscapeString(class), drawing)
		return err
	})
}
