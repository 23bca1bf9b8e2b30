package inbox

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Service keeps messages.
type Service struct{ db *db.DB }

// New makes the service.
func New(d *db.DB) *Service { return &Service{d} }

// Keep stores a message that is not kept yet, and tells whether it was fresh. Of
// a message that is there already it gives the first one's identifier, also when
// the body differs: what was acted on stays what was acted on.
//
// Returns [ErrCard], [ErrTooLarge], [ErrNoSource].
func (s *Service) Keep(ctx context.Context, city id.City, m Message) (kept ID, fresh bool, err error) {
	if err := m.check(); err != nil {
		return ID{}, false, err
	}
	err = s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		kept, fresh, err = insertOnce(ctx, tx, m)
		return err
	})
	if err != nil {
		return ID{}, false, fmt.Errorf("keeping message from %s: %w", m.Source, err)
	}
	return kept, fresh, nil
}

// Pending gives up to limit messages from a source, for all cities, whose time
// has come, those that have waited longest first.
func (s *Service) Pending(ctx context.Context, from Source, limit int) (waiting []Kept, err error) {
	err = s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		waiting, err = selectPending(ctx, tx, from, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing pending messages: %w", err)
	}
	return waiting, nil
}

// Settle notes what came of acting on a message, where that was more than one
// transaction and is harmless when done again: nil for done, else why not yet.
// When somebody else settled it first, that counts.
func (s *Service) Settle(ctx context.Context, kept Kept, cause error) error {
	err := s.db.Write(ctx, kept.City, func(_ context.Context, tx *db.Tx) error {
		if cause == nil {
			DoneTx(tx, kept)
			return nil
		}
		FailedTx(tx, kept, cause)
		return nil
	})
	if err != nil && !errors.Is(err, ErrSettled) {
		return fmt.Errorf("settling message %s: %w", kept.ID, err)
	}
	return nil
}

// DoneTx marks a message as acted on. When somebody else settled it first, the
// transaction ends with [ErrSettled], and with it what the caller did.
func DoneTx(tx *db.Tx, kept Kept) { settle(tx, kept, stateDone, tx.Now(), "") }

// FailedTx notes that a message could not be acted on, and why, and puts it off;
// after [MaxAttempts] it is stuck. It runs in a transaction of its own, since
// the one that acted is undone. When somebody else settled the message first,
// the transaction ends with [ErrSettled].
func FailedTx(tx *db.Tx, kept Kept, cause error) {
	tries := kept.Attempts + 1
	state := statePending
	if tries >= MaxAttempts {
		state = stateStuck
	}
	settle(tx, kept, state, tx.Now().Add(backoff(tries)), trouble(cause))
}

// Stuck lists a city's messages that nobody could act on, the oldest first.
func (s *Service) Stuck(ctx context.Context, city id.City) (stuck []Stuck, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		stuck, err = selectStuck(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing stuck messages: %w", err)
	}
	return stuck, nil
}

// Retry lets a stuck message be tried again, from now. Returns [ErrNotStuck].
func (s *Service) Retry(ctx context.Context, city id.City, stuck ID) error {
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		revive(tx, stuck)
		return nil
	})
	if err != nil {
		return fmt.Errorf("retrying message %s: %w", stuck, err)
	}
	return nil
}
