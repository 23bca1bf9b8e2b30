package payment

import (
	"context"
	"fmt"

	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/processor"
)

// StartAtReader makes the payment of a quote by a card at a reader of the
// processor's, at a counter. Nobody types the card: the payer is away at the reader,
// as they would be on the processor's page, and [Service.Refresh] tells how it
// stands. The same again changes nothing.
//
// Returns the refusals of [Service.Start], and processor.ErrReaderBusy: then the
// payment waits, and may be asked for at another reader after it has lapsed.
func (s *Service) StartAtReader(ctx context.Context, req StartRequest, reader string) (Payment, error) {
	town, err := s.Towns.ByID(req.City)
	if err != nil {
		return Payment{}, err
	}
	adapter, err := s.processor(town)
	if err != nil {
		return Payment{}, err
	}
	terminal, able := adapter.(processor.Terminal)
	if !able {
		return Payment{}, ErrNoProcessor
	}
	req.away = exposure.CounterReader
	begun, _, err := s.begin(ctx, req, Send)
	if err != nil {
		return Payment{}, fmt.Errorf("starting payment: %w", err)
	}
	p := begun.payment
	if p.State != Away || p.CapturePath != exposure.CounterReader {
		return p, nil // decided, or asked for elsewhere
	}
	err = terminal.Present(ctx, processor.PresentRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: p.Merchant, Reader: reader, Amount: p.Total(), Description: p.Confirmation,
		Descriptor: town.Processor.Descriptor, Expires: p.Attempt.Made().Add(town.QuoteLifetime),
	})
	if err != nil {
		return p, fmt.Errorf("asking for a card at a reader: %w", err)
	}
	return p, nil
}

// LeaveReader has a reader ask no more, where the payer has changed their mind, and
// tells how the payment stands then: a card that was read before is charged.
// Returns [ErrNoPayment], [ErrNoProcessor].
func (s *Service) LeaveReader(ctx context.Context, city id.City, payment ID) (Payment, error) {
	p, err := s.Payment(ctx, city, payment)
	if err != nil {
		return Payment{}, err
	}
	terminal, able := s.Processors[p.Processor].(processor.Terminal)
	if !able || p.CapturePath != exposure.CounterReader {
		return p, ErrNoProcessor
	}
	if err := terminal.Dismiss(ctx, p.Merchant, processor.Key(p.Attempt.String())); err != nil {
		return p, fmt.Errorf("leaving a reader: %w", err)
	}
	return s.learn(ctx, p)
}
