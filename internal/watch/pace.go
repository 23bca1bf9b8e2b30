package watch

import (
	"context"
	"math/rand/v2"
	"time"

	"clearwell/internal/clock"
)

// Pace says when the next run begins: at a time that nobody can foresee, and so
// early that whatever is changed after one run has looked is told by the end of
// the next, at most one interval later.
type Pace struct {
	Interval time.Duration
	longest  time.Duration // of a run, with the long ones slowly forgotten
}

// Rest is how long to wait after a run that took so long. Two runs begin at most
// an interval less the longest run apart, and at least half of that.
func (p *Pace) Rest(took time.Duration) time.Duration {
	p.longest = max(took, p.longest*9/10)
	apart := p.Interval - p.longest
	if apart <= 0 {
		return 0
	}
	return max(0, apart/2+rand.N(apart/2+1)-took)
}

// Keep makes runs until the context ends.
func (p *Pace) Keep(ctx context.Context, now clock.Clock, run func(ctx context.Context)) error {
	for {
		began := now.Now()
		run(ctx)
		if err := Wait(ctx, p.Rest(now.Now().Sub(began))); err != nil {
			return err
		}
	}
}

// Wait waits, unless the context ends first.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
