package law

import (
	"slices"
	"strings"

	"clearwell/internal/calendar"
)

// electronic is a cell about e-mail beside a letter.
type electronic struct {
	Span    `yaml:",inline"`
	Allowed bool     `yaml:"allowed"`
	Places  []string `yaml:"places"` // all where it is empty
}

// cell is how the table prints it.
func (c electronic) cell() cell {
	where, says := "all places", "not allowed"
	if len(c.Places) > 0 {
		where = strings.Join(c.Places, ", ")
	}
	if c.Allowed {
		says = "allowed"
	}
	return cell{Span: c.Span, part: where, says: says}
}

// Electronic says whether people of a place may be written to by e-mail beside
// their letter.
type Electronic struct {
	Allowed bool
	Note    string
	Provenance
}

// Electronic asks the law of a day. Where nothing is on file, it is not allowed.
func (b *Book) Electronic(e Entity, state string, on calendar.Date) Electronic {
	var found Electronic
	for _, cell := range inForce(b.electronic, e, on) {
		if len(cell.Places) == 0 || slices.Contains(cell.Places, state) {
			found = Electronic{cell.Allowed, cell.Note, cell.Provenance}
		}
	}
	return found
}
