package incident

import (
	"context"
	"errors"
	"strings"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

var (
	// ErrClosed: the incident is closed. Open it again first, with the reason.
	ErrClosed = fault.New(fault.Conflict, "incident_closed")
	// ErrNotClosed: the incident is open.
	ErrNotClosed = fault.New(fault.Conflict, "incident_not_closed")
	// ErrReasonMissing: closing and opening again have a reason.
	ErrReasonMissing = fault.New(fault.Invalid, "incident_reason_missing")
)

// Closing is that an incident was closed, or opened again.
type Closing struct {
	Number int
	Closed bool
	Reason string
	Digest string // SHA-256 of the report that was read when it was closed
	At     time.Time
	By     audit.Actor
}

// Close closes an incident. Whether anything is open is for whoever made the
// report with that digest to say. Returns [ErrUnknown], [ErrReasonMissing] and
// [ErrClosed].
func (d *Desk) Close(ctx context.Context, city id.City, name, reason, digest string, by audit.Actor) error {
	return d.turn(ctx, city, name, Closing{Closed: true, Reason: reason, Digest: digest, By: by})
}

// Reopen opens a closed incident again. Returns [ErrUnknown], [ErrReasonMissing]
// and [ErrNotClosed].
func (d *Desk) Reopen(ctx context.Context, city id.City, name, reason string, by audit.Actor) error {
	return d.turn(ctx, city, name, Closing{Reason: reason, By: by})
}

func (d *Desk) turn(ctx context.Context, city id.City, name string, c Closing) error {
	if strings.TrimSpace(c.Reason) == "" {
		return ErrReasonMissing
	}
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("incident closings")
		err := open(ctx, tx, name)
		switch {
		case c.Closed && err != nil:
			return err
		case !c.Closed && err == nil:
			return ErrNotClosed
		case !c.Closed && !errors.Is(err, ErrClosed):
			return err
		}
		all, err := closings(ctx, tx, name)
		if err != nil {
			return err
		}
		c.Number = len(all) + 1
		insertClosing(tx, name, c)
		action := "incident.reopen"
		if c.Closed {
			action = "incident.close"
		}
		record(tx, c.By, action, name, c.Number, map[string]string{"reason": c.Reason, "sha256": c.Digest})
		return nil
	})
	return wrapped("closing an incident, or opening it again", err)
}

// open refuses the name of no incident, and of one that is closed.
func open(ctx context.Context, tx *db.Tx, name string) error {
	known, err := revisions(ctx, tx, name)
	switch {
	case err != nil:
		return err
	case len(known) == 0:
		return ErrUnknown
	}
	all, err := closings(ctx, tx, name)
	if err == nil && len(all) > 0 && all[len(all)-1].Closed {
		return ErrClosed
	}
	return err
}

// Closings lists when an incident was closed and opened again, oldest first.
func (d *Desk) Closings(ctx context.Context, city id.City, name string) (all []Closing, err error) {
	err = d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = closings(ctx, tx, name)
		return err
	})
	return all, wrapped("reading whether an incident is closed", err)
}
