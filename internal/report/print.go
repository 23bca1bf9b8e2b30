package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"clearwell/internal/locale"
)

// Print writes a report for people: what it came to first, who did what last.
func (c Closing) Print(out io.Writer, zone *time.Location, words *locale.Printer) error {
	var b strings.Builder
	state := "report.state_open"
	if c.Closed {
		state = "report.state_closed"
	}
	fmt.Fprintf(&b, "%s\n%s\n%s\n", words.T(state, "Incident", c.Incident, "City", c.City), c.Title, words.T("report.scope", "Scope", c.Scope, "Revision", c.Revision))
	c.printTimes(&b, zone, words)
	c.printCounts(&b, words)
	c.printDuties(&b, words)
	heading(&b, words, "open")
	for _, item := range c.Open {
		fmt.Fprintf(&b, "- %s\n", item.Say(words))
	}
	if len(c.Open) == 0 {
		fmt.Fprintln(&b, words.T("report.nothing_open"))
	}
	heading(&b, words, "acts")
	for _, act := range c.Acts {
		fmt.Fprintf(&b, "%s  %s  %s  %s\n", act.At.In(zone).Format("2006-01-02 15:04:05"), act.Actor, act.Action, act.details())
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func heading(b *strings.Builder, words *locale.Printer, what string) {
	fmt.Fprintf(b, "\n%s\n", words.T("report.heading_"+what))
}

func (c Closing) printTimes(b *strings.Builder, zone *time.Location, words *locale.Printer) {
	heading(b, words, "times")
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, m := range c.Times {
		when := m.On.String()
		if m.At != nil {
			when = m.At.In(zone).Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", words.T("report.time_"+m.Name), when, m.since(words))
	}
	_ = table.Flush() // into memory
}

// since is how long after the first of all.
func (m Milestone) since(words *locale.Printer) string {
	switch hours := *m.Hours; {
	case hours == 0:
		return ""
	case m.At == nil || hours >= 72:
		return words.T("report.after_days", "Count", hours/24)
	default:
		return words.T("report.after_hours", "Count", hours)
	}
}

func (c Closing) printCounts(b *strings.Builder, words *locale.Printer) {
	heading(b, words, "counts")
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, count := range []struct {
		name string
		n    int
	}{
		{"exposed", c.Counts.Exposed}, {"households", c.Counts.Households}, {"occasions", c.Counts.Occasions}, {"told", c.Counts.Told},
		{"untold", c.Counts.Untold}, {"letters", c.Counts.Letters}, {"returned", c.Counts.Returned}, {"unreachable", c.Counts.Unreachable},
		{"substitute", c.Counts.Substitute}, {"emailed", c.Counts.Emailed}, {"codes", c.Counts.Codes},
	} {
		fmt.Fprintf(table, "%s\t%d\n", words.T("report.count_"+count.name), count.n)
	}
	_ = table.Flush() // into memory
}

func (c Closing) printDuties(b *strings.Builder, words *locale.Printer) {
	heading(b, words, "duties")
	for _, d := range c.Duties {
		said := words.T("report.duty_open")
		switch {
		case d.Late:
			said = words.T("report.duty_late", "Day", d.DoneOn, "By", d.DoneBy, "Evidence", d.Evidence, "Due", d.Due)
		case !d.DoneOn.IsZero():
			said = words.T("incident.duty_done", "Day", d.DoneOn, "By", d.DoneBy, "Evidence", d.Evidence)
		case !d.Asked:
			said = words.T("report.duty_not_asked")
		}
		who := d.Who
		if who == "" {
			who = words.T("law.kind." + string(d.Kind))
		}
		fmt.Fprintf(b, "- %s, %s (%s): %s\n", d.Place, who, d.Duty, said)
	}
}

// details are what the log says of an act, in the order of their names.
func (a Act) details() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(a.Detail)) {
		if a.Detail[name] != "" {
			texts = append(texts, name+"="+a.Detail[name])
		}
	}
	return strings.Join(texts, "; ")
}
