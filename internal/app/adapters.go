package app

import (
	"context"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/control"
	"clearwell/internal/id"
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

// CheckCards returns the refusal of a hold that stands in the way.
func (h holds) CheckCards(ctx context.Context, city id.City, service, processor string) error {
	standing, err := h.control.Holds(ctx, city)
	if err != nil {
		return err
	}
	return control.Check(standing, control.Question{
		Action: control.TypeCard, Service: service, Processor: processor, Release: h.release,
	})
}

// postings tells cis of payments.
type postings struct{ payments *payment.Service }

// ApprovedOn gives the payments of a business date as postings.
func (p postings) ApprovedOn(ctx context.Context, city id.City, on calendar.Date) ([]cis.Posting, error) {
	made, err := p.payments.ApprovedOn(ctx, city, on)
	if err != nil {
		return nil, err
	}
	all := make([]cis.Posting, 0, len(made))
	for _, m := range made {
		all = append(all, cis.Posting{
			Confirmation: m.Confirmation, Kind: cis.Payment, Number: m.UtilityAccount, Service: m.Service,
			Amount: m.Amount, Fee: m.Fee, PaidAt: m.StartedAt, Tender: string(policy.Card), Channel: m.Channel,
		})
	}
	return all, nil
}
