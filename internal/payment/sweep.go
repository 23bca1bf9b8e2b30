package payment

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/processor"
)

// Swept counts what a sweep did.
type Swept struct {
	Looked  int // payments that rested past their limit
	Decided int // of these, decided now
}

// sweepLimit bounds one sweep, so that it ends and the next begins with what is
// oldest.
const sweepLimit = 200

// Sweep looks at the payments of all cities that rest in a non-terminal state
// past its limit: it asks the processor, and lets what was declined and not
// tried again lapse. Nothing waits for somebody to complain. It goes on past
// single failures and returns them together.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	resting, err := s.resting(ctx)
	if err != nil {
		return Swept{}, fmt.Errorf("sweeping payments: %w", err)
	}
	swept := Swept{Looked: len(resting)}
	var errs []error
	for _, p := range resting {
		after, err := s.sweepOne(ctx, p)
		if err != nil {
			errs = append(errs, fmt.Errorf("sweeping payment %s: %w", p.ID, err))
			continue
		}
		if after.State != p.State && after.State.Decided() {
			swept.Decided++
		}
	}
	return swept, errors.Join(errs...)
}

func (s *Service) sweepOne(ctx context.Context, p Payment) (Payment, error) {
	if p.State != Declined {
		return s.learn(ctx, p)
	}
	town, err := s.Towns.ByID(p.City)
	if err != nil {
		return p, err
	}
	return s.settled(ctx, town, p, Lapse, processor.Result{})
}

// resting reads the payments that rest past their limits, in every city.
func (s *Service) resting(ctx context.Context) ([]Payment, error) {
	var found []Payment
	err := s.DB.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		found = nil
		for _, f := range facts {
			if f.Terminal || len(found) >= sweepLimit {
				continue
			}
			some, err := selectResting(ctx, tx, f.State, tx.Now().Add(-f.Rest), sweepLimit-len(found))
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		return nil
	})
	return found, err
}
