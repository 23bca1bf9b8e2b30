package cis

import (
	"strings"
	"unicode"

	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/city"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// rowOf translates a record.
func rowOf(r *layout.Record, service policy.Service) billing.Row {
	row := billing.Row{
		Line: r.Line, Number: billing.Number(r.Number), Display: r.UtilityAccount,
		Name: r.Name, ServiceAddress: r.ServiceAddress, ZIP: r.Mailing.Zip, Mailing: mailingOf(r.Mailing),
		Service: service, LastPayment: amount(r, layout.LastPayment, r.LastPayment),
		ShutOffOn: r.ShutOffOn, ShutOff: amount(r, layout.ShutOffAmount, r.ShutOffAmount),
		Bill: r.Bill.Number,
	}
	if r.Service != "" {
		row.Service = policy.Service(r.Service)
	}
	if r.Role == layout.RoleBill {
		addBill(&row, r)
	}
	if r.Reading.CurrentOn.IsZero() {
		return row
	}
	return addReading(row, r)
}

func addBill(row *billing.Row, r *layout.Record) {
	b := &r.Bill
	row.BilledOn, row.DueOn, row.From, row.To = b.Date, b.DueDate, b.From, b.To
	row.Amount = amount(r, layout.AmountDue, b.AmountDue)
	row.Current = amount(r, layout.Current, b.Current)
	row.PastDue = amount(r, layout.PastDue, b.PastDue)
	row.Previous = amount(r, layout.PreviousBalance, b.PreviousBalance)
}

func addReading(row billing.Row, r *layout.Record) billing.Row {
	row.Meter, row.ReadOn, row.PreviousOn, row.Units = r.Reading.Meter, r.Reading.CurrentOn, r.Reading.PreviousOn, r.Reading.Units
	row.Milli = quantity(r, layout.CurrentReading, r.Reading.Current)
	row.PreviousMilli = quantity(r, layout.PreviousReading, r.Reading.Previous)
	row.UsageMilli = quantity(r, layout.Usage, r.Reading.Usage)
	return row
}

// amount is nil where the line does not state it.
func amount(r *layout.Record, n layout.Noun, a money.Amount) *money.Amount {
	if !r.Has(n) {
		return nil
	}
	return &a
}

// quantity is nil where the line does not state it.
func quantity(r *layout.Record, n layout.Noun, q layout.Quantity) *int64 {
	if !r.Has(n) {
		return nil
	}
	milli := int64(q)
	return &milli
}

// mailingOf keeps two lines of an address: what is more goes into the second.
func mailingOf(m layout.Mailing) billing.Mailing {
	var more []string
	for _, line := range m.Lines[1:] {
		if line != "" {
			more = append(more, line)
		}
	}
	return billing.Mailing{
		Lines: [2]string{m.Lines[0], strings.Join(more, ", ")},
		City:  m.City, State: m.State, ZIP: m.Zip,
	}
}

// numbering gives numbers of a file the form in which they are stored. Without a
// format it is their letters and digits.
func numbering(format city.NumberFormat) layout.Numbering {
	if len(format.Patterns) == 0 {
		return bare
	}
	numbers := format.Reader()
	return func(written string) (string, bool) {
		number, err := numbers.Normalise(written)
		return number, err == nil
	}
}

func bare(written string) (string, bool) {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, written)
	return kept, kept != ""
}
