package control

import (
	"context"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Service throws, lifts and lists holds.
type Service struct {
	db    *db.DB
	cache *cache
}

// New makes the service.
func New(d *db.DB) *Service { return &Service{d, newCache(d.Clock())} }

// Throw stops what h says, for h.Reason, as by. It ignores h.ID, ThrownBy and
// ThrownAt.
//
// Returns [ErrReasonMissing], [ErrKindUnknown], [ErrOverAlready],
// [cardscan.ErrCard], [cardscan.ErrLongNumber].
func (s *Service) Throw(ctx context.Context, city id.City, h Hold, by audit.Actor) (ID, error) {
	err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		if err := h.check(tx.Now()); err != nil {
			return err
		}
		h.ID, h.ThrownBy, h.ThrownAt = id.New[holdKind](tx.Now()), by, tx.Now()
		insert(tx, h)
		audit.RecordTx(tx, thrown(h))
		return nil
	})
	s.cache.forget(city)
	if err != nil {
		return ID{}, fmt.Errorf("throwing hold: %w", err)
	}
	return h.ID, nil
}

// Lift ends a hold. One that is over or lifted already stays as it is.
//
// Returns [ErrReasonMissing], [ErrNotStanding], [cardscan.ErrCard],
// [cardscan.ErrLongNumber].
func (s *Service) Lift(ctx context.Context, city id.City, hold ID, reason string, by audit.Actor) error {
	if err := checkReason(reason); err != nil {
		return fmt.Errorf("lifting hold %s: %w", hold, err)
	}
	err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		lift(tx, hold, reason, by)
		audit.RecordTx(tx, lifted(hold, reason, by))
		return nil
	})
	s.cache.forget(city)
	if err != nil {
		return fmt.Errorf("lifting hold %s: %w", hold, err)
	}
	return nil
}

// Holds lists a city's holds in force, for pages: thrown elsewhere, they may be
// unknown here for up to [Freshness]. When they cannot be read it returns the
// error, and the page shows no card field.
func (s *Service) Holds(ctx context.Context, city id.City) ([]Hold, error) {
	holds, err := s.cache.holds(ctx, city, s.read)
	if err != nil {
		return nil, fmt.Errorf("reading holds: %w", err)
	}
	return standing(holds, s.db.Clock().Now()), nil
}

func (s *Service) read(ctx context.Context, city id.City) (holds []Hold, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		holds, err = selectNotLifted(ctx, tx)
		return err
	})
	return holds, err
}

// ActiveTx lists the city's holds in force at the transaction's instant.
func ActiveTx(ctx context.Context, tx *db.Tx) ([]Hold, error) {
	holds, err := selectNotLifted(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("reading holds: %w", err)
	}
	return standing(holds, tx.Now()), nil
}

func thrown(h Hold) audit.Event {
	detail := map[string]string{"kind": string(h.Kind), "reason": h.Reason}
	for name, value := range map[string]string{"service": h.Scope.Service, "processor": h.Scope.Processor, "release": h.Scope.Release} {
		if value != "" {
			detail[name] = value
		}
	}
	if !h.Until.IsZero() {
		detail["until"] = h.Until.UTC().Format("2006-01-02T15:04:05Z")
	}
	return audit.Event{Actor: h.ThrownBy, Action: "hold.throw", Thing: h.ID.String(), Detail: detail}
}

func lifted(hold ID, reason string, by audit.Actor) audit.Event {
	return audit.Event{Actor: by, Action: "hold.lift", Thing: hold.String(), Detail: map[string]string{"reason": reason}}
}
