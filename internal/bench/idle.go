package bench

import (
	"context"
	"errors"
	"fmt"
)

const (
	idleMost = 100.0 // MiB
	// idleVisits are made before the rest: pages, lookups, and card pages.
	idleVisits = 100
)

// idle measures the memory of a program that serves a town, has served some
// visitors, and now waits. The number is VmRSS: what is resident, the program's
// own file included.
func idle(ctx context.Context, s *site) (f Figure, err error) {
	f = Figure{
		What: fmt.Sprintf("idle memory of serve with %d utility accounts, %d s after %d visits (VmRSS)", s.utilityAccounts, s.seconds, idleVisits),
		Unit: "MiB", BaselineIs: "the same before the town had any utility account, after as many page views",
	}
	in, err := install(ctx, s, 1)
	if err != nil {
		return f, err
	}
	f.Baseline, _, err = in.rest(ctx, s, func(g *guest, _ int) error {
		_, err := g.see(ctx, "/")
		return err
	})
	if err != nil {
		return f, err
	}
	s.say("filling the town")
	if err := errors.Join(in.fill(ctx, s.utilityAccounts), s.analyze(ctx)); err != nil {
		return f, err
	}
	f.Value, f.Peak, err = in.rest(ctx, s, func(g *guest, n int) error { return g.visit(ctx, scattered(n, s.utilityAccounts)) })
	f.Ratio, f.Target, f.Met = f.Value/f.Baseline, fmt.Sprintf("≤ %.0f MiB", idleMost), f.Value <= idleMost
	return f, err
}

// rest serves visitors, waits, and reads the memory.
func (in *installation) rest(ctx context.Context, s *site, visit func(*guest, int) error) (now, most float64, err error) {
	served, err := in.serve(ctx)
	if err != nil {
		return 0, 0, err
	}
	p := openPortal(served)
	defer func() { err = errors.Join(err, p.stop()) }()
	for n := range idleVisits {
		if err := visit(p.guest(in.towns[0], n), n); err != nil {
			return 0, 0, err
		}
	}
	if err := until(ctx, seconds(s.seconds)); err != nil {
		return 0, 0, err
	}
	return memoryOf(p.command.Process.Pid)
}

// visit looks at the first page, at a bill, and at the page with the card fields.
func (g *guest) visit(ctx context.Context, n int) error {
	if _, err := g.see(ctx, "/"); err != nil {
		return err
	}
	bill, err := g.look(ctx, n)
	if err != nil {
		return err
	}
	pay, err := g.toCard(ctx, bill)
	if err != nil {
		return err
	}
	_, err = g.see(ctx, pay)
	return err
}
