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
	Notes          []note
}

// row is a line of what was paid; the total stands out.
type row struct {
	Label, Value string
	Total        bool
}

// note is a sentence, with a telephone number after it where there is one.
type note struct{ Text, Phone string }

// Dial is the address that dials the number: the digits of a number in the United
// States.
func (n note) Dial() template.URL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, n.Phone)
	if len(digits) == 10 {
		digits = "1" + digits
	}
	return template.URL("tel:+" + digits) // digits alone can do no harm
}

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
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(note.Text+" "+note.Phone))
	}
	return b.String()
}
