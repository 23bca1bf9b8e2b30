package control

import (
	"context"
	"sync"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/id"
)

// Freshness is how long a page may go by holds that were read before. A second
// of one node's pages is what a hold costs at most; payments never go by it.
const Freshness = time.Second

// cache remembers each city's holds for a moment. It is bounded by the number of
// cities.
type cache struct {
	clock clock.Clock

	mu     sync.Mutex
	cities map[id.City]*remembered
}

type remembered struct {
	mu    sync.Mutex // held while reading, so that a crowd reads once
	at    time.Time
	valid bool
	holds []Hold
}

func newCache(clk clock.Clock) *cache {
	return &cache{clock: clk, cities: map[id.City]*remembered{}}
}

func (c *cache) of(city id.City) *remembered {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, found := c.cities[city]
	if !found {
		kept = &remembered{}
		c.cities[city] = kept
	}
	return kept
}

// holds gives what is remembered, or reads it. An error is not remembered.
func (c *cache) holds(ctx context.Context, city id.City, read func(context.Context, id.City) ([]Hold, error)) ([]Hold, error) {
	kept := c.of(city)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	now := c.clock.Now()
	age := now.Sub(kept.at)
	if kept.valid && age >= 0 && age < Freshness { // a clock set back is not fresh
		return kept.holds, nil
	}
	holds, err := read(ctx, city)
	if err != nil {
		return nil, err
	}
	kept.at, kept.valid, kept.holds = now, true, holds
	return holds, nil
}

// forget makes this node obey at once what it changed itself.
func (c *cache) forget(city id.City) {
	kept := c.of(city)
	kept.mu.Lock()
	defer kept.mu.Unlock()
	kept.valid = false
}
