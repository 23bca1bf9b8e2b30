package locale

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// reader reads sentences in place of text/template, which is slower and allows
// conditions, loops and calls.
type reader struct{}

// Cacheable says that a parsed sentence may be kept.
func (reader) Cacheable() bool { return true }

// Parse reads a sentence; the delimiters are always {{ and }}.
func (reader) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	return parse(src)
}

// sentence is words and blanks, by turns.
type sentence []piece

type piece struct {
	words string
	blank string // name of the blank after the words; empty at the end
}

// parse reads "Pay {{.Amount}} by {{.Day}}."
func parse(src string) (sentence, error) {
	var s sentence
	for rest := src; rest != ""; {
		words, after, found := strings.Cut(rest, "{{")
		if !found {
			return append(s, piece{words: words}), nil
		}
		inside, tail, closed := strings.Cut(after, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(inside), ".")
		if !closed || !dotted || !isName(name) {
			return nil, fmt.Errorf("reading %q: a blank is written {{.Name}}", src)
		}
		s = append(s, piece{words: words, blank: name})
		rest = tail
	}
	return s, nil
}

func isName(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
	return text != "" && strings.Trim(text, letters) == ""
}

// blanks lists the names of the blanks.
func (s sentence) blanks() []string {
	var names []string
	for _, p := range s {
		if p.blank != "" {
			names = append(names, p.blank)
		}
	}
	return names
}

// Execute fills the blanks; data is a [*filling].
func (s sentence) Execute(data any) (string, error) {
	fill, ok := data.(*filling)
	if !ok {
		return "", fmt.Errorf("filling a sentence: unexpected %T", data)
	}
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.words)
		if p.blank == "" {
			continue
		}
		text, err := fill.text(p.blank)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
