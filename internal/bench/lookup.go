package bench

import (
	"context"
	"fmt"

	"clearwell/internal/billing"
	"clearwell/internal/city"
	"clearwell/internal/db"
)

const (
	lookupTown = 50_000 // utility accounts
	lookupRate = 200    // a second
	lookupMost = 10.0   // milliseconds at p99
)

// lookups measures what stands between a guest's answers and the page that
// tells what is owed.
func lookups(ctx context.Context, s *site) (Figure, error) {
	t, err := newTown(s.d)
	if err != nil {
		return Figure{}, err
	}
	if _, err := load(ctx, s.d, lookupTown); err != nil {
		return Figure{}, err
	}
	if err := s.analyze(ctx); err != nil {
		return Figure{}, err
	}
	bills := billing.New(s.d)
	forgetPeak()
	ours, err := pace(ctx, lookupRate, seconds(s.seconds), func(ctx context.Context, call int) error {
		return t.lookup(ctx, bills, scattered(call))
	})
	if err != nil {
		return Figure{}, err
	}
	f := Figure{
		What: fmt.Sprintf("guest lookup without the page, p99 at %d/s, %d utility accounts", lookupRate, lookupTown), Unit: "ms",
		BaselineIs: "reading the utility account's row by its key", Value: ours.percentile(0.99), Peak: peak(),
	}
	ours.percentiles(&f)
	theirs, err := pace(ctx, lookupRate, seconds(s.seconds), func(ctx context.Context, call int) error {
		return readRow(ctx, s.d, scattered(call))
	})
	f.Baseline = theirs.percentile(0.99)
	f.Ratio, f.Target, f.Met = f.Value/f.Baseline, fmt.Sprintf("p99 ≤ %.0f ms", lookupMost), f.Value <= lookupMost
	return f, err
}

// scattered visits the utility accounts in no order that a cache could like.
func scattered(call int) int { return call * 7_919 % lookupTown }

// lookup proves a guest and reckons what is owed.
func (t *town) lookup(ctx context.Context, bills *billing.Service, n int) error {
	answers := map[city.Factor]string{city.HouseNumber: fmt.Sprint(100 + n)}
	found, err := bills.Prove(ctx, sampletown, numbered(n), answers, 1)
	if err != nil {
		return err
	}
	_, err = t.payments.Owed(ctx, sampletown, found.Number)
	return err
}

func readRow(ctx context.Context, d *db.DB, n int) error {
	return d.Read(ctx, sampletown, func(ctx context.Context, tx *db.Tx) error {
		var name string
		return tx.QueryRow(ctx, "select name from utility_accounts where city_id = $1 and number = $2",
			string(sampletown), string(numbered(n))).Scan(&name)
	})
}
