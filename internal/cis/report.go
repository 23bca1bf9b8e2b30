package cis

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// take keeps what a delivery counted.
func (r *Report) take(d *delivery) { r.Totals, r.Reasons = d.totals, d.reasons }

// WriteTo writes the report for the town's staff.
func (r Report) WriteTo(out io.Writer) (int64, error) {
	counted := &counting{to: out}
	table := tabwriter.NewWriter(counted, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(counted, "%s\n", r.Layout.Title)
	fmt.Fprintf(counted, "file sha256:%x, %d bytes\n", r.Digest[:8], r.Size)
	if r.Before.IsZero() {
		r.writeTotals(table)
	}
	table.Flush() // its error is the writer's, which counted keeps
	r.writeOutcome(counted)
	return counted.n, counted.err
}

func (r Report) writeTotals(table io.Writer) {
	t := r.Totals
	fmt.Fprintf(table, "rows\t%d\t\n", t.Rows)
	fmt.Fprintf(table, "accepted\t%d\t\n", t.Accepted)
	fmt.Fprintf(table, "skipped by rule\t%d\t\n", t.Skipped)
	fmt.Fprintf(table, "refused\t%d\t\n", t.Refused)
	for _, code := range slices.Sorted(maps.Keys(r.Reasons)) {
		fmt.Fprintf(table, "reason %s\t%d\t\n", code, r.Reasons[code])
	}
	if r.Control.Count > 0 {
		fmt.Fprintf(table, "the file says, rows\t%d\t\n", r.Control.Count)
		fmt.Fprintf(table, "the file says, total\t%s\t\n", r.Control.Total)
	}
	fmt.Fprintf(table, "control total\t%s\t\n", t.Sum)
	if r.Control.Count > 0 { // the trailer was compared with all rows, so the rest is what was not taken
		fmt.Fprintf(table, "not taken, total\t%s\t\n", r.Control.Total.Sub(t.Sum))
	}
	if !r.DryRun {
		fmt.Fprintf(table, "balances stated\t%s\t\n", r.Changes.Stated)
	}
}

func (r Report) writeOutcome(out io.Writer) {
	c := r.Changes
	switch {
	case r.DryRun:
		fmt.Fprintln(out, "Dry run: nothing was stored.")
		return
	case !r.Before.IsZero():
		fmt.Fprintf(out, "The same file was applied on %s: nothing was changed.\n", r.Before.UTC().Format(time.RFC3339))
		return
	case r.Resumed > 0:
		fmt.Fprintf(out, "Resumed behind line %d, where an earlier run was interrupted.\n", r.Resumed)
	}
	if !r.AsOf.IsZero() {
		fmt.Fprintf(out, "Balances are as of %s: what was posted until then is in them.\n", r.AsOf.UTC().Format(time.RFC3339))
	}
	fmt.Fprintf(out, "Utility accounts: %d new, %d stated again.\n", c.NewUtilityAccounts, c.UpdatedUtilityAccounts)
	fmt.Fprintf(out, "Bills: %d new, %d changed.\n", c.NewBills, c.ChangedBills)
	fmt.Fprintf(out, "Readings: %d new, %d changed.\n", c.NewReadings, c.ChangedReadings)
}

// counting counts what is written and keeps the first error.
type counting struct {
	to  io.Writer
	n   int64
	err error
}

// Write writes unless writing has ended in an error.
func (c *counting) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.to.Write(p)
	c.n, c.err = c.n+int64(n), err
	return n, err
}
