package instrument

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// Service keeps bank accounts.
type Service struct {
	db      *db.DB
	sealer  *secret.Sealer
	digests secret.Key
	banks   *routing.Directory
}

// New makes the service.
func New(d *db.DB, sealer *secret.Sealer, digests secret.Key, banks *routing.Directory) *Service {
	return &Service{d, sealer, digests, banks}
}

// Save keeps a bank account. The same one of the same owner is kept once. Its
// routing number is the one in force, whatever stood on the check.
//
// Returns [ErrCard], [ErrNoName], [ErrNotANumber], [ErrNumbersDiffer],
// [ErrRefusedBefore], routing.ErrNotANumber and routing.ErrUnknown.
func (s *Service) Save(ctx context.Context, typed Typed) (BankAccount, error) {
	number, plain, err := typed.read()
	if err != nil {
		return BankAccount{}, fmt.Errorf("saving a bank account: %w", err)
	}
	bank, err := s.banks.Find(ctx, number)
	if err != nil {
		return BankAccount{}, fmt.Errorf("saving a bank account: %w", err)
	}
	now := s.db.Clock().Now()
	b := BankAccount{
		ID: id.Unguessable[bankKind](now), City: typed.City, Owner: typed.Owner, Name: strings.TrimSpace(typed.Name), Kind: typed.Kind,
		Holder: typed.Holder, Routing: bank.Number, Bank: bank.Name, Last4: last4(plain), State: Live,
		Fingerprint: fingerprint(s.digests, typed.City, bank.Number, plain),
	}
	sealed, err := s.sealer.Seal(typed.City, purpose(b.ID), plain)
	if err != nil {
		return BankAccount{}, fmt.Errorf("saving a bank account: %w", err)
	}
	err = s.db.Write(ctx, typed.City, func(ctx context.Context, tx *db.Tx) error {
		b, err = saveTx(ctx, tx, b, sealed)
		return err
	})
	if err != nil {
		return BankAccount{}, fmt.Errorf("saving a bank account: %w", err)
	}
	return b, nil
}

func saveTx(ctx context.Context, tx *db.Tx, b BankAccount, sealed []byte) (BankAccount, error) {
	tx.Lock("bank account " + b.Fingerprint)
	known, err := selectWhere(ctx, tx, "fingerprint = $2", b.Fingerprint)
	if err != nil {
		return b, err
	}
	for _, k := range known {
		switch {
		case k.State == Refused:
			return b, ErrRefusedBefore
		case k.State == Live && k.Owner == b.Owner && k.Kind == b.Kind && k.Holder == b.Holder:
			return k.BankAccount, nil
		}
	}
	b.SavedAt, b.StateAt = tx.Now(), tx.Now()
	insert(tx, b, sealed)
	b.audit(tx, audit.Actor(b.Owner), "save", nil)
	return b, nil
}

// OfOwner lists the bank accounts that an owner has not removed, the oldest first.
func (s *Service) OfOwner(ctx context.Context, city id.City, owner Owner) ([]BankAccount, error) {
	found, err := s.list(ctx, city, "owner = $2 and state <> 'removed' order by id", owner)
	if err != nil {
		return nil, fmt.Errorf("listing bank accounts: %w", err)
	}
	return found, nil
}

// Find finds a bank account. Returns [ErrUnknown].
func (s *Service) Find(ctx context.Context, city id.City, bank ID) (BankAccount, error) {
	found, err := s.list(ctx, city, "id = $2", bank)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return BankAccount{}, fmt.Errorf("finding a bank account: %w", err)
	}
	return found[0], nil
}

func (s *Service) list(ctx context.Context, city id.City, which string, arg any) (all []BankAccount, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err := selectWhere(ctx, tx, which, arg)
		all = nil
		for _, k := range found {
			all = append(all, k.BankAccount)
		}
		return err
	})
	return all, err
}

// Remove takes an owner's bank account away: nothing new is drawn from it. Its
// number is forgotten when no payment waits for it any more. Returns
// [ErrUnknown].
func (s *Service) Remove(ctx context.Context, city id.City, owner Owner, bank ID) error {
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err := selectWhere(ctx, tx, "id = $2", bank)
		switch {
		case err != nil:
			return err
		case len(found) == 0 || found[0].Owner != owner:
			return ErrUnknown
		case found[0].State == Removed:
			return nil
		}
		remove(tx, bank)
		found[0].audit(tx, audit.Actor(owner), "remove", nil)
		return nil
	})
	if err != nil {
		return fmt.Errorf("removing a bank account: %w", err)
	}
	return nil
}

