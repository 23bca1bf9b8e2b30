package payment

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/limit"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// Towns tells a city's settings, without a query.
type Towns interface {
	ByID(city id.City) (*city.City, error)
}

// Holds tells whether card payments are held. It may ask the database, so it is
// asked before a transaction begins: inside one, each payment would have one
// connection and wait for another, and as many payments as there are connections
// would wait for each other.
type Holds interface {
	CheckCards(ctx context.Context, city id.City) (CardCheck, error)
}

// CardCheck returns the refusal of a hold that stands in the way of a service and
// a processor. It asks nobody.
type CardCheck func(service, processor string) error

// Receipts queues the receipt of an approved payment, in its transaction.
type Receipts interface {
	ReceiptTx(tx *db.Tx, town *city.City, p Payment)
	// ReturnedTx queues word to the payer that their bank sent a payment back, and
	// why by its code. Retry is the day on which it is presented again, zero for none.
	ReturnedTx(tx *db.Tx, town *city.City, p Payment, code string, retry calendar.Date)
}

// Deps are what a Service is made of. All must be given; see [NoHolds] and
// [NoReceipts].
type Deps struct {
	DB         *db.DB
	Towns      Towns
	Processors map[string]processor.Processor // by the name in the city's settings
	Holds      Holds
	Receipts   Receipts
	Breaker    limit.Breaker // the zero one never trips
	Ratio      *limit.Ratio  // of declined cards, by town; nil for none
	Log        *slog.Logger  // nil for none
	Node       string        // this machine, as exposure records it
	Release    string        // digest of this program, as exposure records it
}

// NoHolds holds nothing.
type NoHolds struct{}

// CheckCards never refuses.
func (NoHolds) CheckCards(context.Context, id.City) (CardCheck, error) {
	return func(string, string) error { return nil }, nil
}

// NoReceipts sends nothing.
type NoReceipts struct{}

// ReturnedTx does nothing.
func (NoReceipts) ReturnedTx(*db.Tx, *city.City, Payment, string, calendar.Date) {}

// ReceiptTx does nothing.
func (NoReceipts) ReceiptTx(*db.Tx, *city.City, Payment) {}

// Service is the door to money movement.
type Service struct {
	Deps
	confirmations *confirmations
	charges       sync.WaitGroup
	patience      time.Duration // how long a payer waits on one page for the processor
	timeout       time.Duration // how long we listen to the processor at all
	looking       time.Duration // how long we listen when we ask what became of an attempt
}

// New gives the service.
func New(deps Deps) *Service {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: deps, confirmations: newConfirmations(), patience: 6 * time.Second, timeout: 40 * time.Second, looking: 15 * time.Second}
}

// Drain waits for the charges under way. The sweep would finish them too, later.
func (s *Service) Drain() { s.charges.Wait() }

// Owed tells what is owed on a utility account now. Returns
// billing.ErrNoUtilityAccount.
func (s *Service) Owed(ctx context.Context, city id.City, number billing.Number) (Owed, error) {
	var owed Owed
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		owed, _, err = owedTx(ctx, tx, number)
		return err
	})
	if err != nil {
		return Owed{}, fmt.Errorf("reckoning what is owed: %w", err)
	}
	return owed, nil
}

func owedTx(ctx context.Context, tx *db.Tx, number billing.Number) (Owed, []recent, error) {
	var payments []recent
	var reversals []reversal
	askRecent(tx, number, &payments) // both travel with the statement's query
	askReversals(tx, number, &reversals)
	stated, err := billing.StatementTx(ctx, tx, number)
	if err != nil {
		return Owed{}, nil, err
	}
	owed := owe(stated, payments, reversals)
	if stated.Returned {
		owed.Returns, err = billing.ReturnsTx(ctx, tx, number)
	}
	return owed, payments, err
}

// Payment finds a payment. Returns [ErrNoPayment].
func (s *Service) Payment(ctx context.Context, city id.City, payment ID) (Payment, error) {
	var found Payment
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectPayment(ctx, tx, payment)
		return err
	})
	return found, named(err, ErrNoPayment)
}

// OfAttempt finds the payment that an attempt was made for, also one of its earlier
// attempts. Returns [ErrNoPayment].
func (s *Service) OfAttempt(ctx context.Context, city id.City, key processor.Key) (Payment, error) {
	return s.byAttempt(ctx, city, string(key))
}

// ApprovedOn lists the approved payments of a business date, oldest first.
func (s *Service) ApprovedOn(ctx context.Context, city id.City, on calendar.Date) ([]Payment, error) {
	var found []Payment
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectApproved(ctx, tx, on)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing payments of %s: %w", on, err)
	}
	return found, nil
}

// Unposted lists the approved payments that the billing system has not taken, as
// far as anybody has noted, oldest first.
func (s *Service) Unposted(ctx context.Context, city id.City) ([]Payment, error) {
	var found []Payment
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectUnposted(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing payments that nobody took: %w", err)
	}
	return found, nil
}

// PostedTx records that the city's billing system posted, at an instant, what it
// was sent under these confirmation numbers: a balance as of then or later has it
// in it. What was recorded before stays. The transaction ends with [ErrNoPayment]
// for a number that is nobody's.
func PostedTx(tx *db.Tx, confirmations []string, at time.Time) {
	for _, confirmation := range confirmations {
		if ofDispute(confirmation) {
			acknowledgeDispute(tx, confirmation, at)
		} else {
			acknowledgeConfirmed(tx, confirmation, at)
		}
	}
}

// town gives the settings, the rules in force and the business date of a card
// payment made now.
func (s *Service) town(city id.City) (*city.City, policy.Set, calendar.Date, error) {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return nil, policy.Set{}, calendar.Date{}, err
	}
	now := s.DB.Clock().Now()
	set, err := town.Rules.InForce(calendar.Of(now, town.Zone))
	if err != nil {
		return nil, policy.Set{}, calendar.Date{}, err
	}
	return town, set, set.CutOff(policy.Card, town.Zone).BusinessDate(now), nil
}

// CardsHeld gives the refusal of a hold on typing cards for a service, or nothing:
// whoever would come to a closed door is told before they set out.
func (s *Service) CardsHeld(ctx context.Context, city id.City, service policy.Service) error {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return err
	}
	held, err := s.Holds.CheckCards(ctx, city)
	if err != nil {
		return fmt.Errorf("asking whether cards are held: %w", err)
	}
	return held(string(service), town.Processor.Name)
}

func (s *Service) processor(town *city.City) (processor.Processor, error) {
	adapter, found := s.Processors[town.Processor.Name]
	if !found {
		return nil, ErrNoProcessor
	}
	return adapter, nil
}

// named gives a missing row the name that callers decide on.
func named(err error, missing error) error {
	if errors.Is(err, db.ErrNoRows) {
		return missing
	}
	return err
}
