package exposure

import (
	"cmp"
	"slices"
	"time"
)

// Story is an occasion with all that came of it, folded into one.
type Story struct {
	Occasion
	ShownAt time.Time
	// Entry is how the details got in. Where several attempts gave them in several
	// ways, it is the one that most eyes can see: typed before wallet before reader
	// before stored. Empty when nobody knows.
	Entry   string
	Outcome Outcome // the furthest; empty for one that was only shown
	Brand   string
	Last4   string
	Payer   Payer // as given with the furthest outcome that has one
}

// furthest ranks outcomes: who was approved was submitted before.
func furthest(o Outcome) int {
	return slices.Index([]Outcome{"", Abandoned, Submitted, Declined, Approved}, o)
}

// plainest ranks ways of entry by how many could watch.
func plainest(entry string) int {
	return slices.Index([]string{"", "stored", "reader", "wallet", "typed"}, entry)
}

// tell adds what came of the occasion, in the order in which it came.
func (s *Story) tell(r Result) {
	further := furthest(r.Outcome) >= furthest(s.Outcome)
	if plainest(r.Entry) > plainest(s.Entry) {
		s.Entry = r.Entry
	}
	if further {
		s.Outcome = r.Outcome
	}
	s.Brand, s.Last4 = preferred(further, r.Brand, s.Brand), preferred(further, r.Last4, s.Last4)
	if r.Payer != (Payer{}) && (further || s.Payer == (Payer{})) {
		s.Payer = r.Payer
	}
}

// preferred is the new value where it is further and there is one.
func preferred(further bool, fresh, known string) string {
	if further {
		return cmp.Or(fresh, known)
	}
	return cmp.Or(known, fresh)
}
