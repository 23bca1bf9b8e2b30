package exposure

import "clearwell/internal/calendar"

// Column is a property of an occasion by which the database can leave occasions
// out.
type Column string

// The columns. Entry and outcome are not among them: they are known of an
// occasion only when all that came of it has been read.
const (
	OnColumn         Column = "business_on"
	CaptureColumn    Column = "capture_path"
	FlowColumn       Column = "flow"
	InstrumentColumn Column = "instrument"
	ChannelColumn    Column = "channel"
	ServiceColumn    Column = "service"
	DepartmentColumn Column = "department"
	ProcessorColumn  Column = "processor"
	ManifestColumn   Column = "page_manifest"
	ReleaseColumn    Column = "release"
	NodeColumn       Column = "node"
)

// Days is a range of business dates, both ends included. A zero end is open.
type Days struct{ First, Last calendar.Date }

// Filter leaves occasions out before they are read. One whose column is empty is
// never left out by it: nobody recorded what it was. The zero filter leaves
// nobody out. Make the others with [Is], [Within], [AllOf], [AnyOf] and
// [Filter.Not].
type Filter struct {
	how     how
	column  Column
	begins  bool // values are beginnings
	negated bool
	values  []string
	days    []Days
	of      []Filter
}

type how int

const (
	nobody how = iota // leaves nobody out
	is
	within
	allOf
	anyOf
)

// Is keeps occasions whose column has one of the values.
func Is(column Column, values ...string) Filter {
	return Filter{how: is, column: column, values: values}
}

// Begins keeps occasions whose column begins with one of the values.
func Begins(column Column, values ...string) Filter {
	return Filter{how: is, column: column, values: values, begins: true}
}

// Within keeps occasions of the days.
func Within(days ...Days) Filter { return Filter{how: within, column: OnColumn, days: days} }

// Not turns a filter made by [Is], [Begins] or [Within] around; any other leaves
// nobody out then, which is always safe.
func (f Filter) Not() Filter {
	if f.how != is && f.how != within {
		return Filter{}
	}
	f.negated = !f.negated
	return f
}

// AllOf keeps what all keep.
func AllOf(of ...Filter) Filter { return Filter{how: allOf, of: of} }

// AnyOf keeps what one keeps.
func AnyOf(of ...Filter) Filter { return Filter{how: anyOf, of: of} }
