package retain

import (
	"context"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/cardscan"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Service tells of holds.
type Service struct{ db *db.DB }

// New makes the service.
func New(d *db.DB) *Service { return &Service{d} }

// HoldTx orders that everything of the transaction's town be kept. A hold in the
// same matter that stands already is enough; set tells which it was.
//
// Returns [ErrReasonMissing], [cardscan.ErrCard], [cardscan.ErrLongNumber].
func HoldTx(ctx context.Context, tx *db.Tx, matter, reason string, by audit.Actor) (set bool, err error) {
	if err := checkOrder(matter, reason); err != nil {
		return false, err
	}
	if err := cardscan.Check(reason); err != nil {
		return false, err
	}
	standing, err := selectStanding(ctx, tx)
	if err != nil {
		return false, fmt.Errorf("setting a legal hold: %w", err)
	}
	for _, h := range standing {
		if h.Matter == matter {
			return false, nil
		}
	}
	h := Hold{ID: id.New[holdKind](tx.Now()), Matter: matter, Reason: reason, SetBy: by, SetAt: tx.Now()}
	insert(tx, h)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "legal_hold.set", Thing: h.ID.String(), Detail: map[string]string{"matter": matter, "reason": reason}})
	return true, nil
}

// EndTx ends the hold in a matter; the transaction ends with [ErrNotStanding]
// where there is none.
func EndTx(tx *db.Tx, matter, reason string, by audit.Actor) error {
	if err := checkOrder(matter, reason); err != nil {
		return err
	}
	end(tx, matter, by)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "legal_hold.end", Thing: matter, Detail: map[string]string{"reason": reason}})
	return nil
}

// Holds lists the holds that stand in a town.
func (s *Service) Holds(ctx context.Context, city id.City) (standing []Hold, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		standing, err = selectStanding(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing legal holds: %w", err)
	}
	return standing, nil
}
