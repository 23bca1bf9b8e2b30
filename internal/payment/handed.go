package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// Handed is what somebody hands over for one utility account.
type Handed struct {
	UtilityAccount billing.Number
	Channel        policy.Channel
	Parts          []Part
	Language       locale.Lang
	By             audit.Actor // who took it
}

// Part is what is paid with one thing that one holds: cash, a check, a money order.
type Part struct {
	Tender policy.Tender
	Amount money.Amount
}

// total is what all parts pay.
func (h Handed) total() money.Amount {
	var sum money.Amount
	for _, part := range h.Parts {
		sum = sum.Add(part.Amount)
	}
	return sum
}

// TakeTx makes a payment of each part, which is approved when it is made: the
// money is in our hands. The town's rules judge all parts together, as what they
// are to the payer: one payment. What is more than owed becomes a credit as far as
// those rules take it. The business date is that of cards, so that a day has one
// posting file.
//
// Returns [ErrNotByHand], [ErrFeeByHand], billing.ErrNoUtilityAccount, and the
// refusals of policy.
func (s *Service) TakeTx(ctx context.Context, tx *db.Tx, h Handed) ([]Payment, error) {
	town, set, on, err := s.town(tx.City())
	if err != nil {
		return nil, fmt.Errorf("taking money: %w", err)
	}
	tx.Lock("paying " + string(h.UtilityAccount)) // as whoever pays a quote
	owed, _, err := owedTx(ctx, tx, h.UtilityAccount)
	if err != nil {
		return nil, fmt.Errorf("taking money: %w", err)
	}
	if err := h.judge(town, set, owed, on); err != nil {
		return nil, fmt.Errorf("taking money: %w", err)
	}
	var taken []Payment
	for _, part := range h.Parts {
		p := h.payment(part, tx.Now(), owed.Statement.Service)
		p.City, p.BusinessOn, p.PolicyVersion, p.Confirmation = tx.City(), on, set.Version, s.confirmations.number(tx.Now())
		taken = append(taken, p)
		insertPayment(tx, p)
		p.audit(tx, Approve, h.By, nil)
		if err := enterFinal(tx, entries(p, lineFirst)); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// judge returns the first reason not to take the money.
func (h Handed) judge(town *city.City, set policy.Set, owed Owed, on calendar.Date) error {
	service, _ := town.Service(owed.Statement.Service)
	for _, part := range h.Parts {
		if !part.Tender.ByHand() {
			return ErrNotByHand
		}
		answer := set.Decide(policy.Question{
			On: on, Service: owed.Statement.Service, MCC: service.MCC, Channel: h.Channel, Tender: part.Tender,
			Amount: h.total(), Owed: owed.known().Owed(on, owed.pending()), Returns: owed.Returns,
		})
		if err := answer.Err(); err != nil {
			return err
		}
		if !part.Amount.IsPositive() {
			return policy.ErrAmountNotPositive
		}
		if answer.Fee.IsPositive() {
			return ErrFeeByHand.With("Fee", answer.Fee)
		}
	}
	return nil
}

func (h Handed) payment(part Part, now time.Time, service policy.Service) Payment {
	return Payment{
		ID: id.Unguessable[paymentKind](now), State: Approved, StateAt: now, StartedAt: now, UtilityAccount: h.UtilityAccount,
		Service: service, Channel: h.Channel, Tender: part.Tender, Amount: part.Amount, Attempt: id.New[attemptKind](now), Attempts: 1,
		Language: h.Language,
	}
}

// GiveBackTx takes a payment of money that was handed over back, with the reason:
// it is owed again from the business date of now on, in the book and for the
// billing system, whenever it was made, so that no day that was closed changes. To
// give the money back, or to keep what a bank returned, is the caller's.
//
// Returns [ErrNoPayment], [ErrNotByHand], and [ErrNotAllowed] for a payment that
// was taken back before.
func (s *Service) GiveBackTx(ctx context.Context, tx *db.Tx, payment ID, reason string, by audit.Actor) error {
	_, _, on, err := s.town(tx.City())
	if err != nil {
		return fmt.Errorf("giving money back: %w", err)
	}
	p, err := selectPayment(ctx, tx, payment)
	if err != nil {
		return fmt.Errorf("giving money back: %w", named(err, ErrNoPayment))
	}
	known, err := selectDisputes(ctx, tx, ofPayment, p.ID.String())
	if err != nil {
		return err
	}
	next, err := Next(p.State, Contest)
	if err != nil || !p.ByHand() {
		return fmt.Errorf("giving money back: %w", errors.Join(err, unlessByHand(p)))
	}
	d := newDispute(p, len(known), "", p.Total(), tx.Now(), on)
	updateState(tx, p, p.moved(next, tx, processor.Result{}))
	insertDispute(tx, d)
	d.audit(tx, by, Contest, map[string]string{"reason": reason})
	if err := enterFinal(tx, d.taken()); err != nil {
		return err
	}
	return decided(tx, d, Lose, money.Amount{}, on, by)
}

func unlessByHand(p Payment) error {
	if p.ByHand() {
		return nil
	}
	return ErrNotByHand
}
