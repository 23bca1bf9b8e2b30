package cis

import (
	"context"
	"hash/maphash"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/db"
)

// undoubted begins an import of which it is clear which payments are in its
// balances. What was posted and what was not decides what a resident is asked for:
// to guess would be to ask twice, or not at all.
func undoubted(ctx context.Context, tx *db.Tx, r *Request, report *Report, digest string) (loaded, error) {
	begun, stated := newImport(r, report.Control, digest, tx.Now())
	if r.Layout.Direction != layout.BillsIn {
		return begun, nil
	}
	open, err := openBatches(ctx, tx)
	if err != nil {
		return loaded{}, err
	}
	posted, err := newestPosting(ctx, tx)
	if err != nil {
		return loaded{}, err
	}
	report.AsOf = begun.asOf
	return begun, doubt(r, begun, stated, tx.Now(), open, posted)
}

// become says how staged bills become what is owed.
func (d *delivery) become() func(context.Context, *db.Tx, billing.LoadID, time.Time) (billing.Changes, error) {
	switch {
	case !d.bills.several:
		return billing.ApplySingleTx
	case d.request.Layout.AddsUp():
		return billing.ApplyAddedTx
	}
	return billing.ApplyTx
}

// census knows whether a utility account has several bills in a file. It keeps
// digests of 64 bits: two that met by chance only cost the time to look closer.
type census struct {
	seed    maphash.Seed
	seen    map[uint64]struct{}
	several bool
}

func newCensus() census { return census{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}} }

func (c *census) note(row *billing.Row) {
	if c.several || row.Amount == nil {
		return
	}
	key := maphash.String(c.seed, string(row.Number))
	if _, c.several = c.seen[key]; c.several {
		c.seen = nil // nobody asks it any more
		return
	}
	c.seen[key] = struct{}{}
}
