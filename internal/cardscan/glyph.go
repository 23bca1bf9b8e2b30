package cardscan

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// kind says what a character does among digits.
type kind uint8

const (
	ends  kind = iota // ends a chain of digits: letters, and what is not text
	digit             // is one
	blank             // is not seen, as if it were not there
	soft              // separates digits as people do: space, dash, dot
	odd               // separates digits in other ways: comma, slash, quote, line end
)

// glyph is what is read at one place of a text.
type glyph struct {
	kind  kind
	value byte // of a digit, 0 to 9
	char  rune
}

// asciiKinds classifies the single bytes. A colon ends a chain: what has colons
// between digits is a time or an IPv6 address.
var asciiKinds = [utf8.RuneSelf]kind{
	0x00: blank, 0x01: blank, 0x02: blank, 0x03: blank, 0x04: blank, 0x05: blank, 0x06: blank, 0x07: blank, 0x08: blank,
	'\t': odd, '\n': odd, '\v': odd, '\f': odd, '\r': odd, 0x0e: blank, 0x0f: blank,
	0x10: blank, 0x11: blank, 0x12: blank, 0x13: blank, 0x14: blank, 0x15: blank, 0x16: blank, 0x17: blank, 0x18: blank,
	0x19: blank, 0x1a: blank, 0x1b: blank, 0x1c: blank, 0x1d: blank, 0x1e: blank, 0x1f: blank, 0x7f: blank,
	' ': soft, '-': soft, '.': soft, '_': soft, '+': soft, // a plus is a space in a form
	'!': odd, '"': odd, '#': odd, '$': odd, '%': odd, '&': odd, '\'': odd, '(': odd, ')': odd, '*': odd, ',': odd, '/': odd,
	';': odd, '<': odd, '=': odd, '>': odd, '?': odd, '@': odd, '[': odd, '\\': odd, ']': odd, '^': odd, '`': odd,
	'{': odd, '|': odd, '}': odd, '~': odd,
	'0': digit, '1': digit, '2': digit, '3': digit, '4': digit, '5': digit, '6': digit, '7': digit, '8': digit, '9': digit,
}

// glyphAt reads the character at text[i] and its size in bytes.
func glyphAt(text string, i int) (glyph, int) {
	if b := text[i]; b < utf8.RuneSelf {
		return glyph{asciiKinds[b], b - '0', rune(b)}, 1
	}
	char, size := utf8.DecodeRuneInString(text[i:])
	if char == utf8.RuneError && size == 1 {
		return glyph{}, 1
	}
	return wideGlyph(char), size
}

// wideGlyph classifies a character beyond ASCII.
func wideGlyph(char rune) glyph {
	if value, ok := wideDigit(char); ok {
		return glyph{digit, value, char}
	}
	switch {
	case unicode.IsLetter(char) && char != 'ㅤ' && char != 'ﾠ': // Hangul fillers are letters that are not seen
		return glyph{}
	case unicode.In(char, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Me):
		return glyph{kind: blank}
	case unicode.In(char, unicode.Zs, unicode.Pd) || isSoftMark(char):
		return glyph{soft, 0, char}
	case unicode.In(char, unicode.P, unicode.S, unicode.Zl, unicode.Zp):
		return glyph{odd, 0, char}
	case char == 'ㅤ' || char == 'ﾠ':
		return glyph{kind: blank}
	}
	return glyph{}
}

// isSoftMark reports marks that pass for a space, a dash or a dot.
func isSoftMark(char rune) bool {
	switch char {
	case '·', '•', '․', '‧', '∙', '⋅', '。', '．', '−', '⁃', '¯', '＿', '⠀', '＋':
		return true
	}
	return false
}

// wideDigit gives the value of a digit beyond ASCII.
func wideDigit(char rune) (byte, bool) {
	if char < 'Ā' {
		switch char {
		case '¹':
			return 1, true
		case '²', '³':
			return byte(char - '²' + 2), true
		}
		return 0, false
	}
	if unicode.Is(unicode.Nd, char) {
		return scriptDigit(char), true
	}
	return enclosedDigit(char)
}

// scriptDigit gives the value of a decimal digit of any script. Unicode keeps
// them in runs from 0 to 9.
func scriptDigit(char rune) byte {
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= char && char <= rune(run.Hi) {
			return byte((char - rune(run.Lo)) % 10)
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= char && char <= rune(run.Hi) {
			return byte((char - rune(run.Lo)) % 10)
		}
	}
	return 0
}

// enclosedDigit gives the value of superscript, subscript, circled and similar
// digits, and of numerals.
func enclosedDigit(char rune) (byte, bool) {
	for _, run := range [...]struct {
		first, last rune
		value       byte // of the first
	}{
		{'⁰', '⁰', 0}, {'⁴', '⁹', 4}, {'₀', '₉', 0}, {'①', '⑨', 1}, {'⑴', '⑼', 1}, {'⒈', '⒐', 1}, {'⓪', '⓪', 0}, {'⓵', '⓽', 1},
		{'⓿', '⓿', 0}, {'❶', '❾', 1}, {'➀', '➈', 1}, {'➊', '➒', 1}, {'🄁', '🄊', 0},
		{'Ⅰ', 'Ⅸ', 1}, {'ⅰ', 'ⅸ', 1}, {'〡', '〩', 1}, {'㈠', '㈨', 1}, {'㊀', '㊈', 1}, {'\U000E0030', '\U000E0039', 0}, // the last are tags, which nobody sees
	} {
		if run.first <= char && char <= run.last {
			return byte(char-run.first) + run.value, true
		}
	}
	return hanDigit(char)
}

// hanDigit gives the value of a Chinese numeral, which Unicode does not keep in a
// run.
func hanDigit(char rune) (byte, bool) {
	value := slices.Index([]rune("〇一二三四五六七八九"), char)
	return byte(max(value, 0)), value >= 0
}
