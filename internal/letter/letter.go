package letter

import (
	"cmp"
	"errors"

	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/locale"
)

// The refusals.
var (
	ErrRequired  = errors.New("the letter lacks what the law of the state requires")
	ErrForbidden = errors.New("the letter says what the law of the state forbids")
	ErrNotice    = errors.New("the notice lacks what every letter says")
)

// Kind is which letter a person gets.
type Kind string

// The kinds. The first towns that were breached wrote to everybody at once, and
// again to those whom they found exposed; both letters are here.
const (
	Exposed     Kind = "exposed"
	Information Kind = "information" // to those of whom no card was seen
)

// Seen says what an intruder could read. There is no default: a letter that says
// too little about it is worse than none.
type Seen string

// What was seen.
const (
	SeenCard Seen = "card"
	SeenBank Seen = "bank" // numbers of bank accounts
	SeenBoth Seen = "both"
)

// Recipient is one person.
type Recipient struct {
	ID       string // printed at the foot; the same letter has the same
	Name     string
	Lines    []string // street and city, "Odessa, TX 79761-1234" last
	State    string   // of residence: it chooses the law
	Language locale.Lang
	Code     string // for credit monitoring; empty where none is given
}

// Window is days of exposure, both included.
type Window struct{ From, To calendar.Date }

// Notice is what a town says of a breach.
type Notice struct {
	Town, Office string
	Address      []string // of the town, printed in the return window
	Phone, Site  string
	Hours        string                // when the telephone is answered: "8 a.m. to 8 p.m."
	In           map[locale.Lang]Names `json:",omitempty"` // the town's own words where a language has others
	Monitoring   string                // site of the credit monitoring service; empty without
	Parent       string                // of a business that has one

	Entity     law.Entity
	State      string
	On         calendar.Date // of the letter
	Discovered calendar.Date
	Windows    []Window
	Seen       Seen
	Held       bool     // law enforcement asked to wait
	Ways       []string // messages letter.way.<key>: how one was exposed
	Safe       []string // and how not
	People     int      // how many are exposed; letters never say it

	// Story is what happened in the town's own words, by language, in place of
	// ours. It is checked like ours.
	Story map[locale.Lang]string
	// Doing is what the town does about it, in place of ours, which claims that
	// the page was closed and repaired and that the authorities know.
	Doing map[locale.Lang]string
}

// Names are what only a town can say in a language: nobody else may translate the
// name of an office.
type Names struct{ Town, Office, Hours string }

// spokenIn is the notice with the town's words for a language.
func (n Notice) spokenIn(lang locale.Lang) Notice {
	own := n.In[lang]
	n.Town, n.Office, n.Hours = cmp.Or(own.Town, n.Town), cmp.Or(own.Office, n.Office), cmp.Or(own.Hours, n.Hours)
	return n
}

// Letter is the text for one person, but for their name.
type Letter struct {
	Language locale.Lang
	Title    string
	Sections []Section
	Points   int // smallest size of type; 0 where none is prescribed
}

// Section is a heading and what stands under it.
type Section struct {
	Heading    string
	Paragraphs []Paragraph
}

// Paragraph is words, and addresses that belong to them.
type Paragraph struct {
	Element  law.Element // what it says in the terms of law; empty where law is silent
	Text     string
	Contacts []law.Contact
}

// Writer composes letters. It is safe for concurrent use.
type Writer struct {
	book      *law.Book
	catalogue *locale.Catalogue
}

// NewWriter makes a writer.
func NewWriter(book *law.Book, catalogue *locale.Catalogue) *Writer {
	return &Writer{book: book, catalogue: catalogue}
}
