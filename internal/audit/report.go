package audit

import (
	"fmt"
	"strings"
	"time"

	"clearwell/internal/id"
)

// Report is the judgment over one city's log.
type Report struct {
	City     id.City `json:"city"`
	Events   int64   `json:"events"`   // sealed rows that are there
	Unsealed int64   `json:"unsealed"` // recorded, not yet sealed: nothing proves them
	// Checkpoints counts those with a good signature.
	Checkpoints int `json:"checkpoints"`
	// Vouched is how many events, from the first, a checkpoint vouches for.
	Vouched int64 `json:"vouched"`
	// Newest is the largest checkpoint that fits; keep it, to find a later
	// rewriting even by somebody who has the key.
	Newest   Checkpoint `json:"newest"`
	Findings []Finding  `json:"findings"`
}

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Kind is a kind of damage.
type Kind string

// The kinds of damage.
const (
	Edited        Kind = "edited"         // a row is not what was sealed
	Deleted       Kind = "deleted"        // a row is gone
	Reordered     Kind = "reordered"      // a row stands at another's place
	Foreign       Kind = "foreign"        // a row was never sealed
	Truncated     Kind = "truncated"      // rows are gone from the end
	HashChanged   Kind = "hash changed"   // the row is right; its recorded hash is not
	Rewritten     Kind = "rewritten"      // rows and hashes agree, and are not what was signed
	Unproven      Kind = "unproven"       // a gap keeps checkpoints from being asked
	Unsigned      Kind = "unsigned"       // no checkpoint covers rows that stand in the tree
	BadCheckpoint Kind = "bad checkpoint" // nobody we know signed it, or not for this log
	Fork          Kind = "fork"           // two checkpoints of different histories
	Unreadable    Kind = "unreadable"     // a part of the file is not what an export writes
)

// Finding is one thing that is wrong, with its name. Places count from 0.
type Finding struct {
	Kind    Kind   `json:"kind"`
	From    int64  `json:"from"`              // the first place concerned
	To      int64  `json:"to"`                // the last
	Event   string `json:"event,omitempty"`   // the event concerned, the first of several, if known
	Home    int64  `json:"home,omitempty"`    // reordered: the place it was sealed at
	Size    int64  `json:"size,omitempty"`    // of the checkpoint concerned; unproven: how many
	Against int64  `json:"against,omitempty"` // fork: the size of the checkpoint that fits
	Line    int64  `json:"line,omitempty"`    // unreadable: of the file, from 1
	Reason  string `json:"reason,omitempty"`
}

// places reads "place 7" or "places 7 to 9".
func (f Finding) places() string {
	if f.From == f.To {
		return fmt.Sprintf("place %d", f.From)
	}
	return fmt.Sprintf("places %d to %d", f.From, f.To)
}

// event names the event as well as is known.
func (f Finding) event() string {
	if f.Event == "" {
		return "an event whose identifier is lost too"
	}
	return "event " + f.Event
}

// String says in one sentence what is wrong.
func (f Finding) String() string {
	switch f.Kind {
	case Edited:
		return fmt.Sprintf("%s, %s: edited since it was sealed", f.places(), f.event())
	case Deleted:
		return fmt.Sprintf("%s: deleted: %s", f.places(), f.event())
	case Reordered:
		return fmt.Sprintf("%s, from %s on: reordered: sealed %s", f.places(), f.event(), f.origin())
	case Foreign:
		return fmt.Sprintf("%s, %s: never sealed, put in the place of another", f.places(), f.event())
	case Truncated:
		return fmt.Sprintf("%s: cut off the end (%d of them), from %s on; the newest checkpoint counts %d", f.places(), f.To-f.From+1, f.event(), f.Size)
	case HashChanged:
		return fmt.Sprintf("%s, %s: its recorded hash was changed or removed", f.places(), f.event())
	}
	return f.aboutCheckpoint()
}

func (f Finding) origin() string {
	if f.From == f.To {
		return fmt.Sprintf("at place %d", f.Home)
	}
	return fmt.Sprintf("at places %d to %d", f.Home, f.Home+f.To-f.From)
}

func (f Finding) aboutCheckpoint() string {
	switch f.Kind {
	case Rewritten:
		return fmt.Sprintf("%s: not the events that the checkpoint of %d signed", f.places(), f.Size)
	case Unproven:
		return fmt.Sprintf("%s: not checked against %d checkpoints, because of the gap", f.places(), f.Size)
	case Unsigned:
		return fmt.Sprintf("%s: in the tree, but no checkpoint signs them", f.places())
	case BadCheckpoint:
		return fmt.Sprintf("checkpoint of %d: not to be trusted: %s", f.Size, f.Reason)
	case Fork:
		return fmt.Sprintf("checkpoint of %d: signed over another history than the checkpoint of %d", f.Size, f.Against)
	}
	if f.Line > 0 {
		return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
	}
	return fmt.Sprintf("%s: %s", f.places(), f.Reason)
}

func (r Report) except() string {
	if r.OK() {
		return ""
	}
	return ", except what is named below"
}

// Text is the report for people, as the command line prints it.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Audit log of %s\n\n", r.City)
	fmt.Fprintf(&b, "  events       %d\n", r.Events)
	fmt.Fprintf(&b, "  proven       the first %d, by signed checkpoints%s\n", r.Vouched, r.except())
	fmt.Fprintf(&b, "  unsealed     %d\n", r.Unsealed)
	fmt.Fprintf(&b, "  checkpoints  %d with a good signature\n", r.Checkpoints)
	if r.Newest.Size > 0 {
		fmt.Fprintf(&b, "  newest       %d events, %s, root %s\n", r.Newest.Size, r.Newest.At.Format(time.RFC3339), r.Newest.Root)
	}
	if r.OK() {
		b.WriteString("\nIntact.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nDAMAGED. Found wrong: %d\n", len(r.Findings))
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  - %s\n", f)
	}
	return b.String()
}