// Open gives bank accounts with their numbers, to whoever writes them into a file
// for the bank. One whose number is forgotten is not among them.
func (s *Service) Open(ctx context.Context, city id.City, banks []ID) (map[ID]Opened, error) {
	var found []kept
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectMany(ctx, tx, banks)
		return err
	})
	opened := make(map[ID]Opened, len(found))
	for _, k := range found {
		if err != nil || len(k.sealed) == 0 {
			continue
		}
		var number secret.String
		number, err = s.sealer.Open(city, purpose(k.ID), k.sealed)
		opened[k.ID] = Opened{k.BankAccount, number}
	}
	if err != nil {
		return nil, fmt.Errorf("opening bank accounts: %w", err)
	}
	return opened, nil
}

// CorrectTx writes down what a bank says is right. Returns [ErrUnknown], and
// [ErrNotANumber] where what it says cannot be.
func (s *Service) CorrectTx(ctx context.Context, tx *db.Tx, bank ID, right Correction) error {
	found, err := selectWhere(ctx, tx, "id = $2", bank)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return err
	}
	b := found[0]
	plain, err := s.sealer.Open(tx.City(), purpose(bank), b.sealed)
	if err != nil {
		return ErrGone.Because(err)
	}
	if plain, err = b.correct(plain, right); err != nil {
		return err
	}
	b.Last4, b.Fingerprint = last4(plain), fingerprint(s.digests, tx.City(), b.Routing, plain)
	if b.sealed, err = s.sealer.Seal(tx.City(), purpose(bank), plain); err != nil {
		return err
	}
	updateCorrected(tx, b)
	b.audit(tx, audit.System, "correct", map[string]string{"code": right.Code})
	return nil
}

// correct applies a correction, all of it or nothing.
func (b *BankAccount) correct(plain secret.String, right Correction) (secret.String, error) {
	if right.Routing != "" && !right.Routing.Valid() {
		return plain, routing.ErrNotANumber
	}
	if !right.Number.IsEmpty() {
		if !asCorrected.MatchString(right.Number.Reveal()) {
			return plain, ErrNotANumber
		}
		plain = right.Number
	}
	if right.Routing != "" {
		b.Routing = right.Routing
	}
	if right.Kind != "" {
		b.Kind = right.Kind
	}
	if right.Name != "" {
		b.Name = right.Name
	}
	return plain, nil
}

// RefuseTx notes that a bank will not have a bank account drawn from. Nothing is
// drawn from it, or from any with the same number, until somebody allows it.
func RefuseTx(ctx context.Context, tx *db.Tx, bank ID, code string) error {
	found, err := selectWhere(ctx, tx, "id = $2", bank)
	if err != nil || len(found) == 0 {
		return err
	}
	refuse(tx, found[0].Fingerprint, code)
	found[0].audit(tx, audit.System, "refuse", map[string]string{"code": code})
	return nil
}

// Allow lets a bank account that was refused be drawn from again. Returns
// [ErrUnknown].
func (s *Service) Allow(ctx context.Context, city id.City, bank ID, by audit.Actor) error {
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err := selectWhere(ctx, tx, "id = $2 and state = 'refused'", bank)
		if err == nil && len(found) == 0 {
			err = ErrUnknown
		}
		if err != nil {
			return err
		}
		allow(tx, found[0].Fingerprint)
		found[0].audit(tx, by, "allow", map[string]string{"code": found[0].Reason})
		return nil
	})
	if err != nil {
		return fmt.Errorf("allowing a bank account: %w", err)
	}
	return nil
}

// RemovedTx lists removed bank accounts whose number is not forgotten yet.
func RemovedTx(ctx context.Context, tx *db.Tx) (all []ID, err error) {
	found, err := selectWhere(ctx, tx, "state = 'removed' and length(sealed) > 0 order by state_at")
	for _, k := range found {
		all = append(all, k.ID)
	}
	return all, err
}

// ForgetTx empties the number of a removed bank account, unless a legal hold
// keeps it.
func ForgetTx(tx *db.Tx, bank ID) { forget(tx, bank) }

func (b BankAccount) audit(tx *db.Tx, by audit.Actor, what string, detail map[string]string) {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["last4"], detail["routing"], detail["owner"] = b.Last4, string(b.Routing), string(b.Owner)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "instrument." + what, Thing: b.ID.String(), Detail: detail})
}
