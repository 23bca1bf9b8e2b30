package audit

import (
	"context"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Verify recomputes a city's tree from its rows and names whatever is wrong.
// It holds about 100 bytes for each event. Kept are checkpoints that somebody
// kept elsewhere: they find a history that was rewritten and signed anew, or
// cut off together with its checkpoints.
func (l *Log) Verify(ctx context.Context, city id.City, kept ...string) (Report, error) {
	keys, err := verifiers(l.keys)
	if err != nil {
		return Report{}, err
	}
	e := newEvidence(city)
	if err := l.read(ctx, city, e); err != nil {
		return Report{}, fmt.Errorf("verifying audit log: %w", err)
	}
	e.keep(kept)
	return e.judge(keys), nil
}

// keep adds checkpoints from elsewhere.
func (e *evidence) keep(kept []string) {
	for _, signed := range kept {
		e.notes = append(e.notes, storedNote{claimedSize(signed), signed})
	}
}

// Newest gives the newest checkpoint of a city as a signed note, to be kept
// where the operator of this program cannot reach it. It is empty before the
// first event.
func (l *Log) Newest(ctx context.Context, city id.City) (signed string, err error) {
	err = l.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		n, _, err := newestNote(ctx, tx, city)
		signed = n.note
		return err
	})
	return signed, err
}

// History gives all that was recorded about a thing, oldest first, sealed or
// not.
func (l *Log) History(ctx context.Context, city id.City, thing string) (rows []Row, err error) {
	err = l.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = eventsOf(ctx, tx, city, thing)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading history of %s: %w", thing, err)
	}
	return rows, nil
}
