package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	Payment Payment // as it stands by its newest attempt
	Attempt processor.Key
	Amount  money.Amount
}

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

// SurplusesOn lists what was heard of on a business date that processors had taken
// besides.
func (s *Service) SurplusesOn(ctx context.Context, city id.City, on calendar.Date) ([]Surplus, error) {
	booked, err := ledger.New(s.DB).BookedOn(ctx, city, on)
	if err != nil {
		return nil, err
	}
	var found []Surplus
	for attempt, sums := range booked {
		if sums[ledger.Surplus].IsZero() {
			continue
		}
		p, err := s.byAttempt(ctx, city, attempt)
		if err != nil {
			return nil, fmt.Errorf("reading the payment of attempt %s: %w", attempt, err)
		}
		found = append(found, Surplus{p, processor.Key(attempt), sums[ledger.Surplus]})
	}
	slices.SortFunc(found, func(a, b Surplus) int { return strings.Compare(string(a.Attempt), string(b.Attempt)) })
	return found, nil
}
