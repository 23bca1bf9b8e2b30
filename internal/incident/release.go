package incident

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/retain"
)

// ReleaseAction is what two people approve, to end an incident's legal hold.
const ReleaseAction approval.Action = "incident.release"

// ErrStillHeld: cards, autopay, late fees or shut-offs are still held for the
// incident. Lift that first.
var ErrStillHeld = fault.New(fault.Conflict, "incident_still_held")

// Kept finds the legal hold that stands for an incident. Returns
// [retain.ErrNotStanding].
func (d *Desk) Kept(ctx context.Context, city id.City, name string) (retain.Hold, error) {
	holds, err := retain.New(d.db).Holds(ctx, city)
	if err != nil {
		return retain.Hold{}, err
	}
	for _, h := range holds {
		if h.Matter == thing(name) {
			return h, nil
		}
	}
	return retain.Hold{}, retain.ErrNotStanding
}

// ReleaseWords are what two people sign to end a legal hold for a reason: once
// what it kept is destroyed, nobody can be named from it any more.
func ReleaseWords(city id.City, h retain.Hold, reason string) string {
	return strings.Join([]string{
		fmt.Sprintf("end legal hold %s in %s, for %s", h.ID, city, h.Matter),
		fmt.Sprintf("it was set by %s at %s: %s", h.SetBy, h.SetAt.UTC().Format(time.RFC3339), h.Reason),
		"what is older than its schedule is destroyed from then on",
	}, "\n") + why + reason
}

// Release ends an incident's legal hold, as two people have signed.
//
// Returns [ErrStillHeld], [retain.ErrNotStanding] and what
// [approval.CarryOutTx] refuses.
func (d *Desk) Release(ctx context.Context, city id.City, name string, people approval.People, request approval.Standing, by audit.Actor) error {
	kept, err := d.Kept(ctx, city, name)
	if err != nil {
		return wrapped("ending a legal hold", err)
	}
	err = d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		if _, err := standing(ctx, tx, name); err == nil {
			return ErrStillHeld
		} else if !errors.Is(err, ErrNotHeld) {
			return err
		}
		_, reason, _ := strings.Cut(request.Content, why)
		if err := approval.CarryOutTx(ctx, tx, people, request.ID, ReleaseAction, ReleaseWords(city, kept, reason), by); err != nil {
			return err
		}
		return retain.EndTx(tx, kept.Matter, reason, by)
	})
	return wrapped("ending a legal hold", err)
}
