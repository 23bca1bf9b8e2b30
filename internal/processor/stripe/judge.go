package stripe

import (
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// What we write on Stripe's objects. None of it is personal.
const (
	markAttempt = "clearwell_attempt" // the key
	markPage    = "clearwell_page"    // the intent is of a Checkout Session, which decides
	markExpires = "clearwell_expires" // when we close the session, in seconds of Unix time
	markStored  = "clearwell_stored"  // the card was a stored one; who initiated
	markFence   = "clearwell_fence"   // a request that only uses a key up
	markConsent = "clearwell_consent" // version of the mandate text
)

// resultOf reads what an intent says. It decides nothing that Stripe has not.
func resultOf(in *api.PaymentIntent) processor.Result {
	r := processor.Result{Reference: in.ID, Amount: money.Cents(in.Amount), Instrument: instrumentOf(in)}
	if c := in.LatestCharge; c != nil && c.PaymentMethodDetails != nil && c.PaymentMethodDetails.Card != nil {
		r.NetworkTransactionID = c.PaymentMethodDetails.Card.NetworkTransactionID
	}
	switch in.Status {
	case api.PaymentIntentStatusSucceeded:
		r.Decision = processor.Approved
	case api.PaymentIntentStatusProcessing, api.PaymentIntentStatusRequiresCapture:
		r.Decision = processor.Pending
	case api.PaymentIntentStatusRequiresConfirmation:
		r.Decision, r.AwaitsPayer = processor.Pending, true
	case api.PaymentIntentStatusRequiresAction:
		r.Decision, r.AwaitsPayer, r.ChallengeURL = processor.Pending, true, challengeOf(in)
	case api.PaymentIntentStatusCanceled:
		return refused(r, in)
	case api.PaymentIntentStatusRequiresPaymentMethod:
		if in.Metadata[markPage] == "" {
			return refused(r, in)
		}
		r.Decision, r.AwaitsPayer = processor.Pending, true // the page is open, and takes another card
	}
	return r
}

func challengeOf(in *api.PaymentIntent) string {
	if in.NextAction == nil || in.NextAction.RedirectToURL == nil {
		return ""
	}
	return in.NextAction.RedirectToURL.URL
}

// refused completes the result of an intent that was not paid.
func refused(r processor.Result, in *api.PaymentIntent) processor.Result {
	r.Decision = processor.Declined
	r.NetworkTransactionID = ""
	why := reason{stripe: "canceled"}
	switch {
	case in.CancellationReason == api.PaymentIntentCancellationReasonAbandoned:
		r.Decline, r.DeclineCode = processor.Abandoned, "abandoned"
		return r
	case in.LatestCharge != nil && in.LatestCharge.Status == api.ChargeStatusFailed:
		why = reasonOf(in.LatestCharge)
	case in.LastPaymentError != nil:
		why = reasonIn(in.LastPaymentError)
	}
	r.Decline, r.DeclineCode = why.family(), why.String()
	return r
}

// challengeLife is how long a bank's question may stand before the intent is
// given up: nothing rests undecided for ever.
const challengeLife = 30 * time.Minute

// closable reports whether an intent is to be cancelled before anything is said
// of it, and why. Until then it could still be paid: Stripe tells the payer's
// browser the intent's client secret on the way back from a challenge, and with
// it any page could offer another card.
func closable(in *api.PaymentIntent, now time.Time) (because string, ok bool) {
	if in.Metadata[markPage] != "" {
		return "", false // its session closes it
	}
	switch in.Status {
	case api.PaymentIntentStatusRequiresPaymentMethod, api.PaymentIntentStatusRequiresConfirmation:
		return "", true
	case api.PaymentIntentStatusRequiresAction:
		old := now.Sub(time.Unix(in.Created, 0)) > challengeLife
		return string(api.PaymentIntentCancellationReasonAbandoned), old
	}
	return "", false
}

// instrumentOf says what card an intent was tried with.
func instrumentOf(in *api.PaymentIntent) processor.Instrument {
	var told processor.Instrument
	switch {
	case in.LatestCharge != nil && in.LatestCharge.PaymentMethodDetails != nil && in.LatestCharge.PaymentMethodDetails.Card != nil:
		c := in.LatestCharge.PaymentMethodDetails.Card
		told = card(string(c.Brand), c.Last4, string(c.Funding), c.Fingerprint, c.ExpMonth, c.ExpYear, c.Wallet != nil)
	case in.LastPaymentError != nil && in.LastPaymentError.PaymentMethod != nil && in.LastPaymentError.PaymentMethod.Card != nil:
		told = cardOf(in.LastPaymentError.PaymentMethod.Card)
	default:
		return processor.Instrument{}
	}
	if in.Metadata[markStored] != "" {
		told.Entry = processor.Stored
	}
	return told
}

func cardOf(c *api.PaymentMethodCard) processor.Instrument {
	return card(string(c.Brand), c.Last4, string(c.Funding), c.Fingerprint, c.ExpMonth, c.ExpYear, c.Wallet != nil)
}

// card puts Stripe's words for a card into the port's.
func card(brand, last4, funding, fingerprint string, month, year int64, wallet bool) processor.Instrument {
	told := processor.Instrument{
		Brand: processor.Brand(brand), Last4: last4, Funding: processor.Funding(funding), Entry: processor.Typed,
		Fingerprint: fingerprint, ExpiryMonth: int(month), ExpiryYear: int(year),
	}
	if told.Brand == "" {
		told.Brand = "unknown"
	}
	switch told.Funding {
	case processor.Credit, processor.Debit, processor.Prepaid:
	default:
		told.Funding = processor.FundingUnknown
	}
	if wallet {
		told.Entry = processor.Wallet
	}
	return told
}
