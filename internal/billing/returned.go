package billing

import (
	"context"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/policy"
)

// The refusals of what staff note about returns.
var (
	// ErrReturnTender: nothing of that kind comes back: a bank account's debit or
	// a check does.
	ErrReturnTender = fault.New(fault.Invalid, "return_tender")
	// ErrReturnText: the code is missing, or code or reference is too long, has
	// signs that nobody can read, or what may be a card number. Most.
	ErrReturnText = fault.New(fault.Invalid, "return_text").With("Most", returnTextMost)
	// ErrReturnAhead: the day is missing, or is still to come.
	ErrReturnAhead = fault.New(fault.Invalid, "return_ahead")
	// ErrReturnDiffers: another return was noted under the reference. Reference.
	ErrReturnDiffers = fault.New(fault.Conflict, "return_differs")
)

// returnTextMost is how many letters the code and the reference of a return have
// at most.
const returnTextMost = 60

// Returned is one payment that came back, and where.
type Returned struct {
	Number    Number
	Reference string // one return of a utility account has it, and is noted once
	policy.Return
}

// NoteReturns notes payments that came back, all or none, and says how many were
// not noted before. Of them the rules of the town that block tenders are told.
// Today is the day in the town. Returns [ErrNoUtilityAccount], [ErrReturnTender],
// [ErrReturnText], [ErrReturnAhead], [ErrReturnDiffers], each with the place in
// the list that it is about.
func (s *Service) NoteReturns(ctx context.Context, town id.City, today calendar.Date, all []Returned, by audit.Actor) (int, error) {
	var fresh int
	err := s.db.Write(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		fresh = 0
		for i, r := range all {
			noted, err := noteTx(ctx, tx, today, r, by)
			if err != nil {
				return fmt.Errorf("return %d: %w", i+1, err)
			}
			if noted {
				fresh++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("noting returned payments: %w", err)
	}
	return fresh, nil
}

// noteTx notes one, and reports whether it was not noted before.
func noteTx(ctx context.Context, tx *db.Tx, today calendar.Date, r Returned, by audit.Actor) (bool, error) {
	if err := r.check(today); err != nil {
		return false, err
	}
	if _, err := statement(ctx, tx, r.Number); err != nil {
		return false, err
	}
	r = r.named()
	known, err := returnedPayments(ctx, tx, r.Number)
	if err != nil {
		return false, err
	}
	for _, before := range known {
		switch {
		case before == r:
			return false, nil
		case before.Reference == r.Reference:
			return false, ErrReturnDiffers.With("Reference", r.Reference)
		}
	}
	insertReturn(tx, r.Number, r.Reference, r.Return)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "billing.return", Thing: string(r.Number), Detail: map[string]string{
		"reference": r.Reference, "on": r.On.String(), "tender": string(r.Tender), "code": r.Code,
	}})
	return true, nil
}

// Returns lists the payments that came back, by utility account and the oldest
// first: of one, or of all where n is empty.
func (s *Service) Returns(ctx context.Context, town id.City, n Number) ([]Returned, error) {
	var found []Returned
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = returnedPayments(ctx, tx, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing returned payments: %w", err)
	}
	return found, nil
}
