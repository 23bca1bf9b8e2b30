package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// state says whose move it is: pending is the machine's, stuck is people's, done
// is nobody's.
type state string

const (
	statePending state = "pending"
	stateDone    state = "done"
	stateStuck   state = "stuck"
)

// insertOnce inserts m, or finds the message that was there first. A second node
// that inserts the same at this moment is waited for by the database.
func insertOnce(ctx context.Context, tx *db.Tx, m Message) (ID, bool, error) {
	fresh := id.New[messageKind](tx.Now())
	inserted, err := insert(ctx, tx, fresh, m)
	if err != nil || inserted {
		return fresh, inserted, err
	}
	var first ID
	err = tx.QueryRow(ctx, `select id from inbox_messages
		where city_id = $1 and source = $2 and external_id = $3`, tx.City(), m.Source, m.once()).Scan(&first)
	return first, false, err
}

func insert(ctx context.Context, tx *db.Tx, fresh ID, m Message) (bool, error) {
	headers, err := json.Marshal(harmless(m.Headers))
	if err != nil {
		return false, fmt.Errorf("writing headers: %w", err)
	}
	received := m.ReceivedAt
	if received.IsZero() {
		received = tx.Now()
	}
	body := m.Body
	if body == nil {
		body = []byte{} // an empty message is a message
	}
	touched, err := tx.Count(ctx, `insert into inbox_messages
		(city_id, id, source, external_id, headers, body, received_at, state, attempts, next_at, settled_at, trouble)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, '')
		on conflict (city_id, source, external_id) do nothing`,
		tx.City(), fresh, m.Source, m.once(), string(headers), body, db.Micros(received), statePending, db.Micros(tx.Now()))
	return touched == 1, err
}

func selectPending(ctx context.Context, tx *db.Tx, from Source, limit int) ([]Kept, error) {
	rows, err := tx.Query(ctx, `select city_id, id, source, external_id, headers, body, received_at, attempts
		from inbox_messages where state = 'pending' and next_at <= $1 and source = $2
		order by next_at, id limit $3`, db.Micros(tx.Now()), string(from), limit)
	if err != nil {
		return nil, err
	}
	var waiting []Kept
	err = rows.Each(func(scan func(...any) error) error {
		kept, err := scanKept(scan)
		waiting = append(waiting, kept)
		return err
	})
	return waiting, err
}

func scanKept(scan func(...any) error) (Kept, error) {
	var (
		kept          Kept
		once, headers string
		received      int64
	)
	err := scan(&kept.City, &kept.ID, &kept.Source, &once, &headers, &kept.Body, &received, &kept.Attempts)
	if err != nil {
		return Kept{}, err
	}
	kept.ExternalID, kept.ReceivedAt = externalID(once), db.Time(received)
	if err := json.Unmarshal([]byte(headers), &kept.Headers); err != nil {
		return Kept{}, fmt.Errorf("reading headers of message %s: %w", kept.ID, err)
	}
	return kept, nil
}

// settle moves a message on, if it still is as kept says. next is when it is due
// again, or when it was settled for good.
func settle(tx *db.Tx, kept Kept, to state, next time.Time, trouble string) {
	settled := int64(0)
	if to != statePending {
		settled = db.Micros(tx.Now())
	}
	tx.ExecOne(ErrSettled, `update inbox_messages
		set state = $1, attempts = attempts + 1, next_at = $2, settled_at = $3, trouble = $4
		where city_id = $5 and id = $6 and state = 'pending' and attempts = $7`,
		to, db.Micros(next), settled, trouble, tx.City(), kept.ID, kept.Attempts)
}

func selectStuck(ctx context.Context, tx *db.Tx) ([]Stuck, error) {
	rows, err := tx.Query(ctx, `select id, source, external_id, received_at, trouble
		from inbox_messages where city_id = $1 and state = 'stuck' order by id`, tx.City())
	if err != nil {
		return nil, err
	}
	var all []Stuck
	err = rows.Each(func(scan func(...any) error) error {
		var (
			one      Stuck
			once     string
			received int64
		)
		err := scan(&one.ID, &one.Source, &once, &received, &one.Trouble)
		one.ExternalID, one.ReceivedAt = externalID(once), db.Time(received)
		all = append(all, one)
		return err
	})
	return all, err
}

func revive(tx *db.Tx, stuck ID) {
	tx.ExecOne(ErrNotStuck, `update inbox_messages
		set state = 'pending', attempts = 0, next_at = $1, settled_at = 0
		where city_id = $2 and id = $3 and state = 'stuck'`, db.Micros(tx.Now()), tx.City(), stuck)
}
