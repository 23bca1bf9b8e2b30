package notify

import (
	"fmt"
	"slices"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// Why says in a word why a bank sent a payment back.
type Why string

// The reasons, as far as a payer needs them.
const (
	WhyMoney   Why = "money"   // there was not enough
	WhyClosed  Why = "closed"  // the bank account is not there, or takes no such payments
	WhyStopped Why = "stopped" // its holder stopped it, or did not agree to it
	WhyNotSent Why = "not_sent"
	WhyOther   Why = "other"
)

// WhyReturned gives the reason of a code of the ACH network.
func WhyReturned(code string) Why {
	for why, codes := range map[Why][]string{
		WhyMoney:   {"R01", "R09"},
		WhyClosed:  {"R02", "R03", "R04", "R12", "R13", "R20", "R28"},
		WhyStopped: {"R05", "R07", "R08", "R10", "R11", "R29", "R51"},
		WhyNotSent: {"not_sent"},
	} {
		if slices.Contains(codes, code) {
			return why
		}
	}
	return WhyOther
}

// PaymentReturned tells a payer that their bank sent a payment back.
type PaymentReturned struct {
	Town           string
	Why            Why
	Confirmation   string
	PaidOn         calendar.Date
	Service        string
	UtilityAccount string // its ending
	Amount         money.Amount
	Retry          calendar.Date // it is drawn once more on this day; zero: it is not
	Address        string        // where to pay another way
	Phone          string
}

func (PaymentReturned) kind() kind { return kindReturned }

func (r PaymentReturned) check() error {
	for _, text := range []string{r.Town, r.Confirmation, r.Service, r.UtilityAccount, r.Address, r.Phone} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if !slices.Contains([]Why{WhyMoney, WhyClosed, WhyStopped, WhyNotSent, WhyOther}, r.Why) {
		return fmt.Errorf("telling of a return: there is no reason %q", r.Why)
	}
	return nil
}

// letter puts it into words: what happened, what it means, what to do.
func (r PaymentReturned) letter(p *locale.Printer) (letter, error) {
	l := letter{
		Lang: p.Lang(), Subject: p.T("mail.returned.subject", "Town", r.Town), Title: p.T("mail.returned.title"),
		Lead: p.T("mail.returned.why." + string(r.Why)),
		Rows: []row{
			{Label: p.T("mail.returned.amount"), Value: p.Amount(r.Amount), Total: true},
			{Label: p.T("mail.returned.paid_on"), Value: p.Date(r.PaidOn)},
			{Label: p.T("mail.returned.confirmation"), Value: r.Confirmation},
			{Label: r.Service, Value: r.UtilityAccount},
		},
		Notes: []note{{Text: p.T("mail.returned.owed")}},
	}
	if r.Retry.IsZero() {
		l.Link, l.LinkText = r.Address, p.T("mail.returned.pay")
	} else {
		l.Notes = append(l.Notes, note{Text: p.T("mail.returned.retry", "Day", r.Retry)})
	}
	l.Notes = append(l.Notes, note{Text: p.T("mail.returned.call"), Phone: r.Phone})
	return l, nil
}
