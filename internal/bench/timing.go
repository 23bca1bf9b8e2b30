package bench

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"clearwell/internal/clock"
)

// timings are how long each of many calls took, and all together.
type timings struct {
	took    []time.Duration
	elapsed time.Duration
}

func (t *timings) add(more timings) {
	t.took = append(t.took, more.took...)
	t.elapsed += more.elapsed
}

// rate is calls a second.
func (t timings) rate() float64 { return perSecond(len(t.took), t.elapsed) }

func perSecond(count int, elapsed time.Duration) float64 {
	if elapsed <= 0 {
		return 0
	}
	return float64(count) / elapsed.Seconds()
}

// percentile is the time in milliseconds that a share of the calls did not
// exceed: the nearest rank, never an interpolation.
func (t timings) percentile(share float64) float64 {
	if len(t.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.took))
	rank := int(math.Ceil(share * float64(len(sorted))))
	return milliseconds(sorted[min(max(rank, 1), len(sorted))-1])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentiles fills in a figure's.
func (t timings) percentiles(f *Figure) {
	f.P50, f.P95, f.P99 = t.percentile(0.50), t.percentile(0.95), t.percentile(0.99)
}

// drive calls work from many clients at once, each waiting for its answer, until
// the time is over or the calls are made. The first error ends it.
func drive(ctx context.Context, clients int, limit time.Duration, calls int, work func(context.Context, int) error) (timings, error) {
	clk := clock.System()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var next atomic.Int64
	took, errs := make([][]time.Duration, clients), make([]error, clients)
	var all sync.WaitGroup
	began := clk.Now()
	for client := range clients {
		all.Go(func() {
			for ctx.Err() == nil && clk.Now().Sub(began) < limit {
				call := int(next.Add(1)) - 1
				if call >= calls {
					return
				}
				at := clk.Now()
				if errs[client] = work(ctx, call); errs[client] != nil {
					stop()
					return
				}
				took[client] = append(took[client], clk.Now().Sub(at))
			}
		})
	}
	all.Wait()
	return timings{slices.Concat(took...), clk.Now().Sub(began)}, errors.Join(errs...)
}

// pace calls work at a steady rate, whether or not earlier calls have answered,
// and times each from the moment it was due: a queue counts as waiting.
func pace(ctx context.Context, rate int, limit time.Duration, work func(context.Context, int) error) (timings, error) {
	clk := clock.System()
	calls := rate * int(limit/time.Second)
	took, errs := make([]time.Duration, calls), make([]error, calls)
	var all sync.WaitGroup
	began := clk.Now()
	for call := range calls {
		due := began.Add(time.Duration(call) * time.Second / time.Duration(rate))
		if err := until(ctx, due.Sub(clk.Now())); err != nil {
			return timings{}, err
		}
		all.Go(func() {
			errs[call] = work(ctx, call)
			took[call] = clk.Now().Sub(due)
		})
	}
	all.Wait()
	return timings{took, clk.Now().Sub(began)}, errors.Join(errs...)
}

func until(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
