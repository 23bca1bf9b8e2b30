package till

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// Towns tells a city's settings, without a query.
type Towns interface {
	ByID(city id.City) (*city.City, error)
}

// Service is the door to drawers.
type Service struct {
	db       *db.DB
	towns    Towns
	payments *payment.Service
}

// New gives the drawers kept in d.
func New(d *db.DB, towns Towns, payments *payment.Service) *Service {
	return &Service{d, towns, payments}
}

// rules are what a town asks of its cashiers now, and the business date: that of
// cards, as payments at the counter have it.
func (s *Service) rules(city id.City) (policy.CounterRules, calendar.Date, error) {
	town, err := s.towns.ByID(city)
	if err != nil {
		return policy.CounterRules{}, calendar.Date{}, err
	}
	now := s.db.Clock().Now()
	set, err := town.Rules.InForce(calendar.Of(now, town.Zone))
	if err != nil {
		return policy.CounterRules{}, calendar.Date{}, err
	}
	return set.Counter, set.CutOff(policy.Card, town.Zone).BusinessDate(now), nil
}

// Open opens a drawer with a float. Returns [ErrDrawerName], [ErrDrawerTaken].
func (s *Service) Open(ctx context.Context, city id.City, drawer Drawer, float money.Amount, cashier audit.Actor) (Session, error) {
	if !drawerNamed.MatchString(string(drawer)) {
		return Session{}, ErrDrawerName
	}
	if float.IsNegative() || float.Err() != nil || cashier == "" {
		return Session{}, ErrSaleEmpty
	}
	_, on, err := s.rules(city)
	if err != nil {
		return Session{}, fmt.Errorf("opening drawer %s: %w", drawer, err)
	}
	var opened Session
	err = s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		opened = Session{
			ID: id.New[sessionKind](tx.Now()), Drawer: drawer, Cashier: cashier, State: Open, StateAt: tx.Now(), BusinessOn: on,
			OpenedAt: tx.Now(), Float: float,
		}
		insertSession(tx, opened)
		opened.audit(tx, cashier, "open", map[string]string{"float": float.String()})
		return nil
	})
	if errors.Is(err, db.ErrDuplicate) {
		err = ErrDrawerTaken
	}
	if err != nil {
		return Session{}, fmt.Errorf("opening drawer %s: %w", drawer, err)
	}
	return opened, nil
}

func (s Session) audit(tx *db.Tx, by audit.Actor, what string, detail map[string]string) {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["drawer"], detail["state"] = string(s.Drawer), string(s.State)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "till." + what, Thing: s.ID.String(), Detail: detail})
}

// Find finds a session. It never says what should be in the drawer. Returns
// [ErrNoSession].
func (s *Service) Find(ctx context.Context, city id.City, session SessionID) (Session, error) {
	return s.read(ctx, city, func(ctx context.Context, tx *db.Tx) (Session, error) { return selectSession(ctx, tx, session) })
}

// Standing finds the session of a drawer that is not closed. Returns
// [ErrNoSession].
func (s *Service) Standing(ctx context.Context, city id.City, drawer Drawer) (Session, error) {
	return s.read(ctx, city, func(ctx context.Context, tx *db.Tx) (Session, error) { return selectStanding(ctx, tx, drawer) })
}

func (s *Service) read(ctx context.Context, city id.City, find func(context.Context, *db.Tx) (Session, error)) (Session, error) {
	var found Session
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = find(ctx, tx)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("finding a drawer: %w", err)
	}
	return found, nil
}

// Dropping is cash that somebody takes out of a drawer, with a witness.
type Dropping struct {
	City    id.City
	Session SessionID
	Cash    []Pieces // counted, because a slip of the hand would be short at the end
	By      audit.Actor
	Witness audit.Actor
}

// Drop takes cash out of an open drawer. It is not compared with what should be in
// it: by trying, a cashier could learn that before counting. Returns
// [ErrNoSession], [ErrPieces], [ErrSecondPerson], [ErrDrawerClosed] and its like.
func (s *Service) Drop(ctx context.Context, d Dropping) (money.Amount, error) {
	found, err := Counted{Cash: d.Cash}.held()
	if err == nil && !found.Cash.IsPositive() {
		err = ErrPieces
	}
	if err == nil && (d.Witness == "" || d.Witness == d.By) {
		err = ErrSecondPerson
	}
	if err != nil {
		return money.Amount{}, fmt.Errorf("dropping cash: %w", err)
	}
	err = s.open(ctx, d.City, d.Session, func(_ context.Context, tx *db.Tx, session Session) error {
		insertDrop(tx, session, Drop{At: tx.Now(), By: d.By, Witness: d.Witness, Amount: found.Cash})
		session.audit(tx, d.By, "drop", map[string]string{"amount": found.Cash.String(), "witness": string(d.Witness)})
		return nil
	})
	if err != nil {
		return money.Amount{}, fmt.Errorf("dropping cash: %w", err)
	}
	return found.Cash, nil
}

