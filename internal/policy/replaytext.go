package policy

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// String writes the report for staff and council. It is what
// `clearwell policy replay` prints.
func (r Report) String() string {
	var b strings.Builder
	r.summary(&b)
	tallies(&b, "By amount", r.ByAmount)
	tallies(&b, "By channel and tender", r.ByTender)
	changes(&b, "Would pay most more", r.Losers)
	changes(&b, "Would pay most less", r.Winners)
	refusals(&b, "Would be refused", r.NewlyRefused, Change.newRefusal)
	refusals(&b, "Would be allowed, and were refused", r.NewlyAllowed, Change.oldRefusal)
	return b.String()
}

func (r Report) summary(w io.Writer) {
	fmt.Fprintf(w, "Rules %s against rules %s\n", r.New, r.Old)
	fmt.Fprintf(w, "%s under both: %d pay more, %d pay less, %d the same\n", counted(r.All.Payments, "payment"),
		r.All.More, r.All.Less, r.All.Payments-r.All.More-r.All.Less)
	fmt.Fprintf(w, "Fees %s before, %s after, %s in all\n", dollars(r.All.OldFees), dollars(r.All.NewFees), signed(r.All))
	fmt.Fprintf(w, "Would be refused: %d. Would be allowed, and were refused: %d. Refused by both: %d\n",
		len(r.NewlyRefused), len(r.NewlyAllowed), r.StillRefused)
}

func tallies(w io.Writer, title string, buckets []Bucket) {
	fmt.Fprintf(w, "\n%s\n", title)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\tpayments\tmore\tless\tbefore\tafter\tdifference\t\n")
	for _, b := range buckets {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t\n", b.Name, b.Payments, b.More, b.Less,
			dollars(b.OldFees), dollars(b.NewFees), signed(b.Tally))
	}
	table.Flush() // a strings.Builder does not refuse
}

func changes(w io.Writer, title string, list []Change) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range list {
		fmt.Fprintf(table, "  %s\t%s by %s\t%s\t-> %s\t(%s -> %s)\n", c.Payment.ID, dollars(c.Payment.Question.Amount),
			c.Payment.Question.tender(), dollars(c.Old.Fee), dollars(c.New.Fee), orNone(c.Old.FeeRule), orNone(c.New.FeeRule))
	}
	table.Flush()
}

func refusals(w io.Writer, title string, list []Change, why func(Change) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, c := range list[:min(len(list), listed)] {
		fmt.Fprintf(w, "  %s  %s by %s: %s\n", c.Payment.ID, dollars(c.Payment.Question.Amount), c.Payment.Question.tender(), why(c))
	}
	if more := len(list) - listed; more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

func (c Change) newRefusal() string { return c.New.Refusals[0].Staff }
func (c Change) oldRefusal() string { return c.Old.Refusals[0].Staff }

// signed reads "$12.00 more", "$3.50 less", "no difference".
func signed(t Tally) string {
	switch difference := t.Difference(); {
	case difference.IsPositive():
		return dollars(difference) + " more"
	case difference.IsNegative():
		return dollars(difference.Abs()) + " less"
	}
	return "no difference"
}
