package notify

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

// queued is a row of the outbox that is due.
type queued struct {
	city     id.City
	id       ID
	kind     kind
	to       string
	language locale.Lang
	content  string
	attempts int
	queuedAt time.Time
}

// outcome is what a try has come to.
type outcome string

const (
	outcomeSent          outcome = "sent"
	outcomePutOff        outcome = "put_off"
	outcomeUndeliverable outcome = "undeliverable"
)

// errTaken: another node has the message.
var errTaken = errors.New("another node has the message")

func insert(tx *db.Tx, m Message, content string) {
	now := db.Micros(tx.Now())
	tx.Exec(`insert into outbox_messages
		(city_id, id, key, kind, recipient, language, content, state, attempts, next_at, queued_at, settled_at)
		values ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, $8, 0)
		on conflict (city_id, key) do nothing`,
		tx.City(), id.New[messageKind](tx.Now()), m.Key, m.Content.kind(), m.To, m.Language, content, now)
}

// selectDue lists what waits, and what a node took so long ago that it must be
// dead.
func selectDue(ctx context.Context, tx *db.Tx, limit int) ([]queued, error) {
	rows, err := tx.Query(ctx, `select city_id, id, kind, recipient, language, content, attempts, queued_at
		from outbox_messages where state in ('queued', 'sending') and next_at <= $1
		order by next_at, id limit $2`, db.Micros(tx.Now()), limit)
	if err != nil {
		return nil, err
	}
	var due []queued
	err = rows.Each(func(scan func(...any) error) error {
		var (
			q  queued
			at int64
		)
		err := scan(&q.city, &q.id, &q.kind, &q.to, &q.language, &q.content, &q.attempts, &at)
		q.queuedAt = db.Time(at)
		due = append(due, q)
		return err
	})
	return due, err
}

// selectOldest finds what has waited longest, with what its last try came to.
func selectOldest(ctx context.Context, tx *db.Tx) (oldest Waiting, waits bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, `select m.queued_at, m.attempts, coalesce((select d.detail from outbox_deliveries d
			where d.city_id = m.city_id and d.message_id = m.id order by d.attempt desc limit 1), '') as said
		from outbox_messages m where m.state in ('queued', 'sending')
		order by m.queued_at, m.id limit 1`).Scan(&at, &oldest.Attempts, &oldest.Trouble)
	if errors.Is(err, db.ErrNoRows) {
		return Waiting{}, false, nil
	}
	oldest.QueuedAt = db.Time(at)
	return oldest, err == nil, err
}

// stateOf is how a message stands; empty where there is none.
func stateOf(ctx context.Context, tx *db.Tx, key string) (state string, err error) {
	err = tx.QueryRow(ctx, `select state from outbox_messages where city_id = $1 and key = $2`, tx.City(), key).Scan(&state)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return state, err
}

// claim takes a message for this node, if it still is as q says.
func claim(tx *db.Tx, q queued) {
	tx.ExecOne(errTaken, `update outbox_messages set state = 'sending', attempts = attempts + 1, next_at = $1
		where city_id = $2 and id = $3 and attempts = $4 and state in ('queued', 'sending')`,
		db.Micros(tx.Now().Add(lease)), tx.City(), q.id, q.attempts)
}

// settle notes what a try has come to, if nobody took the message meanwhile.
func settle(tx *db.Tx, q queued, result outcome, said string) {
	state, settled := string(result), db.Micros(tx.Now())
	if result == outcomePutOff {
		state, settled = "queued", 0
	}
	tx.ExecOne(errTaken, `update outbox_messages set state = $1, next_at = $2, settled_at = $3
		where city_id = $4 and id = $5 and attempts = $6 and state = 'sending'`,
		state, db.Micros(tx.Now().Add(backoff(q.attempts))), settled, tx.City(), q.id, q.attempts)
	tx.Exec(`insert into outbox_deliveries (city_id, message_id, attempt, tried_at, outcome, detail)
		values ($1, $2, $3, $4, $5, $6)`,
		tx.City(), q.id, q.attempts, db.Micros(tx.Now()), string(result), said)
}
