package cardscan

import (
	"cmp"
	"slices"
	"strings"

	"clearwell/internal/fault"
)

// Mask is what [Redact] and [Writer] put in the place of a card number.
const Mask = "[card number removed]"

// ErrCard refuses what holds a card number.
var ErrCard = fault.New(fault.Refused, "card_number")

// ErrLongNumber refuses what holds a number of twelve digits or more.
var ErrLongNumber = fault.New(fault.Refused, "long_number")

// Check guards a field that is not the processor's. It refuses a card number
// in any disguise and any number of [LongDigits]. The errors do not repeat the
// value; nor may the caller.
//
// Returns [ErrCard], [ErrLongNumber].
func Check(value string) error {
	switch {
	case len(Find(value)) > 0:
		return ErrCard
	case LongDigits(value):
		return ErrLongNumber
	}
	return nil
}

// Match says where a card number is: its bytes from Start up to End, with
// those of its disguise. It does not say which number.
type Match struct{ Start, End int }

// maxDepth is how many disguises are taken off one inside the other.
const maxDepth = 3

// Find gives the places of the card numbers in text, in order, not touching
// each other.
func Find(text string) []Match {
	return merge(find(text, maxDepth))
}

// Contains reports whether data hold a card number.
func Contains(data []byte) bool {
	return len(find(asString(data), maxDepth)) > 0
}

// Redact gives text with [Mask] in place of each card number.
func Redact(text string) string {
	matches := Find(text)
	for len(matches) > 0 { // what is left can read as a number where there was none
		text = mask(text, matches)
		matches = Find(text)
	}
	return text
}

func mask(text string, matches []Match) string {
	var clean strings.Builder
	copied := 0
	for _, m := range matches {
		clean.WriteString(text[copied:m.Start])
		clean.WriteString(Mask)
		copied = m.End
	}
	clean.WriteString(text[copied:])
	return clean.String()
}

// LongDigits reports whether text holds twelve digits or more in a row, of any
// script, with nothing between them but what is not seen; or groups of digits
// that have the same spaces, dashes or dots between them, or are written
// evenly. A telephone number of the US has eleven at most, and a ZIP code with
// a house number in front of it is not written evenly.
func LongDigits(text string) bool {
	c := chain{text: text, least: minLong}
	for c.scan() {
		for i := range c.groups {
			if c.longFrom(i) {
				return true
			}
		}
	}
	return false
}

// Scattered reports whether the digits of text, read one after the other whatever
// stands between them, are a card number. It is for short fields that nobody has
// so many digits for, as a name or an e-mail address: longer text has them by
// chance.
func Scattered(text string) bool {
	var digits strings.Builder
	for i := 0; i < len(text); {
		read, size := glyphAt(text, i)
		if read.kind == digit {
			digits.WriteByte('0' + read.value)
		}
		i += size
	}
	return len(findPlain(digits.String())) > 0
}

// find gives the matches in text and in what it disguises, in any order.
func find(text string, depth int) []Match {
	matches := findPlain(text)
	if depth == 0 || len(text) < minToken {
		return matches
	}
	for v := range undisguise(text) {
		for _, m := range find(v.text, depth-1) {
			matches = append(matches, v.source(m))
		}
	}
	return matches
}

// findPlain gives the matches in text as it stands.
func findPlain(text string) []Match {
	var matches []Match
	c := chain{text: text, least: minCard}
	for c.scan() {
		matches = c.appendCards(matches)
	}
	return matches
}

// merge puts matches in order and joins those that overlap or touch.
func merge(matches []Match) []Match {
	slices.SortFunc(matches, func(a, b Match) int { return cmp.Compare(a.Start, b.Start) })
	joined := matches[:0]
	for _, m := range matches {
		last := len(joined) - 1
		if last >= 0 && m.Start <= joined[last].End {
			joined[last].End = max(joined[last].End, m.End)
			continue
		}
		joined = append(joined, m)
	}
	return joined
}
