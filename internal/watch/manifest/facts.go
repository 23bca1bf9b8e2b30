package manifest

import (
	"cmp"
	"slices"
)

// Subject is what a fact is about.
type Subject string

// The subjects that a page's markup and headers show.
const (
	Header       Subject = "header"        // name: the header's; value: exact
	Cookie       Subject = "cookie"        // value: its attributes
	Script       Subject = "script"        // name: address; value: integrity
	InlineScript Subject = "inline_script" // name: SHA-256
	Style        Subject = "style"
	InlineStyle  Subject = "inline_style"
	Handler      Subject = "handler" // code in an attribute or an address
	Frame        Subject = "frame"   // name: address; value: what it may do
	Form         Subject = "form"    // name: method and target
	Input        Subject = "input"   // name: type and name; value: what it lets a browser fill in
	CardField    Subject = "card_field"
	Hint         Subject = "hint" // preload, preconnect, dns-prefetch and their like
	Link         Subject = "link" // that leaves the portal, by web, mail or telephone
	Meta         Subject = "meta" // what speaks for a header, and the base of addresses
	Picture      Subject = "picture"
)

// The subjects that need more than the markup.
const (
	File       Subject = "file"       // name: path; value: SHA-256 of its content
	Connection Subject = "connection" // name: an origin the page talks to
	Worker     Subject = "worker"     // a service worker
	Storage    Subject = "storage"    // a key that the page keeps in the browser
	Cover      Subject = "cover"      // what lies over a frame, or hides it
	Place      Subject = "place"      // the address at which a page was
)

// Fact is one thing that a page has.
type Fact struct {
	Subject Subject `json:"subject"`
	Name    string  `json:"name"`
	Value   string  `json:"value,omitempty"`
}

// Sorted puts facts into their one order, each once.
func Sorted(facts []Fact) []Fact {
	all := slices.Clone(facts)
	slices.SortFunc(all, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	return slices.Compact(all)
}

// mayBeMissing reports whether a page in another state does without. A script, a
// header or the frame of the card fields is never left out.
func (s Subject) mayBeMissing() bool {
	switch s {
	case Header, Script, Style, Frame, Form:
		return false
	}
	return true
}

// Change says how what was seen differs from the manifest.
type Change string

// The changes.
const (
	Added   Change = "added"
	Missing Change = "missing"
	Changed Change = "changed"
)

// Difference is one thing that is not as the manifest says.
type Difference struct {
	Change  Change  `json:"change"`
	Subject Subject `json:"subject"`
	Name    string  `json:"name"`
	Was     string  `json:"was,omitempty"` // by the manifest
	Is      string  `json:"is,omitempty"`  // as seen
}

// Compare lists how the facts of a page that was seen differ from those of the
// manifest. Two facts of the same name and another value are one change.
func Compare(stated, seen []Fact) []Difference {
	stated, seen = Sorted(stated), Sorted(seen)
	var all []Difference
	for _, fact := range seen {
		if !slices.Contains(stated, fact) {
			all = append(all, unstated(fact, stated, seen))
		}
	}
	for _, fact := range stated {
		if !fact.Subject.mayBeMissing() && !slices.Contains(seen, fact) && !isNamed(seen, fact) {
			all = append(all, Difference{Change: Missing, Subject: fact.Subject, Name: fact.Name, Was: fact.Value})
		}
	}
	return all
}

// unstated says what a fact is that the manifest does not have: another value of
// something known, or something new.
func unstated(fact Fact, stated, seen []Fact) Difference {
	for _, known := range stated {
		if known.Subject == fact.Subject && known.Name == fact.Name && !slices.Contains(seen, known) {
			return Difference{Changed, fact.Subject, fact.Name, known.Value, fact.Value}
		}
	}
	return Difference{Change: Added, Subject: fact.Subject, Name: fact.Name, Is: fact.Value}
}

func isNamed(facts []Fact, like Fact) bool {
	return slices.ContainsFunc(facts, func(f Fact) bool { return f.Subject == like.Subject && f.Name == like.Name })
}
