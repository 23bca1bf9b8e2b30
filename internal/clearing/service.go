package clearing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// Towns tells what a town has agreed with its bank. Returns [ErrNoTerms].
type Towns interface {
	Terms(city id.City) (Terms, error)
}

// Payments undoes what came back, in the transaction in which it is heard.
type Payments interface {
	// CameBackTx is told of the attempt whose debit came back. Retry is the day on
	// which it is presented again, zero where it is not.
	CameBackTx(ctx context.Context, tx *db.Tx, attempt, code string, on, retry calendar.Date) error
	// CameRightTx is told that a debit which came back was presented again, and has
	// settled.
	CameRightTx(ctx context.Context, tx *db.Tx, attempt string, on calendar.Date) error
}

// Deps are what a Service is made of. All must be given.
type Deps struct {
	DB       *db.DB
	Towns    Towns
	Banks    *instrument.Service
	Routes   *routing.Directory
	Inbox    *inbox.Service
	Sealer   *secret.Sealer
	Digests  secret.Key
	Payments Payments
	Book     Book
	Log      *slog.Logger
}

// Service draws on bank accounts.
type Service struct{ Deps }

// New makes the service.
func New(deps Deps) *Service { return &Service{deps} }

// Accept takes an order: its entry is in the next file, or in one after its bank
// account was asked for. The same order again changes nothing.
//
// Returns [ErrNoTerms], [ErrNotDrawable], [ErrAmount], [ErrKeyReused],
// instrument.ErrUnknown.
func (s *Service) Accept(ctx context.Context, o Order) (Entry, error) {
	terms, err := s.Towns.Terms(o.City)
	if err != nil {
		return Entry{}, fmt.Errorf("accepting an e-check: %w", err)
	}
	bank, err := s.Banks.Find(ctx, o.City, o.Bank)
	if err != nil {
		return Entry{}, fmt.Errorf("accepting an e-check: %w", err)
	}
	rules := s.Book.InForce(calendar.Of(s.DB.Clock().Now(), terms.Zone))
	if most := terms.most(rules); !o.Amount.IsPositive() || most.Less(o.Amount) {
		return Entry{}, fmt.Errorf("accepting an e-check: %w", ErrAmount.With("Most", most))
	}
	var e Entry
	err = s.DB.Write(ctx, o.City, func(ctx context.Context, tx *db.Tx) error {
		e, err = acceptTx(ctx, tx, o, bank, terms, rules)
		return err
	})
	if errors.Is(err, db.ErrDuplicate) { // another request was first
		return s.Entry(ctx, o.City, o.Key)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("accepting an e-check: %w", err)
	}
	return e, nil
}

func acceptTx(ctx context.Context, tx *db.Tx, o Order, bank instrument.BankAccount, terms Terms, rules Rules) (Entry, error) {
	known, err := selectEntries(ctx, tx, "id = $2", o.Key)
	switch {
	case err != nil:
		return Entry{}, err
	case len(known) > 0 && known[0].Order != o:
		return Entry{}, ErrKeyReused
	case len(known) > 0:
		return known[0], nil
	case bank.State != instrument.Live || (bank.Holder == instrument.Business) != (o.Class == CCD):
		return Entry{}, ErrNotDrawable
	}
	e := Entry{Order: o, Kind: Debit, AcceptedAt: tx.Now(), Tries: 1, State: Waiting, StateAt: tx.Now()}
	if terms.Prenote {
		if e.NotBefore, err = askFirst(ctx, tx, o, terms, rules); err != nil {
			return Entry{}, err
		}
	}
	insertEntry(tx, e)
	audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "clearing.accept", Thing: o.Key, Detail: map[string]string{
		"amount": o.Amount.String(), "bank": o.Bank.String(), "class": string(o.Class), "reference": o.Reference,
	}})
	return e, nil
}

// askFirst has a bank account asked for that nothing was ever drawn from, and
// gives the first day on which something may be (zero: any).
func askFirst(ctx context.Context, tx *db.Tx, o Order, terms Terms, rules Rules) (calendar.Date, error) {
	earlier, err := selectEntries(ctx, tx, "bank_id = $2 order by accepted_at limit 20", o.Bank)
	if err != nil {
		return calendar.Date{}, err
	}
	today := calendar.Of(tx.Now(), terms.Zone)
	next := terms.settles(tx.Now()).NextBankingDay().AddBankingDays(rules.PrenoteDays)
	for _, e := range earlier {
		switch {
		case e.State == Filed && e.Kind != Prenote && e.SettlesOn.Before(today):
			return calendar.Date{}, nil // it was drawn from, and nothing came back
		case e.State == Filed && e.Kind == Prenote && e.SettlesOn.AddBankingDays(rules.PrenoteDays).After(today):
			return e.SettlesOn.AddBankingDays(rules.PrenoteDays), nil
		case e.State == Filed && e.Kind == Prenote:
			return calendar.Date{}, nil // it was asked for, and nothing came back
		case e.State == Waiting && e.Kind == Prenote:
			return next, nil
		}
	}
	asked := o
	asked.Key, asked.Amount, asked.Reference, asked.Recurring = "prenote "+o.Key, asked.Amount.Sub(asked.Amount), "PRENOTE", false
	insertEntry(tx, Entry{Order: asked, Kind: Prenote, AcceptedAt: tx.Now(), Tries: 1, State: Waiting, StateAt: tx.Now()})
	return next, nil
}

// Entry finds an entry by its key. Returns [ErrNoEntry].
func (s *Service) Entry(ctx context.Context, city id.City, key string) (Entry, error) {
	found, err := s.entries(ctx, city, "id = $2", key)
	if err == nil && len(found) == 0 {
		err = ErrNoEntry
	}
	if err != nil {
		return Entry{}, fmt.Errorf("finding an e-check: %w", err)
	}
	return found[0], nil
}

func (s *Service) entries(ctx context.Context, city id.City, which string, args ...any) (found []Entry, err error) {
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err = selectEntries(ctx, tx, which, args...)
		return err
	})
	return found, err
}

// Files lists a town's files, the newest first.
func (s *Service) Files(ctx context.Context, city id.City) (found []File, err error) {
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err = selectFiles(ctx, tx, "true order by number desc limit 100")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing files for the bank: %w", err)
	}
	return found, nil
}
