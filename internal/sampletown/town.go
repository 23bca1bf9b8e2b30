package sampletown

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis/layout"
	"clearwell/internal/money"
)

const (
	// Size is the number of utility accounts.
	Size = 2_000
	// Months is how far back the bills go.
	Months = 36
	// everOnline is the share of residents, in hundredths, who have found the
	// portal by now. The others pay at the counter, by mail or through their bank,
	// and only the billing system hears of it.
	everOnline = 9
)

// Town tells its story a month at a time. It is not for concurrent use.
type Town struct {
	Residents []*Resident

	layout  *layout.Layout
	random  *rand.Rand
	today   calendar.Date
	zone    *time.Location
	refused string // number of a card without money
	month   int    // the next to be told
}

// Month is what happens between one bill and the next.
type Month struct {
	On       calendar.Date // the bills'
	Bills    []byte        // the billing system's file, in the town's layout
	Payments []Payment     // through the portal, in order
}

// Payment is what a resident does on the portal.
type Payment struct {
	Resident *Resident
	Amount   money.Amount
	At       time.Time
	Card     string // number of a test card
	Mistake  string // number of a card that is declined first; mostly empty
	Email    string // for the receipt; may be empty
}

// Draw draws a town as it is today: a seed and a day make the same town every
// time. Bills are written in a layout of bills with readings.
func Draw(seed uint64, today calendar.Date, zone *time.Location, bills *layout.Layout) *Town {
	t := &Town{layout: bills, random: rand.New(rand.NewPCG(seed, Size)), today: today, zone: zone, refused: refused()}
	words := allNames()
	for lot := range Size {
		t.Residents = append(t.Residents, settle(t.random, words, lot))
	}
	return t
}

// Next tells the next month, oldest first; false when the story has come to
// today.
func (t *Town) Next() (Month, bool, error) {
	if t.month == Months {
		return Month{}, false, nil
	}
	m := Month{On: t.today.StartOfMonth().AddMonths(t.month + 1 - Months)}
	var file bytes.Buffer
	if err := t.bill(m.On, &file); err != nil {
		return Month{}, false, fmt.Errorf("writing the bills of %s: %w", m.On, err)
	}
	m.Bills = file.Bytes()
	for _, r := range t.Residents {
		t.spend(r, &m)
	}
	slices.SortStableFunc(m.Payments, func(a, b Payment) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Resident.Number, b.Resident.Number))
	})
	t.month++
	return m, true, nil
}

// Paid tells the billing system of a payment that was approved.
func (t *Town) Paid(p Payment) { p.Resident.Balance = p.Resident.Balance.Sub(p.Amount) }

// bill reads the meters and writes the file of the month.
func (t *Town) bill(on calendar.Date, out *bytes.Buffer) error {
	w, err := layout.NewWriter(t.layout, out, layout.Control{})
	if err != nil {
		return err
	}
	for _, r := range t.Residents {
		if err := w.Write(t.line(r, on)); err != nil {
			return err
		}
	}
	return w.Close()
}

// line is the bill of one resident, whose balance it raises.
func (t *Town) line(r *Resident, on calendar.Date) *layout.Record {
	from, to := on.AddMonths(-1), on.AddDays(-1)
	before := r.reading
	used := r.use(t.random, to.Month())
	current := charge(used, r.business)
	past := money.Max(r.Balance, money.Amount{})
	record := &layout.Record{
		Role: layout.RoleBill, UtilityAccount: r.Number, Name: r.Name, ServiceAddress: r.Address, Mailing: r.mailing(), Service: "water",
		Bill: layout.Bill{
			Number: on.Format("200601") + "-" + r.Number[:6], Date: on, DueDate: on.AddDays(20), From: from, To: to,
			AmountDue: r.Balance.Add(current), Current: current, PastDue: past, PreviousBalance: r.Balance,
		},
		Reading: layout.Reading{
			Meter: r.meter, PreviousOn: from, Previous: gallons(before), CurrentOn: to, Current: gallons(r.reading),
			Usage: gallons(used), Units: "gal",
		},
	}
	record.State(layout.UtilityAccount, layout.Name, layout.ServiceAddress, layout.Mailing1, layout.MailingCity, layout.MailingState, layout.MailingZip,
		layout.Service, layout.BillNumber, layout.BillDate, layout.DueDate, layout.ServiceFrom, layout.ServiceTo,
		layout.AmountDue, layout.Current, layout.PastDue, layout.PreviousBalance,
		layout.Meter, layout.PreviousReadOn, layout.PreviousReading, layout.CurrentReadOn, layout.CurrentReading, layout.Usage, layout.Units)
	r.Balance = record.Bill.AmountDue
	return record
}

func (r *Resident) mailing() layout.Mailing {
	if r.Mailing.Zip != "" {
		return r.Mailing
	}
	return layout.Mailing{Lines: [6]string{r.Address}, City: "Sampletown", State: "TX", Zip: r.ZIP}
}

func gallons(n int64) layout.Quantity { return layout.Quantity(n * 1000) }
