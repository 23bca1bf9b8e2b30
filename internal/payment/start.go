package payment

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// StartRequest makes a payment of a quote.
type StartRequest struct {
	City      id.City
	Quote     QuoteID
	Consent   money.Amount // the total that the payer agreed to
	OnPurpose bool         // the payer knows of the earlier payments

	// ReturnURL is where the card's bank sends the payer back to after a
	// challenge; without one a challenged card is declined.
	ReturnURL string
	// Payer replaces who the quote says is paying, where it is not the zero value.
	Payer exposure.Payer

	away exposure.CapturePath // where the payer is sent, with Send
}

// Start makes the payment of a quote, and asks the processor. It returns after a
// few seconds at the most: the payment may then still be asking. A payment that
// exists already is returned as it stands, so that a repeated request is
// harmless; after a decline, a newly given card is tried.
//
// Returns [ErrNoQuote], [ErrQuoteExpired], [ErrNoCard], [ErrRepriced],
// [ErrLikelyDuplicate], [ErrTooManyTries], [ErrCardsSlowed], [ErrNoProcessor], and the refusals of
// policy and holds. After an error nothing was charged.
func (s *Service) Start(ctx context.Context, req StartRequest) (Payment, error) {
	begun, adapter, err := s.begin(ctx, req, Ask)
	if err != nil {
		return Payment{}, fmt.Errorf("starting payment: %w", err)
	}
	if !begun.fresh {
		return begun.payment, nil
	}
	begun.returnURL = req.ReturnURL
	return s.charge(ctx, adapter, begun)
}

// beginning is what begin leaves: a payment, and whether this call made its
// newest attempt.
type beginning struct {
	payment   Payment
	token     processor.Token
	town      *city.City
	returnURL string
	fresh     bool
}

// begin judges and records, in one transaction, before anybody is asked. Where
// the row was taken and yet no payment is there, another payment of this instant
// had the same confirmation number: the next try draws another.
func (s *Service) begin(ctx context.Context, req StartRequest, how Event) (beginning, processor.Processor, error) {
	const tries = 3
	for try := 1; ; try++ {
		begun, adapter, err := s.tryBegin(ctx, req, how)
		if try == tries || !errors.Is(err, ErrNoPayment) {
			return begun, adapter, err
		}
	}
}

func (s *Service) tryBegin(ctx context.Context, req StartRequest, how Event) (beginning, processor.Processor, error) {
	town, set, on, err := s.town(req.City)
	if err != nil {
		return beginning{}, nil, err
	}
	adapter, err := s.processor(town)
	if err != nil {
		return beginning{}, nil, err
	}
	held, err := s.Holds.CheckCards(ctx, req.City)
	if err != nil {
		return beginning{}, nil, err
	}
	begun := beginning{town: town}
	err = s.DB.Write(ctx, req.City, func(ctx context.Context, tx *db.Tx) error {
		begun.fresh = false
		quote, made, owed, payments, err := loadQuoteToPay(ctx, tx, req.Quote)
		if err != nil {
			return err
		}
		if begun.payment = made; !made.ID.IsZero() && !(made.State == Declined && (how == Send || quote.HasCard())) {
			return nil // made already; its page tells how it stands
		}
		if req.Payer != (exposure.Payer{}) {
			quote.Payer = req.Payer
		}
		if slices.ContainsFunc(payments, func(r recent) bool { return r.ID == OfQuote(req.Quote) && r.State != made.State }) {
			return ErrMovedOn // another request made or moved it between two of our queries
		}
		if how == Send { // no page of ours shows the fields
			quote.Exposure, quote.CapturePath = exposure.ID{}, req.away
		}
		facts := judged{town: town, set: set, on: on, quote: quote, owed: owed, payments: payments, made: made, req: req, how: how, held: held}
		if err := s.judge(&facts, tx.Now()); err != nil {
			return err
		}
		begun.payment, begun.token, begun.fresh = s.newAttempt(tx, facts), quote.Token, true
		return s.recordBeginning(tx, facts, &begun.payment)
	})
	if errors.Is(err, db.ErrDuplicate) || errors.Is(err, ErrMovedOn) {
		begun.payment, err = s.Payment(ctx, req.City, OfQuote(req.Quote)) // another request was first
		begun.fresh = false
	}
	return begun, adapter, err
}

