package limit_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/limit"
)

var start = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

var perNetwork = limit.Bucket{Name: "network", Burst: 3, Every: 10 * time.Second}

func drain(t *testing.T, g *limit.Gate, rule limit.Bucket, key string) {
	t.Helper()
	for i := range rule.Burst {
		if _, ok := g.Allow(rule, key); !ok {
			t.Fatalf("refused after %d of %d", i, rule.Burst)
		}
	}
}

func TestGateLetsThroughWhatTheBucketHolds(t *testing.T) {
	clk := clock.NewManual(start)
	g := limit.NewGate(clk, 0)
	if _, ok := g.Ready(perNetwork, "a"); !ok {
		t.Error("a full bucket is not ready")
	}
	drain(t, g, perNetwork, "a")
	if wait, ok := g.Ready(perNetwork, "a"); ok || wait.Round(time.Second) != 10*time.Second {
		t.Errorf("an empty bucket: %v, %v", wait, ok)
	}
	wait, ok := g.Allow(perNetwork, "a")
	if ok {
		t.Fatal("the empty bucket lets through")
	}
	clk.Advance(wait - 2*time.Millisecond)
	if _, ok := g.Allow(perNetwork, "a"); ok {
		t.Error("let through before the wait is over")
	}
	clk.Advance(2 * time.Millisecond)
	if _, ok := g.Allow(perNetwork, "a"); !ok {
		t.Error("refused after the wait it named")
	}
}

func TestGateKeepsKeysAndRulesApart(t *testing.T) {
	g := limit.NewGate(clock.NewManual(start), 0)
	drain(t, g, perNetwork, "a")
	drain(t, g, perNetwork, "b")
	drain(t, g, limit.Bucket{Name: "page", Burst: 1, Every: time.Second}, "a")
}

func TestGateAtOneInstant(t *testing.T) {
	g := limit.NewGate(clock.NewManual(start), 0)
	var (
		all     sync.WaitGroup
		through atomic.Int32
	)
	for range 50 {
		all.Go(func() {
			if _, ok := g.Allow(perNetwork, "a"); ok {
				through.Add(1)
			}
		})
	}
	all.Wait()
	if got := through.Load(); got != 3 {
		t.Errorf("%d got through", got)
	}
}

// Whoever comes from many networks neither fills the memory nor makes the gate
// forget the one who has just asked.
func TestGateIsBounded(t *testing.T) {
	g := limit.NewGate(clock.NewManual(start), 10)
	drain(t, g, perNetwork, "a")
	for i := range 1000 {
		g.Allow(perNetwork, strconv.Itoa(i))
		if _, ok := g.Allow(perNetwork, "a"); ok {
			t.Fatalf("forgotten after %d others", i)
		}
	}
	if g.Size() != 10 {
		t.Errorf("it remembers %d", g.Size())
	}
	for i := range 10 {
		g.Allow(perNetwork, strconv.Itoa(i))
	}
	if _, ok := g.Allow(perNetwork, "a"); !ok {
		t.Error("who asked least recently is not forgotten")
	}
}

// What did no harm is given back, and never more than was taken.
func TestWhatDidNoHarmIsGivenBack(t *testing.T) {
	clk := clock.NewManual(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	gate, rule := limit.NewGate(clk, 0), limit.Bucket{Name: "declines", Burst: 2, Every: time.Minute}
	for range 100 {
		if _, ok := gate.Allow(rule, "library"); !ok {
			t.Fatal("what was given back cannot be had again")
		}
		gate.Return(rule, "library")
	}
	for range 5 {
		gate.Return(rule, "library")
	}
	clk.Advance(time.Second)
	took := 0
	for range 10 {
		if _, ok := gate.Allow(rule, "library"); ok {
			took++
		}
	}
	if took != 2 {
		t.Errorf("%d at once, want the burst of 2", took)
	}
}
