package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/processor"
)

// apply moves a payment by an event, with all that follows from it, in one
// transaction. Returns [ErrMovedOn] when somebody moved it first, and
// [ErrNotAllowed].
func (s *Service) apply(ctx context.Context, town *city.City, p Payment, on Event, result processor.Result) (Payment, error) {
	next, err := Next(p.State, on)
	if err != nil {
		return p, err
	}
	moved := p
	err = s.DB.Write(ctx, p.City, func(_ context.Context, tx *db.Tx) error {
		moved = p.moved(next, tx, result)
		updateState(tx, p, moved)
		if next == p.State {
			return nil // looked again, and nothing is new
		}
		recordAudit(tx, moved, on, map[string]string{"reference": result.Reference, "code": result.DeclineCode})
		return s.follow(tx, town, p, moved, on, result)
	})
	if err != nil {
		return p, fmt.Errorf("recording %s of payment %s: %w", on, p.ID, err)
	}
	if on == Approve || on == Decline && refused(result.Decline, moved.Card.Last4) {
		s.weigh(ctx, p.City, on == Decline)
	}
	return moved, nil
}

// weigh counts a town's approvals and declines, and raises the alarm when cards
// are being tested.
func (s *Service) weigh(ctx context.Context, city id.City, declined bool) {
	if s.Ratio.Note(string(city), declined) {
		s.Log.WarnContext(ctx, "alarm", "alarm", "cards_tested", "city", string(city))
	}
}

// mostDeclines is how many declines a utility account, or a card, may have now,
// and what is said to whoever has had them.
func (s *Service) mostDeclines(town *city.City) (most int, refusal error) {
	wait, tested := s.Ratio.Exceeded(string(town.City))
	if !tested {
		return town.DeclinedCards, ErrTooManyTries
	}
	return slowed, ErrCardsSlowed.With("Count", int(wait/time.Minute))
}

func (p Payment) moved(next State, tx *db.Tx, result processor.Result) Payment {
	if next != p.State {
		p.State, p.StateAt = next, tx.Now()
	}
	p.Challenge = result.ChallengeURL
	if result.Instrument.Last4 != "" {
		p.Card = result.Instrument
	}
	return p
}

// follow queues what an event means for the book, exposure and the payer.
func (s *Service) follow(tx *db.Tx, town *city.City, before, after Payment, on Event, result processor.Result) error {
	switch on {
	case Approve:
		decideAttempt(tx, after, "approved", result)
		exposure.ResultTx(tx, after.result(exposure.Approved, result.Reference))
		s.Receipts.ReceiptTx(tx, town, after)
		return postEntries(tx, before, after)
	case Decline:
		decideAttempt(tx, after, "declined", result)
		clearQuoteCard(tx, after.Quote())
		if refused(result.Decline, after.Card.Last4) {
			s.Breaker.NoteTx(tx, declinedCard(town, after.Card, town.DeclinedCards))
		}
		exposure.ResultTx(tx, after.result(exposure.Declined, result.Reference))
		return ledger.VoidTx(tx, entries(after, lineFirst))
	case Lapse:
		if before.State == Declined {
			return nil // its entries are voided already
		}
		decideAttempt(tx, after, "lapsed", result)
		return ledger.VoidTx(tx, entries(after, lineFirst))
	}
	return nil
}

// postEntries makes the pending entries final. Those that a decline or a lapse has
// voided are entered anew.
func postEntries(tx *db.Tx, before, after Payment) error {
	if before.State.Moving() {
		return ledger.PostTx(tx, entries(after, lineFirst))
	}
	late := entries(after, lineLate)
	return errors.Join(ledger.PendTx(tx, late), ledger.PostTx(tx, late))
}

// Settle learns from the processor what became of an attempt, and applies it. A
// notice is the reason to ask, never the answer. Settling twice is harmless. What
// was taken for an attempt that its payment has gone on without is a [Surplus].
// Returns [ErrNoPayment] for an attempt of another city or of nobody.
func (s *Service) Settle(ctx context.Context, city id.City, key processor.Key) error {
	p, err := s.byAttempt(ctx, city, string(key))
	if err != nil {
		return err
	}
	if p.Attempt.String() != string(key) {
		return s.settleEarlier(ctx, p, key)
	}
	_, err = s.learn(ctx, p)
	return err
}

// lookEvery is the least time between two questions to the processor that pages
// cause about one payment. Pages look every five seconds by themselves; whoever
// presses reload, opens ten tabs or shares the address makes no more of it.
const lookEvery = 4 * time.Second

// Refresh asks the processor about a payment that is not decided, unless somebody
// has asked within [lookEvery], and returns it as it then stands. What has moved
// just now may be asked about at once. Whoever has begun to ask hears the answer,
// though the page that wanted it has been left. Returns [ErrNoPayment].
func (s *Service) Refresh(ctx context.Context, city id.City, payment ID) (Payment, error) {
	p, err := s.Payment(ctx, city, payment)
	if err != nil || !p.State.Moving() {
		return p, err
	}
	ours, err := s.claim(ctx, p)
	if err != nil || !ours {
		return p, err
	}
	return s.learn(context.WithoutCancel(ctx), p)
}