// judged is all that a payment is judged by.
type judged struct {
	town     *city.City
	set      policy.Set
	on       calendar.Date
	quote    Quote
	owed     Owed
	payments []recent
	made     Payment // zero before the first attempt
	req      StartRequest
	how      Event
	held     CardCheck
}

// judge returns the first reason not to go on.
func (s *Service) judge(j *judged, now time.Time) error {
	if !now.Before(j.quote.ExpiresAt) {
		return ErrQuoteExpired
	}
	if j.how == Ask && !j.quote.HasCard() {
		return ErrNoCard
	}
	if err := j.held(string(j.quote.Service), j.town.Processor.Name); err != nil {
		return err
	}
	most, refusal := s.mostDeclines(j.town)
	if declines(j.payments, j.set.CutOff(policy.Card, j.town.Zone).Begin(j.on)) >= most {
		return refusal
	}
	return j.price(now)
}

// price compares what the payer agreed to with what holds now. That a payment
// was made meanwhile is said before the change of price that follows from it.
// Before a second try both are looked at again: somebody else may have paid since
// the first was declined.
func (j *judged) price(now time.Time) error {
	if !j.req.OnPurpose && len(j.untold(now)) > 0 {
		return ErrLikelyDuplicate
	}
	if j.owed.Total != j.quote.Owed {
		return ErrRepriced.With("Before", j.quote.Owed).With("After", j.owed.Total)
	}
	if err := j.quote.reckon(j.town, j.set, j.owed, j.on); err != nil {
		return err
	}
	if j.quote.Total() != j.req.Consent {
		return ErrRepriced.With("Before", j.req.Consent).With("After", j.quote.Total())
	}
	return nil
}

// untold lists the payments that this one might repeat, and that were not there
// when it was first tried: of those its payer was told then.
func (j *judged) untold(now time.Time) []Pending {
	return slices.DeleteFunc(earlier(j.payments, now, j.town.DuplicateWindow), func(p Pending) bool {
		return p.At.Before(j.made.StartedAt)
	})
}

// newAttempt fills in the payment for its next attempt.
func (s *Service) newAttempt(tx *db.Tx, j judged) Payment {
	q, p := j.quote, j.made
	if p.ID.IsZero() {
		p = Payment{
			ID: OfQuote(q.ID), City: q.City, StartedAt: tx.Now(), UtilityAccount: q.UtilityAccount, Service: q.Service,
			Channel: q.Channel, Tender: policy.Card, Amount: q.Amount, Confirmation: s.confirmations.number(tx.Now()), Language: q.Language,
		}
	}
	p.State, p.StateAt, p.BusinessOn, p.PolicyVersion = Asking, tx.Now(), j.on, j.set.Version
	p.Fee, p.Card, p.Payer, p.Language = q.Fee, q.Card, q.Payer, q.Language
	if j.how == Send { // whatever card was tried before, this one is given there
		p.State, p.Card = Away, processor.Instrument{}
	}
	p.Processor, p.Merchant = j.town.Processor.Name, processor.Merchant(j.town.Processor.Merchant)
	p.Attempt, p.Attempts = id.New[attemptKind](tx.Now()), p.Attempts+1
	p.Exposure, p.CapturePath = q.Exposure, q.CapturePath
	return p
}

// recordBeginning queues everything that must be durable before the processor
// is asked. A payment whose fields no page of ours has shown is an occasion of
// its own.
func (s *Service) recordBeginning(tx *db.Tx, j judged, p *Payment) error {
	if p.Exposure.IsZero() {
		p.Exposure = exposure.ShownTx(tx, s.occasion(j.town, j.quote, p.CapturePath, "", p.BusinessOn))
	}
	if j.made.ID.IsZero() {
		insertPayment(tx, *p)
	} else {
		updateForAttempt(tx, *p, j.made)
	}
	insertAttempt(tx, *p, j.quote.Token)
	if j.how == Ask {
		exposure.ResultTx(tx, p.result(exposure.Submitted, ""))
	} else {
		updateQuoteExposure(tx, j.quote.ID, j.quote.Exposure, j.quote.CapturePath)
	}
	recordAudit(tx, *p, j.how, nil)
	return ledger.PendTx(tx, entries(*p, lineFirst))
}

