package letter

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"clearwell/internal/law"
	"clearwell/internal/locale"
)

// check holds a letter against the law of its state. An information letter is no
// notice under any law: nothing is required of it, and what is forbidden stays
// so.
func (w *Writer) check(n Notice, kind Kind, content law.Content, l Letter) error {
	said := l.elements(n)
	for _, e := range content.Required {
		if kind == Exposed && !slices.Contains(said, e) {
			return fmt.Errorf("%w: %s", ErrRequired, e)
		}
	}
	for _, e := range content.Forbidden {
		if slices.Contains(said, e) {
			return fmt.Errorf("%w: %s", ErrForbidden, e)
		}
	}
	return nil
}

// elements lists what a letter says, in the terms of law. The number of people
// is looked for in the words, as a town's own may have it.
func (l Letter) elements(n Notice) []law.Element {
	all := []law.Element{law.DateOfNotice} // every letter has its day above the text
	for _, s := range l.Sections {
		for _, p := range s.Paragraphs {
			if p.Element != "" && p.Text != "" && (!addressed(p.Element) || len(p.Contacts) > 0) {
				all = append(all, p.Element)
			}
		}
	}
	if len(l.Sections) == 5 {
		all = append(all, law.Headings)
	}
	if tells(l.Text(), n.People) {
		all = append(all, law.ResidentsCount)
	}
	return all
}

// addressed reports whether an element is nothing without an address.
func addressed(e law.Element) bool {
	return e == law.BureauAddresses || e == law.FTC || e == law.AttorneyGeneral
}

var numbers = regexp.MustCompile(`\d+(?:[,.]\d{3})*`)

// tells reports whether a text names a number: 8000, 8,000 or 8.000.
func tells(text string, n int) bool {
	return n > 0 && slices.ContainsFunc(numbers.FindAllString(text, -1), func(found string) bool {
		plain, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "").Replace(found))
		return err == nil && plain == n
	})
}

// Text is the letter as plain text, from its title to its last address.
func (l Letter) Text() string {
	var b strings.Builder
	b.WriteString(l.Title + "\n")
	for _, s := range l.Sections {
		b.WriteString("\n")
		if s.Heading != "" {
			b.WriteString(s.Heading + "\n\n")
		}
		for _, p := range s.Paragraphs {
			if p.Text != "" {
				b.WriteString(p.Text + "\n")
			}
			for _, c := range p.Contacts {
				b.WriteString("  " + contactLine(c) + "\n")
			}
		}
	}
	return b.String()
}

// Addresses lists the addresses that belong to a paragraph, each on one line.
func (p Paragraph) Addresses() []string {
	var all []string
	for _, c := range p.Contacts {
		all = append(all, contactLine(c))
	}
	return all
}

// contactLine is an address on one line.
func contactLine(c law.Contact) string {
	parts := append(append([]string{c.Name}, c.Lines...), c.Phone, c.Site)
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// Spoken is a language a letter exists in, for those that have none recorded.
func Spoken(lang locale.Lang) locale.Lang {
	if slices.Contains(locale.Languages[:], lang) {
		return lang
	}
	return locale.Languages[0]
}
