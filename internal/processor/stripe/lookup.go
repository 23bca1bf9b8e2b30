package stripe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

const (
	// keyLife is how long Stripe keeps an idempotency key at the least.
	keyLife = 24 * time.Hour
	// early and late bound the list that is read for an attempt: our clock and
	// Stripe's may differ, and nothing is sent for an attempt hours after it.
	early = 10 * time.Minute
	late  = 2 * time.Hour
	// fenceAfter is how old an attempt must be before its key is used up. Until
	// then its own request may still be under way, and shall win.
	fenceAfter = time.Minute
)

// Lookup says what became of an attempt, see [processor.Processor].
func (a *Adapter) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.Result{}, err
	}
	in, err := a.findIntent(ctx, m, req)
	if err != nil {
		return processor.Result{}, err
	}
	if in != nil && in.Metadata[markPage] == "" {
		return a.stands(ctx, m, in.ID)
	}
	session, err := a.findSession(ctx, m, req, in)
	if err != nil {
		return processor.Result{}, err
	}
	if session != nil {
		return a.judgeSession(ctx, m, session)
	}
	return processor.Result{}, a.neverSeen(ctx, m, req)
}

// when is the part of Stripe's lists in which an attempt can stand.
func (a *Adapter) when(req processor.LookupRequest) *api.RangeQueryParams {
	now := a.cfg.Clock.Now()
	since, until := now.Add(-keyLife), now.Add(early)
	if !req.Since.IsZero() {
		since, until = req.Since.Add(-early), req.Since.Add(late)
	}
	return &api.RangeQueryParams{GreaterThanOrEqual: since.Unix(), LesserThanOrEqual: until.Unix()}
}

// findIntent reads the list of intents for the one with our key. A list of
// Stripe's is read at its source; its search is an index that lags behind, and is
// not asked.
func (a *Adapter) findIntent(ctx context.Context, m merchant, req processor.LookupRequest) (*api.PaymentIntent, error) {
	params := &api.PaymentIntentListParams{CreatedRange: a.when(req)}
	for {
		page := &api.PaymentIntentList{}
		if err := a.list(ctx, m, intentsPath, params, page); err != nil {
			return nil, fmt.Errorf("looking for an intent: %w", doubt(err))
		}
		for _, in := range page.Data {
			if in.Metadata[markAttempt] == string(req.Key) {
				return in, nil
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return nil, nil
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
}

// findSession reads the list of Checkout Sessions for the one with our key; by
// its intent, if that is known.
func (a *Adapter) findSession(ctx context.Context, m merchant, req processor.LookupRequest, in *api.PaymentIntent) (*api.CheckoutSession, error) {
	params := &api.CheckoutSessionListParams{CreatedRange: a.when(req)}
	if in != nil {
		params = &api.CheckoutSessionListParams{PaymentIntent: api.String(in.ID)}
	}
	for {
		page := &api.CheckoutSessionList{}
		if err := a.list(ctx, m, sessionsPath, params, page); err != nil {
			return nil, fmt.Errorf("looking for a session: %w", doubt(err))
		}
		for _, s := range page.Data {
			if s.Metadata[markAttempt] == string(req.Key) {
				return s, nil
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return nil, nil
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
}

// neverSeen answers for an attempt that is in no list. Once it is old enough it
// uses the key up: with a request that names no card and confirms nothing.
// Stripe answers it with a new intent if it never had the key, and with a
// refusal if it had, whatever the lists say. An attempt of which nobody says when
// it was made is left alone, and so is one whose key Stripe may have forgotten:
// by then nothing is under way.
func (a *Adapter) neverSeen(ctx context.Context, m merchant, req processor.LookupRequest) error {
	age := a.cfg.Clock.Now().Sub(req.Since)
	if req.Since.IsZero() || age < fenceAfter || age > keyLife-late {
		return processor.ErrNeverSeen
	}
	params := &api.PaymentIntentCreateParams{
		Amount: api.Int64(leastCents), Currency: api.String(currency), PaymentMethodTypes: api.StringSlice([]string{"card"}),
		Description: api.String("No payment: an attempt that never arrived is closed"),
		Metadata:    map[string]string{markFence: string(req.Key)},
	}
	fence := &api.PaymentIntent{}
	err := a.post(ctx, m, intentsPath, req.Key, params, fence)
	switch {
	case err == nil:
		a.takeDown(ctx, m, fence)
		return processor.ErrNeverSeen
	case errors.Is(refusal(err), processor.ErrKeyReused):
		return fmt.Errorf("attempt %s reached Stripe and is in no list yet", req.Key)
	}
	return fmt.Errorf("closing attempt %s: %w", req.Key, doubt(err))
}

// leastCents is the smallest amount that Stripe takes in US dollars.
const leastCents = 50

// takeDown cancels the intent of a fence. It could not be paid anyhow: nobody has
// its secret, and it has no card.
func (a *Adapter) takeDown(ctx context.Context, m merchant, fence *api.PaymentIntent) {
	params := &api.PaymentIntentCancelParams{}
	_ = a.post(ctx, m, api.FormatURLPath(intentsPath+"/%s/cancel", fence.ID), "", params, &api.PaymentIntent{})
}
