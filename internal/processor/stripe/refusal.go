package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"clearwell/internal/fault"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// answered finds Stripe's own error; nil is a transport's, and doubt.
func answered(err error) *api.Error {
	found, _ := errors.AsType[*api.Error](err)
	return found
}

// busy reports that a request with the same key is being answered just now.
func busy(err error) bool {
	e := answered(err)
	return e != nil && e.HTTPStatusCode == http.StatusConflict
}

// declinedCard reports that the issuer, the network or Stripe refused the card.
func declinedCard(err error) bool {
	e := answered(err)
	return e != nil && e.Type == api.ErrorTypeCard
}

// missing reports that Stripe has no thing of that name at this merchant.
func missing(err error) bool {
	e := answered(err)
	return e != nil && (e.Code == api.ErrorCodeResourceMissing || e.HTTPStatusCode == http.StatusNotFound)
}

// refusal gives an error of Stripe's the port's name, where it is certain. What
// Stripe saw and refused before doing it moved nothing. Everything else (5xx, a
// lock, half an answer) is doubt, and keeps its error without a name.
func refusal(err error) error {
	e := answered(err)
	if e == nil {
		return err
	}
	if sentinel := certain(e); sentinel != nil {
		return sentinel.Because(spoken(e))
	}
	return spoken(e)
}

func certain(e *api.Error) *fault.Error {
	switch {
	case e.Type == api.ErrorTypeIdempotency:
		return processor.ErrKeyReused
	case e.HTTPStatusCode == http.StatusTooManyRequests && e.Code != api.ErrorCodeLockTimeout:
		return processor.ErrNotSent // the rate limiter stands before everything else
	case e.HTTPStatusCode == http.StatusUnauthorized, e.HTTPStatusCode == http.StatusForbidden:
		return processor.ErrRequest
	case e.Code == api.ErrorCodeResourceMissing && standsForCard(e.Param):
		return processor.ErrTokenUnknown
	case e.HTTPStatusCode == http.StatusBadRequest, e.HTTPStatusCode == http.StatusNotFound:
		return processor.ErrRequest
	}
	return nil
}

// standsForCard reports whether a parameter names a card at Stripe.
func standsForCard(param string) bool {
	return param == "confirmation_token" || param == "payment_method" || param == "customer"
}

// spoken says what Stripe refused, for staff: codes and the request's name in
// Stripe's console, never its message, which may quote what was sent.
func spoken(e *api.Error) error {
	parts := []string{fmt.Sprintf("Stripe answered %d", e.HTTPStatusCode), string(e.Type)}
	for _, part := range []string{string(e.Code), string(e.DeclineCode), e.Param, e.RequestID} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return errors.New(strings.Join(parts, " "))
}
