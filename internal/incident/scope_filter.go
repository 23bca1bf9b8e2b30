package incident

import (
	"clearwell/internal/exposure"
)

// column is where the database keeps a field; empty for what it cannot know
// without reading all that came of an occasion.
func column(field Field) exposure.Column {
	switch field {
	case On:
		return exposure.OnColumn
	case Service:
		return exposure.ServiceColumn
	case Department:
		return exposure.DepartmentColumn
	case Capture:
		return exposure.CaptureColumn
	case Flow:
		return exposure.FlowColumn
	case Instrument:
		return exposure.InstrumentColumn
	case Channel:
		return exposure.ChannelColumn
	case Processor:
		return exposure.ProcessorColumn
	case Manifest:
		return exposure.ManifestColumn
	case Release:
		return exposure.ReleaseColumn
	case Node:
		return exposure.NodeColumn
	}
	return ""
}

// Filter is what the database can be asked of a scope: it keeps every occasion
// that [Scope.Judge] takes in, and others that it does not.
func (s Scope) Filter() exposure.Filter { return s.filter(false) }

// filter pushes "not" down to the fields, where the database understands it: not
// (a and b) is not a or not b.
func (s Scope) filter(negated bool) exposure.Filter {
	switch {
	case s.how == asks:
		return s.filterField(negated)
	case s.how == not:
		return s.of[0].filter(!negated)
	case (s.how == some) != negated:
		return exposure.AnyOf(filters(s.of, negated)...)
	}
	return exposure.AllOf(filters(s.of, negated)...)
}

func filters(parts []Scope, negated bool) []exposure.Filter {
	all := make([]exposure.Filter, len(parts))
	for i, part := range parts {
		all[i] = part.filter(negated)
	}
	return all
}

func (s Scope) filterField(negated bool) exposure.Filter {
	var f exposure.Filter
	switch column := column(s.field); {
	case column == "":
		return f
	case s.field == On:
		f = exposure.Within(days(s.spans)...)
	case s.field == Manifest || s.field == Release:
		f = exposure.Begins(column, s.values...)
	default:
		f = exposure.Is(column, s.values...)
	}
	if negated {
		return f.Not()
	}
	return f
}

func days(spans []Span) []exposure.Days {
	all := make([]exposure.Days, len(spans))
	for i, span := range spans {
		all[i] = exposure.Days(span)
	}
	return all
}

// Window is the range of dates from the first to the last on which an occasion
// can be in the scope. A zero end is open.
func (s Scope) Window() Span {
	window := s.Filter().Window()
	return Span{window.First, window.Last}
}
