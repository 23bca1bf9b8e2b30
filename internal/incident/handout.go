package incident

import (
	"context"
	"fmt"
	"strconv"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Bulk is how many people may leave the house at once by one person's word.
const Bulk = 100

// HandOutAction is what two people are asked for where more than [Bulk] people are
// on a list.
const HandOutAction approval.Action = "incident.hand_out"

// ErrBulk: so long a list leaves the house only if two people say so. Most.
var ErrBulk = fault.New(fault.Denied, "incident_bulk")

// Handing says where a list goes, and by whose word.
type Handing struct {
	To      string
	By      audit.Actor
	People  approval.People // who decide
	Request approval.ID     // that they have signed; none for a short list
}

// HandOutWords are what two people sign for a list to leave the house.
func (r Revision) HandOutWords(city id.City, name string) string {
	return fmt.Sprintf("hand out the list of incident %s in %s, once\nrevision %d: %d people with their addresses\nthe list is %s", name, city, r.Number, r.People,
		approval.Fingerprint(r.Digest))
}

// Listed finds a frozen revision, 0 for the newest. Returns [ErrUnknown] and
// [ErrNotFrozen].
func (d *Desk) Listed(ctx context.Context, city id.City, name string, number int) (Revision, error) {
	return d.frozen(ctx, city, name, number)
}

// HandOut is [Desk.Each] for a list that leaves the house: where it goes and who
// took it stand in the audit log before the first line does, and two people have
// said so if it is long. Returns [ErrBulk] and what [approval.CarryOutTx] does.
func (d *Desk) HandOut(ctx context.Context, city id.City, name string, number int, h Handing, each func(Person) error) error {
	revision, err := d.frozen(ctx, city, name, number)
	if err != nil {
		return err
	}
	err = d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		detail := map[string]string{"to": h.To, "people": strconv.Itoa(revision.People)}
		if revision.People > Bulk {
			if h.Request.IsZero() {
				return ErrBulk.With("Most", Bulk)
			}
			detail["request"] = h.Request.String()
			if err := approval.CarryOutTx(ctx, tx, h.People, h.Request, HandOutAction, revision.HandOutWords(city, name), h.By); err != nil {
				return err
			}
		}
		record(tx, h.By, "incident.export", name, revision.Number, detail)
		return nil
	})
	if err != nil {
		return wrapped("recording that the list of an incident leaves", err)
	}
	return d.Each(ctx, city, name, revision.Number, each)
}
