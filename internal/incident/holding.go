package incident

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/access"
	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/retain"
)

// Hold ends the harm, in one transaction: nobody types a card and autopay rests,
// within the stop's scope; no late fee and no shut-off follows; every visit ends;
// and nothing of the town is destroyed any more. All other ways to pay stay open.
// What stands already for the incident is given back as it is: fresh is false.
//
// Returns [ErrNameMalformed], [ErrHeldOtherwise], [control.ErrReasonMissing],
// [cardscan.ErrCard], [cardscan.ErrLongNumber].
func (d *Desk) Hold(ctx context.Context, city id.City, stop Stop) (held Standstill, fresh bool, err error) {
	if !nameForm.MatchString(stop.Name) {
		return Standstill{}, false, ErrNameMalformed.With("Name", stop.Name)
	}
	err = d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		held, fresh, err = hold(ctx, tx, stop)
		return err
	})
	return held, fresh, wrapped("holding", err)
}

func hold(ctx context.Context, tx *db.Tx, stop Stop) (Standstill, bool, error) {
	tx.Lock("incident hold")
	all, err := standstills(ctx, tx, stop.Name)
	if err != nil {
		return Standstill{}, false, err
	}
	for _, s := range all {
		if s.lifted {
			continue
		}
		if s.Stop.Scope != stop.Scope {
			return Standstill{}, false, ErrHeldOtherwise
		}
		return s.Standstill, false, nil
	}
	s := Standstill{City: tx.City(), Name: stop.Name, Number: len(all) + 1, Stop: stop, Holds: map[control.Kind]control.ID{}, ThrownAt: tx.Now()}
	for _, h := range stop.holds() {
		if s.Holds[h.Kind], err = control.ThrowTx(tx, h, stop.By); err != nil {
			return Standstill{}, false, err
		}
	}
	if s.VisitsEnded, err = access.EndAllTx(ctx, tx); err != nil {
		return Standstill{}, false, err
	}
	if _, err := retain.HoldTx(ctx, tx, thing(stop.Name), stop.Reason, stop.By); err != nil {
		return Standstill{}, false, err
	}
	insertStandstill(tx, s)
	record(tx, stop.By, "incident.hold", stop.Name, s.Number, map[string]string{
		"reason": stop.Reason, "visits_ended": strconv.FormatInt(s.VisitsEnded, 10),
	})
	return s, true, nil
}

// Rotate has the sealing keys changed, once for a standstill, and notes it. When
// it was cut off in between, they are changed once more: that costs a key and
// harms nothing. Returns [ErrNotHeld].
func (d *Desk) Rotate(ctx context.Context, city id.City, name string, by audit.Actor, change func() error) (held Standstill, done bool, err error) {
	held, err = d.Standstill(ctx, city, name)
	if err != nil || !held.RotatedAt.IsZero() {
		return held, false, err
	}
	if err := change(); err != nil {
		return held, false, fmt.Errorf("changing the sealing keys: %w", err)
	}
	err = d.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		noteRotated(tx, held)
		record(tx, by, "incident.rotate", name, held.Number, map[string]string{})
		held.RotatedAt = tx.Now()
		return nil
	})
	return held, true, wrapped("noting that the sealing keys are changed", err)
}

// Standstill finds what stands for an incident. Returns [ErrNotHeld].
func (d *Desk) Standstill(ctx context.Context, city id.City, name string) (held Standstill, err error) {
	err = d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		held, err = standing(ctx, tx, name)
		return err
	})
	return held, wrapped("finding what is held", err)
}

func standing(ctx context.Context, tx *db.Tx, name string) (Standstill, error) {
	all, err := standstills(ctx, tx, name)
	if err != nil {
		return Standstill{}, err
	}
	for _, s := range all {
		if !s.lifted {
			return s.Standstill, nil
		}
	}
	return Standstill{}, ErrNotHeld
}

// Lift ends a standstill, as two people have signed. The legal hold and the new
// keys stay, and no visit comes back.
//
// Returns [ErrNotHeld] and what [approval.CarryOutTx] refuses.
func (d *Desk) Lift(ctx context.Context, city id.City, name string, people approval.People, request approval.Standing, by audit.Actor) error {
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		held, err := standing(ctx, tx, name)
		if err != nil {
			return err
		}
		_, reason, _ := strings.Cut(request.Content, why)
		if err := approval.CarryOutTx(ctx, tx, people, request.ID, LiftAction, held.LiftWords(reason), by); err != nil {
			return err
		}
		for _, kind := range Kinds() {
			if err := control.LiftTx(tx, held.Holds[kind], reason, by); err != nil {
				return err
			}
		}
		noteLifted(tx, held, by)
		record(tx, by, "incident.lift", name, held.Number, map[string]string{"reason": reason, "request": request.ID.String()})
		return nil
	})
	return wrapped("lifting what is held", err)
}
