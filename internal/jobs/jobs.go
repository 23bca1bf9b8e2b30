package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Runner runs jobs while this node leads.
type Runner struct {
	db   *db.DB
	node string
	log  *slog.Logger
	term time.Duration
	jobs []job
}

type job struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// Term is how long a lease lasts unless it is renewed. After a leader dies, its
// jobs rest for about as long.
const Term = 15 * time.Second

// New makes a runner without jobs. The name of the node differs from that of all
// others, and from what it was before a restart.
func New(d *db.DB, node string, log *slog.Logger) *Runner {
	return &Runner{db: d, node: node, log: log, term: Term}
}

// Every has a job done when this node begins to lead, and then each time every
// has passed. A run that takes longer than that is followed by the next at once,
// not by all that were missed. It is called before Run.
func (r *Runner) Every(name string, every time.Duration, do func(context.Context) error) {
	r.jobs = append(r.jobs, job{name, every, do})
}

// Run leads, or waits to, until ctx ends; then it waits for the jobs that run to
// end, and gives the lease back. It returns an error only when that goes wrong.
func (r *Runner) Run(ctx context.Context) error {
	beat := time.NewTicker(r.term / 3)
	defer beat.Stop()
	for ctx.Err() == nil {
		if r.hold(ctx) {
			r.lead(ctx, beat.C)
		}
		wait(ctx, beat.C)
	}
	return r.resign(context.WithoutCancel(ctx))
}

// lead runs the jobs until ctx ends or the lease is lost.
func (r *Runner) lead(ctx context.Context, beat <-chan time.Time) {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	r.log.Info("leading", "node", r.node)
	for _, j := range r.jobs {
		running.Go(func() { r.repeat(ctx, j) })
	}
	for wait(ctx, beat) {
		if !r.hold(ctx) {
			r.log.Warn("no longer leading", "node", r.node)
			return
		}
	}
}

// wait waits for a beat; it reports false when ctx ends first.
func wait(ctx context.Context, beat <-chan time.Time) bool {
	select {
	case <-ctx.Done():
		return false
	case <-beat:
		return true
	}
}

func (r *Runner) repeat(ctx context.Context, j job) {
	beat := time.NewTicker(j.every)
	defer beat.Stop()
	for ctx.Err() == nil {
		err := attempt(ctx, j)
		if err != nil && ctx.Err() == nil {
			r.log.Error("doing a job", "job", j.name, "error", err)
		}
		wait(ctx, beat.C)
	}
}

// attempt does a job once. A panic is an error: the other jobs go on.
func attempt(ctx context.Context, j job) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("panicking: %v\n%s", caught, debug.Stack())
		}
	}()
	return j.do(ctx)
}

// hold takes or renews the lease. A renewal that takes a third of the term is
// given up: two thirds are gone then, and the jobs need time to stop.
func (r *Runner) hold(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, r.term/3)
	defer cancel()
	held := false
	err := r.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) (err error) {
		held, err = take(ctx, tx, r.node, tx.Now().Add(r.term))
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		r.log.Error("renewing the lease of jobs", "node", r.node, "error", err)
	}
	return err == nil && held
}

// resign lets another node lead at once.
func (r *Runner) resign(ctx context.Context) error {
	err := r.db.Write(ctx, id.Everyone, func(_ context.Context, tx *db.Tx) error {
		release(tx, r.node)
		return nil
	})
	if err != nil {
		return fmt.Errorf("giving back the lease of jobs: %w", err)
	}
	return nil
}
