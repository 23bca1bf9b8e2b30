package billing

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/policy"
)

// Service answers what doors ask.
type Service struct{ db *db.DB }

// New makes the service.
func New(d *db.DB) *Service { return &Service{d} }

// Find gives a utility account to those who may see it. Returns
// [ErrNoUtilityAccount].
func (s *Service) Find(ctx context.Context, town id.City, n Number) (UtilityAccount, error) {
	var found UtilityAccount
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = utilityAccount(ctx, tx, n)
		return err
	})
	if err != nil {
		return UtilityAccount{}, fmt.Errorf("finding utility account: %w", err)
	}
	return found, nil
}

// Prove gives a utility account to a guest who knows its number and required of
// the answers. Every mismatch has one answer and one timing: a number that does
// not exist is compared like one that does, and all factors always are. Returns
// [ErrNoMatch].
func (s *Service) Prove(ctx context.Context, town id.City, n Number, answers map[city.Factor]string, required int) (UtilityAccount, error) {
	found, err := s.Find(ctx, town, n)
	missing := errors.Is(err, ErrNoUtilityAccount)
	if err != nil && !missing {
		return UtilityAccount{}, err
	}
	if missing {
		found = nobody()
	}
	if !found.proves(answers, required) || missing {
		return UtilityAccount{}, ErrNoMatch
	}
	return found, nil
}

// nobody stands in for a utility account that does not exist, so that the same
// comparisons are made.
func nobody() UtilityAccount {
	return UtilityAccount{Name: "EXAMPLE, NOBODY A", ServiceAddress: "1234 NOWHERE STREET", ZIP: "00000-0000"}
}

// Each gives every utility account's number, as the billing system writes it,
// and its service, in the order of the numbers. It reads in chunks, so that a town
// of any size is not one long transaction.
func (s *Service) Each(ctx context.Context, town id.City, do func(written, service string) error) error {
	const chunk = 5000
	var after Number
	for {
		var some []numbered
		err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) (err error) {
			some, err = numbersAfter(ctx, tx, after, chunk)
			return err
		})
		if err != nil {
			return fmt.Errorf("listing utility accounts: %w", err)
		}
		for _, one := range some {
			if err := do(one.written, one.service); err != nil {
				return err
			}
			after = one.number
		}
		if len(some) < chunk {
			return nil
		}
	}
}

// Bills gives the newest bills of a utility account, newest first.
func (s *Service) Bills(ctx context.Context, town id.City, n Number, limit int) ([]Bill, error) {
	var found []Bill
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = bills(ctx, tx, n, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing bills: %w", err)
	}
	return found, nil
}

// Readings gives the newest readings of a utility account, newest first.
func (s *Service) Readings(ctx context.Context, town id.City, n Number, limit int) ([]Reading, error) {
	var found []Reading
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = readings(ctx, tx, n, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing readings: %w", err)
	}
	return found, nil
}

// Holder is the customer of a utility account, and where the bill goes.
type Holder struct {
	Number         Number
	Name           string
	ServiceAddress string
	ZIP            string // of the service address
	Mailing        Mailing
}

// Holders tells the customers of all utility accounts, by number, one by one:
// memory does not grow with them. What each returns ends it, and is returned.
func (s *Service) Holders(ctx context.Context, town id.City, each func(Holder) error) error {
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		return holders(ctx, tx, each)
	})
	if err != nil {
		return fmt.Errorf("listing customers: %w", err)
	}
	return nil
}

// StatementTx gives what is owed, in one query. Returns [ErrNoUtilityAccount].
func StatementTx(ctx context.Context, tx *db.Tx, n Number) (Statement, error) {
	stated, err := statement(ctx, tx, n)
	if err != nil {
		return Statement{}, fmt.Errorf("reading what is owed: %w", err)
	}
	return stated, nil
}

// WrittenTx gives a number as the billing system writes it, which is how it must
// be told to it. One that is not known is written as it is stored.
func WrittenTx(ctx context.Context, tx *db.Tx, n Number) (string, error) {
	text, err := written(ctx, tx, n)
	if err != nil {
		return "", fmt.Errorf("looking up how a number is written: %w", err)
	}
	return text, nil
}

// BillOnTx gives the number of the bill that stood on a day: the newest dated on
// or before it. Empty where there is none, or it has no number.
func BillOnTx(ctx context.Context, tx *db.Tx, n Number, on calendar.Date) (string, error) {
	number, err := billOn(ctx, tx, n, on)
	if err != nil {
		return "", fmt.Errorf("looking up a bill: %w", err)
	}
	return number, nil
}

// ReturnsTx lists the payments on a utility account that came back unpaid,
// oldest first. A statement says whether there are any.
func ReturnsTx(ctx context.Context, tx *db.Tx, n Number) ([]policy.Return, error) {
	found, err := returns(ctx, tx, n)
	if err != nil {
		return nil, fmt.Errorf("listing returned payments: %w", err)
	}
	return found, nil
}

// RecordReturnTx notes that a payment came back. The same reference, such as the
// payment's identifier, is noted once.
func RecordReturnTx(tx *db.Tx, n Number, reference string, r policy.Return) {
	insertReturn(tx, n, reference, r)
}
