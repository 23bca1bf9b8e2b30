package payment

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// CameBackTx undoes a payment whose debit of a bank account came back: it is owed
// again, as after a dispute, on the business date on which it is heard of, and the
// return counts towards what the town's rules block. On is the day it reached the
// town. Until retry, where that is a day, it may still pay its bill: then
// [Service.CameRightTx] is told. The payer is written to.
//
// Returns [ErrNoPayment], [ErrNotAllowed].
func (s *Service) CameBackTx(ctx context.Context, tx *db.Tx, attempt, code string, on, retry calendar.Date) error {
	town, p, known, business, err := s.disputable(ctx, tx, attempt)
	if err != nil {
		return fmt.Errorf("undoing a payment: %w", err)
	}
	next, err := Next(p.State, Contest)
	if err != nil || p.Attempt.String() != attempt {
		return fmt.Errorf("undoing a payment: %w", errors.Join(err, ErrNotAllowed))
	}
	d := newDispute(p, len(known), fmt.Sprintf("return %s %d", code, len(known)+1), p.Total(), tx.Now(), business)
	updateState(tx, p, p.moved(next, tx, processor.Result{}))
	insertDispute(tx, d)
	billing.RecordReturnTx(tx, p.UtilityAccount, fmt.Sprintf("%s %d", p.ID, d.Number), policy.Return{On: on, Tender: policy.BankAccount, Code: code})
	d.audit(tx, audit.System, Contest, map[string]string{"code": code, "retry": retry.String()})
	s.Receipts.ReturnedTx(tx, town, p, code, retry)
	if err := enterFinal(tx, d.taken()); err != nil || !retry.IsZero() {
		return err
	}
	return decided(tx, d, Lose, money.Amount{}, business, audit.System)
}

// CameRightTx is told that a debit which had come back was presented again, and
// stays: the payment stands, and nothing is owed again. Returns [ErrNoPayment],
// [ErrNotAllowed].
func (s *Service) CameRightTx(ctx context.Context, tx *db.Tx, attempt string, _ calendar.Date) error {
	_, p, known, business, err := s.disputable(ctx, tx, attempt)
	if err != nil {
		return fmt.Errorf("restoring a payment: %w", err)
	}
	next, err := Next(p.State, Win)
	if err != nil || len(known) == 0 || known[len(known)-1].Standing != DisputeOpen {
		return fmt.Errorf("restoring a payment: %w", errors.Join(err, ErrNotAllowed))
	}
	updateState(tx, p, p.moved(next, tx, processor.Result{}))
	return decided(tx, known[len(known)-1], Win, money.Amount{}, business, audit.System)
}

// disputable reads a payment by its attempt, with its disputes and the business
// date of now.
func (s *Service) disputable(ctx context.Context, tx *db.Tx, attempt string) (*city.City, Payment, []Dispute, calendar.Date, error) {
	town, _, on, err := s.town(tx.City())
	if err != nil {
		return nil, Payment{}, nil, on, err
	}
	p, err := selectByAttempt(ctx, tx, attempt)
	if err != nil {
		return nil, Payment{}, nil, on, named(err, ErrNoPayment)
	}
	known, err := selectDisputes(ctx, tx, ofPayment, p.ID.String())
	return town, p, known, on, err
}
