package incident

import (
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
)

// Field is a property of an occasion that a scope may ask for.
type Field string

// The fields.
const (
	On         Field = "on"         // business date in the city's zone
	Service    Field = "service"    // what was paid for
	Department Field = "department" // whose service it is
	Capture    Field = "capture"    // where the details passed
	Entry      Field = "entry"      // how they got in: typed, wallet, stored, reader
	Flow       Field = "flow"       // what the payer was doing
	Instrument Field = "instrument" // card or bank account
	Channel    Field = "channel"
	Processor  Field = "processor"
	Manifest   Field = "manifest" // of the page, by the beginning of its digest
	Release    Field = "release"  // of the program, by the beginning of its digest
	Node       Field = "node"
)

// Fields lists the fields in the order of a notice: when, what, how.
func Fields() []Field {
	return []Field{On, Service, Department, Capture, Entry, Flow, Instrument, Channel, Processor, Manifest, Release, Node}
}

// Span is a range of civil dates, both ends included, as notices state them. A
// zero end is open.
type Span struct{ First, Last calendar.Date }

// Has reports whether the date lies in the span.
func (s Span) Has(on calendar.Date) bool {
	return !(on.Before(s.First) && !s.First.IsZero()) && !(on.After(s.Last) && !s.Last.IsZero())
}

// Scope is a question about one occasion. Make one with [ParseScope], [When],
// [Where], [All], [Any] and [Not]. The zero scope holds for every occasion.
type Scope struct {
	how    how
	field  Field
	spans  []Span   // of On
	values []string // of every other field
	of     []Scope
}

// how says what a scope does with its parts.
type how int

const (
	all how = iota // zero parts hold always
	some
	not
	asks
)

// When holds for occasions on one of the dates. Without spans it holds for none
// that is known.
func When(spans ...Span) Scope { return Scope{how: asks, field: On, spans: spans} }

// Where holds for occasions whose field has one of the values.
func Where(field Field, values ...string) Scope {
	return Scope{how: asks, field: field, values: values}
}

// All holds where all parts hold.
func All(parts ...Scope) Scope { return Scope{how: all, of: parts} }

// Any holds where one of the parts holds.
func Any(parts ...Scope) Scope { return Scope{how: some, of: parts} }

// Not holds where the part does not.
func Not(part Scope) Scope { return Scope{how: not, of: []Scope{part}} }

// Answer is what a scope says of an occasion.
type Answer int

// The answers. Maybe is said of what nobody recorded.
const (
	No Answer = iota
	Maybe
	Yes
)

// Verdict is an answer with its reasons.
type Verdict struct {
	Answer  Answer
	Reasons []Reason
}

// In reports whether the occasion belongs to the incident. What is not known
// counts: nobody is left out for want of a record.
func (v Verdict) In() bool { return v.Answer != No }

// Reason is one property that decided.
type Reason struct {
	Field Field
	Found string // empty when nobody knows
	Asked string // as the scope writes it
	Met   Answer
}

// Judge answers for an occasion. The reasons are those without which the answer
// would be another: all that were met, or the first that was not.
func (s Scope) Judge(seen Seen) Verdict {
	switch s.how {
	case asks:
		return s.judgeField(seen)
	case not:
		return s.of[0].Judge(seen).inverted()
	case some:
		return fold(s.of, seen, No)
	}
	return fold(s.of, seen, Yes)
}

// fold judges the parts of All, which starts at Yes and takes the least, or of
// Any, which starts at No and takes the most. A part that settles the answer is
// the only reason for it.
func fold(parts []Scope, seen Seen, start Answer) Verdict {
	settles := Yes - start
	sum := Verdict{Answer: start}
	for _, part := range parts {
		v := part.Judge(seen)
		if v.Answer == settles {
			return v
		}
		if v.Answer == Maybe {
			sum.Answer = Maybe
		}
		sum.Reasons = append(sum.Reasons, v.Reasons...)
	}
	return sum
}

func (v Verdict) inverted() Verdict {
	turned := Verdict{Answer: Yes - v.Answer}
	for _, r := range v.Reasons {
		r.Met, r.Asked = Yes-r.Met, "not "+r.Asked
		turned.Reasons = append(turned.Reasons, r)
	}
	return turned
}

func (s Scope) judgeField(seen Seen) Verdict {
	found := valueOf(seen, s.field)
	reason := Reason{s.field, found, s.asked(), s.answer(seen, found)}
	return Verdict{reason.Met, []Reason{reason}}
}

func (s Scope) answer(seen Seen, found string) Answer {
	switch {
	case found == "":
		return Maybe
	case s.field == On:
		return yes(slices.ContainsFunc(s.spans, func(span Span) bool { return span.Has(seen.On) }))
	case s.field == Manifest || s.field == Release:
		return yes(slices.ContainsFunc(s.values, func(v string) bool { return strings.HasPrefix(found, v) }))
	}
	return yes(slices.Contains(s.values, found))
}

func yes(holds bool) Answer {
	if holds {
		return Yes
	}
	return No
}

// Seen is an occasion with what came of it, as far as anybody recorded.
type Seen = exposure.Story

// valueOf is what an occasion says of a field; empty when nobody knows.
func valueOf(s Seen, field Field) string {
	switch field {
	case On:
		return s.On.String()
	case Service:
		return s.Service
	case Department:
		return s.Department
	case Capture:
		return string(s.CapturePath)
	case Entry:
		return s.Entry
	case Flow:
		return string(s.Flow)
	case Instrument:
		return string(s.Instrument)
	case Channel:
		return s.Channel
	case Processor:
		return s.Processor
	case Manifest:
		return s.PageManifest
	case Release:
		return s.Release
	case Node:
		return s.Node
	}
	return ""
}
