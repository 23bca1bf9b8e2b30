package payment

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// Dispute records that a cardholder took an approved payment back, or a part of
// it: the money is no longer with the processor, and is owed again. It counts on
// the business date on which it is heard of, whenever the payment was made, so
// that no day that was closed changes. A second notice of the same dispute
// changes nothing, also after it was decided. Another dispute of a payment that is
// disputed already is left to people, who are alarmed; so is a dispute of a [Surplus].
func (s *Service) Dispute(ctx context.Context, city id.City, notice processor.Notice) error {
	p, err := s.byAttempt(ctx, city, string(notice.Key))
	if err != nil {
		return err
	}
	if p.State == Disputed || p.Attempt.String() != string(notice.Key) {
		return s.disputedBesides(ctx, p, notice)
	}
	_, _, on, err := s.town(city)
	if err != nil {
		return err
	}
	next, err := Next(p.State, Contest)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		known, err := selectDisputes(ctx, tx, ofPayment, p.ID.String())
		if err != nil || heard(known, notice.ID) {
			return err
		}
		d := newDispute(p, len(known), notice.ID, notice.Amount, tx.Now(), on)
		moved := p.moved(next, tx, processor.Result{})
		updateState(tx, p, moved)
		insertDispute(tx, d)
		d.audit(tx, audit.Actor("processor:"+p.Processor), Contest, map[string]string{"reference": notice.Reference})
		return enterFinal(tx, d.taken())
	})
}

// disputedBesides tells people of a dispute of a disputed payment, or of an attempt
// that is not its payment's, if it is not the one we know.
func (s *Service) disputedBesides(ctx context.Context, p Payment, notice processor.Notice) error {
	known, err := s.disputes(ctx, p.City, ofPayment, p.ID.String())
	if err == nil && !heard(known, notice.ID) {
		s.Log.ErrorContext(ctx, "alarm", "alarm", "disputed_besides", "city", string(p.City), "payment", p.ID.String(),
			"notice", notice.ID, "amount", notice.Amount.String(), "reference", notice.Reference)
	}
	return err
}

// heard reports whether a notice has opened one of the disputes. A notice without
// a name is always news.
func heard(known []Dispute, notice string) bool {
	for _, d := range known {
		if notice != "" && d.Notice == notice {
			return true
		}
	}
	return false
}

func enterFinal(tx *db.Tx, entries []ledger.Entry) error {
	return errors.Join(ledger.PendTx(tx, entries), ledger.PostTx(tx, entries))
}

// Win records that the dispute of a payment, by its confirmation number, was won:
// the money is with the processor again, the payment stands, and nothing is owed
// again. Cost is what the processor kept, or zero. Returns [ErrNoPayment], and
// [ErrNotAllowed] when no dispute is open.
func (s *Service) Win(ctx context.Context, city id.City, confirmation string, cost money.Amount, by audit.Actor) error {
	return s.decide(ctx, city, confirmation, Win, cost, by)
}

// Lose records that the dispute of a payment, by its confirmation number, was
// lost: what was taken stays taken, and owed. Cost is what the processor kept, or
// zero. Returns [ErrNoPayment], and [ErrNotAllowed] when no dispute is open.
func (s *Service) Lose(ctx context.Context, city id.City, confirmation string, cost money.Amount, by audit.Actor) error {
	return s.decide(ctx, city, confirmation, Lose, cost, by)
}

func (s *Service) decide(ctx context.Context, city id.City, confirmation string, how Event, cost money.Amount, by audit.Actor) error {
	_, _, on, err := s.town(city)
	if err != nil {
		return err
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		p, err := selectConfirmed(ctx, tx, confirmation)
		if err != nil {
			return named(err, ErrNoPayment)
		}
		known, err := selectDisputes(ctx, tx, ofPayment, p.ID.String())
		if err != nil {
			return err
		}
		next, err := Next(p.State, how)
		if err != nil || len(known) == 0 || known[len(known)-1].Standing != DisputeOpen {
			return errors.Join(err, fmt.Errorf("%w: no dispute is open", ErrNotAllowed))
		}
		updateState(tx, p, p.moved(next, tx, processor.Result{}))
		return decided(tx, known[len(known)-1], how, cost, on, by)
	})
	if err != nil {
		return fmt.Errorf("deciding a dispute: %w", err)
	}
	return nil
}

// decided queues what the end of a dispute means.
func decided(tx *db.Tx, d Dispute, how Event, cost money.Amount, on calendar.Date, by audit.Actor) error {
	d.Standing, d.DecidedAt, d.DecidedOn = DisputeLost, tx.Now(), on
	var entries []ledger.Entry
	if how == Win {
		d.Standing = DisputeWon
		entries = d.returned()
	}
	updateDispute(tx, d)
	d.audit(tx, by, how, map[string]string{"cost": cost.String()})
	return enterFinal(tx, append(entries, d.cost(cost)...))
}

func (d Dispute) audit(tx *db.Tx, by audit.Actor, on Event, detail map[string]string) {
	detail["amount"], detail["principal"], detail["fee"] = d.Amount.String(), d.Principal.String(), d.Fee().String()
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "payment." + string(on), Thing: d.Payment.ID.String(), Detail: detail})
}

// Disputes lists every dispute of a city, the newest first.
func (s *Service) Disputes(ctx context.Context, city id.City) ([]Dispute, error) {
	return s.disputes(ctx, city, "true order by d.opened_at desc, d.payment_id")
}

// DisputesOn lists the disputes that were opened or decided on a business date.
func (s *Service) DisputesOn(ctx context.Context, city id.City, on calendar.Date) ([]Dispute, error) {
	return s.disputes(ctx, city, "(d.opened_on = $2 or d.decided_on = $2) order by d.payment_id, d.number", on.String())
}

func (s *Service) disputes(ctx context.Context, city id.City, which string, args ...any) ([]Dispute, error) {
	var found []Dispute
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectDisputes(ctx, tx, which, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing disputes: %w", err)
	}
	return found, nil
}
