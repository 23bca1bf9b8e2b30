package incident

import (
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

var (
	// ErrWordMalformed: a step of a warning happened at an instant that is not to
	// come, has evidence, and, beyond the first, somebody who was told or who
	// acknowledged it.
	ErrWordMalformed = fault.New(fault.Invalid, "incident_word_malformed")
	// ErrWordEarly: a town is told after something was known, and acknowledges
	// after it was told.
	ErrWordEarly = fault.New(fault.Conflict, "incident_word_early")
)

// Patience is how long each step of a warning may take: a rule of our own, and
// stricter than "immediately", which no program can measure.
const Patience = 24 * time.Hour

// Step is how far a warning has come.
type Step string

// The steps.
const (
	Suspected    Step = "known"        // the operator knows that a town may be concerned
	Sent         Step = "sent"         // the town was told
	Acknowledged Step = "acknowledged" // somebody of the town said so
	Alarmed      Step = "alarmed"      // an alarm was raised, because a step was overdue
)

// Word is one step of a warning.
type Word struct {
	Number     int
	Step       Step
	At         time.Time
	Person     string // who was told, or who acknowledged it
	Way        string // e-mail, letter, call
	Evidence   string
	RecordedAt time.Time
	RecordedBy audit.Actor
}

// Warning is the duty of whoever operates the portal to tell one town of one
// incident.
type Warning struct {
	City  id.City
	Name  string // of the incident, whether it is open or not
	Words []Word // oldest first
}

// Word gives the first word of a step: a town that was told twice was told the
// first time.
func (w Warning) Word(step Step) (Word, bool) {
	for _, word := range w.Words {
		if word.Step == step {
			return word, true
		}
	}
	return Word{}, false
}

// Waits is the step that is still to be done, and since when it could be; empty
// where none is.
func (w Warning) Waits() (Step, time.Time) {
	known, _ := w.Word(Suspected)
	sent, told := w.Word(Sent)
	switch _, done := w.Word(Acknowledged); {
	case done:
		return "", time.Time{}
	case told:
		return Acknowledged, sent.At
	}
	return Sent, known.At
}

// Overdue reports whether a step has taken longer than [Patience].
func (w Warning) Overdue(now time.Time) bool {
	step, since := w.Waits()
	return step != "" && now.Sub(since) > Patience
}

// Alarming reports whether an alarm is due: once a day while a step is overdue.
func (w Warning) Alarming(now time.Time) bool {
	last := time.Time{}
	for _, word := range w.Words {
		if word.Step == Alarmed {
			last = word.At
		}
	}
	return w.Overdue(now) && now.Sub(last) >= Patience
}

// check says whether a word may follow.
func (w Warning) check(word Word, now time.Time) error {
	_, known := w.Word(Suspected)
	_, told := w.Word(Sent)
	switch {
	case word.At.IsZero() || word.At.After(now) || word.Evidence == "":
		return ErrWordMalformed
	case word.Step == Suspected || word.Step == Alarmed && known:
		return nil
	case word.Person == "" || word.Step == Alarmed:
		return ErrWordMalformed
	case !known || word.Step == Acknowledged && !told:
		return ErrWordEarly
	}
	return nil
}
