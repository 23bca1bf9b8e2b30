package city

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// field is one plain value of the file. A field that is not written and has no
// default reads as the zero value, without complaint: need has complained.
type field struct {
	reader  *reader
	path    string
	text    string
	written bool
}

// may reads an optional value.
func (m *mapping) may(key string) field {
	f := field{reader: m.reader, path: join(m.path, key)}
	node := m.node(key)
	if node == nil {
		return f
	}
	m.reader.places[f.path] = placeOf(node)
	return f.read(scalar(node))
}

// need reads a value that must be there.
func (m *mapping) need(key string) field {
	f := m.may(key)
	if !f.written && !m.has(key) {
		m.reader.report(m.reader.places[m.path], f.path, "is missing; every city file has it")
	}
	return f
}

// or reads a value that has a default, given in the file's own notation.
func (m *mapping) or(key, otherwise string) field {
	f := m.may(key)
	if !f.written {
		f.text, f.written = otherwise, true
	}
	return f
}

func (f field) read(text string) field {
	f.text = strings.TrimSpace(text)
	f.written = f.text != ""
	if !f.written {
		f.wrong("must be a plain value on one line, not empty, not a list")
	}
	return f
}

func (f field) wrong(format string, args ...any) {
	f.reader.reportf(f.path, format, args...)
}

// keep records the value in the form that a comparison shows.
func (f field) keep(value string) { f.reader.record(f.path, value) }

// plain is the text as it stands.
func (f field) plain() string {
	if f.written {
		f.keep(f.text)
	}
	return f.text
}

// matching is text of a form that the message describes.
func (f field) matching(form *regexp.Regexp, message string) string {
	if f.written && !form.MatchString(f.text) {
		f.wrong("%s; found %q", message, f.text)
		return ""
	}
	return f.plain()
}

// parsed reads a value by its own parser.
func parsed[T any](f field, parse func(string) (T, bool), message string) T {
	var zero T
	if !f.written {
		return zero
	}
	value, ok := parse(f.text)
	if !ok {
		f.wrong("%s; found %q", message, f.text)
		return zero
	}
	f.keep(fmt.Sprint(value))
	return value
}

func (f field) whole(least, most int) int {
	return parsed(f, func(text string) (int, bool) {
		n, err := strconv.Atoi(text)
		return n, err == nil && least <= n && n <= most
	}, fmt.Sprintf("give a whole number from %d to %d", least, most))
}

func (f field) yes() bool {
	return parsed(f, func(text string) (bool, bool) {
		return text == "true", text == "true" || text == "false"
	}, "say true or false")
}

func (f field) amount() money.Amount {
	return parsed(f, func(text string) (money.Amount, bool) {
		amount, err := money.Parse(text)
		return amount, err == nil && !amount.IsNegative()
	}, "give dollars and cents, such as 5.00")
}

// basisPoints reads a percentage with at most two decimals.
func (f field) basisPoints() int64 {
	return int64(parsed(f, parseShare, "give a percentage, such as 2.5 or 2.75"))
}

// share is basis points that read as a percentage.
type share int64

func (s share) String() string { return fmt.Sprintf("%d.%02d %%", s/100, s%100) }

func parseShare(text string) (share, bool) {
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(whole) > 3 || len(fraction) > 2 || strings.HasSuffix(text, ".") {
		return 0, false
	}
	points, err := strconv.ParseUint(whole+(fraction + "00")[:2], 10, 32)
	return share(points), err == nil
}

func (f field) date() calendar.Date {
	return parsed(f, func(text string) (calendar.Date, bool) {
		date, err := calendar.Parse(text)
		return date, err == nil
	}, "give a date as year-month-day, such as 2026-01-31")
}

// duration reads "30 minutes", "24 hours", "2 days"; a day here is 24 hours.
func (f field) duration() time.Duration {
	return time.Duration(parsed(f, parseSpan, "give a length of time, such as 30 minutes, 24 hours or 2 days"))
}

// span is a duration that reads in minutes.
type span time.Duration

func (s span) String() string { return fmt.Sprintf("%d minutes", time.Duration(s)/time.Minute) }

func parseSpan(text string) (span, bool) {
	n, unit, ok := numbered(text)
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	return span(time.Duration(n) * units[unit]), ok && units[unit] > 0
}

// period reads "6 months", "90 days", "1 year", or "ever".
func (f field) period() policy.Period {
	return parsed(f, parsePeriod, "give a period, such as 90 days, 6 months, 1 year, or ever")
}

func parsePeriod(text string) (policy.Period, bool) {
	if text == "ever" {
		return policy.Period{}, true
	}
	n, unit, ok := numbered(text)
	switch unit {
	case "day":
		return policy.Period{Days: n}, ok
	case "month":
		return policy.Period{Months: n}, ok
	case "year":
		return policy.Period{Months: 12 * n}, ok
	}
	return policy.Period{}, false
}

// numbered reads "24 hours" as 24 and "hour".
func numbered(text string) (n int, unit string, ok bool) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	return n, strings.TrimSuffix(strings.TrimSpace(unit), "s"), err == nil && 0 < n && n <= 10_000
}

// choice reads one of a closed list of words.
func choice[T ~string](f field, allowed []T) T {
	if f.written && !slices.Contains(allowed, T(f.text)) {
		f.wrong("choose %s; found %q", anyOf(allowed), f.text)
		return ""
	}
	return T(f.plain())
}

// choices reads a list of such words.
func choices[T ~string](m *mapping, key string, allowed []T) []T {
	var chosen []T
	for _, word := range m.texts(key) {
		if slices.Contains(allowed, T(word)) {
			chosen = append(chosen, T(word))
			continue
		}
		m.reader.reportf(join(m.path, key), "choose among %s; found %q", anyOf(allowed), word)
	}
	return chosen
}

// texts reads a list of plain values.
func (m *mapping) texts(key string) []string {
	var words []string
	for _, node := range m.list(key) {
		word := strings.TrimSpace(scalar(node))
		switch {
		case word == "":
			m.reader.report(placeOf(node), join(m.path, key), "holds something that is not a plain value")
		case slices.Contains(words, word):
			m.reader.report(placeOf(node), join(m.path, key), fmt.Sprintf("holds %q twice; remove one", word))
		default:
			words = append(words, word)
		}
	}
	if m.has(key) {
		m.reader.record(join(m.path, key), strings.Join(words, ", "))
	}
	return words
}

func convert[T ~string](words []string) []T {
	var typed []T
	for _, word := range words {
		typed = append(typed, T(word))
	}
	return typed
}

// anyOf reads "card, cash or check".
func anyOf[T ~string](words []T) string {
	var text strings.Builder
	for i, word := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			text.WriteString(" or ")
		default:
			text.WriteString(", ")
		}
		text.WriteString(string(word))
	}
	return text.String()
}
