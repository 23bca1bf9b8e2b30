package payment

import (
	"context"
	"fmt"

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
	adapter, err := s.processor(town)
	if err != nil {
		return Payment{}, "", err
	}
	redirector, able := adapter.(processor.Redirector)
	if !able { // said before anything is recorded that nobody could pay
		return Payment{}, "", ErrNoProcessor
	}
	req.away = exposure.ProcessorPage
	begun, _, err := s.begin(ctx, req, Send)
	if err != nil {
		return Payment{}, "", fmt.Errorf("starting payment: %w", err)
	}
	p := begun.payment
	if p.State != Away || p.CapturePath != exposure.ProcessorPage {
		return p, "", nil // decided, or asked already with a card; its page tells how it stands
	}
	sent, err := redirector.Send(ctx, processor.SendRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: p.Merchant, Amount: p.Total(), Description: p.Confirmation,
		Descriptor: town.Processor.Descriptor, Language: string(p.Language), ReturnURL: back.Done, CancelURL: back.Cancel,
		Expires: p.Attempt.Made().Add(town.QuoteLifetime), // each time the same, as the key is
	})
	if err != nil {
		return p, "", fmt.Errorf("opening the processor's page: %w", err)
	}
	return p, sent.URL, nil
}
