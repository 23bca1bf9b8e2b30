package cis

import (
	"context"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/db"
)

// become says how staged bills become what is owed.
func become(l *layout.Layout) func(context.Context, *db.Tx, billing.LoadID, time.Time) (billing.Changes, error) {
	if l.AddsUp() {
		return billing.ApplyAddedTx
	}
	return billing.ApplyTx
}
