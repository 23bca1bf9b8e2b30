package stripe

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

const (
	intentsPath = "/v1/payment_intents"
	tokensPath  = "/v1/confirmation_tokens"
	currency    = "usd"
)

// Charge asks for money, see [processor.Processor]. It is one request; a decline
// takes two more, to learn the network's reason and to close the intent.
func (a *Adapter) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	params, err := chargeParams(req)
	if err != nil {
		return processor.Result{}, err
	}
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.Result{}, err
	}
	in := &api.PaymentIntent{}
	err = a.post(ctx, m, intentsPath, req.Key, params, in)
	switch {
	case err == nil && replayed(in.APIResource):
		return a.stands(ctx, m, in.ID) // what was answered then may be past
	case err == nil:
		return a.judge(ctx, m, in)
	case busy(err):
		return processor.Result{Decision: processor.Pending}, nil
	case declinedCard(err) && answered(err).PaymentIntent != nil:
		return a.stands(ctx, m, answered(err).PaymentIntent.ID)
	}
	return processor.Result{}, a.whyRefused(ctx, m, req.Token, err)
}

func chargeParams(req processor.ChargeRequest) (*api.PaymentIntentCreateParams, error) {
	if req.Key == "" || req.Merchant == "" || !req.Amount.IsPositive() || len(req.Descriptor) > 22 {
		return nil, processor.ErrRequest.Because(errors.New("key, merchant, amount or descriptor"))
	}
	params := &api.PaymentIntentCreateParams{
		Amount: api.Int64(req.Amount.Cents()), Currency: api.String(currency), Confirm: api.Bool(true),
		// Cards, and with them Apple Pay and Google Pay. Link is a type of its own,
		// and is not named: it keeps cards under a name that is not the town's.
		PaymentMethodTypes: api.StringSlice([]string{"card"}),
		Metadata:           map[string]string{markAttempt: string(req.Key)},
		Expand:             api.StringSlice([]string{"latest_charge"}),
	}
	if req.Description != "" {
		params.Description = api.String(req.Description)
	}
	if req.ReturnURL != "" {
		params.ReturnURL = api.String(req.ReturnURL)
	}
	return params, present(params, req)
}

// present says which card, and who is there.
func present(params *api.PaymentIntentCreateParams, req processor.ChargeRequest) error {
	customer, method, stored := storedCard(req.Token)
	byMerchant := req.Stored != nil && req.Stored.Initiator == processor.ByMerchant
	if !stored {
		if byMerchant {
			return processor.ErrStoredUse
		}
		params.ConfirmationToken = api.String(string(req.Token))
		if req.ReturnURL == "" {
			params.ErrorOnRequiresAction = api.Bool(true)
		}
		return nil
	}
	if !declared(req.Stored) {
		return processor.ErrStoredUse
	}
	params.Customer, params.PaymentMethod = api.String(customer), api.String(method)
	params.Metadata[markStored] = string(req.Stored.Initiator) + " " + string(req.Stored.Reason)
	if byMerchant {
		params.OffSession = api.Bool(true) // Stripe names the first, consented use to the network
	} else if req.ReturnURL == "" {
		params.ErrorOnRequiresAction = api.Bool(true)
	}
	return nil
}

// declared reports whether a stored card's use is marked as the networks require.
func declared(use *processor.StoredUse) bool {
	if use == nil {
		return false
	}
	return use.Initiator == processor.ByPayer ||
		use.Initiator == processor.ByMerchant && use.Reason != "" && use.InitialTransactionID != ""
}

// storedCard takes a stored token apart: Stripe charges a kept card only together
// with the customer it is kept for.
func storedCard(token processor.Token) (customer, method string, ok bool) {
	customer, method, ok = strings.Cut(string(token), "/")
	return customer, method, ok && strings.HasPrefix(customer, "cus_")
}

// whyRefused finds the name of a refusal. Stripe says that a confirmation token
// cannot be used, and the token says why.
func (a *Adapter) whyRefused(ctx context.Context, m merchant, token processor.Token, err error) error {
	named := refusal(err)
	e := answered(err)
	if e == nil || e.Param != "confirmation_token" || !errors.Is(named, processor.ErrRequest) {
		return named
	}
	told := &api.ConfirmationToken{}
	asked := a.read(ctx, m, api.FormatURLPath(tokensPath+"/%s", string(token)), &api.ConfirmationTokenRetrieveParams{}, told)
	switch {
	case missing(asked):
		return processor.ErrTokenUnknown.Because(spoken(e))
	case asked == nil && (told.PaymentIntent != "" || told.SetupIntent != ""):
		return processor.ErrTokenSpent.Because(spoken(e))
	case asked == nil && told.ExpiresAt > 0 && told.ExpiresAt <= a.cfg.Clock.Now().Unix():
		return processor.ErrTokenUnknown.Because(spoken(e))
	}
	return named
}

// stands reads an intent again and judges it.
func (a *Adapter) stands(ctx context.Context, m merchant, id string) (processor.Result, error) {
	in, err := a.intent(ctx, m, id)
	if err != nil {
		return processor.Result{}, err
	}
	return a.judge(ctx, m, in)
}

func (a *Adapter) intent(ctx context.Context, m merchant, id string) (*api.PaymentIntent, error) {
	in := &api.PaymentIntent{}
	params := &api.PaymentIntentRetrieveParams{Expand: api.StringSlice([]string{"latest_charge"})}
	err := a.read(ctx, m, api.FormatURLPath(intentsPath+"/%s", id), params, in)
	if err != nil {
		return nil, fmt.Errorf("reading intent %s: %w", id, refusal(err))
	}
	return in, nil
}

// judge says what became of an intent, and closes one that is over but could
// still be paid. Where it cannot be closed, nothing is said.
func (a *Adapter) judge(ctx context.Context, m merchant, in *api.PaymentIntent) (processor.Result, error) {
	because, over := closable(in, a.cfg.Clock.Now())
	if !over {
		return resultOf(in), nil
	}
	params := &api.PaymentIntentCancelParams{Expand: api.StringSlice([]string{"latest_charge"})}
	if because != "" {
		params.CancellationReason = api.String(because)
	}
	closed := &api.PaymentIntent{}
	err := a.post(ctx, m, api.FormatURLPath(intentsPath+"/%s/cancel", in.ID), "", params, closed)
	if err != nil {
		return a.notClosed(ctx, m, in.ID, err)
	}
	if closed.LastPaymentError == nil {
		closed.LastPaymentError = in.LastPaymentError // an update clears it
	}
	return resultOf(closed), nil
}

// notClosed reads an intent that moved while it was to be closed.
func (a *Adapter) notClosed(ctx context.Context, m merchant, id string, cause error) (processor.Result, error) {
	in, err := a.intent(ctx, m, id)
	if err != nil {
		return processor.Result{}, err
	}
	if _, over := closable(in, a.cfg.Clock.Now()); over {
		return processor.Result{}, fmt.Errorf("closing intent %s: %w", id, doubt(cause))
	}
	return resultOf(in), nil
}

// doubt takes the name off an error: what it refused was not the attempt.
func doubt(err error) error {
	if e := answered(err); e != nil {
		return spoken(e)
	}
	return errors.New(err.Error())
}
