package layout

import (
	"bytes"
	"fmt"
	"slices"
	"unicode"

	"clearwell/internal/cardscan"
)

const (
	droppedCell = "[dropped]"
	droppedByte = '*'
)

// masked is the current line with only what the layout keeps.
func (r *Reader) masked(plan *recordPlan) string {
	kept := r.kept(plan)
	if r.layout.fixed {
		return r.maskedSpans(kept)
	}
	cells := make([]string, len(r.cells))
	for i, cell := range r.cells {
		cells[i] = droppedCell
		if len(cell) == 0 {
			cells[i] = ""
		}
		for _, s := range kept {
			if s.column == i {
				cells[i] = r.printable(cell)
			}
		}
	}
	return cardscan.Redact(string(join(nil, cells, r.layout.delimiter, r.layout.quote))) // columns side by side may read as one number
}

func (r *Reader) maskedSpans(kept []source) string {
	line := r.cells[0]
	masked := bytes.Repeat([]byte{droppedByte}, len(line))
	for _, s := range kept {
		copy(masked[s.from:s.to], line[s.from:s.to])
	}
	return r.printable(masked)
}

// longNumber is how many digits a card number may hide among. No utility account
// that a clerk looks for by its number has so many.
const longNumber = 12

// blot masks a utility account number that is none of the town's where it is long:
// its column may hold long numbers, and so a card's that nobody recognizes.
func (r *Reader) blot(plan *recordPlan) {
	digits := 0
	for _, c := range r.record.UtilityAccount {
		if unicode.IsNumber(c) {
			digits++
		}
	}
	if digits < longNumber && !cardscan.Contains([]byte(r.record.UtilityAccount)) {
		return
	}
	for _, s := range plan.steps {
		if s.drop || s.noun != UtilityAccount {
			continue
		}
		r.blotAt(s.source)
		for _, part := range s.compose {
			r.blotAt(part.source)
		}
	}
}

// blotAt masks what stands at a place, in a copy: the line is the file's.
func (r *Reader) blotAt(s source) {
	switch {
	case r.layout.fixed:
		line := bytes.Clone(r.cells[0])
		copy(line[s.from:s.to], bytes.Repeat([]byte{droppedByte}, s.to-s.from))
		r.cells[0] = line
	case s.column >= 0 && s.column < len(r.cells):
		r.cells[s.column] = bytes.Repeat([]byte{droppedByte}, len(r.cells[s.column]))
	}
}

// kept lists the places whose values may leave the reader.
func (r *Reader) kept(plan *recordPlan) []source {
	var places []source
	for _, s := range plan.steps {
		if s.drop {
			continue
		}
		places = append(places, s.source)
		for _, part := range s.compose {
			places = append(places, part.source)
		}
	}
	for _, s := range r.skips {
		places = append(places, s.source)
	}
	if plan.mark != nil {
		places = append(places, plan.mark.source)
	}
	return places
}

// withheld is what is shown of a line that cannot be cut into columns. Where
// the file has columns that must not leave the reader, nobody knows where in
// the line they are.
func (r *Reader) withheld() string {
	if r.lines.long || !r.keepsAll() {
		return fmt.Sprintf("[withheld: %d bytes]", r.lines.offset-r.lines.start)
	}
	return r.printable(r.lines.text)
}

// keepsAll reports whether the layout keeps every byte or column of every row.
// Where it does not even say how many columns there are, nobody knows.
func (r *Reader) keepsAll() bool {
	if !r.layout.fixed && r.layout.columns == 0 && r.width == 0 {
		return false
	}
	for i := range r.records {
		if r.records[i].role.isRow() && !r.covers(r.kept(&r.records[i])) {
			return false
		}
	}
	return true
}

func (r *Reader) covers(places []source) bool {
	covered := make([]bool, max(r.layout.length, r.layout.columns, r.width))
	for _, s := range places {
		for i := s.from; i < s.to; i++ {
			covered[i] = true
		}
		if s.column >= 0 {
			covered[s.column] = true
		}
	}
	return !slices.Contains(covered, false)
}

// printable is text that may be shown: in UTF-8, without control characters
// and card numbers.
func (r *Reader) printable(raw []byte) string {
	var text []byte
	for len(raw) > 0 {
		c, size := r.layout.encoding.rune(raw)
		if c < ' ' || c == 0x7f {
			c = '\uFFFD'
		}
		text = append(text, string(c)...)
		raw = raw[size:]
	}
	return cardscan.Redact(string(text))
}
