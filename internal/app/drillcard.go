package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// scorecard is what a drill came to. What the machine did was measured; what
// people do is estimated, and the two are never added to each other.
type scorecard struct {
	At        time.Time     `json:"at"`
	Release   string        `json:"release"`
	Database  string        `json:"database"`
	Views     []string      `json:"views"`
	Exposed   int           `json:"expected_people"`
	Named     int           `json:"named_people"`
	Measured  []measured    `json:"measured"`
	Estimated []estimated   `json:"estimated"`
	Stages    []scoredStage `json:"stages"`
	Checks    []check       `json:"checks"`
}

// measured is a step of the machine's.
type measured struct {
	Step         string `json:"step"`
	Milliseconds int64  `json:"milliseconds"`
	Until        string `json:"until"` // the stage that it belongs to
}

// estimated is a step of people's. Nobody has measured it.
type estimated struct {
	Step    string `json:"step"`
	Minutes int    `json:"minutes"`
	Until   string `json:"until"`
}

// scoredStage sums up to a point that counts.
type scoredStage struct {
	Name             string `json:"stage"`
	Milliseconds     int64  `json:"measured_milliseconds"`
	EstimatedMinutes int    `json:"estimated_minutes"`
}

// check is something that must have come out.
type check struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
}

// The stages, each counted from the alarm.
const (
	untilAlarm   = "page changed to alarm"
	untilFrozen  = "alarm to frozen list"
	untilLetters = "alarm to printed letters"
)

// people are the steps of people, with estimates for a town that has read
// docs/incidents.md once.
func peopleSteps() []estimated {
	return []estimated{
		{"read the alarm, look at the page, decide", 5, untilFrozen},
		{"type the hold and the incident's line from the alarm", 2, untilFrozen},
		{"look at who is in and who is out, and agree to the count", 10, untilFrozen},
		{"write what happened into notice.yaml", 15, untilLetters},
		{"read one letter of each state and language aloud", 15, untilLetters},
	}
}

// sum sums up each stage: letters come after the list.
func (s *scorecard) sum() {
	s.Estimated = peopleSteps()
	for _, stage := range []string{untilAlarm, untilFrozen, untilLetters} {
		total := scoredStage{Name: stage}
		for _, m := range s.Measured {
			if m.Until == stage || stage == untilLetters && m.Until == untilFrozen {
				total.Milliseconds += m.Milliseconds
			}
		}
		for _, e := range s.Estimated {
			if e.Until == stage || stage == untilLetters && e.Until == untilFrozen {
				total.EstimatedMinutes += e.Minutes
			}
		}
		s.Stages = append(s.Stages, total)
	}
}

func (s *scorecard) passed() bool {
	for _, c := range s.Checks {
		if !c.OK {
			return false
		}
	}
	return len(s.Checks) > 0 && s.Exposed == s.Named
}

func (s *scorecard) json(out io.Writer) error {
	to := json.NewEncoder(out)
	to.SetIndent("", "  ")
	return to.Encode(s)
}

// print writes the scorecard as a table that README.md takes as it is.
func (s *scorecard) print(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "A made-up breach of %s: a script put into the card page; %d people met it, and exactly they were named: %s. Seen by: %s. Database: %s.\n\n",
		s.At.Format("2006-01-02"), s.Exposed, yes(s.passed()), strings.Join(s.Views, ", "), s.Database)
	b.WriteString("| the machine, measured | seconds | until |\n|---|---:|---|\n")
	for _, m := range s.Measured {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.Step, seconds(m.Milliseconds), m.Until)
	}
	b.WriteString("\n| people, estimated and not measured | minutes | until |\n|---|---:|---|\n")
	for _, e := range s.Estimated {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", e.Step, e.Minutes, e.Until)
	}
	b.WriteString("\n| in all | the machine, measured | people, estimated |\n|---|---:|---:|\n")
	for _, stage := range s.Stages {
		fmt.Fprintf(&b, "| %s | %s s | %d min |\n", stage.Name, seconds(stage.Milliseconds), stage.EstimatedMinutes)
	}
	b.WriteString("\nThe prober comes by every five minutes where nothing else is set; so long a change may stand before the first row begins. Not in it: what counsel, the police and the printer take.\n")
	for _, c := range s.Checks {
		if !c.OK {
			fmt.Fprintf(&b, "\nNOT: %s\n", c.What)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "NO"
}

func seconds(milliseconds int64) string {
	return fmt.Sprintf("%d.%02d", milliseconds/1000, milliseconds%1000/10)
}
