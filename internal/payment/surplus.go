package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// Surplus is money that a processor took for an attempt after all, which it had
// refused and which its payment went on without. It pays no bill: the payment may
// have been made by its next attempt, and it is for people to give it back. The
// book has it on the business date on which it was heard of.
type Surplus struct {
	Payment    Payment // as it stands by its newest attempt
	Earlier    Payment // as it was by the attempt that took the money
	Amount     money.Amount
	HeardOn    calendar.Date
	RefundedOn calendar.Date // when its being given back was noted; zero until then
}

// Attempt names the attempt that took the money.
func (s Surplus) Attempt() processor.Key { return processor.Key(s.Earlier.Attempt.String()) }

// settleEarlier asks what became of an attempt that was followed by another. No
// sweep asks again, so that an answer nobody heard is an error.
func (s *Service) settleEarlier(ctx context.Context, p Payment, key processor.Key) error {
	earlier, asked, approved, err := s.attempt(ctx, p, key)
	if err != nil || approved {
		return err
	}
	adapter, found := s.Processors[earlier.Processor]
	if !found {
		return ErrNoProcessor
	}
	listening, stop := context.WithTimeout(ctx, s.looking)
	defer stop()
	result, err := adapter.Lookup(listening, processor.LookupRequest{Key: key, Merchant: earlier.Merchant, Since: asked})
	switch {
	case errors.Is(err, processor.ErrNeverSeen):
		return nil
	case err != nil:
		return fmt.Errorf("asking about an earlier attempt of payment %s: %w", p.ID, err)
	case result.Decision == processor.Approved:
		return s.enterSurplus(ctx, earlier, result)
	}
	return nil
}

// attempt reads an attempt that was followed by another: the payment, as if that
// were still its own.
func (s *Service) attempt(ctx context.Context, p Payment, key processor.Key) (earlier Payment, asked time.Time, approved bool, err error) {
	if err := p.Attempt.UnmarshalText([]byte(key)); err != nil {
		return p, time.Time{}, false, fmt.Errorf("reading which attempt of payment %s: %w", p.ID, err)
	}
	err = s.DB.Read(ctx, p.City, func(ctx context.Context, tx *db.Tx) error {
		company, merchant, at, yes, err := selectAttempt(ctx, tx, key)
		p.Processor, asked, approved = company, at, yes
		if merchant != "" {
			p.Merchant = merchant
		}
		return err
	})
	if err != nil {
		return p, time.Time{}, false, fmt.Errorf("reading an attempt of payment %s: %w", p.ID, err)
	}
	return p, asked, approved, nil
}

// enterSurplus enters in the book what was taken for an earlier attempt, once, and
// tells people.
func (s *Service) enterSurplus(ctx context.Context, earlier Payment, result processor.Result) error {
	_, _, on, err := s.town(earlier.City)
	if err != nil {
		return err
	}
	entry := ledger.Entry{
		Source: earlier.Attempt.String(), Line: lineSurplus, On: on, Debit: ledger.Clearing(earlier.Processor),
		Credit: ledger.Surpluses, Amount: result.Amount, Cause: ledger.Surplus,
	}
	err = s.DB.Write(ctx, earlier.City, func(_ context.Context, tx *db.Tx) error {
		decideAttempt(tx, earlier, "approved", result)
		audit.RecordTx(tx, audit.Event{
			Actor: audit.Actor("processor:" + earlier.Processor), Action: "payment.surplus", Thing: earlier.ID.String(),
			Detail: map[string]string{"attempt": earlier.Attempt.String(), "amount": result.Amount.String(), "reference": result.Reference},
		})
		return enterFinal(tx, []ledger.Entry{entry})
	})
	if errors.Is(err, ErrMovedOn) {
		return nil // somebody else has entered it
	}
	if err != nil {
		return fmt.Errorf("entering what was taken besides payment %s: %w", earlier.ID, err)
	}
	s.Log.ErrorContext(ctx, "alarm", "alarm", "surplus_taken", "city", string(earlier.City), "payment", earlier.ID.String(),
		"amount", result.Amount.String(), "reference", result.Reference)
	return nil
}

// SettleOn asks the processor once more about each attempt of a business date that
// is not known to be approved, and applies what it says: a notice may have been
// lost. It goes on past single failures and returns them together.
func (s *Service) SettleOn(ctx context.Context, city id.City, on calendar.Date) error {
	var unpaid []processor.Key
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		unpaid, err = selectUnpaid(ctx, tx, on)
		return err
	})
	if err != nil {
		return fmt.Errorf("listing what was not paid on %s: %w", on, err)
	}
	for _, key := range unpaid {
		err = errors.Join(err, s.Settle(ctx, city, key))
	}
	return err
}

// RefundSurplus records that what was taken for an attempt was given back where it
// was taken, all of it: the processor owes us less, and we owe the payer nothing. It
// counts on the business date on which it is noted. The reference is the processor's,
// and may be empty. Returns [ErrNoSurplus] and [ErrSurplusRefunded].
func (s *Service) RefundSurplus(ctx context.Context, city id.City, attempt processor.Key, reference string, by audit.Actor) error {
	_, _, on, err := s.town(city)
	if err != nil {
		return err
	}
	found, err := s.surplus(ctx, city, attempt)
	if err != nil {
		return err
	}
	entry := ledger.Entry{
		Source: string(attempt), Line: lineSurplusRefund, On: on, Debit: ledger.Surpluses,
		Credit: ledger.Clearing(found.Earlier.Processor), Amount: found.Amount, Cause: ledger.SurplusRefund,
	}
	err = s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		audit.RecordTx(tx, audit.Event{
			Actor: by, Action: "payment.surplus_refund", Thing: found.Payment.ID.String(),
			Detail: map[string]string{"attempt": string(attempt), "amount": found.Amount.String(), "reference": reference},
		})
		return enterFinal(tx, []ledger.Entry{entry})
	})
	if errors.Is(err, db.ErrDuplicate) {
		return ErrSurplusRefunded // its line of the book is there once
	}
	if err != nil {
		return fmt.Errorf("noting what was given back for attempt %s: %w", attempt, err)
	}
	return nil
}

func (s *Service) surplus(ctx context.Context, city id.City, attempt processor.Key) (Surplus, error) {
	all, err := s.Surpluses(ctx, city)
	if err != nil {
		return Surplus{}, err
	}
	for _, one := range all {
		if one.Attempt() == attempt {
			return one, nil
		}
	}
	return Surplus{}, ErrNoSurplus
}

// Surpluses lists what processors took besides, the earliest first, whether it was
// given back or not. The book has it, and nothing else counts.
func (s *Service) Surpluses(ctx context.Context, city id.City) ([]Surplus, error) {
	entries, err := ledger.New(s.DB).Caused(ctx, city, ledger.Surplus, ledger.SurplusRefund)
	if err != nil {
		return nil, err
	}
	refunded := map[string]calendar.Date{}
	for _, e := range entries {
		if e.Cause == ledger.SurplusRefund {
			refunded[e.Source] = e.On
		}
	}
	var found []Surplus
	for _, e := range entries {
		if e.Cause != ledger.Surplus {
			continue
		}
		p, err := s.byAttempt(ctx, city, e.Source)
		if err != nil {
			return nil, fmt.Errorf("reading the payment of attempt %s: %w", e.Source, err)
		}
		earlier, _, _, err := s.attempt(ctx, p, processor.Key(e.Source))
		if err != nil {
			return nil, err
		}
		found = append(found, Surplus{Payment: p, Earlier: earlier, Amount: e.Amount, HeardOn: e.On, RefundedOn: refunded[e.Source]})
	}
	return found, nil
}
