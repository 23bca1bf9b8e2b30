package layout

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// encoding turns a file's bytes into UTF-8, and refuses what is not text.
type encoding struct {
	name  string
	bytes *[256]rune // nil: UTF-8
	mark  bool       // the writer begins with a byte order mark
}

const byteOrderMark = "\uFEFF"

func encodingNames() []string { return []string{"utf-8", "utf-8-bom", "latin1", "windows-1252"} }

func encodingOf(name string) (*encoding, bool) {
	switch name {
	case "utf-8", "utf-8-bom":
		return &encoding{name: name, mark: name == "utf-8-bom"}, true
	case "latin1":
		return single(name, charmap.ISO8859_1), true
	case "windows-1252":
		return single(name, charmap.Windows1252), true
	}
	return nil, false
}

func single(name string, set *charmap.Charmap) *encoding {
	e := &encoding{name: name, bytes: new([256]rune)}
	for i := range e.bytes {
		e.bytes[i] = set.DecodeByte(byte(i))
	}
	return e
}

// decode appends b to dst as UTF-8. A tab becomes a blank; any other control
// character, and a byte that means nothing in the encoding, make it not ok.
func (e *encoding) decode(dst, b []byte) (out []byte, ok bool) {
	for len(b) > 0 {
		if c := b[0]; ' ' <= c && c < 0x7f {
			dst, b = append(dst, c), b[1:]
			continue
		}
		r, size := e.rune(b)
		switch {
		case r == '\t':
			r = ' '
		case r == utf8.RuneError, unicode.IsControl(r):
			return dst, false
		}
		dst, b = utf8.AppendRune(dst, r), b[size:]
	}
	return dst, true
}

func (e *encoding) rune(b []byte) (rune, int) {
	if e.bytes != nil {
		return e.bytes[b[0]], 1
	}
	return utf8.DecodeRune(b)
}

// encode gives text in the encoding, not ok where it has no such character.
func (e *encoding) encode(text string) (out []byte, ok bool) {
	if e.bytes == nil {
		return []byte(text), utf8.ValidString(text)
	}
	for _, r := range text {
		b, found := e.byteOf(r)
		if !found {
			return nil, false
		}
		out = append(out, b)
	}
	return out, true
}

func (e *encoding) byteOf(r rune) (byte, bool) {
	if r < 0x80 {
		return byte(r), true
	}
	for i, known := range e.bytes {
		if known == r && r != utf8.RuneError {
			return byte(i), true
		}
	}
	return 0, false
}
