package ledger

import (
	"context"
	"fmt"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/money"
)

// ErrNotAnEntry: an entry without a positive amount, or from a ledger account to itself.
var ErrNotAnEntry = fault.New(fault.Internal, "not_an_entry")

// PendTx enters entries as pending.
func PendTx(tx *db.Tx, entries []Entry) error { return enter(tx, pending, entries) }

// PostTx resolves pending entries: they are now final.
func PostTx(tx *db.Tx, entries []Entry) error { return enter(tx, posted, entries) }

// VoidTx resolves pending entries: they never were.
func VoidTx(tx *db.Tx, entries []Entry) error { return enter(tx, voided, entries) }

func enter(tx *db.Tx, phase phase, entries []Entry) error {
	for _, entry := range entries {
		if !entry.Amount.IsPositive() || entry.Debit == entry.Credit {
			return fmt.Errorf("entering line %d of %s: %w", entry.Line, entry.Source, ErrNotAnEntry)
		}
		insertEntry(tx, phase, entry)
	}
	return nil
}

// Service reads the book.
type Service struct{ db *db.DB }

// New gives the book kept in d.
func New(d *db.DB) *Service { return &Service{d} }

// TrialBalance gives the balance of every ledger account of a city from entries
// with business dates from the first to the last day, both included. The posted
// balances sum to zero, and so do the pending ones.
func (s *Service) TrialBalance(ctx context.Context, city id.City, from, to calendar.Date) ([]Balance, error) {
	var balances []Balance
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		balances, err = selectBalances(ctx, tx, from, to)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("balancing the book of %s: %w", city, err)
	}
	return balances, nil
}

// BookedOn adds up the final entries of a business date by their source, and of
// each by its cause.
func (s *Service) BookedOn(ctx context.Context, city id.City, on calendar.Date) (map[string]map[Cause]money.Amount, error) {
	var sums map[string]map[Cause]money.Amount
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		sums, err = selectPosted(ctx, tx, on)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up the book of %s on %s: %w", city, on, err)
	}
	return sums, nil
}

// Caused lists the final entries of some causes, the earliest business date first.
// It reads the whole book.
func (s *Service) Caused(ctx context.Context, city id.City, causes ...Cause) ([]Entry, error) {
	var entries []Entry
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		entries, err = selectCaused(ctx, tx, causes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("searching the book of %s: %w", city, err)
	}
	return entries, nil
}

// Out is the sum of all balances; anything but zero is a broken book.
func Out(balances []Balance) money.Amount {
	var sum money.Amount
	for _, balance := range balances {
		sum = sum.Add(balance.Posted).Add(balance.Pending)
	}
	return sum
}
