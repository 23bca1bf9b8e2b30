package app

import (
	"context"
	"sync"
	"time"

	"clearwell/internal/exposure"
)

// task is something done again and again while the program serves. On several
// nodes each does it: all of them are harmless when done twice.
type task struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// abandonedAfter is when a card page that nobody sent is one that nobody will.
const abandonedAfter = time.Hour

func (w *works) tasks() []task {
	occasions := exposure.New(w.db)
	all := []task{
		{"asking about payments in doubt", 5 * time.Second, func(ctx context.Context) error {
			_, err := w.payments.Sweep(ctx)
			return err
		}},
		{"sealing the audit log", time.Second, func(ctx context.Context) error {
			_, err := w.audit.Seal(ctx)
			return err
		}},
		{"noting abandoned card pages", time.Minute, func(ctx context.Context) error {
			_, err := occasions.Abandon(ctx, abandonedAfter)
			return err
		}},
		{"reading city files", 5 * time.Second, w.towns.Refresh},
		{"ending visits", 5 * time.Minute, func(ctx context.Context) error {
			_, err := w.visits.Sweep(ctx)
			return err
		}},
		{"forgetting old tries", 10 * time.Minute, func(ctx context.Context) error {
			_, err := w.tries.Sweep(ctx)
			return err
		}},
	}
	if w.outbox == nil {
		return all
	}
	return append(all, task{"delivering mail", 2 * time.Second, func(ctx context.Context) error {
		_, err := w.outbox.Deliver(ctx)
		return err
	}})
}

// repeat does every task at its pace until the context ends. A task that cannot
// be done is logged, and tried again the next time.
func (w *works) repeat(ctx context.Context, running *sync.WaitGroup) {
	for _, t := range w.tasks() {
		running.Go(func() {
			ticker := time.NewTicker(t.every)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
				}
				if err := t.do(ctx); err != nil && ctx.Err() == nil {
					w.log.ErrorContext(ctx, t.name, "err", err.Error())
				}
			}
		})
	}
}
