package exposure

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Service records and lists occasions.
type Service struct{ db *db.DB }

// New gives the occasions kept in d.
func New(d *db.DB) *Service { return &Service{d} }

// Shown records that card or bank fields are about to be shown, and names the
// occasion. The page must not be sent when this fails.
func (s *Service) Shown(ctx context.Context, city id.City, occasion Occasion) (ID, error) {
	err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		occasion.ID = ShownTx(tx, occasion)
		return nil
	})
	if err != nil {
		return ID{}, fmt.Errorf("recording that fields were shown: %w", err)
	}
	return occasion.ID, nil
}

// ShownTx is Shown in the caller's transaction.
func ShownTx(tx *db.Tx, occasion Occasion) ID {
	if occasion.ID.IsZero() {
		occasion.ID = id.New[kind](tx.Now())
	}
	insertOccasion(tx, occasion)
	if isBackdated(tx, occasion.On) {
		markChanged(tx, occasion.On)
	}
	return occasion.ID
}

// ResultTx records what came of an occasion. Each outcome of an attempt is
// recorded once; a second time changes nothing.
func ResultTx(tx *db.Tx, result Result) {
	insertResult(tx, result)
	if isLate(tx, result.Occasion) {
		markOccasionChanged(tx, result.Occasion)
	}
}

// Between lists the occasions of the business dates from the first to the last,
// both included, oldest first, each with its outcomes; one without any has one
// row whose Outcome is empty.
func (s *Service) Between(ctx context.Context, city id.City, first, last calendar.Date) ([]Row, error) {
	var found []Row
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectRows(ctx, tx, first, last)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing occasions of %s: %w", city, err)
	}
	return found, nil
}

// Abandon marks the occasions of all cities that were shown before the given
// age and to which nothing was submitted. It returns how many it marked.
func (s *Service) Abandon(ctx context.Context, age time.Duration) (int64, error) {
	var marked int64
	err := s.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		var err error
		marked, err = markAbandoned(ctx, tx, tx.Now().Add(-age))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("marking abandoned occasions: %w", err)
	}
	return marked, nil
}
