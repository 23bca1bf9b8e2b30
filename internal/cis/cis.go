package cis

import (
	"crypto/sha256"
	"io"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/city"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/policy"
)

// The refusals. Those of a file as a whole are package layout's.
var (
	// ErrImportBusy: somebody else is bringing the same file at this moment.
	ErrImportBusy = fault.New(fault.Conflict, "import_busy")
	// ErrStagedDiffers: what was stored of a file is not what is in it. It was
	// thrown away, and the file can be brought again.
	ErrStagedDiffers = fault.New(fault.Conflict, "import_staged_differs")
	// ErrWrongDirection: the layout is for the other way.
	ErrWrongDirection = fault.New(fault.Invalid, "layout_direction")
	// ErrPostingOpen: posting files are open that the balances may have in them, or
	// not. Nobody else can say which.
	ErrPostingOpen = fault.New(fault.Conflict, "import_posting_open")
	// ErrFileOlder: the file was written before payments were posted, and does not
	// say as of when its balances are.
	ErrFileOlder = fault.New(fault.Conflict, "import_file_older")
	// ErrAsOf: balances cannot be as of a time to come.
	ErrAsOf = fault.New(fault.Invalid, "import_as_of")
	// ErrServiceUnknown: the service given for rows that state none is none of the
	// town's.
	ErrServiceUnknown = fault.New(fault.Invalid, "import_service")
	// ErrNoBatch: no posting file of that day and number was made.
	ErrNoBatch = fault.New(fault.NotFound, "posting_unknown")
	// ErrDayNotOver: payments of that business date may still come.
	ErrDayNotOver = fault.New(fault.Conflict, "posting_day_not_over")
	// ErrNoLine: that confirmation number is not in the file, or waits for nobody.
	ErrNoLine = fault.New(fault.NotFound, "posting_line_unknown")
	// ErrPostedAt: a file cannot be posted before it was made, nor later than now.
	ErrPostedAt = fault.New(fault.Invalid, "posting_posted_at")
	// ErrPostingMoved: somebody else is acknowledging the file at this moment.
	ErrPostingMoved = fault.New(fault.Conflict, "posting_moved")
	// ErrPostingDiffers: a posting file cannot be made again as it was, or a
	// payment that was sent has another amount now.
	ErrPostingDiffers = fault.New(fault.Conflict, "posting_differs")
)

// Request is a file to bring in.
type Request struct {
	City    id.City
	Layout  *layout.Layout
	Numbers city.NumberFormat // of the town; with the zero value any number is taken
	Service policy.Service    // of rows that do not state one
	// Services are those that the town bills for: a bill for another one is
	// refused. Nil: any is taken.
	Services []policy.Service
	// AsOf is when the balances were true: payments posted until then are in them.
	// Zero: as the file says, or else when the import begins.
	AsOf    time.Time
	Zone    *time.Location // of the clock by which the file says it; nil: UTC
	Written time.Time      // when the file was last written to; zero: nobody knows
	// Unposted says that payments of posting files that are not acknowledged yet
	// are not in the balances. Otherwise a file that may have them is refused.
	Unposted bool
	Open     func() (io.ReadSeekCloser, error)
	DryRun   bool      // say what would be taken, and store nothing
	Rejects  io.Writer // CSV: a line for each row that is not taken; nil: nowhere
	// Progress, if given, is called from time to time.
	Progress func(Progress)
	Actor    audit.Actor
}

// Progress is how far an import has come.
type Progress struct {
	Phase    Phase
	Done, Of int64 // bytes while examining, rows while staging
}

// Phase is what an import is doing.
type Phase string

// The phases, in order.
const (
	Examining Phase = "examining" // is the file whole?
	Staging   Phase = "staging"   // rows are stored apart
	Applying  Phase = "applying"  // rows become what is owed, all at once
)

// Report is what an import did, or in a dry run would do.
type Report struct {
	Layout  *layout.Layout
	Digest  [sha256.Size]byte
	Size    int64 // bytes
	Totals  layout.Totals
	Control layout.Control // what the file says of itself
	Reasons map[layout.Code]int64
	DryRun  bool
	// Before is when the same file was applied before; then nothing was changed.
	Before  time.Time
	Resumed int64 // lines that were stored by an earlier run that was interrupted
	Changes billing.Changes
	AsOf    time.Time // of the balances; zero in a dry run
}

// loaded is an import as it is stored.
type loaded struct {
	id        billing.LoadID
	layout    string
	digest    string
	applied   bool
	appliedAt time.Time
	asOf      time.Time
	line      int64 // the last that is staged
}
