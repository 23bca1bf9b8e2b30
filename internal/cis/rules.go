package cis

import (
	"time"

	"clearwell/internal/billing"
)

// stale is when an import that was interrupted is given up: the next extract of
// the billing system has come by then.
const stale = 48 * time.Hour

// newImport begins an import of a file.
func newImport(r *Request, digest string, now time.Time) loaded {
	begun := loaded{id: billing.NewLoad(now), layout: r.Layout.Name, digest: digest, asOf: r.AsOf}
	if r.AsOf.IsZero() {
		begun.asOf = now
	}
	return begun
}
