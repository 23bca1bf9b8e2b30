package cardscan

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape gives text without percent-encoding, HTML entities and \u and \x
// escapes, and from where in text each byte comes; nothing if it has none.
func unescape(text string) (unescaped string, origins []Match) {
	first := firstEscape(text)
	if first == len(text) {
		return "", nil
	}
	plain := append(make([]byte, 0, len(text)), text[:first]...)
	origins = make([]Match, 0, len(text))
	for i := range first {
		origins = append(origins, Match{i, i + 1})
	}
	for i := first; i < len(text); {
		longer, size := appendEscape(plain, text[i:])
		if size == 0 {
			longer, size = append(plain, text[i]), 1
		}
		for range len(longer) - len(plain) {
			origins = append(origins, Match{i, i + size})
		}
		plain = longer
		i += size
	}
	return asString(plain), origins
}

// firstEscape is where the first escape begins, or the end of text.
func firstEscape(text string) int {
	var scratch [utf8.UTFMax]byte
	for i := 0; i < len(text); i++ {
		next := strings.IndexAny(text[i:], `%&\`)
		if next < 0 {
			return len(text)
		}
		i += next
		if _, size := appendEscape(scratch[:0], text[i:]); size > 0 {
			return i
		}
	}
	return len(text)
}

// appendEscape appends what the escape at the beginning of text stands for,
// and gives its size, 0 if there is no escape.
func appendEscape(plain []byte, text string) ([]byte, int) {
	switch {
	case text[0] == '%':
		return appendByte(plain, text, 1)
	case strings.HasPrefix(text, `\x`):
		return appendByte(plain, text, 2)
	case strings.HasPrefix(text, `\u{`):
		return appendRune(plain, text, 3, 6, 16, "}")
	case strings.HasPrefix(text, `\u`):
		return appendUTF16(plain, text)
	case strings.HasPrefix(text, "&#x") || strings.HasPrefix(text, "&#X"):
		return appendRune(plain, text, 3, 10, 16, ";")
	case strings.HasPrefix(text, "&#"):
		return appendRune(plain, text, 2, 10, 10, ";")
	case text[0] == '&':
		return appendNamed(plain, text)
	}
	return plain, 0
}

// appendByte appends the byte of two hexadecimal digits after lead bytes.
func appendByte(plain []byte, text string, lead int) ([]byte, int) {
	value, n := number(text[lead:], 2, 16)
	if n < 2 {
		return plain, 0
	}
	return append(plain, byte(value)), lead + n
}

// appendRune appends the character of up to most digits after lead bytes. Of
// HTML's semicolon browsers do not insist, so neither do we.
func appendRune(plain []byte, text string, lead, most int, base rune, closing string) ([]byte, int) {
	value, n := number(text[lead:], most, base)
	if n == 0 {
		return plain, 0
	}
	size := lead + n
	if strings.HasPrefix(text[size:], closing) {
		size += len(closing)
	}
	return utf8.AppendRune(plain, value), size
}

// appendUTF16 appends the character of \uHHHH, or of a pair of surrogates.
func appendUTF16(plain []byte, text string) ([]byte, int) {
	const size = len(`\uHHHH`)
	high, n := number(text[2:], 4, 16)
	if n < 4 {
		return plain, 0
	}
	if utf16.IsSurrogate(high) && strings.HasPrefix(text[size:], `\u`) {
		low, _ := number(text[size+2:], 4, 16)
		if char := utf16.DecodeRune(high, low); char != utf8.RuneError {
			return utf8.AppendRune(plain, char), 2 * size
		}
	}
	return utf8.AppendRune(plain, high), size
}

// appendNamed appends the separator that an HTML entity names. No entity names
// a digit.
func appendNamed(plain []byte, text string) ([]byte, int) {
	const longest = 10
	end := strings.IndexByte(text[:min(longest, len(text))], ';')
	if end < 0 {
		return plain, 0
	}
	mark := byte(' ')
	switch text[1:end] {
	case "nbsp", "ensp", "emsp", "thinsp", "numsp", "puncsp", "hairsp":
	case "ndash", "mdash", "hyphen", "dash", "minus", "horbar":
		mark = '-'
	case "period", "middot", "centerdot":
		mark = '.'
	case "shy", "zwj", "zwnj":
		mark = 0
	default:
		return plain, 0
	}
	return append(plain, mark), end + 1
}

// number reads up to most digits of a base, 10 or 16.
func number(text string, most int, base rune) (value rune, n int) {
	for n < min(most, len(text)) {
		digit := hexValue(text[n])
		if digit < 0 || digit >= base {
			break
		}
		value = value*base + digit
		n++
	}
	return value, n
}
