package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Inclusion proves that one event is in a signed log, without showing any
// other. It encodes as JSON, and is checked with [Inclusion.Check].
type Inclusion struct {
	City       id.City     `json:"city"`
	Place      int64       `json:"place"` // from 0
	Row        Row         `json:"row"`
	Hashes     []tlog.Hash `json:"hashes"` // audit path, RFC 6962, section 2.1.1
	Checkpoint string      `json:"checkpoint"`
}

// Consistency proves that a log only grew from one signed checkpoint to
// another. It encodes as JSON, and is checked with [Consistency.Check].
type Consistency struct {
	City   id.City     `json:"city"`
	Older  string      `json:"older"`
	Newer  string      `json:"newer"`
	Hashes []tlog.Hash `json:"hashes"` // RFC 6962, section 2.1.2
}

// ProveInclusion proves that an event is in the log that the newest checkpoint
// signs. Returns [ErrNotSealed], and [ErrDamaged] when the proof does not hold.
func (l *Log) ProveInclusion(ctx context.Context, city id.City, event ID) (Inclusion, error) {
	var p Inclusion
	err := l.prove(ctx, city, func(tx *db.Tx, newest Checkpoint, signed string, tree *growth) error {
		found, err := findEvent(ctx, tx, city, event)
		if err != nil {
			return err
		}
		path, err := tlog.ProveRecord(newest.Size, found.index, tree)
		p = Inclusion{city, found.index, found.row, path, signed}
		return err
	})
	if err != nil {
		return Inclusion{}, fmt.Errorf("proving event %s: %w", event, err)
	}
	return p, damaged(p.Check(l.keys))
}

// ProveConsistency proves that the log of the newest checkpoint continues the
// one of an older checkpoint, given as a signed note. Returns [ErrDamaged] when
// it does not.
func (l *Log) ProveConsistency(ctx context.Context, city id.City, older string) (Consistency, error) {
	var p Consistency
	err := l.prove(ctx, city, func(_ *db.Tx, newest Checkpoint, signed string, tree *growth) error {
		before, err := openWith(l.keys, older, city)
		if err != nil {
			return err
		}
		path, err := tlog.ProveTree(newest.Size, before.Size, tree)
		p = Consistency{city, older, signed, path}
		return err
	})
	if err != nil {
		return Consistency{}, fmt.Errorf("proving growth of the log of %s: %w", city, err)
	}
	return p, damaged(p.Check(l.keys))
}

// prove runs a proof against the newest checkpoint. What the checkpoint signs
// never changes, so that later sealing does not disturb it.
func (l *Log) prove(ctx context.Context, city id.City, run func(*db.Tx, Checkpoint, string, *growth) error) error {
	return l.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		stored, _, err := newestNote(ctx, tx, city)
		if err != nil {
			return err
		}
		newest, err := openWith(l.keys, stored.note, city)
		if err != nil {
			return damaged(err)
		}
		return run(tx, newest, stored.note, newGrowth(ctx, tx, city))
	})
}

func damaged(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

func openWith(keys []string, signed string, city id.City) (Checkpoint, error) {
	trusted, err := verifiers(keys)
	if err != nil {
		return Checkpoint{}, err
	}
	return openCheckpoint(signed, city, trusted)
}

// Check reports why the proof does not hold, nil if it does. It needs nothing
// but the public texts of the keys to trust.
func (p Inclusion) Check(keys []string) error {
	c, err := openWith(keys, p.Checkpoint, p.City)
	if err != nil {
		return fmt.Errorf("checking inclusion: checkpoint: %w", err)
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Place, p.Row.leaf(p.City)); err != nil {
		return fmt.Errorf("checking inclusion of event %s at place %d: %w", p.Row.ID, p.Place, err)
	}
	return nil
}

// Check reports why the proof does not hold, nil if it does. It needs nothing
// but the public texts of the keys to trust.
func (p Consistency) Check(keys []string) error {
	trusted, err := verifiers(keys)
	if err != nil {
		return err
	}
	older, newer, err := p.open(trusted)
	if err != nil {
		return fmt.Errorf("checking consistency: checkpoint: %w", err)
	}
	if err := tlog.CheckTree(p.Hashes, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("checking consistency from %d to %d events: %w", older.Size, newer.Size, err)
	}
	return nil
}

func (p Consistency) open(keys note.Verifiers) (older, newer Checkpoint, err error) {
	if older, err = openCheckpoint(p.Older, p.City, keys); err != nil {
		return older, newer, err
	}
	newer, err = openCheckpoint(p.Newer, p.City, keys)
	return older, newer, err
}
