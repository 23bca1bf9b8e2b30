package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/web/resident/view"
)

const (
	silenceMost = 0.1 // milliseconds between the medians
	// silencePairs are enough for a median, and few enough that no town, network or utility account is asked
	// for more answers after too many wrong ones: 16 towns take 300 each.
	silencePairs = 2_000
)

// silence measures what a stranger could learn from the time of a refusal: whether
// there is a utility account of a number. Half of the guesses name one that is
// there, with a wrong house number, the others one that is not; they take turns.
// The baseline is what the same reckoning finds where there is nothing to find:
// between the guesses at even and at odd turns that all name one that is there.
func silence(ctx context.Context, s *site) (f Figure, err error) {
	f = Figure{
		What: fmt.Sprintf("median refusal of a wrong answer against that of a number that does not exist, %d of each, %d utility accounts in %d towns",
			min(silencePairs, s.utilityAccounts), s.utilityAccounts, lookupTowns),
		Unit: "ms", BaselineIs: "the same between two halves of the wrong answers",
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
	s.say("guessing")
	p := openPortal(served)
	defer func() { err = errors.Join(err, p.stop()) }()
	there, absent, err := in.guess(ctx, p, s.utilityAccounts)
	if err != nil {
		return f, err
	}
	f.Value, f.Baseline = apart(there, absent), apart(halves(there))
	there.percentiles(&f)
	f.Ratio, f.Target, f.Met = f.Value/f.Baseline, fmt.Sprintf("≤ %.1f ms", silenceMost), f.Value <= silenceMost
	_, f.Peak, err = memoryOf(p.command.Process.Pid)
	return f, err
}

// guess lets strangers guess, each from a network of their own, after some that
// do not count.
func (in *installation) guess(ctx context.Context, p *portal, utilityAccounts int) (there, absent timings, err error) {
	pairs := min(silencePairs, utilityAccounts)
	warming := pairs / 20
	each := utilityAccounts / len(in.towns)
	for n := range pairs + warming {
		known, err := in.refused(ctx, p, 2*n, scattered(n/len(in.towns), each))
		if err != nil {
			return there, absent, err
		}
		unknown, err := in.refused(ctx, p, 2*n+1, each+scattered(n/len(in.towns), each))
		if err != nil {
			return there, absent, err
		}
		if n >= warming {
			there.took, absent.took = append(there.took, known), append(absent.took, unknown)
		}
	}
	return there, absent, nil
}

// refused sends one wrong guess and times the answer, which must be a refusal.
func (in *installation) refused(ctx context.Context, p *portal, n, utilityAccount int) (time.Duration, error) {
	g := p.guest(in.towns[n/2%len(in.towns)], n*10_007) // neighbours are not near
	clk := clock.System()
	began := clk.Now()
	res, page, err := g.ask(ctx, http.MethodPost, "/", url.Values{
		view.FieldUtilityAccount: {string(numbered(utilityAccount))}, string(city.HouseNumber): {strconv.Itoa(99)},
	})
	took := clk.Now().Sub(began)
	if err == nil && (res.StatusCode != http.StatusSeeOther || strings.Contains(res.Header.Get("Location"), "/bill/")) {
		err = fmt.Errorf("a wrong answer is answered by %s to %s: %.300s", res.Status, res.Header.Get("Location"), page)
	}
	return took, err
}

// apart is how far two medians are from each other, in milliseconds.
func apart(a, b timings) float64 { return math.Abs(a.percentile(0.5) - b.percentile(0.5)) }

// halves are the timings of even and of odd turns.
func halves(t timings) (even, odd timings) {
	for i, took := range t.took {
		if i%2 == 0 {
			even.took = append(even.took, took)
		} else {
			odd.took = append(odd.took, took)
		}
	}
	return even, odd
}
