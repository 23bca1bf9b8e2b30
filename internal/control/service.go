package control

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) (err error) {
		h.ID, err = ThrowTx(tx, h, by)
		return err
	})
	s.cache.forget(city)
	if err != nil {
		return ID{}, fmt.Errorf("throwing hold: %w", err)
	}
	return h.ID, nil
}

// ThrowTx is [Service.Throw] in the caller's transaction: several holds stand at
// once, or none.
func ThrowTx(tx *db.Tx, h Hold, by audit.Actor) (ID, error) {
	if err := h.check(tx.Now()); err != nil {
		return ID{}, err
	}
	h.ID, h.ThrownBy, h.ThrownAt = id.New[holdKind](tx.Now()), by, tx.Now()
	insert(tx, h)
	audit.RecordTx(tx, thrown(h))
	return h.ID, nil
}

// LiftTx ends a hold in the transaction of a caller who knows that two people
// want it. The transaction ends with [ErrNotStanding] where it does not stand.
func LiftTx(tx *db.Tx, hold ID, reason string, by audit.Actor) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	lift(tx, hold, reason, by)
	audit.RecordTx(tx, lifted(hold, reason, by))
	return nil
}

// Lift ends a hold. One that is over or lifted already stays as it is.
//
// Returns [ErrReasonMissing], [ErrNotStanding], [ErrByTwo], [cardscan.ErrCard],
// [cardscan.ErrLongNumber].
func (s *Service) Lift(ctx context.Context, city id.City, hold ID, reason string, by audit.Actor) error {
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		standing, err := ActiveTx(ctx, tx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(standing, func(h Hold) bool { return h.ID == hold && h.ByTwo }) {
			return ErrByTwo
		}
		return LiftTx(tx, hold, reason, by)
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

// Standing lists a city's holds in force as the database has them now, for
// whoever is about to take money and cannot ask in that very transaction.
func (s *Service) Standing(ctx context.Context, city id.City) ([]Hold, error) {
	holds, err := s.read(ctx, city)
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

// Between lists the holds of a kind that stood in some of the time from one
// instant to another, also those that are over: what a billing system is told of
// days that have passed.
func (s *Service) Between(ctx context.Context, city id.City, kind Kind, from, until time.Time) (spans []Span, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		spans, err = selectSpans(ctx, tx, kind, from, until)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading holds of the past: %w", err)
	}
	return spans, nil
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
