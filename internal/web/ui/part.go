package ui

import (
	"strings"

	"github.com/a-h/templ"

	"clearwell/internal/locale"
)

// Tone is what an alert is for. It is told by icon and words as well as colour.
type Tone string

// The tones.
const (
	Info    Tone = "info"
	Good    Tone = "success"
	Care    Tone = "warning"
	Trouble Tone = "error"
)

func (t Tone) icon() string {
	switch t {
	case Good:
		return "check_circle"
	case Care:
		return "warning"
	case Trouble:
		return "error"
	}
	return "info"
}

// Field is a box to type into. Its name is also its id.
type Field struct {
	Name         string
	Label        string
	Hint         string
	Error        string
	Value        string
	Type         string // "text" where empty
	InputMode    string // which keyboard a phone shows
	Autocomplete string // "off" where empty
	MaxLength    int
	Prefix       string // stands before the box: "$"
	Optional     bool
	Words        *locale.Printer
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// attributes are those that a box has only sometimes.
func (f Field) attributes() templ.Attributes {
	found := templ.Attributes{"autocomplete": "off"}
	if f.Autocomplete != "" {
		found["autocomplete"] = f.Autocomplete
	}
	if f.InputMode != "" {
		found["inputmode"] = f.InputMode
	}
	if !f.Optional {
		found["required"] = true
	}
	if f.Error != "" {
		found["aria-invalid"] = "true"
	}
	if described := f.describedBy(); described != "" {
		found["aria-describedby"] = described
	}
	return found
}

func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// Figure is one line of money. Amount is as the reader's language writes it.
type Figure struct {
	Label  string
	Note   string
	Amount string
	Total  bool // the sum of the lines before
	Due    bool // late: stands out
}

// Fact is something known: its name and what it is.
type Fact struct {
	Name   string
	Value  string
	Number bool // to be read out or copied: stands out
}

func stepCurrent(current bool) templ.Attributes {
	if current {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// Telephone is the address that dials a number.
func Telephone(number string) templ.SafeURL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	if len(digits) == 10 {
		digits = "1" + digits
	}
	return templ.SafeURL("tel:+" + digits)
}
