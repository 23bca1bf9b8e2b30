package control

import (
	"context"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

func insert(tx *db.Tx, h Hold) {
	tx.Exec(`insert into holds (city_id, id, kind, scope_service, scope_processor, scope_release,
		reason, thrown_by, thrown_at, until_at, by_two, lifted_at, lifted_by, lift_reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '')`,
		tx.City(), h.ID, h.Kind, h.Scope.Service, h.Scope.Processor, h.Scope.Release,
		h.Reason, h.ThrownBy, db.Micros(h.ThrownAt), db.Micros(h.Until), number(h.ByTwo))
}

func number(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func lift(tx *db.Tx, hold ID, reason string, by audit.Actor) {
	tx.ExecOne(ErrNotStanding, `update holds set lifted_at = $1, lifted_by = $2, lift_reason = $3
		where city_id = $4 and id = $5 and lifted_at = 0 and (until_at = 0 or until_at > $1)`,
		db.Micros(tx.Now()), by, reason, tx.City(), hold)
}

// selectNotLifted lists the holds that nobody lifted, also those whose time is
// over: they are few, and only the reader knows its instant.
func selectNotLifted(ctx context.Context, tx *db.Tx) ([]Hold, error) {
	rows, err := tx.Query(ctx, `select id, kind, scope_service, scope_processor, scope_release,
		reason, until_at, by_two, thrown_by, thrown_at
		from holds where city_id = $1 and lifted_at = 0 order by id`, tx.City())
	if err != nil {
		return nil, err
	}
	var holds []Hold
	err = rows.Each(func(scan func(...any) error) error {
		var (
			h             Hold
			until, thrown int64
			byTwo         int64
		)
		err := scan(&h.ID, &h.Kind, &h.Scope.Service, &h.Scope.Processor, &h.Scope.Release,
			&h.Reason, &until, &byTwo, &h.ThrownBy, &thrown)
		h.ByTwo = byTwo == 1
		h.Until, h.ThrownAt = db.Time(until), db.Time(thrown)
		holds = append(holds, h)
		return err
	})
	return holds, err
}

func selectSpans(ctx context.Context, tx *db.Tx, kind Kind, from, until time.Time) ([]Span, error) {
	rows, err := tx.Query(ctx, `select scope_service, thrown_at, until_at, lifted_at from holds
		where city_id = $1 and kind = $2 and thrown_at < $3
		and (lifted_at = 0 or lifted_at > $4) and (until_at = 0 or until_at > $4) order by id`,
		tx.City(), kind, db.Micros(until), db.Micros(from))
	if err != nil {
		return nil, err
	}
	var spans []Span
	err = rows.Each(func(scan func(...any) error) error {
		var s Span
		var thrown, ends, lifted int64
		err := scan(&s.Service, &thrown, &ends, &lifted)
		s.From, s.Until = db.Time(thrown), earlier(db.Time(ends), db.Time(lifted))
		spans = append(spans, s)
		return err
	})
	return spans, err
}

// earlier gives the earlier of two instants of which each may be none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
