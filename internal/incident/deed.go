package incident

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/fault"
)

var (
	// ErrDeedMalformed: a duty is done on a day, by somebody, and there is
	// evidence; that it is not done after all has a reason.
	ErrDeedMalformed = fault.New(fault.Invalid, "incident_deed_malformed")
	// ErrDoneAlready: the duty is noted as done. Take that back first.
	ErrDoneAlready = fault.New(fault.Conflict, "incident_done_already")
	// ErrNotDone: nobody has noted that the duty is done.
	ErrNotDone = fault.New(fault.Conflict, "incident_not_done")
)

// Act is what a deed says of a duty.
type Act string

// The acts.
const (
	Done   Act = "done"
	Undone Act = "undone"
)

// Deed is that a duty of the law was done, or that it was not after all.
type Deed struct {
	Number     int
	Duty       string // as law.Duty.Key names it
	Act        Act
	On         calendar.Date // on which day it was done; zero for what is undone
	At         time.Time     // the instant of On, where it was written down
	DoneBy     string        // who did it, for people
	Evidence   string        // the reference of the letter or form; why it is undone
	RecordedAt time.Time
	RecordedBy audit.Actor
}

// Standing finds the deed by which a duty is done, if it is.
func Standing(deeds []Deed, duty string) (Deed, bool) {
	var found Deed
	for _, d := range deeds {
		if d.Duty == duty {
			found = d
		}
	}
	return found, found.Act == Done
}
