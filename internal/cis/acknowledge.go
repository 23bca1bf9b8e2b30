package cis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

// Acknowledgement is what the billing system answered to a posting file.
type Acknowledgement struct {
	On       calendar.Date
	Sequence int
	PostedAt time.Time // when it posted the file; zero: at this moment
	Except   []string  // confirmation numbers that it did not take
	By       audit.Actor
}

// Answer is what an acknowledgement means for payments.
type Answer struct {
	Batch    Batch
	Before   bool      // it was acknowledged before: nothing was changed
	PostedAt time.Time // balances as of then or later have them in it
	Taken    []string  // confirmation numbers, to be marked in the same transaction
	Refused  []string
}

// AcknowledgeTx notes that the billing system has taken a posting file, but for
// the lines that it refused. Whoever calls it marks the payments in the same
// transaction, so that neither is believed without the other. The first
// acknowledgement holds; another changes nothing.
//
// Returns [ErrNoBatch], [ErrNoLine], [ErrPostedAt].
func AcknowledgeTx(ctx context.Context, tx *db.Tx, a Acknowledgement) (Answer, error) {
	answer, err := acknowledgeTx(ctx, tx, a)
	if err != nil {
		return Answer{}, fmt.Errorf("acknowledging posting file %d of %s: %w", a.Sequence, a.On, err)
	}
	return answer, nil
}

func acknowledgeTx(ctx context.Context, tx *db.Tx, a Acknowledgement) (Answer, error) {
	batch, err := findBatch(ctx, tx, a.On, a.Sequence)
	if err != nil {
		return Answer{}, err
	}
	if !batch.AcknowledgedAt.IsZero() {
		return Answer{Batch: batch, Before: true, PostedAt: batch.PostedAt}, nil
	}
	if a.PostedAt.IsZero() {
		a.PostedAt = tx.Now()
	}
	if a.PostedAt.Before(batch.CreatedAt) || a.PostedAt.After(tx.Now()) {
		return Answer{}, ErrPostedAt.Because(fmt.Errorf("it was made at %s, and now is %s",
			wall(batch.CreatedAt, batch.Zone), wall(tx.Now(), batch.Zone)))
	}
	lines, err := linesOf(ctx, tx, batch)
	if err != nil {
		return Answer{}, err
	}
	answer, err := divided(lines, a.Except)
	if err != nil {
		return Answer{}, err
	}
	batch.AcknowledgedAt, batch.AcknowledgedBy, batch.PostedAt = tx.Now(), string(a.By), a.PostedAt
	answer.Batch, answer.PostedAt = batch, a.PostedAt
	noteAnswer(tx, answer)
	return answer, nil
}

// divided tells the lines that were taken from those that were not. Returns
// [ErrNoLine] for one that is not in the file.
func divided(lines []line, except []string) (Answer, error) {
	var a Answer
	for _, l := range lines {
		if slices.Contains(except, l.Confirmation) {
			a.Refused = append(a.Refused, l.Confirmation)
		} else {
			a.Taken = append(a.Taken, l.Confirmation)
		}
	}
	for _, confirmation := range except {
		if !slices.Contains(a.Refused, confirmation) {
			return Answer{}, ErrNoLine.Because(fmt.Errorf("%q is not in it", confirmation))
		}
	}
	return a, nil
}

func noteAnswer(tx *db.Tx, a Answer) {
	acknowledge(tx, a.Batch)
	for _, confirmation := range a.Refused {
		refuseLine(tx, confirmation)
	}
	audit.RecordTx(tx, audit.Event{
		Actor: audit.Actor(a.Batch.AcknowledgedBy), Action: "cis.acknowledge", Thing: a.Batch.Name(tx.City()),
		Detail: map[string]string{
			"taken": strconv.Itoa(len(a.Taken)), "refused": strconv.Itoa(len(a.Refused)),
			"posted": a.PostedAt.UTC().Format(time.RFC3339),
		},
	})
}

// SettleTx notes that the billing system took, at an instant, lines that it had
// refused: posted by hand, or after somebody mended what was wrong. Whoever
// calls it marks the payments in the same transaction.
//
// Returns [ErrNoLine] for what is not waiting, [ErrPostedAt].
func SettleTx(tx *db.Tx, confirmations []string, postedAt time.Time, by audit.Actor) error {
	if postedAt.IsZero() || postedAt.After(tx.Now()) {
		return fmt.Errorf("settling refused payments: %w", ErrPostedAt)
	}
	for _, confirmation := range confirmations {
		settleLine(tx, confirmation)
		audit.RecordTx(tx, audit.Event{
			Actor: by, Action: "cis.settle", Thing: confirmation,
			Detail: map[string]string{"posted": postedAt.UTC().Format(time.RFC3339)},
		})
	}
	return nil
}

// wall is an instant as the town's clock shows it, with its offset: at the end
// of summer time an hour comes twice.
func wall(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04:05 -07:00")
}
