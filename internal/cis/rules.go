package cis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
)

// stale is when an import that was interrupted is given up: the next extract of
// the billing system has come by then.
const stale = 48 * time.Hour

// newImport begins an import of a file. Stated reports whether somebody said as
// of when its balances are: whoever brings it, or else the file.
func newImport(r *Request, file layout.Control, digest string, now time.Time) (begun loaded, stated bool) {
	begun = loaded{id: billing.NewLoad(now), layout: r.Layout.Name, digest: digest, asOf: now}
	switch {
	case !r.AsOf.IsZero():
		begun.asOf = r.AsOf
	case !file.AsOf.IsZero():
		begun.asOf = onClock(file.AsOf, r.Zone)
	default:
		return begun, false
	}
	return begun, true
}

// offered gives the services of the town, in words of package layout. The one for
// rows that state none must be among them.
func offered(r *Request) ([]string, error) {
	if r.Services == nil {
		return nil, nil
	}
	words := make([]string, len(r.Services))
	for i, service := range r.Services {
		words[i] = string(service)
	}
	if !slices.Contains(r.Services, r.Service) {
		return nil, ErrServiceUnknown.Because(fmt.Errorf("%q is none of: %s", r.Service, strings.Join(words, ", ")))
	}
	return words, nil
}

// onClock is the instant at which a town's clock shows what a file says.
func onClock(wall time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone).UTC()
}

// doubt says what is unclear about which payments are in the balances of a file.
// An open posting file that was made later cannot be in them.
func doubt(r *Request, begun loaded, stated bool, now time.Time, open []Batch, posted time.Time) error {
	if begun.asOf.After(now) {
		return ErrAsOf
	}
	var names []string
	for _, b := range open {
		if !b.CreatedAt.After(begun.asOf) && b.Lines > 0 {
			names = append(names, fmt.Sprintf("file %d of %s", b.Sequence, b.On))
		}
	}
	if len(names) > 0 && !r.Unposted {
		return ErrPostingOpen.Because(fmt.Errorf("not acknowledged are %s", strings.Join(names, ", ")))
	}
	if !stated && !r.Written.IsZero() && r.Written.Before(posted) {
		return ErrFileOlder.Because(fmt.Errorf("it was written at %s, payments were posted at %s",
			r.Written.UTC().Format(time.RFC3339), posted.UTC().Format(time.RFC3339)))
	}
	return nil
}
