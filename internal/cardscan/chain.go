package cardscan

import "unicode/utf8"

const (
	minLong = 12 // digits from which a number is long
	minCard = 13 // digits of the shortest card number
	maxCard = 19 // and of the longest
	maxGap  = 4  // marks between two groups of a chain
)

// spot is a digit and the bytes it was read from.
type spot struct {
	start, end int
	value      byte
}

// gap is what stands between two groups. Gaps of the same marks are equal.
type gap struct {
	marks  int
	spells uint32 // a hash of the marks
	odd    bool
}

// add puts another mark into the gap.
func (g gap) add(mark glyph) gap {
	return gap{g.marks + 1, g.spells*16777619 ^ uint32(mark.char), g.odd || mark.kind == odd}
}

// group is digits with nothing visible between them, and the gap before.
type group struct {
	from, to int // in chain.digits
	before   gap
}

func (g group) len() int { return g.to - g.from }

// chain reads a text's chains of digits one after the other.
type chain struct {
	text   string
	least  int // digits of the chains wanted
	next   int
	digits []spot
	groups []group
}

// scan moves to the next chain of at least c.least digits. Shorter ones, which
// ordinary text is full of, are counted but not kept.
func (c *chain) scan() bool {
	for c.next = skip(c.text, c.next); c.next < len(c.text); c.next = skip(c.text, c.next) {
		digits, end := measure(c.text, c.next)
		if digits >= c.least {
			c.keep(digits, end)
			return true
		}
		c.next = end
	}
	return false
}

// skip passes over plain bytes that are no digits.
func skip(text string, i int) int {
	for i < len(text) && text[i] < utf8.RuneSelf && asciiKinds[text[i]] != digit {
		i++
	}
	return i
}

// measure counts the digits of the chain that begins at text[i] and tells
// where it ends: at a letter, too wide a gap, or the first character if that
// is no digit.
func measure(text string, i int) (digits, end int) {
	marks := 0
	for i < len(text) {
		read, size := glyphAt(text, i)
		i += size
		switch {
		case read.kind == digit:
			digits, marks = digits+1, 0
		case read.kind == ends || digits == 0 || marks == maxGap:
			return digits, i
		case read.kind != blank:
			marks++
		}
	}
	return digits, i
}

// keep takes the digits of the chain that begins at next and reaches to end.
func (c *chain) keep(digits, end int) {
	c.digits, c.groups = make([]spot, 0, digits), c.groups[:0]
	var between gap
	for c.next < end {
		read, size := glyphAt(c.text, c.next)
		switch read.kind {
		case digit:
			c.add(spot{c.next, c.next + size, read.value}, between)
			between = gap{}
		case soft, odd:
			between = between.add(read)
		}
		c.next += size
	}
}

// add appends a digit, to the last group or as a new one.
func (c *chain) add(read spot, before gap) {
	c.digits = append(c.digits, read)
	if len(c.groups) == 0 || before.marks > 0 {
		c.groups = append(c.groups, group{len(c.digits) - 1, len(c.digits), before})
		return
	}
	c.groups[len(c.groups)-1].to++
}
