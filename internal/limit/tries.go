package limit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Tries bounds how often something may fail. Each try that may fail is begun,
// and ends:
//
//	try, err := tries.Begin(ctx, city, guesses, number)
//	if err != nil {
//		return err // ErrTooManyTries among others
//	}
//	defer try.End()
//	… // look; if it does not match:
//	err = try.Failed(ctx)
//
// Failures are in the database. What is under way is in this node's memory, and
// counts against the rule: a thousand guesses at once are not a thousand
// guesses.
type Tries struct {
	db  *db.DB
	key secret.Key

	mu       sync.Mutex
	underWay map[target]int       // only what is under way; empty when nobody tries
	closed   map[target]time.Time // when it may be tried again; bounded
}

// target is what is tried: in one city, under one rule, in one window.
type target struct {
	city   id.City
	rule   string
	key    digest
	begins int64
}

// closedKeys bounds how many closed targets are remembered. One that is
// forgotten costs a read of the database.
const closedKeys = 10_000

// NewTries makes it. All nodes must have the same key, or each counts alone.
func NewTries(d *db.DB, key secret.Key) *Tries {
	return &Tries{db: d, key: key, underWay: map[target]int{}, closed: map[target]time.Time{}}
}

// Try is a try under way.
type Try struct {
	tries  *Tries
	target target
	ends   time.Time // of the window
	once   sync.Once
}

// Begin begins a try with key in a city. It returns [ErrTooManyTries] when rule
// allows no more in this window, and then does not ask the database until the
// window ends.
func (t *Tries) Begin(ctx context.Context, city id.City, rule Rule, key string) (*Try, error) {
	now := t.db.Clock().Now()
	begins, ends := rule.Window.Bounds(now)
	try := &Try{tries: t, ends: ends, target: target{city, rule.Name, digestOf(t.key, rule.Name, key), db.Micros(begins)}}
	if t.isClosed(try.target, now) {
		return nil, ErrTooManyTries
	}
	// First reserve, then read: a failure is written before its reservation
	// ends, so that no order of events hides it from both.
	ahead := t.reserve(try.target)
	failures, err := t.count(ctx, try.target)
	if err == nil {
		err = t.judge(try, failures, ahead, rule.Most)
	}
	if err != nil {
		try.End()
		return nil, fmt.Errorf("beginning a try: %w", err)
	}
	return try, nil
}

// judge refuses a try when as many have failed, or may yet fail, as the rule
// allows. Only failures close the target for the rest of the window: those under
// way may succeed.
func (t *Tries) judge(try *Try, failures, ahead, most int) error {
	if failures >= most {
		t.close(try.target, try.ends)
	}
	if failures+ahead >= most {
		return ErrTooManyTries
	}
	return nil
}

// Failed counts the try as a failure.
func (t *Try) Failed(ctx context.Context) error {
	err := t.tries.db.Write(ctx, t.target.city, func(_ context.Context, tx *db.Tx) error {
		increment(tx, t.target, t.ends)
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting a failed try: %w", err)
	}
	return nil
}

// End ends the try. Ending it twice is harmless.
func (t *Try) End() {
	t.once.Do(func() { t.tries.release(t.target) })
}

func (t *Tries) count(ctx context.Context, of target) (failures int, err error) {
	err = t.db.Read(ctx, of.city, func(ctx context.Context, tx *db.Tx) error {
		failures, err = tally(ctx, tx, of)
		return err
	})
	return failures, err
}

// reserve notes a try under way and tells how many were ahead of it.
func (t *Tries) reserve(of target) (ahead int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ahead = t.underWay[of]
	t.underWay[of] = ahead + 1
	return ahead
}

func (t *Tries) release(of target) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.underWay[of]--
	if t.underWay[of] <= 0 {
		delete(t.underWay, of)
	}
}

func (t *Tries) isClosed(of target, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return now.Before(t.closed[of])
}

// close remembers that a target is closed. When there are too many it forgets
// all: each costs one read to learn again.
func (t *Tries) close(of target, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.closed) >= closedKeys {
		clear(t.closed)
	}
	t.closed[of] = until
}

// Sweep forgets the counts of windows that are over, in all cities, and tells
// how many rows that were.
func (t *Tries) Sweep(ctx context.Context) (swept int64, err error) {
	err = t.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		swept, err = deleteOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweeping counts: %w", err)
	}
	return swept, nil
}