// claim reports whether it is for us to ask about a payment now.
func (s *Service) claim(ctx context.Context, p Payment) (bool, error) {
	var ours bool
	err := s.DB.Write(ctx, p.City, func(ctx context.Context, tx *db.Tx) error {
		var err error
		ours, err = claimLook(ctx, tx, p.ID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claiming a look at payment %s: %w", p.ID, err)
	}
	return ours, nil
}

// learn asks the processor and applies the answer. Doubt is not an error: the
// payment is returned as it stands.
func (s *Service) learn(ctx context.Context, p Payment) (Payment, error) {
	town, err := s.Towns.ByID(p.City)
	if err != nil {
		return p, err
	}
	adapter, found := s.Processors[p.Processor]
	if !found {
		return p, ErrNoProcessor
	}
	asked, err := s.askedAt(ctx, p)
	if err != nil {
		return p, err
	}
	never := s.DB.Clock().Now().Sub(asked) >= 2*s.timeout
	listening, stop := context.WithTimeout(ctx, s.looking)
	defer stop()
	result, err := adapter.Lookup(listening, processor.LookupRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: p.Merchant, Since: asked,
	})
	on := s.heard(ctx, p, result)
	switch {
	case errors.Is(err, processor.ErrNeverSeen) && never:
		on = Lapse
	case errors.Is(err, processor.ErrNeverSeen) && p.State == Away:
		on = Wait // nobody can enter a card on a page that was never opened
	case err != nil:
		s.Log.WarnContext(ctx, "looking a payment up", "city", string(p.City), "payment", p.ID.String(), "err", err.Error())
	}
	return s.settled(ctx, town, p, on, result)
}

// heard reads the processor's answer. An approval of another sum than was asked
// stays in doubt until a person has looked, so it is told of each time.
func (s *Service) heard(ctx context.Context, p Payment, result processor.Result) Event {
	if result.Decision == processor.Approved && result.Amount != p.Total() {
		s.Log.ErrorContext(ctx, "alarm", "alarm", "another_sum_approved", "city", string(p.City), "payment", p.ID.String(),
			"asked", p.Total().String(), "approved", result.Amount.String(), "reference", result.Reference)
	}
	return eventOf(result, p.Total())
}

// askedAt is when an attempt was made. That the processor never had it means at
// first that the request may still be under way, and twice our patience later that
// it never arrives. That counts from the asking, and from nothing that looking
// again could move.
func (s *Service) askedAt(ctx context.Context, p Payment) (time.Time, error) {
	var asked time.Time
	err := s.DB.Read(ctx, p.City, func(ctx context.Context, tx *db.Tx) error {
		var err error
		asked, err = selectAskedAt(ctx, tx, p.Attempt)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("reading when payment %s was asked for: %w", p.ID, err)
	}
	return asked, nil
}

// settled applies an event that may have happened already.
func (s *Service) settled(ctx context.Context, town *city.City, p Payment, on Event, result processor.Result) (Payment, error) {
	moved, err := s.apply(ctx, town, p, on, result)
	switch {
	case errors.Is(err, ErrNotAllowed) && (p.State.Decided() || on == Doubt || on == Wait):
		s.contradicted(ctx, p, on, result)
		return p, nil
	case errors.Is(err, ErrMovedOn):
		return s.overtaken(ctx, town, p, on, result)
	}
	return moved, err
}

// contradicted tells people that the processor denies what it has approved. The
// payment stands: which of the two is true, they must find out.
func (s *Service) contradicted(ctx context.Context, p Payment, on Event, result processor.Result) {
	if paid := p.State == Approved || p.State == Disputed; paid && (on == Decline || on == Lapse) {
		s.Log.ErrorContext(ctx, "alarm", "alarm", "approval_denied", "city", string(p.City), "payment", p.ID.String(),
			"amount", p.Total().String(), "reference", result.Reference)
	}
}

// overtaken finds a payment that somebody else has moved meanwhile. Whoever
// looked while it was being charged may have found doubt; a decision that was
// heard since ends that, and is not thrown away to be asked for again. Nor is an
// approval of an attempt after which another was begun.
func (s *Service) overtaken(ctx context.Context, town *city.City, p Payment, on Event, result processor.Result) (Payment, error) {
	now, err := s.Payment(ctx, p.City, p.ID)
	decision := on == Approve || on == Decline
	if err == nil && on == Approve && now.Attempt != p.Attempt {
		return now, s.enterSurplus(ctx, p, result)
	}
	if err != nil || !decision || now.Attempt != p.Attempt || now.State == p.State {
		return now, err
	}
	return s.settled(ctx, town, now, on, result)
}

func (s *Service) byAttempt(ctx context.Context, city id.City, attempt string) (Payment, error) {
	var found Payment
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = selectByAttempt(ctx, tx, attempt)
		return err
	})
	return found, named(err, ErrNoPayment)
}
