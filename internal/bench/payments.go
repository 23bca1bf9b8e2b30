package bench

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/payment"
)

// rounds is how often our side and the baseline take turns, so that both have
// the same share of whatever else the machine does.
const rounds = 2

// mostPayments bounds the quotes prepared for a second.
const mostPayments = 2_500

// warmed is how many payments are made before anything counts.
const warmed = 500

// counter is a town with payers waiting to press the button.
type counter struct {
	*site
	town   *town
	first  prepared // the payer whose payment baselines copy
	quotes []prepared
}

// openCounter prepares the payers, and lets the first of them warm everything
// up.
func openCounter(ctx context.Context, s *site) (*counter, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	t, err := newTown(s.d)
	if err != nil {
		return nil, err
	}
	quotes, err := t.prepare(ctx, s.d, warmed+s.seconds*mostPayments)
	if err != nil {
		return nil, err
	}
	c := &counter{s, t, quotes[0], quotes}
	if _, err := c.pay(ctx, warmed, time.Minute); err != nil {
		return nil, err
	}
	return c, s.analyze(ctx)
}

// pay lets at most so many payers press the button.
func (c *counter) pay(ctx context.Context, most int, limit time.Duration) (timings, error) {
	waiting := c.quotes[:min(most, len(c.quotes))]
	made, err := drive(ctx, clients, limit, len(waiting), func(ctx context.Context, call int) error {
		return c.town.pay(ctx, waiting[call])
	})
	c.quotes = c.quotes[len(made.took):]
	return made, err
}

// sample reads the rows of a payment that was made to warm up.
func (c *counter) sample(ctx context.Context) (template, error) {
	made, err := c.town.payments.Payment(ctx, sampletown, payment.OfQuote(c.first.request.Quote))
	if err != nil {
		return template{}, err
	}
	if c.super == "" {
		return learn(ctx, c.d.Handle().Reader, made)
	}
	handle, err := sql.Open("pgx", c.super)
	if err != nil {
		return template{}, err
	}
	defer handle.Close()
	return learn(ctx, handle, made)
}

// turns measures payments and baseline in turn.
func (c *counter) turns(ctx context.Context, baseline func(context.Context, time.Duration) (float64, error)) (Figure, error) {
	f := Figure{What: fmt.Sprintf("complete payments, %d at once", clients), Unit: "payments/s"}
	var ours timings
	limit := max(time.Second, seconds(c.seconds)/rounds)
	for range rounds {
		forgetPeak()
		made, err := c.pay(ctx, len(c.quotes), limit)
		if err != nil {
			return f, err
		}
		ours.add(made)
		f.Peak = max(f.Peak, peak())
		theirs, err := baseline(ctx, limit)
		if err != nil {
			return f, fmt.Errorf("measuring the baseline: %w", err)
		}
		f.Baseline += theirs / rounds
	}
	f.Value = ours.rate()
	ours.percentiles(&f)
	return f, nil
}

// atLeast judges a figure by its ratio to the baseline.
func (f *Figure) atLeast(ratio float64) {
	f.Ratio = f.Value / f.Baseline
	f.Target, f.Met = fmt.Sprintf("ratio ≥ %.2f", ratio), f.Ratio >= ratio
}

func paymentsOnPostgres(ctx context.Context, s *site) (Figure, error) {
	c, err := openCounter(ctx, s)
	if err != nil {
		return Figure{}, err
	}
	rows, err := c.sample(ctx)
	if err != nil {
		return Figure{}, err
	}
	rival := newRival(s.super, rows)
	f, err := c.turns(ctx, rival.rate)
	f.BaselineIs = fmt.Sprintf("%s: %d rows, %d bytes", rival.name(), len(rows.rows), rows.bytes())
	f.atLeast(0.25)
	return f, err
}

// bareRows are the rows of the bare payment on SQLite: one of each table, and
// the two sides of the book.
const bareRows = 7

func paymentsOnSQLite(ctx context.Context, s *site) (Figure, error) {
	c, err := openCounter(ctx, s)
	if err != nil {
		return Figure{}, err
	}
	rows, err := c.sample(ctx)
	if err != nil {
		return Figure{}, err
	}
	rows.rows = bare(rows.rows)
	all, written := rows.prepare(), 0
	f, err := c.turns(ctx, func(ctx context.Context, limit time.Duration) (float64, error) {
		written += keysOfRun
		made, err := drive(ctx, clients, limit, keysOfRun, func(ctx context.Context, call int) error {
			return writeAll(ctx, s.d, all.of(written+call))
		})
		return made.rate(), err
	})
	f.BaselineIs = fmt.Sprintf("a bare transaction of %d rows, %d bytes, under the same grouped commit", len(rows.rows), rows.bytes())
	f.atLeast(0.3)
	return f, err
}

func writeAll(ctx context.Context, d *db.DB, all []insert) error {
	return d.Write(ctx, compared, func(_ context.Context, tx *db.Tx) error {
		for _, one := range all {
			tx.Exec(one.sql, one.args...)
		}
		return nil
	})
}

// bare keeps the first row of each table, and a second one in the book.
func bare(rows []row) []row {
	var kept []row
	seen := map[string]int{}
	for _, r := range rows {
		seen[r.table]++
		if seen[r.table] == 1 || r.table == "ledger_entries" && seen[r.table] == 2 {
			kept = append(kept, r)
		}
	}
	return kept[:min(len(kept), bareRows)]
}
