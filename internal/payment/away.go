package payment

import (
	"context"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/processor"
)

// Return is where the processor's page sends the payer back to.
type Return struct {
	Done   string // after paying; the outcome is not in the address
	Cancel string // after giving up
}

// StartAway makes the payment of a quote on the processor's own page, for
// browsers without scripts and for towns that want no frame. It gives the
// address of that page. Returns the refusals of [Service.Start].
func (s *Service) StartAway(ctx context.Context, req StartRequest, back Return) (Payment, string, error) {
	town, err := s.Towns.ByID(req.City)
	if err != nil {
		return Payment{}, "", err
	}
	if err := s.usePage(ctx, req); err != nil {
		return Payment{}, "", fmt.Errorf("starting payment: %w", err)
	}
	begun, adapter, err := s.begin(ctx, req, Send)
	if err != nil {
		return Payment{}, "", fmt.Errorf("starting payment: %w", err)
	}
	redirector, able := adapter.(processor.Redirector)
	if !able {
		return begun.payment, "", ErrNoProcessor
	}
	if begun.payment.State != Away {
		return begun.payment, "", nil // decided already; its page tells how it stands
	}
	p := begun.payment
	sent, err := redirector.Send(ctx, processor.SendRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: p.Merchant, Amount: p.Total(), Description: p.Confirmation,
		Descriptor: town.Processor.Descriptor, Language: string(p.Language), ReturnURL: back.Done, CancelURL: back.Cancel,
		Expires: p.StateAt.Add(town.QuoteLifetime),
	})
	if err != nil {
		return p, "", fmt.Errorf("opening the processor's page: %w", err)
	}
	return p, sent.URL, nil
}

// usePage notes on the quote that the card is given on the processor's page.
func (s *Service) usePage(ctx context.Context, req StartRequest) error {
	return s.DB.Write(ctx, req.City, func(_ context.Context, tx *db.Tx) error {
		updateQuoteExposure(tx, req.Quote, exposure.ID{}, exposure.ProcessorPage)
		return nil
	})
}
