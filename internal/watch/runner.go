package watch

import (
	"context"
	"errors"
	"fmt"
	"os"

	"clearwell/internal/locale"
	"clearwell/internal/watch/manifest"
)

// Teller brings an alarm to somebody. A webhook and a mail server are two.
type Teller interface {
	Tell(ctx context.Context, report Report, letter Letter) error
}

// Poster brings the sign of life to where the other end looks for it.
type Poster interface {
	Post(ctx context.Context, signed string) error
}

// Runner makes runs of one town: it looks, keeps, tells, and leaves its sign.
type Runner struct {
	Prober
	Folder  string // of state, record and evidence; for this town alone
	Words   *locale.Printer
	Key     manifest.Key // signs the sign of life
	Tellers []Teller
	Posters []Poster
}

// Run makes one run. The report is valid with an error too: an alarm that could
// not be sent is still one. All that can be done is done, whatever of it fails.
func (r Runner) Run(ctx context.Context, views []View) (Report, error) {
	if err := os.MkdirAll(r.Folder, 0o700); err != nil {
		return Report{}, fmt.Errorf("making the prober's folder: %w", err)
	}
	before, err := readState(r.Folder)
	if err != nil {
		return Report{}, err
	}
	report, exhibits := r.Look(ctx, views)
	if ctx.Err() != nil {
		return report, ctx.Err() // told to stop: nothing can be said of what was not seen
	}
	report.Run, report.LastGood = before.Run+1, before.LastGood
	var errs []error
	if report.Verdict() != Good {
		report.Evidence, err = keep(r.Folder, report, exhibits)
		errs = append(errs, err)
	}
	after, tell, err := before.after(report)
	errs = append(errs, err, note(r.Folder, report))
	if tell {
		if err := r.tell(ctx, report); err != nil {
			errs = append(errs, err)
			after.Told = before.Told // so that the next run tries again
		}
	}
	return report, errors.Join(append(errs, after.write(r.Folder), r.post(ctx, report))...)
}

func (r Runner) tell(ctx context.Context, report Report) error {
	letter := report.Words(r.Words)
	var errs []error
	for _, teller := range r.Tellers {
		errs = append(errs, teller.Tell(ctx, report, letter))
	}
	return errors.Join(errs...)
}

func (r Runner) post(ctx context.Context, report Report) error {
	if len(r.Posters) == 0 {
		return nil
	}
	signed, err := report.beat().sign(r.Key)
	if err != nil {
		return err
	}
	var errs []error
	for _, poster := range r.Posters {
		errs = append(errs, poster.Post(ctx, signed))
	}
	return errors.Join(errs...)
}
