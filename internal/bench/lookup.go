package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	lookupRate = 200  // a second
	lookupMost = 10.0 // milliseconds at p99
	// lookupTowns share the guests. A town's limit is 20 lookups a second and 600
	// at once, so that 200 a second are more than one town lets in; with 16 nobody
	// is turned away, and the limits are those of production.
	lookupTowns = 16
)

// lookups measures what a guest waits for between sending the answers and having
// the page that tells what is owed. It goes to the program that serves, over a
// socket: one lookup is two requests, the form's and the page's, with the limits,
// the visit that is made and found again, and the log.
func lookups(ctx context.Context, s *site) (f Figure, err error) {
	f = Figure{
		What: fmt.Sprintf("guest lookup to page, p99 of %d lookups/s due at fixed times (one is POST, redirect, GET: %d requests/s), %d utility accounts in %d towns",
			lookupRate, 2*lookupRate, s.utilityAccounts, lookupTowns),
		Unit: "ms", BaselineIs: "GET of the empty form from the same program, as many requests/s",
	}
	in, err := install(ctx, s, lookupTowns)
	if err != nil {
		return f, err
	}
	s.say("filling the towns")
	if err := errors.Join(in.fill(ctx, s.utilityAccounts), s.analyze(ctx)); err != nil {
		return f, err
	}
	served, err := in.serve(ctx)
	if err != nil {
		return f, err
	}
	s.say("looking up")
	p := openPortal(served)
	defer func() { err = errors.Join(err, p.stop()) }()
	return f, in.lookUp(ctx, s, p, &f)
}

// lookUp measures in turns with the baseline, after a second that does not count.
func (in *installation) lookUp(ctx context.Context, s *site, p *portal, f *Figure) error {
	done := 0
	look := func(limit time.Duration) (timings, error) {
		made, err := pace(ctx, lookupRate, limit, func(ctx context.Context, call int) error {
			return in.lookup(ctx, p, done+call, s.utilityAccounts)
		})
		done += len(made.took)
		return made, err
	}
	if _, err := look(time.Second); err != nil {
		return err
	}
	var ours, theirs timings
	for range rounds {
		made, err := look(max(time.Second, seconds(s.seconds)/rounds))
		if err != nil {
			return err
		}
		ours.add(made)
		read, err := pace(ctx, 2*lookupRate, max(time.Second, seconds(s.seconds)/rounds), func(ctx context.Context, call int) error {
			_, err := p.guest(in.towns[call%len(in.towns)], call).see(ctx, "/")
			return err
		})
		if err != nil {
			return err
		}
		theirs.add(read)
	}
	f.Value, f.Baseline = ours.percentile(0.99), theirs.percentile(0.99)
	ours.percentiles(f)
	f.Ratio, f.Target, f.Met = f.Value/f.Baseline, fmt.Sprintf("p99 ≤ %.0f ms", lookupMost), f.Value <= lookupMost
	var err error
	_, f.Peak, err = memoryOf(p.command.Process.Pid)
	return err
}

// lookup is the n-th guest's: the towns in turn, each guest at home in another
// network.
func (in *installation) lookup(ctx context.Context, p *portal, n, utilityAccounts int) error {
	each := utilityAccounts / len(in.towns)
	_, err := p.guest(in.towns[n%len(in.towns)], n).look(ctx, scattered(n/len(in.towns), each))
	return err
}

// scattered visits the utility accounts in no order that a cache could like.
func scattered(call, of int) int { return call * 7_919 % of }
