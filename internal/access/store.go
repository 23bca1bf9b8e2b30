package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/retain"
)

// store is the table, as scs wants it (scs.CtxStore).
type store struct{ db *db.DB }

// hashed is what the table knows of a token. Tokens have 256 random bits, so
// that a plain digest cannot be searched.
func hashed(token string) []byte {
	digest := sha256.Sum256([]byte(token))
	return digest[:]
}

// FindCtx gives what a session remembers; found is false when it is over.
func (s store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	city, ok := CityOf(ctx)
	if !ok {
		return nil, false, ErrNoCity
	}
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select data from sessions
			where city_id = $1 and token_hash = $2 and expires_at > $3`,
			city, hashed(token), db.Micros(tx.Now())).Scan(&data)
	})
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("finding session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps what a session remembers.
func (s store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.write(ctx, "keeping session", func(tx *db.Tx) {
		// A session that was over in between stays over: a page that was under way
		// when all visits were ended does not bring its own back.
		tx.Exec(`insert into sessions (city_id, token_hash, data, expires_at) values ($1, $2, $3, $4)
			on conflict (city_id, token_hash) do update set data = excluded.data, expires_at = excluded.expires_at
			where sessions.expires_at > $5`,
			tx.City(), hashed(token), data, db.Micros(expiry), db.Micros(tx.Now()))
	})
}

// DeleteCtx ends a session; one that is not there is ended. Under a legal hold it
// is over, and stays.
func (s store) DeleteCtx(ctx context.Context, token string) error {
	return s.write(ctx, "ending session", func(tx *db.Tx) {
		tx.Exec(`delete from sessions where city_id = $1 and token_hash = $2`+retain.Unheld("sessions"), tx.City(), hashed(token))
		tx.Exec(`update sessions set expires_at = 0 where city_id = $1 and token_hash = $2`, tx.City(), hashed(token))
	})
}

func (s store) write(ctx context.Context, doing string, queue func(*db.Tx)) error {
	city, ok := CityOf(ctx)
	if !ok {
		return ErrNoCity
	}
	err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		queue(tx)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Without a context there is no city: scs calls these three only where it was
// given a store that knows no better.

func (s store) Find(string) ([]byte, bool, error)      { return nil, false, ErrNoCity }
func (s store) Commit(string, []byte, time.Time) error { return ErrNoCity }
func (s store) Delete(string) error                    { return ErrNoCity }

func deleteOver(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Count(ctx, `delete from sessions where expires_at <= $1`+retain.Unheld("sessions"), db.Micros(tx.Now()))
}

func countOver(ctx context.Context, tx *db.Tx) (over, held int64, err error) {
	err = tx.QueryRow(ctx, `select (select count(*) from sessions where expires_at <= $1`+retain.Unheld("sessions")+`),
		(select count(*) from sessions where expires_at <= $1`+retain.Held("sessions")+`)`, db.Micros(tx.Now())).Scan(&over, &held)
	return over, held, err
}

// endAll has visits end before all time, and not now: another node's clock may be
// behind this one's.
func endAll(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Count(ctx, `update sessions set expires_at = 0 where city_id = $1 and expires_at > 0`, tx.City())
}