// Drops lists what was taken out of a session's drawer.
func (s *Service) Drops(ctx context.Context, city id.City, session SessionID) ([]Drop, error) {
	var found []Drop
	err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectDrops(ctx, tx, session)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing drops: %w", err)
	}
	return found, nil
}

// open does something in an open session, and nobody moves it meanwhile.
func (s *Service) open(ctx context.Context, city id.City, session SessionID, do func(context.Context, *db.Tx, Session) error) error {
	return s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("till " + session.String())
		found, err := selectSession(ctx, tx, session)
		if err != nil {
			return err
		}
		if found.State != Open {
			return found.State.refusal()
		}
		return do(ctx, tx, found)
	})
}

// Counting is a count of a drawer.
type Counting struct {
	City    id.City
	Session SessionID
	Counted Counted
	By      audit.Actor
}

// Count says what is in a drawer. What should have been in it is told only by the
// session that comes back. Returns [ErrNoSession], [ErrPieces], [ErrDrawerBalanced]
// and its like.
func (s *Service) Count(ctx context.Context, c Counting) (Session, error) {
	found, err := c.Counted.held()
	if err != nil {
		return Session{}, fmt.Errorf("counting a drawer: %w", err)
	}
	return s.move(ctx, c.City, c.Session, Count, func(ctx context.Context, tx *db.Tx, _, after *Session) error {
		var t takings
		askTakings(tx, after.ID, &t)
		after.CountedBy = c.By
		if err := insertCount(ctx, tx, *after, c.Counted, found); err != nil {
			return err
		}
		after.Over, after.DecidedBy, after.Reason = found.less(t.expected(after.Float)), "", ""
		after.audit(tx, c.By, string(Count), map[string]string{
			"cash_over": after.Over.Cash.String(), "check_over": after.Over.Checks.String(), "order_over": after.Over.Orders.String(),
		})
		return nil
	})
}

// Approve lets a count stand. Who counted cannot, nor the cashier. Returns
// [ErrNoSession], [ErrSecondPerson], [ErrDrawerOpen] and its like.
func (s *Service) Approve(ctx context.Context, city id.City, session SessionID, by audit.Actor) (Session, error) {
	return s.decide(ctx, city, session, Approve, "", by)
}

// Reject has a drawer counted again, or opened again to mend a receipt. Returns
// [ErrReasonMissing], and what [Service.Approve] returns.
func (s *Service) Reject(ctx context.Context, city id.City, session SessionID, reason string, by audit.Actor) (Session, error) {
	if err := reasoned(reason); err != nil {
		return Session{}, err
	}
	return s.decide(ctx, city, session, Reject, reason, by)
}

func (s *Service) decide(ctx context.Context, city id.City, session SessionID, on Event, reason string, by audit.Actor) (Session, error) {
	return s.move(ctx, city, session, on, func(_ context.Context, tx *db.Tx, before, after *Session) error {
		after.DecidedBy, after.Reason = by, reason
		after.audit(tx, by, string(on), map[string]string{"reason": reason})
		return before.second(before.CountedBy, by)
	})
}

// Reopen opens a drawer whose count was rejected. Returns [ErrNoSession],
// [ErrDrawerClosed] and its like.
func (s *Service) Reopen(ctx context.Context, city id.City, session SessionID, by audit.Actor) (Session, error) {
	return s.move(ctx, city, session, Reopen, func(_ context.Context, tx *db.Tx, _, after *Session) error {
		after.audit(tx, by, string(Reopen), nil)
		return nil
	})
}

// Close sends the money of an approved drawer on its way to the bank, in the book,
// and what was over or short to its own ledger account. Returns [ErrNoSession],
// [ErrDrawerOpen] and its like.
func (s *Service) Close(ctx context.Context, city id.City, session SessionID, by audit.Actor) (Session, error) {
	rules, on, err := s.rules(city)
	if err != nil {
		return Session{}, err
	}
	return s.move(ctx, city, session, Close, func(ctx context.Context, tx *db.Tx, _, after *Session) error {
		var t takings
		askTakings(tx, after.ID, &t)
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		after.ClosedBy = by
		after.audit(tx, by, string(Close), nil)
		entries := closing(*after, t, rules)
		for i := range entries {
			entries[i].On = on
		}
		return errors.Join(ledger.PendTx(tx, entries), ledger.PostTx(tx, entries))
	})
}

// move moves a session by an event, with all that follows from it.
func (s *Service) move(ctx context.Context, city id.City, session SessionID, on Event, follow func(ctx context.Context, tx *db.Tx, before, after *Session) error) (Session, error) {
	var after Session
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("till " + session.String())
		before, err := selectSession(ctx, tx, session)
		if err != nil {
			return err
		}
		after = before
		if after.State, err = Next(before.State, on); err != nil {
			return err
		}
		after.StateAt = tx.Now()
		if err := follow(ctx, tx, &before, &after); err != nil {
			return err
		}
		updateSession(tx, before, after)
		return nil
	})
	if err != nil {
		return Session{}, fmt.Errorf("%s of a drawer: %w", on, err)
	}
	return after, nil
}
