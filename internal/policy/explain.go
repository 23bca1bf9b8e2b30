package policy

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"clearwell/internal/locale"
)

// Explain writes for staff, rule by rule, how a set answers a question, and what
// the resident reads in the language of p. It is what `clearwell policy explain`
// prints.
func Explain(p *locale.Printer, s Set, q Question) string {
	answer := s.Explain(q)
	var b strings.Builder
	fmt.Fprintf(&b, "Rules %s, in force from %s (%s)\n", s.Version, s.EffectiveFrom, orNone(s.Citation))
	explainQuestion(&b, q)
	b.WriteString("\n")
	explainSteps(&b, answer.Explanation)
	b.WriteString("\n")
	explainAnswer(&b, answer)
	explainToResident(&b, p, answer)
	return b.String()
}

func explainQuestion(w io.Writer, q Question) {
	fmt.Fprintf(w, "Payment  %s for %s (MCC %s) on %s by %s, %s, %s\n", dollars(q.Amount), q.Service, orNone(string(q.MCC)),
		q.Channel, q.tender(), strings.ReplaceAll(string(q.occasion()), "_", "-"), q.On)
	fmt.Fprintf(w, "Owed     %s, of it past due %s; credit %s; pending %s; to pay %s\n", dollars(q.Owed.Total),
		dollars(q.Owed.PastDue), dollars(q.Owed.Credit), dollars(q.Owed.Pending), dollars(q.Owed.Due()))
	for _, ret := range q.Returns {
		fmt.Fprintf(w, "Returned on %s, paid by %s, reason %s\n", ret.On, Tenders{ret.Tender}, orUnknown(ret.Code))
	}
}

// tender reads "card (visa, credit)", "bank account".
func (q Question) tender() string {
	if q.Tender != Card {
		return Tenders{q.Tender}.String()
	}
	return fmt.Sprintf("card (%s, %s)", orUnknown(string(q.Brand)), orUnknown(string(q.Funding)))
}

func explainSteps(w io.Writer, steps []Step) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, s := range steps {
		fmt.Fprintf(table, "%d.\t%s\t%s\t%s:\t%s\n", i+1, s.Rules, orNone(s.Rule), s.Verdict, s.Why)
	}
	table.Flush() // a strings.Builder does not refuse
}

func explainAnswer(w io.Writer, a Answer) {
	if a.Allowed {
		fmt.Fprintf(w, "Allowed: %s\n", a.price())
		return
	}
	fmt.Fprintln(w, "Refused:")
	for _, r := range a.Refusals {
		fmt.Fprintf(w, "  %s [%s]\n", r.Staff, r.Err.Code)
	}
}

func explainToResident(w io.Writer, p *locale.Printer, a Answer) {
	if len(a.Refusals)+len(a.Notices) == 0 {
		return
	}
	fmt.Fprintln(w, "The resident reads:")
	for _, r := range a.Refusals {
		fmt.Fprintf(w, "  %s\n", p.Fault(r.Err))
	}
	for _, n := range a.Notices {
		fmt.Fprintf(w, "  %s\n", n.In(p))
	}
}

// price reads "$250.00 and a service fee of $6.25, in all $256.25".
func (a Answer) price() string {
	amount := a.Total.Sub(a.Fee)
	if a.Fee.IsZero() {
		return dollars(amount) + " without a fee"
	}
	return fmt.Sprintf("%s and a %s fee of %s, in all %s", dollars(amount), a.FeeKind, dollars(a.Fee), dollars(a.Total))
}

func orNone(s string) string    { return or(s, "none") }
func orUnknown(s string) string { return or(s, "unknown") }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
