package notify

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// Receipt tells that a payment went through. Names of the service and of the fee
// are in the resident's language.
type Receipt struct {
	Town         string
	Confirmation string
	PaidAt       time.Time
	BookedOn     calendar.Date // the business date; none in messages of an earlier release
	Zone         string        // of the town, as "America/Chicago"
	Service      string
	// UtilityAccount is as much of the number as may travel by e-mail, which
	// anybody on the way can read: "…1172-001".
	UtilityAccount string
	Amount         money.Amount
	FeeName        string
	Fee            money.Amount
	Brand          string // "Visa"
	LastFour       string
	Descriptor     string // how the charge reads on the card's statement
	Address        string // of the receipt's page; empty for none
	Phone          string // of the utility office
	Practice       bool   // the sandbox: no money moved
}

var errLastFour = errors.New("the last four digits of a card are not four digits")

func (Receipt) kind() kind { return kindReceipt }

// check refuses a receipt that would say too much of a card. The confirmation
// and the addresses are ours, and are not searched.
func (r Receipt) check() error {
	if len(r.LastFour) != 4 || strings.Trim(r.LastFour, "0123456789") != "" {
		return errLastFour
	}
	for _, text := range []string{r.Town, r.Service, r.UtilityAccount, r.FeeName, r.Brand, r.Descriptor, r.Phone} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if _, err := time.LoadLocation(r.Zone); err != nil {
		return fmt.Errorf("reading time zone: %w", err)
	}
	return nil
}

// letter puts a receipt into words.
func (r Receipt) letter(p *locale.Printer) (letter, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return letter{}, fmt.Errorf("reading time zone: %w", err)
	}
	total := r.Amount.Add(r.Fee)
	l := letter{
		Lang:     p.Lang(),
		Subject:  p.T("mail.receipt.subject", "Town", r.Town, "Total", total),
		Title:    p.T("mail.receipt.title"),
		Lead:     p.T("mail.receipt.lead", "Town", r.Town),
		Rows:     r.rows(p, zone, total),
		Link:     r.Address,
		LinkText: p.T("mail.receipt.link"),
		Notes:    r.notes(p, zone),
	}
	if r.Practice {
		l.Stamp = p.T("mail.receipt.practice")
		l.Subject = l.Stamp + ": " + l.Subject
	}
	return l, nil
}

func (r Receipt) rows(p *locale.Printer, zone *time.Location, total money.Amount) []row {
	rows := []row{
		{Label: p.T("mail.receipt.confirmation"), Value: r.Confirmation},
		{Label: p.T("mail.receipt.when"), Value: p.Time(r.PaidAt, zone)},
		{Label: p.T("mail.receipt.service"), Value: r.Service},
		{Label: p.T("mail.receipt.utility_account"), Value: r.UtilityAccount},
		{Label: p.T("mail.receipt.amount"), Value: p.Amount(r.Amount)},
	}
	if !r.Fee.IsZero() {
		rows = append(rows, row{Label: r.FeeName, Value: p.Amount(r.Fee)})
	}
	rows = append(rows,
		row{Label: p.T("mail.receipt.total"), Value: p.Amount(total), Total: true},
		row{Label: p.T("mail.receipt.method"), Value: p.T("mail.receipt.card", "Brand", r.Brand, "LastFour", r.LastFour)},
	)
	if r.Descriptor != "" {
		rows = append(rows, row{Label: p.T("mail.receipt.descriptor"), Value: r.Descriptor})
	}
	return rows
}

// counts says when the payment counts as received, and where the day's cut-off was
// over, on which day the town books it.
func (r Receipt) counts(p *locale.Printer, zone *time.Location) string {
	when := p.Time(r.PaidAt, zone)
	if r.BookedOn.After(calendar.Of(r.PaidAt, zone)) {
		return p.T("mail.receipt.counts_next", "When", when, "Day", r.BookedOn)
	}
	return p.T("mail.receipt.counts", "When", when)
}

func (r Receipt) notes(p *locale.Printer, zone *time.Location) []note {
	notes := []note{
		{Text: r.counts(p, zone)},
		{Text: p.T("mail.receipt.added")},
		{Text: p.T("mail.receipt.keep")},
	}
	if r.Phone != "" {
		notes = append(notes, note{Text: p.T("mail.receipt.help"), Phone: r.Phone})
	}
	return append(notes, note{Text: p.T("mail.receipt.why")})
}
