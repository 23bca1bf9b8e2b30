package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/policy"
)

// postDays exports the days that are over for every town that names a folder for
// it, puts there what is not there yet, and says which files nobody has
// acknowledged in time. It goes on past single failures.
func (w *works) postDays(ctx context.Context) error {
	var errs []error
	for _, town := range w.towns.All() {
		if err := w.postTown(ctx, town); err != nil {
			errs = append(errs, fmt.Errorf("posting for %s: %w", town.City, err))
		}
	}
	return errors.Join(errs...)
}

func (w *works) postTown(ctx context.Context, town townOf) error {
	now := w.clock.Now()
	overdue, err := w.exchange.Overdue(ctx, town.City, now)
	if err != nil {
		return err
	}
	if len(overdue) > 0 {
		w.log.WarnContext(ctx, "alarm", "alarm", "posting_overdue", "city", string(town.City), "files", len(overdue), "oldest", overdue[0].On.String())
	}
	if town.Posting.Folder == "" {
		return nil
	}
	return errors.Join(w.exportDays(ctx, town, now), w.deliver(ctx, town))
}

// exportDays makes the files of the days that have payments in none, and of the
// newest day that is over, also when it has no payments.
func (w *works) exportDays(ctx context.Context, town townOf, now time.Time) error {
	days, err := w.unsent(ctx, town, now)
	if err != nil {
		return err
	}
	due := map[calendar.Date]bool{}
	for _, day := range days {
		due[day.on] = true
	}
	newest, err := lastDay(town, now)
	if err != nil {
		return err
	}
	due[newest] = true
	var errs []error
	for on := range due { // a day that is not as it was keeps no other back
		errs = append(errs, w.exportDay(ctx, town, on))
	}
	return errors.Join(errs...)
}

func (w *works) exportDay(ctx context.Context, town townOf, on calendar.Date) error {
	request, err := postingOf(town, on, "system")
	if err != nil {
		return err
	}
	_, err = w.exchange.Export(ctx, request, io.Discard)
	return err
}

// lastDay is the newest business date that is over.
func lastDay(town townOf, now time.Time) (calendar.Date, error) {
	set, err := town.Rules.InForce(calendar.Of(now, town.Zone))
	if err != nil {
		return calendar.Date{}, err
	}
	return set.CutOff(policy.Card, town.Zone).BusinessDate(now).AddDays(-1), nil
}

// deliver puts into the folder what was made and given to nobody yet.
func (w *works) deliver(ctx context.Context, town townOf) error {
	batches, err := w.exchange.Batches(ctx, town.City)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range batches {
		if b.DeliveredAt.IsZero() {
			errs = append(errs, w.deliverOne(ctx, town, b))
		}
	}
	return errors.Join(errs...)
}

// deliverOne writes a file beside its place and then moves it there, so that
// whoever looks into the folder never reads half a file. One that is there
// already, from a run that ended in between, is not written over.
func (w *works) deliverOne(ctx context.Context, town townOf, b cis.Batch) error {
	declared, err := findLayout(town.Posting.Layout)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if _, err := w.exchange.Rewrite(ctx, town.City, b.On, b.Sequence, declared, &file); err != nil {
		return err
	}
	place := filepath.Join(town.Posting.Folder, b.Name(town.City)+".txt")
	there, err := os.ReadFile(place)
	switch {
	case err == nil && !bytes.Equal(there, file.Bytes()):
		return fmt.Errorf("%s is there already, and is another file", place)
	case err != nil:
		if err := moveIn(place, file.Bytes()); err != nil {
			return fmt.Errorf("putting a posting file into its folder: %w", err)
		}
	}
	return w.exchange.Deliver(ctx, town.City, b.On, b.Sequence)
}

// moveIn writes under a name that nobody has: who may write to the folder may have
// laid a link at any other. It is on the disk before it is noted as delivered.
func moveIn(path string, text []byte) error {
	file := &lazyFile{path: path}
	if _, err := file.Write(text); err != nil {
		return errors.Join(err, file.close())
	}
	return file.keep()
}
