package layout

import (
	"bytes"
	"fmt"
	"strconv"
)

// notation is how a layout writes amounts or quantities.
type notation struct {
	point    point
	implied  int // decimals behind an implied point
	dollar   bool
	commas   bool
	credits  []credit // how less than nothing is written; the writer uses the first
	reversed bool     // the file's sign is the opposite of ours
}

// point says where the decimal point is.
type point string

const (
	pointOptional point = "optional" // "12", "12.5" and "12.50" are all good
	pointExact    point = "exact"    // "12.50" alone is good
	pointImplied  point = "implied"  // "1250"
)

// credit is a way to write that an amount is in the resident's favour.
type credit string

const (
	minusBefore credit = "minus-before" // -$1.20
	minusAfter  credit = "minus-after"  // $1.20-
	parentheses credit = "parentheses"  // ($1.20)
	crAfter     credit = "cr-after"     // $1.20CR
	overpunch   credit = "overpunch"    // 12} : the last digit carries the sign
)

// wholeLimit keeps every number, in thousandths, far inside an int64.
const wholeLimit = 100_000_000_000_000

var powers = [...]int64{1, 10, 100, 1000}

// parse reads a number as a count of 10^-scale. At most one credit mark may
// stand on it: "-$1.20CR" could mean either sign and is refused.
func (n *notation) parse(b []byte, scale int) (int64, bool) {
	if n.overpunched() {
		return n.parsePunched(b, scale)
	}
	b, marks := n.unmark(b)
	if n.dollar {
		b = bytes.TrimPrefix(b, []byte("$"))
	}
	value, ok := n.magnitude(b, scale)
	if (marks == 1) != n.reversed {
		value = -value
	}
	return value, ok && marks <= 1
}

// unmark takes the credit marks off, and counts them.
func (n *notation) unmark(b []byte) (rest []byte, marks int) {
	for _, c := range n.credits {
		if stripped, found := c.strip(b); found {
			b, marks = stripped, marks+1
		}
	}
	return b, marks
}

// parsePunched reads a number whose last character is a digit and the sign.
func (n *notation) parsePunched(b []byte, scale int) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	digit, negative := unpunch(b[len(b)-1])
	tens, rest, _, ok := n.whole(b[:len(b)-1])
	if !ok || len(rest) > 0 || !isDigit(digit) {
		return 0, false
	}
	value := (tens*10 + int64(digit-'0')) * powers[scale-n.implied]
	if negative != n.reversed {
		value = -value
	}
	return value, true
}

func (c credit) strip(b []byte) (rest []byte, found bool) {
	last := len(b) - 1
	switch {
	case last < 1:
	case c == minusBefore && b[0] == '-':
		return b[1:], true
	case c == minusAfter && b[last] == '-':
		return bytes.TrimRight(b[:last], " "), true
	case c == parentheses && b[0] == '(' && b[last] == ')':
		return bytes.TrimSpace(b[1:last]), true
	case c == crAfter && bytes.EqualFold(b[last-1:], []byte("CR")):
		return bytes.TrimRight(b[:last-1], " "), true
	}
	return b, false
}

func (n *notation) overpunched() bool {
	return len(n.credits) == 1 && n.credits[0] == overpunch
}

// unpunch reads a zoned decimal's last character: { and A to I are 0 to 9, }
// and J to R are 0 to 9 of a negative number. A plain digit is unsigned.
func unpunch(c byte) (digit byte, negative bool) {
	switch {
	case c == '{':
		return '0', false
	case 'A' <= c && c <= 'I':
		return c - 'A' + '1', false
	case c == '}':
		return '0', true
	case 'J' <= c && c <= 'R':
		return c - 'J' + '1', true
	}
	return c, false
}

func punch(digit byte, negative bool) byte {
	switch {
	case digit == '0' && negative:
		return '}'
	case digit == '0':
		return '{'
	case negative:
		return digit - '1' + 'J'
	}
	return digit - '1' + 'A'
}

func (n *notation) magnitude(b []byte, scale int) (int64, bool) {
	whole, rest, digits, ok := n.whole(b)
	if !ok {
		return 0, false
	}
	if n.point == pointImplied {
		return whole * powers[scale-n.implied], digits > 0 && len(rest) == 0
	}
	part, places, ok := fraction(rest, scale)
	if n.point == pointExact {
		ok = ok && digits > 0 && places == scale
	}
	return whole*powers[scale] + part, ok && digits+places > 0
}

// whole reads the digits before the point. Commas, where they are allowed, must
// stand exactly between groups of three: "1,50" is not 150.
func (n *notation) whole(b []byte) (value int64, rest []byte, digits int, ok bool) {
	group, grouped := 0, false
	for len(b) > 0 {
		switch c := b[0]; {
		case isDigit(c) && value < wholeLimit/10:
			value = value*10 + int64(c-'0')
			digits, group = digits+1, group+1
		case c == ',' && n.commas && (group == 3 || !grouped && 0 < group && group < 3):
			group, grouped = 0, true
		default:
			return value, b, digits, !grouped || group == 3
		}
		b = b[1:]
	}
	return value, b, digits, !grouped || group == 3
}

// fraction reads ".5" as a count of 10^-scale. Digits beyond the scale must be
// zeros: some systems write four decimals of a cent, and none may be lost.
func fraction(b []byte, scale int) (value int64, places int, ok bool) {
	if len(b) == 0 {
		return 0, 0, true
	}
	if b[0] != '.' {
		return 0, 0, false
	}
	for _, c := range b[1:] {
		if !isDigit(c) || places >= scale && c != '0' {
			return 0, 0, false
		}
		if places < scale {
			value = value*10 + int64(c-'0')
		}
		places++
	}
	return value * powers[max(0, scale-places)], places, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// format writes value, a count of 10^-scale, in the notation. In a fixed-width
// field, zeros are put between the sign and the digits up to width.
func (n *notation) format(value int64, scale, width int, zeros bool) (string, error) {
	if n.reversed {
		value = -value
	}
	digits, err := n.digits(value, scale)
	if err != nil {
		return "", err
	}
	before, after, err := n.marks(value < 0)
	if err != nil {
		return "", err
	}
	for zeros && len(before)+len(digits)+len(after) < width {
		digits = append([]byte{'0'}, digits...)
	}
	if n.overpunched() {
		digits[len(digits)-1] = punch(digits[len(digits)-1], value < 0)
	}
	return before + string(digits) + after, nil
}

// digits writes the magnitude, with the point where the notation wants it.
func (n *notation) digits(value int64, scale int) ([]byte, error) {
	unit := powers[scale]
	whole, part := value/unit, value%unit
	if value < 0 {
		whole, part = -whole, -part
	}
	if n.point != pointImplied {
		return fmt.Appendf(nil, "%d.%0*d", whole, scale, part), nil
	}
	drop := powers[scale-n.implied]
	if part%drop != 0 {
		return nil, fmt.Errorf("%d decimals do not hold it", n.implied)
	}
	return strconv.AppendInt(nil, whole*powers[n.implied]+part/drop, 10), nil
}

// marks gives what is written around a number. A notation without a way to
// write a credit cannot hold one, and must not write it as a debit.
func (n *notation) marks(negative bool) (before, after string, err error) {
	if !negative || n.overpunched() {
		return "", "", nil
	}
	if len(n.credits) == 0 {
		return "", "", fmt.Errorf("the layout has no way to write a negative number")
	}
	switch n.credits[0] {
	case minusAfter:
		return "", "-", nil
	case parentheses:
		return "(", ")", nil
	case crAfter:
		return "", "CR", nil
	}
	return "-", "", nil
}
