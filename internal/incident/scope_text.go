package incident

import (
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
	"clearwell/internal/fault"
)

// ErrScope refuses a text that is no scope. Why.
var ErrScope = fault.New(fault.Invalid, "incident_scope_malformed")

// ParseScope reads a scope as people type it:
//
//	on 2019-08-27..2019-10-14,2019-11-02 and capture web_frame,processor_page
//	and not (flow autopay_run or entry stored)
//
// A field is followed by one value or several with commas between; dates stand
// alone or as first..last, either end left out for an open one. "and" binds
// stronger than "or". Returns [ErrScope].
func ParseScope(text string) (Scope, error) {
	r := &scopeReader{words: scopeWords(text)}
	s := r.either(0)
	if r.err == nil && len(r.words) > 0 {
		r.refuse("%q is not expected here; join parts with and, or", r.words[0])
	}
	if r.err != nil {
		return Scope{}, r.err
	}
	return s, nil
}

// mostNested bounds parentheses, so that a hostile text cannot exhaust the stack.
const mostNested = 50

// scopeWords cuts a text into words and parentheses. Spaces around commas are
// forgiven.
func scopeWords(text string) []string {
	for _, space := range []string{" ,", ", "} {
		for strings.Contains(text, space) {
			text = strings.ReplaceAll(text, space, ",")
		}
	}
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
}

type scopeReader struct {
	words []string
	err   error
}

func (r *scopeReader) refuse(format string, args ...any) {
	if r.err == nil {
		r.err = ErrScope.With("Why", fmt.Sprintf(format, args...))
	}
	r.words = nil
}

// next gives the next word, empty at the end.
func (r *scopeReader) next() string {
	if len(r.words) == 0 {
		return ""
	}
	word := r.words[0]
	r.words = r.words[1:]
	return word
}

func (r *scopeReader) skip(word string) bool {
	if len(r.words) == 0 || !strings.EqualFold(r.words[0], word) {
		return false
	}
	r.words = r.words[1:]
	return true
}

func (r *scopeReader) either(depth int) Scope {
	parts := []Scope{r.both(depth)}
	for r.skip("or") {
		parts = append(parts, r.both(depth))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return Any(parts...)
}

func (r *scopeReader) both(depth int) Scope {
	parts := []Scope{r.one(depth)}
	for r.skip("and") {
		parts = append(parts, r.one(depth))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return All(parts...)
}

func (r *scopeReader) one(depth int) Scope {
	switch {
	case depth > mostNested:
		r.refuse("there are more than %d parentheses in each other", mostNested)
		return Scope{}
	case r.skip("not"):
		return Not(r.one(depth + 1))
	case r.skip("("):
		s := r.either(depth + 1)
		if r.err == nil && !r.skip(")") {
			r.refuse("a parenthesis is not closed")
		}
		return s
	}
	return r.ask()
}

func (r *scopeReader) ask() Scope {
	field := Field(strings.ToLower(r.next()))
	if !slices.Contains(Fields(), field) {
		r.refuse("%q is nothing to ask for; ask for one of %s", field, join(Fields()))
		return Scope{}
	}
	var values []string
	for _, value := range strings.Split(r.next(), ",") {
		if value != "" {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		r.refuse("say which %s", field)
		return Scope{}
	}
	if field == On {
		return When(r.spans(values)...)
	}
	r.check(field, values)
	return Where(field, values...)
}

// check refuses a value that no occasion can have: it is misspelt, and would
// leave everybody out.
func (r *scopeReader) check(field Field, values []string) {
	known := knownValues(field)
	for _, value := range values {
		if known != nil && !slices.Contains(known, value) {
			r.refuse("%s has no %q; it has %s", field, value, strings.Join(known, ", "))
		}
	}
}

// knownValues lists what a field can say; nil where that is the town's matter.
func knownValues(field Field) []string {
	switch field {
	case Capture:
		return texts(exposure.CapturePaths())
	case Flow:
		return texts(exposure.Flows())
	case Instrument:
		return texts(exposure.Instruments())
	case Entry:
		return []string{"typed", "wallet", "stored", "reader"}
	}
	return nil
}

func (r *scopeReader) spans(values []string) []Span {
	var spans []Span
	for _, value := range values {
		first, last, ranged := strings.Cut(value, "..")
		if !ranged {
			last = first
		}
		span := Span{r.date(first, ranged), r.date(last, ranged)}
		if !span.First.IsZero() && !span.Last.IsZero() && span.Last.Before(span.First) {
			r.refuse("%s ends before it begins", value)
		}
		spans = append(spans, span)
	}
	return spans
}

func (r *scopeReader) date(text string, mayBeOpen bool) calendar.Date {
	if text == "" && mayBeOpen {
		return calendar.Date{}
	}
	date, err := calendar.Parse(text)
	if err != nil {
		r.refuse("%q is not a date; write 2019-08-27 or 2019-08-27..2019-10-14", text)
	}
	return date
}

// String writes the scope as [ParseScope] reads it. The zero scope is empty.
func (s Scope) String() string {
	switch s.how {
	case asks:
		return string(s.field) + " " + s.asked()
	case not:
		return "not " + s.of[0].within()
	case some:
		return s.joined(" or ")
	}
	return s.joined(" and ")
}

func (s Scope) joined(word string) string {
	parts := make([]string, len(s.of))
	for i, part := range s.of {
		parts[i] = part.within()
	}
	return strings.Join(parts, word)
}

// within is String for a part of another scope.
func (s Scope) within() string {
	if s.how == asks || s.how == not {
		return s.String()
	}
	return "(" + s.String() + ")"
}

// asked writes the values that the scope accepts.
func (s Scope) asked() string {
	if s.field != On {
		return strings.Join(s.values, ",")
	}
	return join(s.spans)
}

// String writes "2019-08-27..2019-10-14", or a single date.
func (s Span) String() string {
	if s.First == s.Last && !s.First.IsZero() {
		return s.First.String()
	}
	var first, last string
	if !s.First.IsZero() {
		first = s.First.String()
	}
	if !s.Last.IsZero() {
		last = s.Last.String()
	}
	return first + ".." + last
}

func join[T any](all []T) string {
	written := make([]string, len(all))
	for i, one := range all {
		written[i] = fmt.Sprint(one)
	}
	return strings.Join(written, ",")
}

func texts[T ~string](all []T) []string {
	written := make([]string, len(all))
	for i, one := range all {
		written[i] = string(one)
	}
	return written
}
