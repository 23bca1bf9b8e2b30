package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// State is how a control was found. The zero State is none.
type State string

// The states. What could not be seen is not good.
const (
	Good   State = "good"
	Look   State = "look"   // it works, and somebody should know
	Bad    State = "bad"    // it is not there
	Unseen State = "unseen" // nobody can say
)

// Check is one control.
type Check struct {
	Name string // "outside.headers"
	Rows []int  // of the table of docs/threats.md
	Next string // what to do when it is not good
	// Look looks, and says what it saw.
	Look func(ctx context.Context) (State, string)
}

// Finding is what a check saw.
type Finding struct {
	Check string `json:"check"`
	Rows  []int  `json:"threats,omitempty"`
	State State  `json:"state"`
	Saw   string `json:"saw"`
	Next  string `json:"next,omitempty"`
}

// Report is what all checks saw.
type Report struct {
	At       time.Time `json:"at"`
	Release  string    `json:"release"`
	Findings []Finding `json:"findings"`
}

// Run makes all checks, in their order.
func Run(ctx context.Context, at time.Time, release string, checks []Check) Report {
	r := Report{At: at, Release: release}
	for _, c := range checks {
		state, saw := c.Look(ctx)
		f := Finding{Check: c.Name, Rows: c.Rows, State: state, Saw: saw}
		if state != Good {
			f.Next = c.Next
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// Worst is the worst state of a report. A report of nothing is unseen.
func (r Report) Worst() State {
	worst := Unseen
	if len(r.Findings) > 0 {
		worst = Good
	}
	order := map[State]int{Good: 0, Look: 1, Unseen: 2, Bad: 3}
	for _, f := range r.Findings {
		rank, known := order[f.State]
		if !known {
			return Bad
		}
		if rank > order[worst] {
			worst = f.State
		}
	}
	return worst
}

// JSON is the report for machines.
func (r Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the doctor's report: %w", err)
	}
	return append(text, '\n'), nil
}

// Text is the report for people: what is not good with what to do, then how many
// are good.
func (r Report) Text() string {
	var b strings.Builder
	good := 0
	for _, f := range r.Findings {
		if f.State == Good {
			good++
		}
		fmt.Fprintf(&b, "%-7s %-24s %s\n", f.State, f.Check, f.Saw)
		if f.Next != "" {
			fmt.Fprintf(&b, "        what to do%15s%s%s\n", "", f.Next, against(f.Rows))
		}
	}
	fmt.Fprintf(&b, "\n%d of %d are good, %s, release %.12s\n", good, len(r.Findings), r.At.UTC().Format(time.RFC3339), r.Release)
	return b.String()
}

// against names the attacker's steps.
func against(rows []int) string {
	if len(rows) == 0 {
		return ""
	}
	var all []string
	for _, row := range rows {
		all = append(all, fmt.Sprint(row))
	}
	return " (step " + strings.Join(all, ", ") + " of docs/threats.md)"
}
