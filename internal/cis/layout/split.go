package layout

import (
	"bytes"
	"strings"
)

// split cuts a delimited line into cells, reusing dst. Quotes are taken off in
// place. It is not ok when a quote opens and does not close on the line, stands
// inside an unquoted cell, or is followed by more text: what such a line means
// depends on who reads it.
func split(dst [][]byte, line []byte, delimiter, quote byte) (cells [][]byte, ok bool) {
	for {
		if quote == 0 || len(line) == 0 || line[0] != quote {
			cell, rest, more := bytes.Cut(line, []byte{delimiter})
			if quote != 0 && bytes.IndexByte(cell, quote) >= 0 {
				return dst, false
			}
			dst, line = append(dst, cell), rest
			if !more {
				return dst, true
			}
			continue
		}
		cell, rest, closed := unquote(line[1:], quote)
		dst = append(dst, cell)
		if !closed || len(rest) > 0 && rest[0] != delimiter {
			return dst, false
		}
		if len(rest) == 0 {
			return dst, true
		}
		line = rest[1:]
	}
}

// unquote reads up to the closing quote; two in a row are one.
func unquote(b []byte, quote byte) (cell, rest []byte, closed bool) {
	kept := 0
	for i := 0; i < len(b); i++ {
		if b[i] == quote {
			if i+1 == len(b) || b[i+1] != quote {
				return b[:kept], b[i+1:], true
			}
			i++
		}
		b[kept] = b[i]
		kept++
	}
	return b[:kept], nil, false
}

// join writes cells as one delimited line.
func join(b []byte, cells []string, delimiter, quote byte) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, delimiter)
		}
		b = appendCell(b, cell, delimiter, quote)
	}
	return b
}

func appendCell(b []byte, cell string, delimiter, quote byte) []byte {
	if quote == 0 || !strings.ContainsAny(cell, string([]byte{delimiter, quote, '\r', '\n'})) {
		return append(b, cell...)
	}
	b = append(b, quote)
	for i := range len(cell) {
		if cell[i] == quote {
			b = append(b, quote)
		}
		b = append(b, cell[i])
	}
	return append(b, quote)
}

// heading is the form in which names of columns are compared: systems change
// their case and their blanks between two deliveries of the same extract.
func heading(b []byte) string {
	return strings.ToLower(strings.Join(strings.Fields(string(b)), " "))
}
