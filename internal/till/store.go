package till

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/policy"
)

// named gives a missing row the name that callers decide on.
func named(err, missing error) error {
	if errors.Is(err, db.ErrNoRows) {
		return missing
	}
	return err
}

const sessionColumns = `id, drawer, cashier, state, state_at, business_on, opened_at, float_cents, counted_by,
	cash_over_cents, check_over_cents, order_over_cents, decided_by, reason, closed_by`

func insertSession(tx *db.Tx, s Session) {
	tx.Exec(`insert into till_drawers (city_id, drawer, next_number) values ($1, $2, 1) on conflict do nothing`, string(tx.City()), string(s.Drawer))
	tx.Exec(`insert into till_sessions (city_id, `+sessionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, 0, 0, '', '', '')`,
		string(tx.City()), s.ID.String(), string(s.Drawer), string(s.Cashier), string(s.State), db.Micros(s.StateAt),
		s.BusinessOn.String(), db.Micros(s.OpenedAt), s.Float.Cents())
}

// updateSession moves a session that stands as it was read.
func updateSession(tx *db.Tx, before, after Session) {
	tx.ExecOne(ErrMovedOn, `update till_sessions set state = $1, state_at = $2, counted_by = $3, cash_over_cents = $4,
			check_over_cents = $5, order_over_cents = $6, decided_by = $7, reason = $8, closed_by = $9
		where city_id = $10 and id = $11 and state = $12 and state_at = $13`,
		string(after.State), db.Micros(after.StateAt), string(after.CountedBy), after.Over.Cash.Cents(), after.Over.Checks.Cents(),
		after.Over.Orders.Cents(), string(after.DecidedBy), after.Reason, string(after.ClosedBy),
		string(tx.City()), before.ID.String(), string(before.State), db.Micros(before.StateAt))
}

func selectSession(ctx context.Context, tx *db.Tx, session SessionID) (Session, error) {
	found, err := scanSession(tx.QueryRow(ctx, "select "+sessionColumns+" from till_sessions where city_id = $1 and id = $2",
		string(tx.City()), session.String()).Scan)
	return found, named(err, ErrNoSession)
}

func selectStanding(ctx context.Context, tx *db.Tx, drawer Drawer) (Session, error) {
	found, err := scanSession(tx.QueryRow(ctx, "select "+sessionColumns+" from till_sessions where city_id = $1 and drawer = $2 and state <> 'closed'",
		string(tx.City()), string(drawer)).Scan)
	return found, named(err, ErrNoSession)
}

func selectSessions(ctx context.Context, tx *db.Tx, first, last calendar.Date) ([]Session, error) {
	rows, err := tx.Query(ctx, "select "+sessionColumns+` from till_sessions
		where city_id = $1 and business_on between $2 and $3 order by opened_at, id`, string(tx.City()), first.String(), last.String())
	if err != nil {
		return nil, err
	}
	var found []Session
	err = rows.Each(func(scan func(...any) error) error {
		s, err := scanSession(scan)
		found = append(found, s)
		return err
	})
	return found, err
}

func scanSession(scan func(...any) error) (Session, error) {
	var s Session
	var stateAt, openedAt int64
	err := scan(&s.ID, &s.Drawer, &s.Cashier, &s.State, &stateAt, &s.BusinessOn, &openedAt, &s.Float, &s.CountedBy,
		&s.Over.Cash, &s.Over.Checks, &s.Over.Orders, &s.DecidedBy, &s.Reason, &s.ClosedBy)
	if err == nil && !s.State.known() {
		err = fmt.Errorf("reading session %s: no state %q", s.ID, s.State)
	}
	s.StateAt, s.OpenedAt = db.Time(stateAt), db.Time(openedAt)
	return s, err
}

// askTakings queues the question for what a session took and did not give back,
// and what it dropped.
func askTakings(tx *db.Tx, session SessionID, into *takings) {
	*into = takings{}
	tx.Ask(func(scan func(...any) error) error {
		var tender policy.Tender
		var sum int64
		err := scan(&tender, &sum)
		into.add(tender, sum)
		return err
	}, `select p.tender, cast(sum(p.amount_cents) as bigint) from till_parts p
			join till_receipts r on r.city_id = p.city_id and r.id = p.receipt_id
		where p.city_id = $1 and p.session_id = $2 and r.undone <> 'voided' group by p.tender
		union all select 'dropped', cast(coalesce(sum(amount_cents), 0) as bigint) from till_drops where city_id = $1 and session_id = $2`,
		string(tx.City()), session.String())
}

func insertDrop(tx *db.Tx, s Session, d Drop) {
	tx.Exec(`insert into till_drops (city_id, session_id, number, dropped_at, dropped_by, witness, amount_cents)
		select $1, $2, count(*) + 1, $3, $4, $5, $6 from till_drops where city_id = $1 and session_id = $2`,
		string(tx.City()), s.ID.String(), db.Micros(d.At), string(d.By), string(d.Witness), d.Amount.Cents())
}

func selectDrops(ctx context.Context, tx *db.Tx, session SessionID) ([]Drop, error) {
	rows, err := tx.Query(ctx, `select dropped_at, dropped_by, witness, amount_cents from till_drops
		where city_id = $1 and session_id = $2 order by number`, string(tx.City()), session.String())
	if err != nil {
		return nil, err
	}
	var found []Drop
	err = rows.Each(func(scan func(...any) error) error {
		var d Drop
		var at int64
		err := scan(&at, &d.By, &d.Witness, &d.Amount)
		d.At = db.Time(at)
		found = append(found, d)
		return err
	})
	return found, err
}

// insertCount keeps a count beside those that were made before.
func insertCount(ctx context.Context, tx *db.Tx, s Session, c Counted, found Held) error {
	var number int
	err := tx.QueryRow(ctx, `select count(*) + 1 from till_counts where city_id = $1 and session_id = $2`,
		string(tx.City()), s.ID.String()).Scan(&number)
	if err != nil {
		return err
	}
	tx.Exec(`insert into till_counts (city_id, session_id, number, counted_at, counted_by, cash_cents, check_cents, order_cents)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, string(tx.City()), s.ID.String(), number, db.Micros(tx.Now()), string(s.CountedBy),
		found.Cash.Cents(), found.Checks.Cents(), found.Orders.Cents())
	for _, p := range c.Cash {
		if p.Count > 0 {
			tx.Exec(`insert into till_pieces (city_id, session_id, count_number, denomination_cents, pieces) values ($1, $2, $3, $4, $5)`,
				string(tx.City()), s.ID.String(), number, p.Denomination.Cents(), p.Count)
		}
	}
	return nil
}
