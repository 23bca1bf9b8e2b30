package app

import (
	"context"
	"sync"
	"time"

	"clearwell/internal/exposure"
	"clearwell/internal/jobs"
)

const (
	// abandonedAfter is when a card page that nobody sent is one that nobody will.
	abandonedAfter = time.Hour
	// talliesAtOnce bounds the days that are counted in one round: on the first
	// day of a release that counts them, there are years.
	talliesAtOnce = 500
	// townsEvery is how old a node's picture of the towns may be.
	townsEvery = 5 * time.Second
)

// repeat does what must be done every so often, until the context ends: most of
// it on one node, and what a node keeps in memory on each.
func (w *works) repeat(ctx context.Context, running *sync.WaitGroup) {
	running.Go(func() {
		if err := w.jobs().Run(ctx); err != nil {
			w.log.ErrorContext(ctx, "ending periodic work", "err", err.Error())
		}
	})
	running.Go(func() { w.follow(ctx) })
	running.Go(func() { w.openness.follow(ctx) })
	running.Go(func() { w.remind(ctx) })
}

func (w *works) jobs() *jobs.Runner {
	occasions := exposure.New(w.db)
	runner := jobs.New(w.db, w.node, w.log)
	runner.Every("sweep", 5*time.Second, func(ctx context.Context) error {
		_, err := w.payments.Sweep(ctx)
		return err
	})
	runner.Every("notices", 5*time.Second, func(ctx context.Context) error {
		_, err := w.notices.Retry(ctx)
		return err
	})
	runner.Every("seal", time.Second, func(ctx context.Context) error {
		_, err := w.audit.Seal(ctx)
		return err
	})
	runner.Every("abandon", time.Minute, func(ctx context.Context) error {
		_, err := occasions.Abandon(ctx, abandonedAfter)
		return err
	})
	runner.Every("tally", 10*time.Minute, func(ctx context.Context) error {
		// What nobody sent is marked first, also when the program was away for days.
		if _, err := occasions.Abandon(ctx, abandonedAfter); err != nil {
			return err
		}
		_, err := occasions.Tally(ctx, talliesAtOnce)
		return err
	})
	runner.Every("tries", 10*time.Minute, func(ctx context.Context) error {
		_, err := w.tries.Sweep(ctx)
		return err
	})
	runner.Every("visits", 5*time.Minute, func(ctx context.Context) error {
		_, err := w.visits.Sweep(ctx)
		return err
	})
	runner.Every("logins", 10*time.Minute, func(ctx context.Context) error {
		_, err := w.logins.Sweep(ctx)
		return err
	})
	runner.Every("echecks", time.Minute, w.clear)
	runner.Every("echecks tended", 6*time.Hour, w.tend)
	runner.Every("reseal", 10*time.Minute, w.reseal)
	runner.Every("warnings", 10*time.Minute, w.warnTowns)
	runner.Every("posting", 10*time.Minute, w.postDays)
	runner.Every("payees", time.Minute, w.payees)
	if w.outbox != nil {
		runner.Every("mail", 2*time.Second, func(ctx context.Context) error {
			return w.mailOut(ctx)
		})
	}
	return runner
}

// mailOut hands over what is due, and says what does not leave: otherwise residents
// wait for mail that nobody knows is waiting. A message is tried less and less
// often, so the lines are few.
func (w *works) mailOut(ctx context.Context) error {
	done, err := w.outbox.Deliver(ctx)
	if done.PutOff+done.Undeliverable > 0 {
		w.log.WarnContext(ctx, "mail did not leave", "put_off", done.PutOff, "undeliverable", done.Undeliverable, "error", done.Trouble)
	}
	return err
}

// reseal takes a rotated key up. Keys that come from a command come once, when the
// program starts: while it serves it may start no other.
func (w *works) reseal(ctx context.Context) error {
	command, err := keysCommand(w.Keys)
	if err != nil || command != nil {
		return err
	}
	_, err = w.banks.Reseal(ctx)
	return err
}

// follow keeps this node's picture of the towns up to date.
func (w *works) follow(ctx context.Context) {
	ticker := time.NewTicker(townsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := w.towns.Refresh(ctx); err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "reading city files", "err", err.Error())
		}
	}
}
