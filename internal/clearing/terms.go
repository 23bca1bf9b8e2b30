package clearing

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// Terms are what a town has agreed with its bank.
type Terms struct {
	Bank        routing.Number // that takes the files (ODFI)
	BankName    string
	Origin      string // the ten places by which the bank knows the sender
	OriginName  string
	Company     string // what payers read on their statement, at most 16
	CompanyID   string // at most 10
	Description string // of the entries, at most 10: "UTIL PYMT"
	Destination string // the ten places of the immediate destination; empty for a blank and Bank
	Zone        *time.Location
	CutOff      calendar.CutOff // after which an entry is in the next day's file
	SameDay     bool
	Prenote     bool // ask before the first debit of a bank account
	Retries     int  // how often a debit that came back for want of money is presented again
	Offset      *Offset
	LineEnd     string // "\n" where empty
}

// Offset is the town's own bank account, for banks that want each batch balanced.
type Offset struct {
	Bank    routing.Number
	Number  secret.String
	Savings bool
}

// plain is what the network prints.
var plain = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 .&/-]*$`)

// reserved descriptions have a meaning of their own in the network (Nacha
// Operating Rules, company entry description).
var reserved = []string{"RETRY PYMT", "RETURN FEE", "REVERSAL", "RECLAIM", "NONSETTLED", "ACCTVERIFY", "PAYROLL", "PURCHASE"}

// Check says what is wrong with the terms, nothing if they can be used.
func (t Terms) Check() error {
	for what, field := range map[string]struct {
		text string
		most int
	}{
		"the origin": {t.Origin, 10}, "the origin's name": {t.OriginName, 23}, "the company": {t.Company, 16},
		"the company's id": {t.CompanyID, 10}, "the description": {t.Description, 10}, "the bank's name": {t.BankName, 23},
	} {
		if len(field.text) > field.most || !plain.MatchString(field.text) {
			return fmt.Errorf("%s must be 1 to %d capitals and digits", what, field.most)
		}
	}
	for _, word := range reserved {
		if strings.EqualFold(t.Description, word) {
			return fmt.Errorf("the description %s has another meaning in the network", word)
		}
	}
	switch {
	case !t.Bank.Valid():
		return fmt.Errorf("the bank is not a routing number")
	case t.Offset != nil && (!t.Offset.Bank.Valid() || t.Offset.Number.IsEmpty()):
		return fmt.Errorf("the offset names no bank account")
	case t.Zone == nil:
		return fmt.Errorf("the time zone is missing")
	}
	return t.CutOff.Check()
}

// destination is the immediate destination's field.
func (t Terms) destination() string {
	if t.Destination != "" {
		return t.Destination
	}
	return string(t.Bank)
}

// settles is the day on which entries of a file made at an instant settle: the
// banks' next day, or the same one where that was agreed.
func (t Terms) settles(now time.Time) calendar.Date {
	today := calendar.Of(now, t.Zone)
	if t.SameDay && today.IsBankingDay() {
		return today
	}
	return today.NextBankingDay()
}

// closed is the instant before which entries had to be accepted to be in the file
// that is due now; zero where none is due. Files are made on banking days only.
func (t Terms) closed(now time.Time) time.Time {
	day := t.CutOff.BusinessDate(now) // whose cut-off is still to come
	for range 10 {
		day = day.AddDays(-1)
		if day.IsBankingDay() {
			return t.CutOff.End(day)
		}
	}
	return time.Time{}
}

// most is the largest entry that may be sent (zero: none is known).
func (t Terms) most(r Rules) money.Amount {
	if t.SameDay {
		return r.SameDayMost
	}
	return money.Cents(99_999_999_99) // ten places
}
