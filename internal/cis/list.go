package cis

import (
	"context"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Batches lists every posting file of a town, the newest first.
func (s *Service) Batches(ctx context.Context, town id.City) ([]Batch, error) {
	var found []Batch
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectBatches(ctx, tx, "true order by business_on desc, sequence desc")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing posting files: %w", err)
	}
	return found, nil
}

// Sent lists what stands in the posting files of a business date, in the order of
// the files.
func (s *Service) Sent(ctx context.Context, town id.City, on calendar.Date) ([]Posting, error) {
	var found []Posting
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = sentOn(ctx, tx, on)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what was sent of %s: %w", on, err)
	}
	return found, nil
}

// Refused lists what the billing system did not take, and has not taken since:
// somebody must see to it.
func (s *Service) Refused(ctx context.Context, town id.City) ([]Posting, error) {
	var found []Posting
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = refusedLines(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing refused payments: %w", err)
	}
	return found, nil
}

// NotSent gives those of the confirmation numbers that stand in no posting file.
func (s *Service) NotSent(ctx context.Context, town id.City, confirmations []string) ([]string, error) {
	var missing []string
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		sent := make([]bool, len(confirmations))
		for i, confirmation := range confirmations {
			askSent(tx, confirmation, &sent[i])
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		missing = nil
		for i, confirmation := range confirmations {
			if !sent[i] {
				missing = append(missing, confirmation)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for payments in posting files: %w", err)
	}
	return missing, nil
}

// Deliver notes that a posting file was written for somebody to take. Doing it
// twice changes nothing. Returns [ErrNoBatch].
func (s *Service) Deliver(ctx context.Context, town id.City, on calendar.Date, sequence int) error {
	err := s.db.Write(ctx, town, func(_ context.Context, tx *db.Tx) error {
		deliverBatch(tx, on, sequence)
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting that posting file %d of %s was written: %w", sequence, on, err)
	}
	return nil
}
