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
	tries *Tries
	marks []marked
	had   []int // failures of each mark, and tries ahead that may yet fail
	once  sync.Once
}

// Begin begins a try with key in a city. It returns [ErrTooManyTries] when rule
// allows no more in this window, and then does not ask the database until the
// window ends.
func (t *Tries) Begin(ctx context.Context, city id.City, rule Rule, key string) (*Try, error) {
	now := t.db.Clock().Now()
	of := t.marks(city, now, []Mark{{rule, key}})
	if t.isClosed(of[0].target, now) {
		return nil, ErrTooManyTries
	}
	try, failures, err := t.begin(ctx, city, of)
	if err != nil {
		return nil, err
	}
	if failures[0] >= rule.Most {
		t.close(of[0].target, db.Time(of[0].ends)) // those under way may succeed
	}
	if try.Reached(0) {
		try.End()
		return nil, fmt.Errorf("beginning a try: %w", ErrTooManyTries)
	}
	return try, nil
}

// BeginAll begins a try that counts under several marks, and refuses nothing: the
// caller asks [Try.Reached] and decides what follows. It costs one query.
func (t *Tries) BeginAll(ctx context.Context, city id.City, marks ...Mark) (*Try, error) {
	try, _, err := t.begin(ctx, city, t.marks(city, t.db.Clock().Now(), marks))
	return try, err
}

// begin reserves first, and then reads: a failure is written before its
// reservation ends, so that no order of events hides it from both.
func (t *Tries) begin(ctx context.Context, city id.City, of []marked) (try *Try, failures []int, err error) {
	try = &Try{tries: t, marks: of}
	for _, m := range of {
		try.had = append(try.had, t.reserve(m.target))
	}
	if failures, err = t.count(ctx, city, of); err != nil {
		try.End()
		return nil, nil, fmt.Errorf("beginning a try: %w", err)
	}
	for i, failed := range failures {
		try.had[i] += failed
	}
	return try, failures, nil
}

func (t *Tries) marks(city id.City, now time.Time, marks []Mark) []marked {
	var all []marked
	for _, m := range marks {
		begins, ends := m.Rule.Window.Bounds(now)
		of := target{city, m.Rule.Name, digestOf(t.key, m.Rule.Name, m.Key), db.Micros(begins)}
		all = append(all, marked{of, db.Micros(ends), m.Rule.Most})
	}
	return all
}

// Reached reports whether as many have failed, or may yet fail, as the rule of
// the mark allows. Marks are counted from 0.
func (t *Try) Reached(mark int) bool { return t.had[mark] >= t.marks[mark].most }

// Failed counts the try as a failure, under each of its marks.
func (t *Try) Failed(ctx context.Context) error {
	err := t.tries.db.Write(ctx, t.marks[0].city, func(_ context.Context, tx *db.Tx) error {
		for _, m := range inOneOrder(t.marks) {
			increment(tx, m.target, db.Time(m.ends))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting a failed try: %w", err)
	}
	return nil
}

// End ends the try. Ending it twice is harmless.
func (t *Try) End() {
	t.once.Do(func() {
		for _, m := range t.marks {
			t.tries.release(m.target)
		}
	})
}

func (t *Tries) count(ctx context.Context, city id.City, of []marked) (failures []int, err error) {
	err = t.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		failures, err = tallies(ctx, tx, of)
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

// Over counts the windows that are over, in all cities: those that Sweep would
// forget, and those that a legal hold keeps.
func (t *Tries) Over(ctx context.Context) (over, held int64, err error) {
	err = t.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		over, held, err = countOver(ctx, tx)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting counts: %w", err)
	}
	return over, held, nil
}

// Sweep forgets the counts of windows that are over, in all cities that are
// not under a legal hold, and tells how many rows that were.
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
