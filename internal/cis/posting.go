package cis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis/layout"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// Payments knows which payments a day has brought. Package payment does, and
// what takes its place in tests.
type Payments interface {
	// ApprovedOn gives every payment and reversal of a business date, in any order.
	ApprovedOn(ctx context.Context, city id.City, date calendar.Date) ([]Posting, error)
}

// Posting is a payment to be told to the billing system.
type Posting struct {
	Confirmation string // unique for ever
	Kind         Kind
	Number       billing.Number
	Bill         string // the bill that was shown when it was paid; may be empty
	Service      policy.Service
	Amount       money.Amount // positive lowers what is owed; of a reversal negative
	Fee          money.Amount // paid on top; not for the utility account
	PaidAt       time.Time
	Tender       string // a word of the layout: card, e-check, cash, check, money_order
	Channel      policy.Channel
}

// Kind is what a posting is.
type Kind string

// The kinds.
const (
	Payment  Kind = "payment"
	Reversal Kind = "reversal"
)

// ExportRequest asks for a day's posting file.
type ExportRequest struct {
	City              id.City
	On                calendar.Date // a business date that is over
	Ends              time.Time     // when it is over, by the town's cut-off; zero: with the civil day
	Layout            *layout.Layout
	Zone              *time.Location // of the town: files tell the time of its wall clock
	AcknowledgeWithin time.Duration
	Actor             audit.Actor
}

// Batch is one posting file.
type Batch struct {
	On             calendar.Date
	Sequence       int // 1 is the day's file, more are its supplements
	Layout         string
	Zone           *time.Location
	Digest         string // SHA-256 of the file, in hexadecimal
	Lines          int
	Total          money.Amount // of the amounts, reversals taken off
	CreatedAt      time.Time
	AcknowledgeDue time.Time
	AcknowledgedAt time.Time // zero: not yet
	AcknowledgedBy string
	PostedAt       time.Time // when the billing system posted it; zero: not yet
	DeliveredAt    time.Time // when it was written for somebody to take; zero: not yet
}

// Name names the batch inside the file, and is fit to name the file.
func (b Batch) Name(town id.City) string {
	return fmt.Sprintf("%s-%s-%02d", town, b.On.Format("20060102"), b.Sequence)
}

// line is a posting as it was sent.
type line struct {
	Posting
	written string // the utility account number as the billing system writes it
}

// inOrder sorts postings the same way however they come.
func inOrder(postings []Posting) []Posting {
	return slices.SortedFunc(slices.Values(postings), func(a, b Posting) int {
		return cmp.Or(a.PaidAt.Compare(b.PaidAt), strings.Compare(a.Confirmation, b.Confirmation))
	})
}

// record is a line in the words of layouts.
func (l line) record(zone *time.Location) *layout.Record {
	r := &layout.Record{
		Role: layout.RolePosting, UtilityAccount: l.written, Service: string(l.Service),
		Bill: layout.Bill{Number: l.Bill},
		Posting: layout.Posting{
			Confirmation: l.Confirmation, Kind: string(l.Kind), Amount: l.Amount, Fee: l.Fee,
			PaidAt: l.PaidAt.In(zone), Tender: l.Tender, Channel: string(l.Channel),
		},
	}
	r.State(layout.UtilityAccount, layout.Service, layout.BillNumber, layout.Confirmation, layout.Kind,
		layout.Amount, layout.Fee, layout.PaidAt, layout.Tender, layout.Channel)
	return r
}

// total adds up what lines post.
func total(lines []line) money.Amount {
	var sum money.Amount
	for _, l := range lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}
