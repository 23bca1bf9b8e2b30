package audit

import (
	"encoding/base64"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// readPlain reads the two kinds of line that an export is made of, a place's hash
// and its row, letter by letter as an export writes them. It is false for every
// other line, and where a text holds anything but printable ASCII that JSON leaves
// as it is: those are decoded, and written again to compare. Most lines are plain,
// and reading them so takes a tenth of the time.
func readPlain(text string) (l line, ok bool) {
	p := plain{rest: text}
	p.word(`{"place":`)
	place := p.number()
	l.Place = &place
	if strings.HasPrefix(p.rest, `,"hash":`) {
		p.word(`,"hash":`)
		l.Hash = p.hash()
		p.word(`,"event":`)
		l.Event = p.text()
		p.wrong = p.wrong || l.Event == "" // an export leaves it out
	} else {
		l.Row = p.row()
	}
	p.word(`}`)
	return l, !p.wrong && p.rest == ""
}

// plain is a line being read. Once something is wrong, nothing is right any more.
type plain struct {
	rest  string
	wrong bool
}

func (p *plain) row() *Row {
	var r Row
	p.word(`,"row":{"id":`)
	r.ID = p.text()
	p.word(`,"recorded_at":`)
	r.RecordedAt = p.number()
	p.word(`,"actor":`)
	r.Actor = p.text()
	p.word(`,"action":`)
	r.Action = p.text()
	p.word(`,"thing":`)
	r.Thing = p.text()
	p.word(`,"detail":`)
	r.Detail = p.text()
	p.word(`}`)
	return &r
}

func (p *plain) word(w string) {
	rest, found := strings.CutPrefix(p.rest, w)
	p.rest, p.wrong = rest, p.wrong || !found
}

// number reads one that is not negative, and has no zero in front.
func (p *plain) number() (n int64) {
	digits := 0
	for digits < len(p.rest) && p.rest[digits] >= '0' && p.rest[digits] <= '9' {
		digits++
	}
	p.wrong = p.wrong || digits == 0 || digits > 18 || digits > 1 && p.rest[0] == '0'
	if p.wrong {
		return 0
	}
	for _, digit := range []byte(p.rest[:digits]) {
		n = n*10 + int64(digit-'0')
	}
	p.rest = p.rest[digits:]
	return n
}

func (p *plain) hash() *tlog.Hash {
	var h tlog.Hash
	raw, err := base64.StdEncoding.Strict().DecodeString(p.text())
	p.wrong = p.wrong || err != nil || len(raw) != len(h)
	copy(h[:], raw)
	return &h
}

// text reads what stands between quotes, in which a backslash stands before a
// quote or another backslash, and nothing else needs one.
func (p *plain) text() string {
	p.word(`"`)
	escapes := 0
	for i := 0; i < len(p.rest) && !p.wrong; i++ {
		switch c := p.rest[i]; {
		case c == '"':
			whole := p.rest[:i]
			p.rest = p.rest[i+1:]
			return unescaped(whole, escapes)
		case c == '\\' && i+1 < len(p.rest) && (p.rest[i+1] == '"' || p.rest[i+1] == '\\'):
			escapes++
			i++
		case c < ' ' || c > '~' || c == '\\' || c == '<' || c == '>' || c == '&':
			p.wrong = true
		}
	}
	p.wrong = true
	return ""
}

func unescaped(text string, escapes int) string {
	if escapes == 0 {
		return text
	}
	kept := make([]byte, 0, len(text)-escapes)
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		}
		kept = append(kept, text[i])
	}
	return string(kept)
}
