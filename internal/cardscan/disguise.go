package cardscan

import (
	"iter"
	"unsafe"
)

// view is a text as it reads once a disguise is taken off.
type view struct {
	text string
	how  string // the disguise
	// Where the bytes of text come from in the source: origins tells if there
	// are any, else base and the ratio of encoded to plain bytes.
	origins       []Match
	base, of, per int
}

// source gives the bytes of the source that a match in the view comes from.
func (v view) source(m Match) Match {
	if v.origins != nil {
		return Match{v.origins[m.Start].Start, v.origins[m.End-1].End}
	}
	return Match{v.base + m.Start*v.of/v.per, v.base + (m.End*v.of+v.per-1)/v.per}
}

// undisguise gives the other readings of text, each until the next is asked
// for.
func undisguise(text string) iter.Seq[view] {
	return func(yield func(view) bool) {
		_ = yieldUnescaped(text, yield) && yieldDecoded(text, yield)
	}
}

// yieldUnescaped yields text without its escapes, if it has any.
func yieldUnescaped(text string, yield func(view) bool) bool {
	plain, origins := unescape(text)
	return origins == nil || yield(view{text: plain, how: "escaped", origins: origins})
}

// yieldDecoded yields what the tokens of text are in base64 and in hex. One
// token may have begun in the middle of a quantum, so each offset is tried.
func yieldDecoded(text string, yield func(view) bool) bool {
	var plain []byte
	for at, size := nextToken(text, 0); size > 0; at, size = nextToken(text, at+size) {
		for skew := range 4 {
			plain = appendBase64(plain[:0], text[at+skew:at+size])
			if !yield(view{text: asString(plain), how: "base64", base: at + skew, of: 4, per: 3}) {
				return false
			}
		}
		for from, to := nextHex(text, at, at+size); from < to; from, to = nextHex(text, to, at+size) {
			for skew := range 2 {
				plain = appendHex(plain[:0], text[from+skew:to])
				if !yield(view{text: asString(plain), how: "hex", base: from + skew, of: 2, per: 1}) {
					return false
				}
			}
		}
	}
	return true
}

// minToken is the length of the shortest card number in base64, unpadded.
const minToken = (minCard*8 + 5) / 6

// nextToken finds the next run of at least minToken characters of base64. It
// looks first where the run would have to reach, and so jumps over short words.
func nextToken(text string, from int) (at, size int) {
	for from+minToken <= len(text) {
		i := from + minToken - 1
		for i >= from && base64Value(text[i]) >= 0 {
			i--
		}
		if i >= from {
			from = i + 1
			continue
		}
		end := from + minToken
		for end < len(text) && base64Value(text[end]) >= 0 {
			end++
		}
		return from, end - from
	}
	return len(text), 0
}

// appendBase64 decodes characters of either alphabet, as many whole bytes as
// there are.
func appendBase64(plain []byte, token string) []byte {
	bits, held := uint(0), 0
	for i := range len(token) {
		bits = bits<<6 | uint(base64Value(token[i]))
		if held += 6; held >= 8 {
			held -= 8
			plain = append(plain, byte(bits>>held))
		}
	}
	return plain
}

// base64Value gives the six bits of a character of either alphabet, -1 for any
// other.
func base64Value(b byte) int8 { return base64Values[b] - 1 }

// base64Values holds the values plus one, so that what is not listed has none.
var base64Values = [256]int8{
	'A': 1, 'B': 2, 'C': 3, 'D': 4, 'E': 5, 'F': 6, 'G': 7, 'H': 8, 'I': 9, 'J': 10, 'K': 11, 'L': 12, 'M': 13,
	'N': 14, 'O': 15, 'P': 16, 'Q': 17, 'R': 18, 'S': 19, 'T': 20, 'U': 21, 'V': 22, 'W': 23, 'X': 24, 'Y': 25, 'Z': 26,
	'a': 27, 'b': 28, 'c': 29, 'd': 30, 'e': 31, 'f': 32, 'g': 33, 'h': 34, 'i': 35, 'j': 36, 'k': 37, 'l': 38, 'm': 39,
	'n': 40, 'o': 41, 'p': 42, 'q': 43, 'r': 44, 's': 45, 't': 46, 'u': 47, 'v': 48, 'w': 49, 'x': 50, 'y': 51, 'z': 52,
	'0': 53, '1': 54, '2': 55, '3': 56, '4': 57, '5': 58, '6': 59, '7': 60, '8': 61, '9': 62,
	'+': 63, '-': 63, '/': 64, '_': 64,
}

// nextHex finds the next run of hexadecimal digits in text[from:to] that is
// long enough to hold a card number.
func nextHex(text string, from, to int) (start, end int) {
	for start = from; start < to; start = end + 1 {
		end = start
		for end < to && hexValue(text[end]) >= 0 {
			end++
		}
		if end-start >= 2*minCard {
			return start, end
		}
	}
	return to, to
}

// appendHex decodes pairs of hexadecimal digits.
func appendHex(plain []byte, token string) []byte {
	for i := 0; i+2 <= len(token); i += 2 {
		plain = append(plain, byte(hexValue(token[i])<<4|hexValue(token[i+1])))
	}
	return plain
}

// hexValue gives the four bits of a hexadecimal digit, -1 for anything else.
func hexValue(b byte) rune {
	switch {
	case '0' <= b && b <= '9':
		return rune(b - '0')
	case 'a' <= b && b <= 'f':
		return rune(b - 'a' + 10)
	case 'A' <= b && b <= 'F':
		return rune(b - 'A' + 10)
	}
	return -1
}

// asString reads data as text without copying them: bodies are large. The
// text is good as long as data do not change.
func asString(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }
