package payment

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/processor"
)

// Swept counts what a sweep did.
type Swept struct {
	Looked  int // payments that rested past their limit
	Decided int // of these, decided now
}

// sweepLimit bounds one sweep, so that it ends and the next begins with what was
// left alone the longest.
const sweepLimit = 200

// sweepers is how many payments are looked at side by side, so that a processor
// that does not answer does not hold up the others' for long.
const sweepers = 8

// Sweep looks at the payments of all cities that rest in a non-terminal state
// past its limit: it asks the processor, and lets what was declined and not
// tried again lapse. Nothing waits for somebody to complain. It goes on past
// single failures and returns them together.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	resting, err := s.resting(ctx)
	if err != nil {
		return Swept{}, fmt.Errorf("sweeping payments: %w", err)
	}
	var decided atomic.Int64
	errs := make([]error, len(resting))
	places := make(chan struct{}, sweepers)
	var looking sync.WaitGroup
	for i, p := range resting {
		places <- struct{}{}
		looking.Go(func() {
			defer func() { <-places }()
			after, err := s.sweepOne(ctx, p)
			if err != nil {
				errs[i] = fmt.Errorf("sweeping payment %s: %w", p.ID, err)
			} else if after.State != p.State && after.State.Decided() {
				decided.Add(1)
			}
		})
	}
	looking.Wait()
	return Swept{Looked: len(resting), Decided: int(decided.Load())}, errors.Join(errs...)
}

// sweepOne looks at one payment. A panic is an error of this one: the others are
// looked at.
func (s *Service) sweepOne(ctx context.Context, p Payment) (after Payment, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("panicking: %v\n%s", caught, debug.Stack())
		}
	}()
	if p.State != Declined {
		return s.learn(ctx, p)
	}
	town, err := s.Towns.ByID(p.City)
	if err != nil {
		return p, err
	}
	return s.settled(ctx, town, p, Lapse, processor.Result{})
}

// resting takes the payments that rest past their limits, in every city.
func (s *Service) resting(ctx context.Context) ([]Payment, error) {
	var found []Payment
	err := s.DB.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = takeResting(ctx, tx, sweepLimit)
		return err
	})
	return found, err
}
