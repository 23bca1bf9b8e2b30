package cis

import (
	"context"
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
func become(l *layout.Layout) func(context.Context, *db.Tx, billing.LoadID, time.Time) (billing.Changes, error) {
	if l.AddsUp() {
		return billing.ApplyAddedTx
	}
	return billing.ApplyTx
}
