package layout

// Layout is a checked declaration. It does not change and may be shared.
type Layout struct {
	Name      string
	Title     string
	Source    string // where the layout is published, or who vouches for it
	Notes     string
	Direction Direction

	fixed        bool
	encoding     *encoding
	delimiter    byte
	quote        byte // 0: none
	header       header
	columns      int // every row has so many; 0: not declared
	length       int // every fixed-width line has so many bytes
	endsLine     bool
	lineEnd      string
	records      []recordPlan
	skips        []skip
	duplicates   *duplicates
	several      several
	hasTrailer   bool
	hasHeaderRow bool
	numbering    Numbering
	services     []string // of the town; nil: any
}

// Numbering gives a utility account number the form in which the town keeps it;
// false where the town writes none so.
type Numbering func(written string) (string, bool)

// Numbered is the layout for a town that writes its utility account numbers in a
// way of its own: "10-1" and "000010-001" may be one. Without a numbering, numbers
// are what is written.
func (l *Layout) Numbered(n Numbering) *Layout {
	numbered := *l
	numbered.numbering = n
	return &numbered
}

// Offered is the layout for a town that bills for these services alone. A bill for
// another one would have no name on any page, and its payment no place in the
// billing system.
func (l *Layout) Offered(services []string) *Layout {
	offered := *l
	offered.services = services
	return &offered
}

// AddsUp reports whether all bills of a utility account in one file are owed
// together.
func (l *Layout) AddsUp() bool { return l.several == severalAdd }

// Direction says what a layout carries, and which way.
type Direction string

// The directions. All but the last come in.
const (
	BillsIn           Direction = "bills"
	UtilityAccountsIn Direction = "utility-accounts"
	ReadingsIn        Direction = "readings"
	PostingOut        Direction = "posting"
)

// header says what the first line of a delimited file is.
type header string

const (
	headerNone    header = "none"
	headerNamed   header = "named"   // columns are found by their names
	headerIgnored header = "ignored" // a line of captions that nobody vouches for
)

// Role is what a record of a file is.
type Role string

// The roles. The first four are rows and are counted.
const (
	RoleBill           Role = "bill"
	RoleUtilityAccount Role = "utility-account"
	RoleReading        Role = "reading"
	RolePosting        Role = "posting"
	RoleHeader         Role = "header"
	RoleTrailer        Role = "trailer"
	RoleIgnored        Role = "ignored"
)

func (r Role) isRow() bool {
	return r == RoleBill || r == RoleUtilityAccount || r == RoleReading || r == RolePosting
}

// sum is the noun whose values make a control total.
func (r Role) sum() Noun {
	if r == RolePosting {
		return Amount
	}
	return AmountDue
}

// recordPlan is one kind of line.
type recordPlan struct {
	role  Role
	mark  *mark // nil: every line that bears no other's mark
	steps []step
	width int // columns that a line must have at least
}

type mark struct {
	source
	is string
}

// step fills one noun from one line.
type step struct {
	label       string // what a reason calls it: the noun and where it stands
	noun        Noun
	source      source
	fixed       string // a constant
	constant    bool
	compose     []component
	drop        bool
	required    bool
	optional    bool // the column may be absent
	max         int  // runes; 0: any
	longNumbers bool
	blank       []string
	codes       map[string]string
	patterns    []pattern
	number      notation
	flag        flagWords
	right       bool // how the writer aligns in a fixed-width field
	zeros       bool
	cut         bool
}

// source is where a value stands. In a layout whose columns are named, column
// is known only when the file's header has been read.
type source struct {
	names    []string // any of them, as headings compare
	caption  string   // the first of them, as the layout writes it
	column   int      // 0-based; -1: none
	from, to int      // half open
}

func (s source) stands() bool { return len(s.names) > 0 || s.column >= 0 || s.to > 0 }

// component is a piece of a composed value.
type component struct {
	source
	text string
	line bool // the number of the line
}

type flagWords struct{ set, clear []string }

// skip leaves rows out by a declared rule.
type skip struct {
	source
	is     []string
	unless []string
	reason string
}

type duplicates struct {
	key  []Noun
	keep keep
}

// keep says which of several rows with the same key is the true one.
type keep string

const (
	keepNone   keep = "none"   // nobody can know: all are refused
	keepFirst  keep = "first"  // the earliest in the file
	keepLast   keep = "last"   // the last in the file
	keepLatest keep = "latest" // the most recently updated; of equals, the last
)
