package incident

import (
	"context"
	"strings"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Do notes that a duty of an incident was done, or takes that back, with the
// reason. Nothing that was noted is changed. Whether the law has such a duty is
// not asked here.
//
// Returns [ErrUnknown], [ErrClosed], [ErrDeedMalformed], [ErrDoneAlready],
// [ErrNotDone].
func (d *Desk) Do(ctx context.Context, city id.City, name string, deed Deed) error {
	if !deed.whole() {
		return ErrDeedMalformed
	}
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("incident duties")
		if err := open(ctx, tx, name); err != nil {
			return err
		}
		all, err := deeds(ctx, tx, name)
		if err != nil {
			return err
		}
		switch _, done := Standing(all, deed.Duty); {
		case done && deed.Act == Done:
			return ErrDoneAlready
		case !done && deed.Act == Undone:
			return ErrNotDone
		}
		deed.Number = len(all) + 1
		insertDeed(tx, name, deed)
		record(tx, deed.RecordedBy, "incident.duty_"+string(deed.Act), name, deed.Number, map[string]string{
			"duty": deed.Duty, "on": deed.On.String(), "by": deed.DoneBy, "evidence": deed.Evidence,
		})
		return nil
	})
	return wrapped("noting a duty of an incident", err)
}

func (deed Deed) whole() bool {
	said := deed.Duty != "" && strings.TrimSpace(deed.Evidence) != ""
	if deed.Act == Undone {
		return said && deed.On.IsZero()
	}
	return said && deed.Act == Done && !deed.On.IsZero() && strings.TrimSpace(deed.DoneBy) != ""
}

// Deeds lists what was noted of duties, the oldest first.
func (d *Desk) Deeds(ctx context.Context, city id.City, name string) (all []Deed, err error) {
	err = d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = deeds(ctx, tx, name)
		return err
	})
	return all, wrapped("listing duties of an incident", err)
}
