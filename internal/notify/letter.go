package notify

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"clearwell/internal/locale"
)

// letter is a message in words, in one language.
type letter struct {
	Lang           locale.Lang
	Subject        string
	Stamp          string // above everything; empty for none
	Title, Lead    string
	Rows           []row
	Link, LinkText string // Link is empty for none
	Notes          []string
}

type row struct{ Label, Value string }

//go:embed letter.html
var page string

// paper lays letters out as HTML. Styles are inline: mail programs drop others.
// It does not change once parsed.
var paper = template.Must(template.New("letter").Parse(page))

func (l letter) html() (string, error) {
	var b strings.Builder
	if err := paper.Execute(&b, l); err != nil {
		return "", fmt.Errorf("writing letter: %w", err)
	}
	return b.String(), nil
}

// text lays the letter out for who reads mail without HTML, on a braille display
// for one.
func (l letter) text() string {
	var b strings.Builder
	if l.Stamp != "" {
		fmt.Fprintf(&b, "*** %s ***\n\n", l.Stamp)
	}
	fmt.Fprintf(&b, "%s\n\n%s\n\n", l.Title, l.Lead)
	for _, r := range l.Rows {
		fmt.Fprintf(&b, "%s: %s\n", r.Label, r.Value)
	}
	if l.Link != "" {
		fmt.Fprintf(&b, "\n%s:\n%s\n", l.LinkText, l.Link)
	}
	for _, note := range l.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	return b.String()
}
