package exposure

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

const (
	// freshFor is how long what comes of an occasion is expected. Whatever comes
	// later has the day counted again.
	freshFor = 48 * time.Hour
	// settledAfter is how long a day must have been left alone before it is
	// tallied. It is longer than freshFor, so that nothing that is expected comes
	// after the tally.
	settledAfter = 72 * time.Hour
	// settledDays is settledAfter as business dates, which may run a day ahead or
	// behind of the clock in any zone.
	settledDays = 4
)

// isLate reports whether something comes to an occasion that was shown so long
// ago that its day may have been tallied. Identifiers begin with their time, so
// that it takes no question to the database.
func isLate(tx *db.Tx, occasion ID) bool {
	fresh := id.Unguessable[kind](tx.Now().Add(-freshFor)).String()
	return len(occasion.String()) < timeEnds || occasion.String()[:timeEnds] < fresh[:timeEnds]
}

// timeEnds is where the part of an identifier that tells its time ends, to within
// a sixteenth of a millisecond.
const timeEnds = len("exp_") + 10

// isBackdated reports whether an occasion is put on a day that may have been
// tallied.
func isBackdated(tx *db.Tx, on calendar.Date) bool {
	return on.Before(calendar.Of(tx.Now(), time.UTC).AddDays(1 - int(freshFor.Hours()/24)))
}

// Tally folds the days of all towns that are over and not tallied yet, or have
// changed since, at most so many. It tells how many it did.
func (s *Service) Tally(ctx context.Context, most int) (int, error) {
	towns, err := s.Cities(ctx)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, city := range towns {
		days, err := s.untallied(ctx, city, most-done)
		if err != nil {
			return done, err
		}
		for _, d := range days {
			if err := s.tallyDay(ctx, city, d); err != nil {
				return done, fmt.Errorf("tallying %s of %s: %w", d.on, city, err)
			}
			done++
		}
		if done >= most {
			break
		}
	}
	return done, nil
}

func (s *Service) untallied(ctx context.Context, city id.City, most int) ([]standing, error) {
	var found []standing
	now := s.db.Clock().Now()
	last := calendar.Of(now, time.UTC).AddDays(-settledDays)
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectUntallied(ctx, tx, city, last, now.Add(-settledAfter), most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for days to tally: %w", err)
	}
	return found, nil
}

// tallyDay counts a day and keeps the count. It is of no use if something came
// meanwhile: then a later round counts again.
func (s *Service) tallyDay(ctx context.Context, city id.City, d standing) error {
	counted := newDay(d.on)
	err := s.Each(ctx, city, Within(Days{d.on, d.on}), func(story Story, holder Holder) error {
		counted.add(story, holder)
		return nil
	})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		upsertTally(tx, d, packed(counted.tallies()))
		return nil
	})
}

// Tallies tells the occasions of the days of a range, counted by shape, in no
// order. Days that were tallied cost one row each; the others are counted now.
// The tallies are good only until each returns.
func (s *Service) Tallies(ctx context.Context, city id.City, days Days, each func(Tally) error) error {
	gaps, err := s.eachTallied(ctx, city, days, each)
	if err != nil {
		return fmt.Errorf("reading tallies of %s: %w", city, err)
	}
	for _, gap := range gaps {
		if err := s.eachCounted(ctx, city, gap, each); err != nil {
			return err
		}
	}
	return nil
}

// eachTallied tells what was tallied, and gives the ranges that were not.
func (s *Service) eachTallied(ctx context.Context, city id.City, days Days, each func(Tally) error) ([]Days, error) {
	next := days.First
	ended := false // no day may follow
	var gaps []Days
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		return eachTally(ctx, tx, city, days, func(on calendar.Date, tally []byte) error {
			all, err := unpack(on, tally)
			if err != nil {
				return nil // of an older release: the day is counted as if there were none
			}
			if next != on {
				gaps = append(gaps, Days{next, on.AddDays(-1)})
			}
			next, ended = on.AddDays(1), on == days.Last
			for _, t := range all {
				if err := each(t); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if !ended {
		gaps = append(gaps, Days{next, days.Last})
	}
	return gaps, err
}

// eachCounted counts a range, a day at a time.
func (s *Service) eachCounted(ctx context.Context, city id.City, days Days, each func(Tally) error) error {
	open := newDay(calendar.Date{})
	tell := func() error {
		for _, t := range open.tallies() {
			if err := each(t); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.Each(ctx, city, Within(days), func(story Story, holder Holder) error {
		if story.On != open.on {
			if err := tell(); err != nil {
				return err
			}
			open = newDay(story.On)
		}
		open.add(story, holder)
		return nil
	})
	if err != nil {
		return err
	}
	return tell()
}
