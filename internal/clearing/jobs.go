package clearing

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/instrument"
)

// returnWindow is how many banking days a bank has to send back for want of money
// (Nacha Operating Rules, return for insufficient funds: two); one more for the
// file to arrive.
const returnWindow = 3

// Tend does for a town what time brings: a debit that was presented again and has
// stayed pays its bill after all, the numbers of removed bank accounts for which
// nothing waits are forgotten, and a share of returns that the network would ask
// about is alarmed.
func (s *Service) Tend(ctx context.Context, city id.City) error {
	terms, err := s.Towns.Terms(city)
	if err != nil {
		return fmt.Errorf("tending e-checks: %w", err)
	}
	today := calendar.Of(s.DB.Clock().Now(), terms.Zone)
	return wrapped("tending e-checks", errors.Join(s.settle(ctx, city, today), s.forget(ctx, city), s.alarm(ctx, city)))
}

func (s *Service) settle(ctx context.Context, city id.City, today calendar.Date) error {
	stayed, err := s.entries(ctx, city, "kind = 'retry' and state = 'filed' and settles_on < $2 order by id limit 1000",
		today.AddBankingDays(-returnWindow).String())
	if err != nil {
		return err
	}
	for _, e := range stayed {
		err := s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			updateEntryState(tx, e, Settled, "")
			return s.Payments.CameRightTx(ctx, tx, first(e), today)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) forget(ctx context.Context, city id.City) error {
	return s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		removed, err := instrument.RemovedTx(ctx, tx)
		if err != nil {
			return err
		}
		for _, bank := range removed {
			waits, err := isWanted(ctx, tx, bank)
			if err != nil {
				return err
			}
			if !waits {
				instrument.ForgetTx(tx, bank)
			}
		}
		return nil
	})
}

// Rates tells how many debits came back, beside each level of the network's.
func (s *Service) Rates(ctx context.Context, city id.City) (all []Rate, err error) {
	terms, err := s.Towns.Terms(city)
	if err != nil {
		return nil, fmt.Errorf("counting returns: %w", err)
	}
	today := calendar.Of(s.DB.Clock().Now(), terms.Zone)
	rules := s.Book.InForce(today)
	from := today.AddDays(-rules.WindowDays)
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		debits, err := countDebits(ctx, tx, from, today)
		if err != nil {
			return err
		}
		byCode, err := countReturns(ctx, tx, from, today)
		all = rules.rates(debits, byCode)
		return err
	})
	return all, wrapped("counting returns", err)
}

func (s *Service) alarm(ctx context.Context, city id.City) error {
	rates, err := s.Rates(ctx, city)
	for _, r := range rates {
		if r.Alarming() {
			s.Log.ErrorContext(ctx, "alarm", "alarm", "return_rate", "city", string(city), "level", r.Level.Name, "returns", r.Returns, "debits", r.Debits)
		}
	}
	return err
}

// Answers lists what banks have answered, the newest first; only what people must
// look at, if trouble is asked for.
func (s *Service) Answers(ctx context.Context, city id.City, trouble bool) (all []Heard, err error) {
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = selectAnswers(ctx, tx, trouble)
		return err
	})
	return all, wrapped("listing answers of banks", err)
}

// Acknowledge notes that the bank took a file, or that it did not. What it did not
// take is for people: its entries are filed, and nothing is sent twice by itself.
// Returns [ErrMovedOn] where the file was not delivered, or is answered already.
func (s *Service) Acknowledge(ctx context.Context, city id.City, number int64, took bool) error {
	to := Rejected
	if took {
		to = Acknowledged
	}
	err := s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		updateFileState(tx, File{Number: number}, Delivered, to)
		return nil
	})
	return wrapped("noting the bank's answer to a file", err)
}
