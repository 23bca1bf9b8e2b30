package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

const (
	customersPath = "/v1/customers"
	setupsPath    = "/v1/setup_intents"
)

// Save keeps a card, see [processor.Saver]. Each kept card has a customer of its
// own at Stripe, without a name: forgetting the card deletes all there is.
//
// Stripe gives no network transaction id for a card that was kept without a
// charge, and sends it itself with each later use (off_session). What stands for
// it is the setup intent, by which Stripe's people find it.
func (a *Adapter) Save(ctx context.Context, req processor.SaveRequest) (processor.Saved, error) {
	if req.Key == "" || req.Consent == "" || req.Token == "" {
		return processor.Saved{}, processor.ErrRequest.Because(errors.New("key, token or consent"))
	}
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.Saved{}, err
	}
	owner := &api.Customer{}
	params := &api.CustomerCreateParams{Metadata: map[string]string{markAttempt: string(req.Key)}}
	if err := a.post(ctx, m, customersPath, req.Key+".customer", params, owner); err != nil {
		return processor.Saved{}, refusal(err)
	}
	kept := &api.SetupIntent{}
	err = a.post(ctx, m, setupsPath, req.Key, setupParams(req, owner.ID), kept)
	if err == nil && kept.Status == api.SetupIntentStatusSucceeded && kept.PaymentMethod != nil && kept.PaymentMethod.Card != nil {
		return saved(owner.ID, kept), nil
	}
	return processor.Saved{}, a.notKept(ctx, m, req, owner.ID, kept, err)
}

func setupParams(req processor.SaveRequest, customer string) *api.SetupIntentCreateParams {
	return &api.SetupIntentCreateParams{
		Confirm: api.Bool(true), ConfirmationToken: api.String(string(req.Token)), Customer: api.String(customer),
		Usage: api.String("off_session"), PaymentMethodTypes: api.StringSlice([]string{"card"}),
		Metadata: map[string]string{markAttempt: string(req.Key), markConsent: req.Consent},
		Expand:   api.StringSlice([]string{"payment_method"}),
	}
}

func saved(customer string, kept *api.SetupIntent) processor.Saved {
	told := cardOf(kept.PaymentMethod.Card)
	told.Entry = processor.Stored
	return processor.Saved{
		Token: processor.Token(customer + "/" + kept.PaymentMethod.ID), Instrument: told, InitialTransactionID: kept.ID,
	}
}

// notKept finds the name of a refusal to keep a card, and leaves no customer
// behind where it is certain. An issuer that asks the payer something first is a
// refusal: there is nowhere to ask it here.
func (a *Adapter) notKept(ctx context.Context, m merchant, req processor.SaveRequest, customer string, kept *api.SetupIntent, err error) error {
	var named error
	switch {
	case err == nil && kept.Status == api.SetupIntentStatusProcessing, busy(err):
		return fmt.Errorf("keeping a card: Stripe has not decided")
	case err == nil:
		named = processor.ErrCardRefused.Because(fmt.Errorf("setup intent %s is %s", kept.ID, kept.Status))
	case declinedCard(err):
		named = processor.ErrCardRefused.Because(spoken(answered(err)))
	default:
		named = a.whyRefused(ctx, m, req.Token, err)
	}
	if errors.Is(named, processor.ErrCardRefused) || errors.Is(named, processor.ErrTokenSpent) || errors.Is(named, processor.ErrTokenUnknown) {
		_ = a.dismiss(ctx, m, customer)
	}
	return named
}

// Forget deletes a stored card, see [processor.Saver].
func (a *Adapter) Forget(ctx context.Context, name processor.Merchant, token processor.Token) error {
	m, err := a.known(name)
	if err != nil {
		return err
	}
	customer, _, stored := storedCard(token)
	if !stored {
		return processor.ErrRequest.Because(errors.New("not a stored card"))
	}
	err = a.dismiss(ctx, m, customer)
	if missing(err) {
		return nil
	}
	return refusal(err)
}

// dismiss deletes a customer, and with it the card that was kept for it.
func (a *Adapter) dismiss(ctx context.Context, m merchant, customer string) error {
	path := api.FormatURLPath(customersPath+"/%s", customer)
	return a.call(ctx, m, http.MethodDelete, path, &api.CustomerDeleteParams{}, &api.Customer{})
}
