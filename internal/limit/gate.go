package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"clearwell/internal/clock"
	"clearwell/internal/secret"
)

// DefaultGateKeys is how many keys a gate remembers when nobody says otherwise:
// about 30 MB when all are taken.
const DefaultGateKeys = 100_000

// Gate lets through what its buckets hold, for each key apart. It is safe for
// concurrent use and remembers a bounded number of keys: of the rest, it forgets
// those that asked least recently, whose buckets are the likeliest to be full.
type Gate struct {
	clock clock.Clock
	salt  secret.Key
	most  int

	mu     sync.Mutex
	recent *list.List // of *bucket, the most recent in front
	kept   map[digest]*list.Element
}

type bucket struct {
	key   digest
	limit *rate.Limiter
}

// NewGate makes a gate that remembers up to most keys; 0 means
// [DefaultGateKeys].
func NewGate(clk clock.Clock, most int) *Gate {
	if most <= 0 {
		most = DefaultGateKeys
	}
	return &Gate{clock: clk, salt: secret.NewKey(), most: most, recent: list.New(), kept: map[digest]*list.Element{}}
}

// Allow takes one from the bucket of key under rule. When it is empty, nothing
// is taken and wait is how long until there is one.
func (g *Gate) Allow(rule Bucket, key string) (wait time.Duration, ok bool) {
	now := g.clock.Now()
	limit := g.bucketOf(rule, key)
	if limit.AllowN(now, 1) {
		return 0, true
	}
	return waitFor(limit, now), false
}

// Return gives back one that Allow took, for what turned out to do no harm. The
// bucket never holds more than Burst.
func (g *Gate) Return(rule Bucket, key string) {
	g.bucketOf(rule, key).AllowN(g.clock.Now(), -1)
}

// Ready tells what Allow would, and takes nothing.
func (g *Gate) Ready(rule Bucket, key string) (wait time.Duration, ok bool) {
	now := g.clock.Now()
	limit := g.bucketOf(rule, key)
	if limit.TokensAt(now) >= 1 {
		return 0, true
	}
	return waitFor(limit, now), false
}

// waitFor is how long an empty bucket takes to hold one, rounded up to the next
// millisecond so that who waits it finds it there.
func waitFor(limit *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - limit.TokensAt(now)
	seconds := missing / float64(limit.Limit())
	return (time.Duration(seconds*float64(time.Second)) + time.Millisecond).Truncate(time.Millisecond)
}

func (g *Gate) bucketOf(rule Bucket, key string) *rate.Limiter {
	hashed := digestOf(g.salt, rule.Name, key)
	g.mu.Lock()
	defer g.mu.Unlock()
	if found, ok := g.kept[hashed]; ok {
		g.recent.MoveToFront(found)
		return found.Value.(*bucket).limit
	}
	if len(g.kept) >= g.most {
		g.forgetOldest()
	}
	fresh := &bucket{hashed, rate.NewLimiter(rate.Every(rule.Every), rule.Burst)}
	g.kept[hashed] = g.recent.PushFront(fresh)
	return fresh.limit
}

func (g *Gate) forgetOldest() {
	oldest := g.recent.Back()
	delete(g.kept, oldest.Value.(*bucket).key)
	g.recent.Remove(oldest)
}

// Size is how many keys the gate remembers, for metrics.
func (g *Gate) Size() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.kept)
}
