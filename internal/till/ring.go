package till

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// Ring rings a sale up: all of it or nothing. The same sale again, with the same
// key, gives the receipt that is there. DropDue is said when the drawer has so much
// cash that some should be dropped. After db.ErrInDoubt, or no answer, the cashier
// asks [Service.Which].
//
// Returns [ErrSaleEmpty], [ErrLineTwice], [ErrTooLittle], [ErrNoChange],
// [ErrCheckUnread], [ErrTooMuchCash], [ErrKeyUsed], [ErrKeyRefused],
// [ErrNoSession], [ErrNotCashier], [ErrDrawerClosed] and its like, and what
// payment's TakeTx returns.
func (s *Service) Ring(ctx context.Context, sale Sale) (receipt Receipt, dropDue bool, err error) {
	even, err := settle(sale)
	if err != nil {
		return Receipt{}, false, fmt.Errorf("ringing a sale up: %w", err)
	}
	digest, err := sale.fingerprint()
	if err != nil {
		return Receipt{}, false, err
	}
	rules, _, err := s.rules(sale.City)
	if err != nil {
		return Receipt{}, false, fmt.Errorf("ringing a sale up: %w", err)
	}
	const tries = 3 // two payments of one instant may draw one confirmation number
	for try := 1; ; try++ {
		receipt, dropDue, err = s.ring(ctx, sale, even, digest, rules)
		if try == tries || !errors.Is(err, db.ErrDuplicate) && !errors.Is(err, ErrMovedOn) {
			break
		}
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("ringing a sale up: %w", err)
	}
	return receipt, dropDue, nil
}

func (s *Service) ring(ctx context.Context, sale Sale, even settled, digest string, rules policy.CounterRules) (receipt Receipt, dropDue bool, err error) {
	err = s.db.Write(ctx, sale.City, func(ctx context.Context, tx *db.Tx) error {
		var t takings
		var number int
		var refused bool
		tx.Lock("till " + sale.Session.String())
		askKey(tx, sale.Key, &receipt)
		askRefused(tx, sale.Key, &refused)
		askNumber(tx, sale.Session, &number)
		askTakings(tx, sale.Session, &t)
		session, err := selectSession(ctx, tx, sale.Session)
		if err != nil {
			return err
		}
		if !receipt.ID.IsZero() {
			receipt, err = again(ctx, tx, receipt, digest)
			return err
		}
		cash := t.expected(session.Float).Cash.Add(even.cash)
		if err := session.takes(sale, refused, rules, cash, even.cash); err != nil {
			return err
		}
		dropDue = rules.CashWarning.IsPositive() && !cash.Less(rules.CashWarning)
		receipt = Receipt{
			ID: id.New[receiptKind](tx.Now()), Session: session.ID, Drawer: session.Drawer, Number: number, Key: sale.Key, RungAt: tx.Now(),
			Total: even.total, Change: even.change, Tenders: sale.Tenders, digest: digest,
		}
		receipt.Parts, err = s.take(ctx, tx, sale, even)
		if err != nil {
			return err
		}
		takeNumber(tx, session.Drawer, number)
		insertReceipt(tx, receipt)
		receipt.audit(tx, sale.By, "ring", nil)
		return nil
	})
	return receipt, dropDue, err
}

// takes returns the first reason of a session not to ring a sale up.
func (s Session) takes(sale Sale, refused bool, rules policy.CounterRules, cash, more money.Amount) error {
	switch {
	case refused:
		return ErrKeyRefused
	case s.State != Open:
		return s.State.refusal()
	case s.Cashier != sale.By:
		return ErrNotCashier
	case rules.CashLimit.IsPositive() && more.IsPositive() && rules.CashLimit.Less(cash):
		return ErrTooMuchCash.With("Limit", rules.CashLimit)
	}
	return nil
}

// again gives the receipt that a repeated sale has.
func again(ctx context.Context, tx *db.Tx, made Receipt, digest string) (Receipt, error) {
	if made.digest != digest {
		return Receipt{}, ErrKeyUsed
	}
	return selectReceipt(ctx, tx, made.ID)
}

// take makes the payments of a sale, the utility accounts in one order for all, so
// that two drawers do not wait for each other.
func (s *Service) take(ctx context.Context, tx *db.Tx, sale Sale, even settled) ([]Part, error) {
	order := make([]int, len(even.lines))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(even.lines[a].UtilityAccount, even.lines[b].UtilityAccount) })
	made := make([][]Part, len(even.lines))
	for _, i := range order {
		taken, err := s.payments.TakeTx(ctx, tx, payment.Handed{
			UtilityAccount: even.lines[i].UtilityAccount, Channel: policy.Counter, Parts: even.parts[i], Language: sale.Language, By: sale.By,
		})
		if err != nil {
			return nil, err
		}
		for _, p := range taken {
			made[i] = append(made[i], Part{
				UtilityAccount: p.UtilityAccount, Tender: p.Tender, LedgerAccount: ledger.Receivable(string(p.Service)), Amount: p.Amount, Payment: p.ID,
			})
		}
	}
	return slices.Concat(made...), nil
}

func (r Receipt) audit(tx *db.Tx, by audit.Actor, what string, detail map[string]string) {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["drawer"], detail["number"], detail["total"] = string(r.Drawer), fmt.Sprint(r.Number), r.Total.String()
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "till." + what, Thing: r.ID.String(), Detail: detail})
}

// Which tells what became of a sale of which nobody heard: its receipt, or that it
// is not there. That is final: a request that is still on its way somewhere is
// refused when it comes. Returns [ErrNoReceipt], [ErrNoSession].
func (s *Service) Which(ctx context.Context, city id.City, session SessionID, key string, by audit.Actor) (Receipt, error) {
	if !keyed.MatchString(key) {
		return Receipt{}, ErrNoReceipt // nothing is rung up under such a one
	}
	var found Receipt
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("till " + session.String()) // waits for one that is being rung up
		var made Receipt
		askKey(tx, key, &made)
		standing, err := selectSession(ctx, tx, session)
		if err != nil {
			return err
		}
		found = Receipt{}
		if !made.ID.IsZero() {
			found, err = selectReceipt(ctx, tx, made.ID)
			return err
		}
		refuseKey(tx, key, string(by))
		standing.audit(tx, by, "refuse", map[string]string{"key": key})
		return nil
	})
	if err == nil && found.ID.IsZero() {
		err = ErrNoReceipt
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("asking for a sale: %w", err)
	}
	return found, nil
}

// Receipts lists what a session rang up, in order.
func (s *Service) Receipts(ctx context.Context, city id.City, session SessionID) ([]Receipt, error) {
	return s.receipts(ctx, city, "session_id = $2", session.String())
}

// Receipt finds a receipt. Returns [ErrNoReceipt].
func (s *Service) Receipt(ctx context.Context, city id.City, receipt ReceiptID) (Receipt, error) {
	found, err := s.receipts(ctx, city, "id = $2", receipt.String())
	if err == nil && len(found) == 0 {
		err = ErrNoReceipt
	}
	if err != nil {
		return Receipt{}, err
	}
	return found[0], nil
}

func (s *Service) receipts(ctx context.Context, city id.City, which string, args ...any) ([]Receipt, error) {
	var found []Receipt
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectReceipts(ctx, tx, which, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading receipts: %w", err)
	}
	return found, nil
}
