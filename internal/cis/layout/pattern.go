package layout

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// pattern is a declared way to write a date or a moment, such as "MM/DD/YYYY"
// or "M/D/YYYY h:mm:ss AM".
type pattern struct {
	text   string
	pieces []piece
}

type piece struct {
	part     part
	min, max int    // digits
	literal  string // when part is none
}

// part is what a piece of a pattern tells.
type part uint8

const (
	none part = iota
	year
	shortYear
	month
	monthName
	day
	hour
	minute
	second
	subsecond
	meridiem
)

// letters of the pattern language, longest first so that MM is not M twice.
// Read only.
var letters = []struct {
	text string
	piece
}{
	{"YYYY", piece{part: year, min: 4, max: 4}},
	{"YY", piece{part: shortYear, min: 2, max: 2}},
	{"MON", piece{part: monthName, min: 3, max: 3}},
	{"MM", piece{part: month, min: 2, max: 2}},
	{"M", piece{part: month, min: 1, max: 2}},
	{"DD", piece{part: day, min: 2, max: 2}},
	{"D", piece{part: day, min: 1, max: 2}},
	{"hh", piece{part: hour, min: 2, max: 2}},
	{"h", piece{part: hour, min: 1, max: 2}},
	{"mm", piece{part: minute, min: 2, max: 2}},
	{"ss", piece{part: second, min: 2, max: 2}},
	{"ffffff", piece{part: subsecond, min: 1, max: 9}},
	{"AM", piece{part: meridiem, min: 2, max: 2}},
}

// instant is what a pattern read.
type instant struct {
	year, month, day                 int
	hour, minute, second, nanosecond int
	afternoon, twelveHour            bool
}

// compilePattern understands a pattern. Every pattern must tell a whole date.
func compilePattern(text string) (pattern, error) {
	p := pattern{text: text}
	var told [meridiem + 1]bool
	for rest := text; rest != ""; {
		next := pieceAt(rest)
		if next.part != none && told[next.part] {
			return pattern{}, fmt.Errorf("%q tells the same thing twice", text)
		}
		told[next.part] = true
		p.pieces = append(p.pieces, next)
		rest = rest[next.width(rest):]
	}
	if !(told[year] != told[shortYear] && told[month] != told[monthName] && told[day]) {
		return pattern{}, fmt.Errorf("%q does not tell one year, month and day", text)
	}
	return p, nil
}

func pieceAt(text string) piece {
	for _, l := range letters {
		if strings.HasPrefix(text, l.text) {
			return piece{part: l.part, min: l.min, max: l.max, literal: l.text}
		}
	}
	return piece{literal: text[:1]}
}

// width is how much of the pattern's own text the piece takes.
func (p piece) width(string) int { return len(p.literal) }

// parse reads b, all of it, as the pattern says.
func (p *pattern) parse(b []byte) (instant, bool) {
	var at instant
	for i := range p.pieces {
		var ok bool
		b, ok = p.pieces[i].read(b, &at)
		if !ok {
			return instant{}, false
		}
	}
	return at, len(b) == 0 && at.settle()
}

func (p *piece) read(b []byte, at *instant) (rest []byte, ok bool) {
	switch p.part {
	case none:
		return bytes.CutPrefix(b, []byte(p.literal))
	case monthName:
		return at.readMonth(b)
	case meridiem:
		return at.readMeridiem(b)
	}
	value, digits := 0, 0
	for digits < p.max && digits < len(b) && isDigit(b[digits]) {
		value = value*10 + int(b[digits]-'0')
		digits++
	}
	at.set(p.part, value, digits)
	return b[digits:], digits >= p.min
}

func (at *instant) set(what part, value, digits int) {
	switch what {
	case year:
		at.year = value
	case shortYear:
		at.year = century(value)
	case month:
		at.month = value
	case day:
		at.day = value
	case hour:
		at.hour = value
	case minute:
		at.minute = value
	case second:
		at.second = value
	case subsecond:
		for ; digits < 9; digits++ {
			value *= 10
		}
		at.nanosecond = value
	}
}

// century places two digits of a year between 1980 and 2079: no bill in these
// files is older than the computers that wrote them.
func century(yy int) int {
	if yy < 80 {
		return 2000 + yy
	}
	return 1900 + yy
}

func (at *instant) readMonth(b []byte) (rest []byte, ok bool) {
	if len(b) < 3 {
		return b, false
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String()[:3], string(b[:3])) {
			at.month = int(m)
			return b[3:], true
		}
	}
	return b, false
}

func (at *instant) readMeridiem(b []byte) (rest []byte, ok bool) {
	if len(b) < 2 || b[1]|0x20 != 'm' {
		return b, false
	}
	at.twelveHour, at.afternoon = true, b[0]|0x20 == 'p'
	return b[2:], at.afternoon || b[0]|0x20 == 'a'
}

// settle turns a twelve-hour clock into a day's and checks every part.
func (at *instant) settle() bool {
	if at.twelveHour {
		if at.hour < 1 || at.hour > 12 {
			return false
		}
		at.hour %= 12
		if at.afternoon {
			at.hour += 12
		}
	}
	return at.year >= 1 && at.month >= 1 && at.month <= 12 &&
		at.day >= 1 && at.day <= daysIn(at.year, at.month) &&
		at.hour < 24 && at.minute < 60 && at.second < 60
}

func daysIn(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

func (at instant) time() time.Time {
	return time.Date(at.year, time.Month(at.month), at.day, at.hour, at.minute, at.second, at.nanosecond, time.UTC)
}

// format writes a moment as the pattern says.
func (p *pattern) format(t time.Time) string {
	var b []byte
	for _, piece := range p.pieces {
		b = piece.append(b, t, p.tells(meridiem))
	}
	return string(b)
}

func (p *pattern) tells(what part) bool {
	for _, piece := range p.pieces {
		if piece.part == what {
			return true
		}
	}
	return false
}

func (p *piece) append(b []byte, t time.Time, twelveHour bool) []byte {
	switch p.part {
	case none:
		return append(b, p.literal...)
	case monthName:
		return append(b, strings.ToUpper(t.Month().String()[:3])...)
	case meridiem:
		return t.AppendFormat(b, "PM")
	case subsecond:
		return fmt.Appendf(b, "%06d", t.Nanosecond()/1000)
	}
	return fmt.Appendf(b, "%0*d", p.min, p.number(t, twelveHour))
}

func (p *piece) number(t time.Time, twelveHour bool) int {
	switch p.part {
	case year:
		return t.Year()
	case shortYear:
		return t.Year() % 100
	case month:
		return int(t.Month())
	case day:
		return t.Day()
	case minute:
		return t.Minute()
	case second:
		return t.Second()
	}
	if twelveHour {
		return (t.Hour()+11)%12 + 1
	}
	return t.Hour()
}

// disagree gives a text that two patterns both read, as different days. A file
// must never be able to choose between them row by row.
func disagree(a, b pattern) (text string, found bool) {
	for _, t := range telltales {
		text := a.format(t)
		read, ok := b.parse([]byte(text))
		if ok && read.time().Format(time.DateOnly) != t.Format(time.DateOnly) {
			return text, true
		}
	}
	return "", false
}

// telltales are days whose parts can be taken for one another. Read only.
var telltales = []time.Time{
	time.Date(2003, 2, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2001, 3, 2, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC),
	time.Date(2012, 12, 11, 0, 0, 0, 0, time.UTC),
	time.Date(2020, 1, 11, 0, 0, 0, 0, time.UTC),
}
