package audit

import (
	"fmt"
	"strings"
	"time"

	"clearwell/internal/id"
)

// Report is the judgment over one city's log.
type Report struct {
	City     id.City   `json:"city"`
	Events   int64     `json:"events"`          // sealed rows that are there
	Oldest   time.Time `json:"oldest,omitzero"` // when the oldest of them was recorded
	Unsealed int64     `json:"unsealed"`        // recorded, not yet sealed: nothing proves them
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

// Unproven reports whether nothing is wrong only because nothing is sealed: what
// was recorded may be anybody's, and a log that was emptied looks the same.
func (r Report) Unproven() bool { return r.OK() && r.Events == 0 }

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

// named is the event as well as it is known.
func (f Finding) named() string {
	if f.Event == "" {
		return "an event of unknown identifier"
	}
	return "event " + f.Event
}

// String says in one line what is wrong, its kind first.
func (f Finding) String() string {
	return fmt.Sprintf("%s, %s: %s", f.Kind, f.where(), f.what())
}

// where is the part of the log or of the file that the finding is about.
func (f Finding) where() string {
	switch {
	case f.Kind == BadCheckpoint || f.Kind == Fork:
		return fmt.Sprintf("checkpoint of %d", f.Size)
	case f.Line > 0:
		return fmt.Sprintf("line %d", f.Line)
	}
	return f.places()
}

func (f Finding) what() string {
	switch f.Kind {
	case Edited:
		return f.named() + " is not as it was sealed"
	case Deleted:
		return f.gone()
	case Reordered:
		return fmt.Sprintf("%s was sealed at place %d%s", f.named(), f.Home, f.following())
	case Foreign:
		return f.named() + " was never sealed"
	case Truncated:
		return fmt.Sprintf("the end is cut off, beginning with %s; the newest checkpoint counts %d", f.named(), f.Size)
	case HashChanged:
		return "the recorded hash of " + f.named() + " was changed or removed"
	case Rewritten:
		return fmt.Sprintf("rows and hashes are not those that the checkpoint of %d signed", f.Size)
	case Unproven:
		return fmt.Sprintf("checkpoints that the gap keeps from being checked: %d", f.Size)
	case Unsigned:
		return "no checkpoint signs what stands here"
	case Fork:
		return fmt.Sprintf("it was signed over another history than %s of %d", f.twin(), f.Against)
	}
	return f.Reason // bad checkpoint, unreadable
}

func (f Finding) gone() string {
	if f.From < f.To {
		return "events of unknown identifiers are gone"
	}
	return f.named() + " is gone"
}

func (f Finding) twin() string {
	if f.Size == f.Against {
		return "the other checkpoint"
	}
	return "the checkpoint"
}

// following says that the neighbours moved along.
func (f Finding) following() string {
	if f.From == f.To {
		return ""
	}
	return ", and those behind it likewise"
}

func (r Report) proven() string {
	switch {
	case r.Vouched == 0 && r.OK():
		return "nothing yet"
	case r.OK():
		return fmt.Sprintf("the first %d, by signed checkpoints", r.Vouched)
	}
	return fmt.Sprintf("the first %d, by signed checkpoints, except what is named below", r.Vouched)
}

// waiting says why nothing is proven, and what to do.
func (r Report) waiting() string {
	if r.Unsealed == 0 {
		return "The log is empty. That is right before anything was done, and never after."
	}
	return fmt.Sprintf(`Events that wait to be sealed: %d. Until they are, whoever can write to the database can change
them unseen. "clearwell serve" seals within seconds: start it, and verify again. If it runs, its log says why
it does not seal.`, r.Unsealed)
}

// Text is the report for people, as the command line prints it.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Audit log of %s\n\n", r.City)
	fmt.Fprintf(&b, "  events       %d\n", r.Events)
	fmt.Fprintf(&b, "  proven       %s\n", r.proven())
	fmt.Fprintf(&b, "  unsealed     %d\n", r.Unsealed)
	fmt.Fprintf(&b, "  checkpoints  %d with a good signature\n", r.Checkpoints)
	if r.Newest.Size > 0 {
		fmt.Fprintf(&b, "  newest       %d events, %s, root %s\n", r.Newest.Size, r.Newest.At.Format(time.RFC3339), r.Newest.Root)
	}
	switch {
	case r.Unproven():
		b.WriteString("\nNOTHING IS PROVEN. " + r.waiting() + "\n")
	case r.OK():
		b.WriteString("\nIntact.\n")
	default:
		r.list(&b)
	}
	return b.String()
}

func (r Report) list(b *strings.Builder) {
	fmt.Fprintf(b, "\nDAMAGED. Found wrong: %d\n", len(r.Findings))
	for _, f := range r.Findings {
		fmt.Fprintf(b, "  - %s\n", f)
	}
}
