package city

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// longestLogo bounds a logo, in bytes; every resident page carries it.
const longestLogo = 20_000

// cleanLogo rewrites an SVG with nothing left in it but shapes: no scripts, no
// styles, no links, no other documents, no comments. It writes the picture anew
// from what it understood, so that a browser cannot read the text otherwise than
// we did. What it does not know it refuses rather than drops, because a logo
// with a piece missing is a surprise.
func cleanLogo(text string) (string, error) {
	if len(text) > longestLogo {
		return "", fmt.Errorf("the logo has %d bytes; at most %d are sent to every phone", len(text), longestLogo)
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Entity = map[string]string{}
	var b strings.Builder
	depth := 0
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return b.String(), whole(b.String(), depth)
		case err != nil:
			return "", fmt.Errorf("the logo is not SVG: %w", err)
		}
		if depth, err = copyToken(&b, token, depth); err != nil {
			return "", err
		}
	}
}

func whole(logo string, depth int) error {
	if depth != 0 || !strings.HasPrefix(logo, "<svg ") || strings.Count(logo, "<svg") != 1 {
		return errors.New("the logo must be one SVG picture")
	}
	return nil
}

// copyToken writes a token that is allowed and returns the new depth.
func copyToken(b *strings.Builder, token xml.Token, depth int) (int, error) {
	switch t := token.(type) {
	case xml.StartElement:
		return depth + 1, copyElement(b, t)
	case xml.EndElement:
		fmt.Fprintf(b, "</%s>", t.Name.Local)
		return depth - 1, nil
	case xml.CharData:
		if depth > 0 {
			return depth, xml.EscapeText(b, t)
		}
	case xml.Directive:
		return depth, errors.New("the logo declares a document type; remove the <!DOCTYPE> line")
	}
	return depth, nil // comments and the <?xml?> line are left out
}

func copyElement(b *strings.Builder, element xml.StartElement) error {
	name := element.Name.Local
	if !slices.Contains(svgElements(), name) || element.Name.Space != "" && element.Name.Space != svgSpace {
		return fmt.Errorf("the logo has a <%s>; only shapes are allowed: %s", name, strings.Join(svgElements(), ", "))
	}
	b.WriteString("<" + name)
	if name == "svg" {
		b.WriteString(` xmlns="` + svgSpace + `"`)
	}
	for _, attribute := range element.Attr {
		if err := copyAttribute(b, attribute); err != nil {
			return fmt.Errorf("the logo's <%s>: %w", name, err)
		}
	}
	b.WriteString(">")
	return nil
}

func copyAttribute(b *strings.Builder, attribute xml.Attr) error {
	name := attribute.Name.Local
	switch {
	case name == "xmlns" || attribute.Name.Space == "xmlns":
		return nil
	case attribute.Name.Space != "" || !slices.Contains(svgAttributes(), name):
		return fmt.Errorf("%q is not allowed; remove it, or export the picture as plain SVG", name)
	case strings.Contains(strings.ReplaceAll(attribute.Value, "url(#", ""), "url("):
		return fmt.Errorf("%q points outside the picture", name)
	}
	fmt.Fprintf(b, ` %s="`, name)
	if err := xml.EscapeText(b, []byte(attribute.Value)); err != nil {
		return err
	}
	b.WriteString(`"`)
	return nil
}

const svgSpace = "http://www.w3.org/2000/svg"

func svgElements() []string {
	return []string{"svg", "g", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
		"defs", "linearGradient", "radialGradient", "stop", "clipPath"}
}

func svgAttributes() []string {
	return []string{"viewBox", "width", "height", "preserveAspectRatio", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
		"fx", "fy", "d", "points", "transform", "id", "fill", "fill-rule", "fill-opacity", "clip-rule", "clip-path",
		"stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "opacity",
		"offset", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits", "version"}
}
