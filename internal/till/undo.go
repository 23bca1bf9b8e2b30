package till

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/policy"
)

// Undo asks that a receipt be undone.
type Undo struct {
	City    id.City
	Receipt ReceiptID
	Reason  string
	By      audit.Actor
	Second  audit.Actor // who agrees; not By and not the drawer's cashier
}

// Void undoes a receipt while its drawer is open: what was handed over is given
// back. Above the town's limit it takes a second person. Returns [ErrNoReceipt],
// [ErrReasonMissing], [ErrSecondPerson], [ErrUndone], [ErrDrawerClosed] and its
// like.
func (s *Service) Void(ctx context.Context, u Undo) (Receipt, error) {
	rules, _, err := s.rules(u.City)
	if err != nil {
		return Receipt{}, err
	}
	return s.undo(ctx, u, Voided, func(_ *db.Tx, session Session, r Receipt) error {
		if session.State != Open {
			return session.State.refusal()
		}
		if rules.VoidAlone.Less(r.Total) {
			return session.second(u.By, u.Second)
		}
		return nil
	})
}

// Reverse undoes a receipt whose drawer is closed, such as one whose check came
// back: its money is no longer on the way to the bank, or in it. It takes a second
// person. Returns [ErrNoReceipt], [ErrReasonMissing], [ErrSecondPerson],
// [ErrUndone], and [ErrDrawerOpen] and its like for a drawer that is not closed.
func (s *Service) Reverse(ctx context.Context, u Undo) (Receipt, error) {
	rules, on, err := s.rules(u.City)
	if err != nil {
		return Receipt{}, err
	}
	return s.undo(ctx, u, Reversed, func(tx *db.Tx, session Session, r Receipt) error {
		if session.State != Closed {
			return session.State.refusal()
		}
		if err := session.second(u.By, u.Second); err != nil {
			return err
		}
		entries := fetched(r, rules)
		for i := range entries {
			entries[i].On = on
		}
		return errors.Join(ledger.PendTx(tx, entries), ledger.PostTx(tx, entries))
	})
}

// fetched are what a reversal means for the book beside what giving the payments
// back does: nothing lies in the drawer any more, so it comes from the bank.
func fetched(r Receipt, rules policy.CounterRules) []ledger.Entry {
	var all []ledger.Entry
	for i, part := range r.Parts {
		all = append(all, ledger.Entry{
			Source: r.ID.String(), Line: i, Debit: ledger.OnHand(string(part.Tender)), Credit: ledger.InTransit(rules.Bank(part.Tender)),
			Amount: part.Amount, Cause: ledger.Deposit,
		})
	}
	return all
}

func (s *Service) undo(ctx context.Context, u Undo, how Undoing, judge func(*db.Tx, Session, Receipt) error) (Receipt, error) {
	if err := reasoned(u.Reason); err != nil {
		return Receipt{}, err
	}
	var undone Receipt
	err := s.db.Write(ctx, u.City, func(ctx context.Context, tx *db.Tx) error {
		r, err := selectReceipt(ctx, tx, u.Receipt)
		if err != nil {
			return err
		}
		tx.Lock("till " + r.Session.String())
		session, err := selectSession(ctx, tx, r.Session)
		if err != nil {
			return err
		}
		if r.Undone != "" {
			return ErrUndone
		}
		if err := judge(tx, session, r); err != nil {
			return err
		}
		undone = r
		undone.Undone, undone.UndoneAt, undone.UndoneBy, undone.SecondedBy, undone.Reason = how, tx.Now(), u.By, u.Second, u.Reason
		undoReceipt(tx, undone)
		for _, part := range r.Parts {
			if err := s.payments.GiveBackTx(ctx, tx, part.Payment, u.Reason, u.By); err != nil {
				return err
			}
		}
		undone.audit(tx, u.By, string(how), map[string]string{"reason": u.Reason, "second": string(u.Second)})
		return nil
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("undoing a receipt: %w", err)
	}
	return undone, nil
}