// result says what came of the payment's occasion.
func (p Payment) result(outcome exposure.Outcome, reference string) exposure.Result {
	return exposure.Result{
		Occasion: p.Exposure, Attempt: p.Attempt.String(), Outcome: outcome, Entry: string(p.Card.Entry),
		Brand: string(p.Card.Brand), Last4: p.Card.Last4, Fingerprint: p.Card.Fingerprint, Reference: reference, Payer: p.Payer,
	}
}

func recordAudit(tx *db.Tx, p Payment, on Event, detail map[string]string) {
	p.audit(tx, on, audit.Actor("payer:"+string(p.Channel)), detail)
}

func (p Payment) audit(tx *db.Tx, on Event, by audit.Actor, detail map[string]string) {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["attempt"], detail["state"], detail["total"] = p.Attempt.String(), string(p.State), p.Total().String()
	detail["principal"], detail["fee"], detail["tender"] = p.Amount.String(), p.Fee.String(), string(p.Tender)
	audit.RecordTx(tx, audit.Event{
		Actor: by, Action: "payment." + string(on), Thing: p.ID.String(), Detail: detail,
	})
}

// charge asks the processor. What the payer's browser does meanwhile changes
// nothing: the asking goes on, and only the waiting for it ends.
func (s *Service) charge(ctx context.Context, adapter processor.Processor, begun beginning) (Payment, error) {
	done := make(chan Payment, 1)
	s.charges.Go(func() { done <- s.ask(context.WithoutCancel(ctx), adapter, begun) })
	patience := time.NewTimer(s.patience)
	defer patience.Stop()
	select {
	case p := <-done:
		return p, nil
	case <-patience.C:
	case <-ctx.Done():
	}
	return begun.payment, nil
}

// ask charges and records the answer, or finds what a faster notice recorded.
// When the recording itself does not succeed, or the adapter panics, the payment
// stays as it was, and the sweep finds it.
func (s *Service) ask(ctx context.Context, adapter processor.Processor, begun beginning) (asked Payment) {
	p := begun.payment
	defer func() {
		if caught := recover(); caught != nil {
			s.Log.ErrorContext(ctx, "panicking while charging", "city", string(p.City), "payment", p.ID.String(),
				"err", fmt.Sprintf("%v\n%s", caught, debug.Stack()))
			asked = p
		}
	}()
	if late := s.DB.Clock().Now().Sub(p.StateAt); late >= s.timeout {
		s.Log.ErrorContext(ctx, "a charge is too late to be sent", "city", string(p.City), "payment", p.ID.String(), "late", late.String())
		return p // a sweep may have found by now that it never arrived
	}
	listening, stop := context.WithTimeout(ctx, s.timeout)
	defer stop()
	result, err := adapter.Charge(listening, processor.ChargeRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: p.Merchant, Token: begun.token, Amount: p.Total(),
		Description: p.Confirmation, Descriptor: begun.town.Processor.Descriptor,
		ReturnURL: begun.returnURL, Language: string(p.Language),
	})
	if err != nil {
		s.Log.WarnContext(ctx, "charging", "city", string(p.City), "payment", p.ID.String(), "err", err.Error())
	}
	if processor.NothingMoved(err) {
		result = processor.Result{Decision: processor.Declined, Decline: processor.TryLater}
	}
	moved, err := s.settled(ctx, begun.town, p, s.heard(ctx, p, result), result)
	if err != nil {
		s.Log.ErrorContext(ctx, "recording a charge", "city", string(p.City), "payment", p.ID.String(), "err", err.Error())
		return p
	}
	return moved
}
