package law

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Cell is one rule as it is printed for the people who check it.
type Cell struct {
	Jurisdiction string // "Texas"
	Part         string // "individuals"
	Binds        string // "business, local government"
	InForce      string // "from 2020-01-01"; empty where no day is on file
	Says         string // "60 days from determined"
	Note         string
	Provenance
}

// Table lists every cell, for counsel to read and sign.
func (b *Book) Table() []Cell {
	var all []Cell
	for _, place := range append(b.inOrder(), b.networks) {
		for _, c := range place.cells() {
			all = append(all, c.printed(place.Name))
		}
	}
	for _, c := range b.electronic {
		all = append(all, c.cell().printed("E-mail beside letters"))
	}
	return all
}

// cell is what all parts of a jurisdiction have.
type cell struct {
	Span
	Deadline
	part  string
	says  string
	timed bool // the part has a deadline
}

func (c cell) printed(place string) Cell {
	return Cell{
		Jurisdiction: place, Part: c.part, Binds: bound(c.For), InForce: c.inForce(),
		Says: c.says, Note: c.Note, Provenance: c.Provenance,
	}
}

func bound(entities []Entity) string {
	var names []string
	for _, e := range entities {
		names = append(names, strings.ReplaceAll(string(e), "_", " "))
	}
	return strings.Join(names, ", ")
}

func (s Span) inForce() string {
	var words []string
	if !s.From.IsZero() {
		words = append(words, "from "+s.From.String())
	}
	if !s.Until.IsZero() {
		words = append(words, "until "+s.Until.String())
	}
	return strings.Join(words, " ")
}

// cells lists the parts of a jurisdiction in the order in which one reads them.
func (j Jurisdiction) cells() []cell {
	var all []cell
	for _, c := range j.Individuals {
		all = append(all, cell{c.Span, c.Deadline, "individuals", c.Deadline.String(), true})
	}
	for _, c := range j.Regulators {
		all = append(all, cell{c.Span, c.Deadline, "regulator", c.String(), true})
	}
	for _, c := range j.Bureaus {
		says := fmt.Sprintf("%s; %s", people(c.AtLeast, c.Count), c.Deadline)
		all = append(all, cell{c.Span, c.Deadline, "bureaus", says, true})
	}
	for _, c := range j.Vendor {
		all = append(all, cell{c.Span, c.Deadline, "vendor", c.Deadline.String(), true})
	}
	return append(all, j.untimed()...)
}

// untimed are the parts without a deadline.
func (j Jurisdiction) untimed() []cell {
	var all []cell
	for _, c := range j.Substitute {
		all = append(all, cell{Span: c.Span, part: "substitute notice", says: c.String()})
	}
	for _, c := range j.Harm {
		all = append(all, cell{Span: c.Span, part: "finding of no harm", says: c.String()})
	}
	for _, c := range j.Trigger {
		all = append(all, cell{Span: c.Span, part: "card", says: words(c.Card)})
	}
	for _, c := range j.Letter {
		all = append(all, cell{Span: c.Span, part: "letter", says: c.String()})
	}
	return all
}

func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// String says a deadline as the table prints it.
func (d Deadline) String() string {
	from := " from " + words(string(d.Clock))
	switch {
	case d.Immediately:
		return "immediately"
	case d.Hours > 0:
		return fmt.Sprint(d.Hours, " hours", from)
	case d.Days > 0:
		return fmt.Sprint(d.Days, " days", from)
	case d.BusinessDays > 0:
		return fmt.Sprint(d.BusinessDays, " business days", from)
	}
	return "without unreasonable delay"
}

// String says who and when.
func (r regulator) String() string {
	says := r.Who + ": " + people(r.AtLeast, "residents") + "; "
	switch {
	case r.Order == "":
		return says + r.Deadline.String()
	case r.Deadline.named():
		return says + string(r.Order) + " individuals, " + r.Deadline.String()
	}
	return says + string(r.Order) + " individuals"
}

func people(atLeast int, count string) string {
	if atLeast <= 1 {
		return "any"
	}
	return fmt.Sprintf("%d or more %s", atLeast, cmp.Or(count, "residents"))
}

// String says when substitute notice is open.
func (s substitute) String() string {
	var grounds []string
	if s.CostOver > 0 {
		grounds = append(grounds, fmt.Sprintf("cost over %d dollars", s.CostOver))
	}
	if s.PersonsOver > 0 {
		grounds = append(grounds, fmt.Sprintf("more than %d people", s.PersonsOver))
	}
	if s.Unaddressed {
		grounds = append(grounds, "no usable address")
	}
	return strings.Join(grounds, "; ")
}

// String says what a finding does.
func (h harm) String() string {
	if h.KeepYears > 0 {
		return fmt.Sprintf("%s, kept %d years", words(h.Finding), h.KeepYears)
	}
	return words(h.Finding)
}

// String says what a letter must and must not have.
func (c content) String() string {
	says := "requires " + joined(c.Required)
	if len(c.Forbidden) > 0 {
		says += "; forbids " + joined(c.Forbidden)
	}
	if c.MinimumPoints > 0 {
		says += fmt.Sprintf("; %d-point type or larger", c.MinimumPoints)
	}
	return says
}

func joined(elements []Element) string {
	var names []string
	for _, e := range slices.Sorted(slices.Values(elements)) {
		names = append(names, words(string(e)))
	}
	return strings.Join(names, ", ")
}
