package till

import (
	"context"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// Slip is what goes to one bank from one drawer.
type Slip struct {
	Bank   string
	Cash   money.Amount
	Checks []SlipCheck
	Orders money.Amount
	Other  money.Amount // checks and money orders that were over or short, so that the sum is what was counted
}

// SlipCheck is a line of a slip.
type SlipCheck struct {
	Check
	Receipt int
	Amount  money.Amount
}

// Total is what the bank is to count.
func (s Slip) Total() money.Amount {
	sum := s.Cash.Add(s.Orders).Add(s.Other)
	for _, check := range s.Checks {
		sum = sum.Add(check.Amount)
	}
	return sum
}

// Slips gives the deposit slips of a drawer whose count was approved, one for each
// bank. Returns [ErrNoSession], [ErrDrawerOpen] and its like.
func (s *Service) Slips(ctx context.Context, city id.City, session SessionID) ([]Slip, error) {
	rules, _, err := s.rules(city)
	if err != nil {
		return nil, err
	}
	var slips []Slip
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var t takings
		askTakings(tx, session, &t)
		found, err := selectSession(ctx, tx, session)
		if err != nil {
			return err
		}
		if found.State != Approved && found.State != Closed {
			return found.State.refusal()
		}
		receipts, err := selectReceipts(ctx, tx, "session_id = $2 and undone <> 'voided'", session.String())
		slips = deposit(found, t, receipts, rules)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("writing deposit slips: %w", err)
	}
	return slips, nil
}

// deposit divides the takings by bank.
func deposit(s Session, t takings, receipts []Receipt, rules policy.CounterRules) []Slip {
	var slips []Slip
	at := func(tender policy.Tender) *Slip {
		bank := rules.Bank(tender)
		for i := range slips {
			if slips[i].Bank == bank {
				return &slips[i]
			}
		}
		slips = append(slips, Slip{Bank: bank})
		return &slips[len(slips)-1]
	}
	at(policy.Cash).Cash = t.taken.Cash.Add(s.Over.Cash)
	at(policy.PaperCheck).Other = s.Over.Checks
	orders := at(policy.MoneyOrder)
	orders.Orders = t.taken.Orders.Add(s.Over.Orders)
	for _, r := range receipts {
		for _, tender := range r.Tenders {
			if tender.Kind == policy.PaperCheck {
				slip := at(policy.PaperCheck)
				slip.Checks = append(slip.Checks, SlipCheck{tender.Check, r.Number, tender.Amount})
			}
		}
	}
	return slips
}

// Total is a line of the counter's report.
type Total struct {
	Cashier       audit.Actor
	Tender        policy.Tender
	LedgerAccount ledger.Code
	Undone        Undoing // empty for what stands
	Parts         int
	Amount        money.Amount
}

// Totals adds up what was taken in sessions that were opened on the business dates
// from the first to the last, by cashier, tender and ledger account.
func (s *Service) Totals(ctx context.Context, city id.City, first, last calendar.Date) ([]Total, error) {
	var found []Total
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectTotals(ctx, tx, first, last)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up the counter: %w", err)
	}
	return found, nil
}

// Sessions lists the sessions that were opened on some business dates, both
// included, the earliest first.
func (s *Service) Sessions(ctx context.Context, city id.City, first, last calendar.Date) ([]Session, error) {
	var found []Session
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectSessions(ctx, tx, first, last)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return found, nil
}
