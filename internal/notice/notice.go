package notice

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/fault"
	"clearwell/internal/letter"
)

// ErrNotPublished: the town has no notice in force.
var ErrNotPublished = fault.New(fault.NotFound, "notice_not_published")

// Notice is what a town has published.
type Notice struct {
	Number      int
	Incident    string
	Revision    int
	Facts       letter.Notice
	PublishedAt time.Time
	PublishedBy audit.Actor
}

// Answer is what a resident may know of a utility account.
type Answer struct {
	Holders int // people on the list who hold it, or of whom nothing else is known
	Payers  int // people on the list who paid for it, and do not hold it
}

// Listed reports whether somebody is on the list for it.
func (a Answer) Listed() bool { return a.Holders+a.Payers > 0 }
