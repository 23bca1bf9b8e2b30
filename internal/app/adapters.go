package app

import (
	"context"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/control"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// Services that stand side by side do not know each other; here one is shown to
// the other in the words that it asks for.

// holds answers payment's question from control.
type holds struct {
	control *control.Service
	release string
}

// CheckCards gives what returns the refusal of a hold that stands in the way, as
// the database has it now: a payment does not go by what a page remembers.
func (h holds) CheckCards(ctx context.Context, city id.City) (payment.CardCheck, error) {
	standing, err := h.control.Standing(ctx, city)
	if err != nil {
		return nil, err
	}
	return func(service, processor string) error {
		return control.Check(standing, control.Question{
			Action: control.TypeCard, Service: service, Processor: processor, Release: h.release,
		})
	}, nil
}

// postings tells cis of payments, as far as the book says the same.
type postings struct {
	payments *payment.Service
	book     *ledger.Service
}

// ApprovedOn gives the payments of a business date as postings, and the reversals
// and returns of disputes that were heard of on it. Returns cis.ErrPostingDiffers
// where a payment is not what the book has.
func (p postings) ApprovedOn(ctx context.Context, city id.City, on calendar.Date) ([]cis.Posting, error) {
	made, err := p.payments.ApprovedOn(ctx, city, on)
	if err != nil {
		return nil, err
	}
	booked, err := p.book.BookedOn(ctx, city, on)
	if err != nil {
		return nil, err
	}
	all := make([]cis.Posting, 0, len(made))
	for _, m := range made {
		if b := booked[m.Attempt.String()]; b[ledger.Payment] != m.Amount || b[ledger.Fee] != m.Fee {
			return nil, cis.ErrPostingDiffers.Because(fmt.Errorf("%s is %s and a fee of %s among the payments, %s and %s in the book",
				m.Confirmation, m.Amount, m.Fee, b[ledger.Payment], b[ledger.Fee]))
		}
		all = append(all, asPosting(m))
	}
	disputes, err := p.payments.DisputesOn(ctx, city, on)
	for _, d := range disputes {
		all = append(all, ofDispute(d, on)...)
	}
	return all, err
}

func asPosting(m payment.Payment) cis.Posting {
	return cis.Posting{
		Confirmation: m.Confirmation, Kind: cis.Payment, Number: m.UtilityAccount, Service: m.Service,
		Amount: m.Amount, Fee: m.Fee, PaidAt: m.PaidAt(), Tender: tenderWord(m.Tender), Channel: m.Channel,
	}
}

// tenderWord is a tender in the words of layouts.
func tenderWord(tender policy.Tender) string {
	if tender == policy.BankAccount {
		return "e-check"
	}
	return string(tender)
}

// ofDispute gives what a dispute means for the billing system on a business date:
// a reversal of what was taken of the bill, or a payment that takes that back.
func ofDispute(d payment.Dispute, on calendar.Date) []cis.Posting {
	var all []cis.Posting
	if d.OpenedOn == on {
		taken := asPosting(d.Payment)
		taken.Confirmation, taken.Kind, taken.PaidAt = d.Confirmation, cis.Reversal, d.OpenedAt
		taken.Amount, taken.Fee = d.Principal.Neg(), d.Fee().Neg()
		all = append(all, taken)
	}
	if d.Standing == payment.DisputeWon && d.DecidedOn == on {
		back := asPosting(d.Payment)
		back.Confirmation, back.PaidAt, back.Amount, back.Fee = d.ReturnConfirmation, d.DecidedAt, d.Principal, d.Fee()
		all = append(all, back)
	}
	return all
}
