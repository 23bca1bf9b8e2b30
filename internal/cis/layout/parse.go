package layout

import (
	"bytes"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/money"
)

// texts gathers the texts of one record, so that they cost one allocation and
// hold on to nothing but themselves: a piece of the line would keep the whole
// line, with the columns that must not leave the reader.
type texts struct {
	buffer []byte
	spans  []span
}

type span struct {
	noun       Noun
	start, end int
}

func (t *texts) reset() { t.buffer, t.spans = t.buffer[:0], t.spans[:0] }

// settle puts the gathered texts into the record.
func (t *texts) settle(record *Record) {
	all := string(t.buffer)
	for _, s := range t.spans {
		*vocabulary[s.noun].text(record) = all[s.start:s.end]
	}
}

// fill reads one step's value into the record; the code is empty when all is well.
func (r *Reader) fill(s *step) Code {
	if s.constant || len(s.compose) > 0 {
		return r.fillText(s, nil)
	}
	raw := bytes.TrimSpace(r.cell(s.source))
	if len(raw) == 0 || s.isBlank(raw) {
		if s.required {
			return CodeMissing
		}
		return ""
	}
	code := r.fillValue(s, raw)
	if code == "" {
		r.record.State(s.noun)
	}
	return code
}

func (s *step) isBlank(raw []byte) bool {
	for _, word := range s.blank {
		if word == string(raw) {
			return true
		}
	}
	return false
}

func (r *Reader) fillValue(s *step, raw []byte) Code {
	into, record := &vocabulary[s.noun], &r.record
	switch {
	case into.text != nil:
		return r.fillText(s, raw)
	case into.date != nil:
		return s.date(raw, into.date(record))
	case into.moment != nil:
		return s.moment(raw, into.moment(record))
	case into.amount != nil:
		return s.amount(raw, into.amount(record))
	case into.quantity != nil:
		return s.quantity(raw, into.quantity(record))
	case into.integer != nil:
		return s.integer(raw, into.integer(record))
	}
	return s.setFlag(raw, into.flag(record))
}

func (s *step) read(raw []byte) (instant, bool) {
	for i := range s.patterns {
		at, ok := s.patterns[i].parse(raw)
		if ok {
			return at, true
		}
	}
	return instant{}, false
}

func (s *step) date(raw []byte, into *calendar.Date) Code {
	at, ok := s.read(raw)
	if !ok {
		return CodeDate
	}
	*into = calendar.MakeDate(at.year, time.Month(at.month), at.day)
	return ""
}

func (s *step) moment(raw []byte, into *time.Time) Code {
	at, ok := s.read(raw)
	if !ok {
		return CodeDate
	}
	*into = at.time()
	return ""
}

func (s *step) amount(raw []byte, into *money.Amount) Code {
	cents, ok := s.number.parse(raw, amountDecimals)
	amount := money.Cents(cents)
	if !ok || amount.Err() != nil {
		return CodeAmount
	}
	*into = amount
	return ""
}

func (s *step) quantity(raw []byte, into *Quantity) Code {
	thousandths, ok := s.number.parse(raw, quantityDecimals)
	if !ok {
		return CodeNumber
	}
	*into = Quantity(thousandths)
	return ""
}

func (s *step) integer(raw []byte, into *int64) Code {
	value, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return CodeNumber
	}
	*into = value
	return ""
}

func (s *step) setFlag(raw []byte, into *bool) Code {
	switch {
	case isAny(raw, s.flag.set):
		*into = true
	case isAny(raw, s.flag.clear):
		*into = false
	default:
		return CodeWord
	}
	return ""
}

// isAny compares without regard to case.
func isAny(raw []byte, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.EqualFold(raw, []byte(w)) })
}

// fillText gathers a text: a constant, a composition, or raw.
func (r *Reader) fillText(s *step, raw []byte) Code {
	start := len(r.texts.buffer)
	code := r.gather(s, raw)
	text := r.texts.buffer[start:]
	switch {
	case code != "":
	case s.max > 0 && utf8.RuneCount(text) > s.max:
		code = CodeTooLong
	case !s.longNumbers && suspicious(text) && cardscan.Contains(text):
		code = CodeCardNumber
	}
	if code != "" {
		r.texts.buffer = r.texts.buffer[:start]
		return code
	}
	r.texts.spans = append(r.texts.spans, span{s.noun, start, len(r.texts.buffer)})
	r.record.State(s.noun)
	return ""
}

func (r *Reader) gather(s *step, raw []byte) Code {
	switch {
	case s.constant:
		r.texts.buffer = append(r.texts.buffer, s.fixed...)
		return ""
	case len(s.compose) > 0:
		return r.gatherParts(s)
	case len(s.codes) > 0:
		word, known := s.codes[string(raw)]
		r.texts.buffer = append(r.texts.buffer, word...)
		if !known {
			return CodeWord
		}
		return ""
	}
	return r.decode(raw)
}

// gatherParts composes a value. A composition of which one part is blank would
// be taken for another one: it counts as missing.
func (r *Reader) gatherParts(s *step) Code {
	for _, part := range s.compose {
		switch {
		case part.line:
			r.texts.buffer = strconv.AppendInt(r.texts.buffer, r.record.Line, 10)
		case part.text != "":
			r.texts.buffer = append(r.texts.buffer, part.text...)
		default:
			raw := bytes.TrimSpace(r.cell(part.source))
			if len(raw) == 0 {
				return CodeMissing
			}
			if code := r.decode(raw); code != "" {
				return code
			}
		}
	}
	return ""
}

func (r *Reader) decode(raw []byte) Code {
	var ok bool
	r.texts.buffer, ok = r.layout.encoding.decode(r.texts.buffer, raw)
	if !ok {
		return CodeEncoding
	}
	return ""
}

// suspicious is a cheap sieve before the search for card numbers. Without a
// dozen digits, a character in which digits may hide, or a word long enough to
// be a disguise such as base64, there is none.
func suspicious(text []byte) bool {
	digits, word := 0, 0
	for _, c := range text {
		word++
		if c == ' ' {
			word = 0
		}
		if isDigit(c) {
			digits++
		}
		if c >= utf8.RuneSelf || digits >= cardDigits || word >= disguiseLength {
			return true
		}
	}
	return false
}

const (
	cardDigits     = 12 // the shortest card number
	disguiseLength = 16 // the shortest card number, disguised
)
