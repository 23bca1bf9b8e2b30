package stripe

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

const sessionsPath = "/v1/checkout/sessions"

// Stripe lets a session live from half an hour to a day. Ours are shorter, so
// that we close them ourselves; Stripe's end is one that comes if we do not.
const (
	sessionGrace = 30*time.Minute + 30*time.Second
	sessionMost  = 23 * time.Hour
)

// Send opens Stripe's page for one attempt, see [processor.Redirector].
func (a *Adapter) Send(ctx context.Context, req processor.SendRequest) (processor.Sent, error) {
	now := a.cfg.Clock.Now()
	if req.Key == "" || req.Merchant == "" || !req.Amount.IsPositive() || len(req.Descriptor) > 22 ||
		req.ReturnURL == "" || !req.Expires.After(now) || req.Expires.After(now.Add(sessionMost)) {
		return processor.Sent{}, processor.ErrRequest.Because(errors.New("key, merchant, amount, descriptor, address or end of the page"))
	}
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.Sent{}, err
	}
	s := &api.CheckoutSession{}
	if err := a.post(ctx, m, sessionsPath, req.Key, sendParams(req), s); err != nil {
		return processor.Sent{}, refusal(err)
	}
	return processor.Sent{URL: s.URL, Reference: s.ID}, nil
}

func sendParams(req processor.SendRequest) *api.CheckoutSessionCreateParams {
	name := req.Description
	if name == "" {
		name = req.Descriptor
	}
	params := &api.CheckoutSessionCreateParams{
		Mode: api.String("payment"), SubmitType: api.String("pay"), ClientReferenceID: api.String(string(req.Key)),
		PaymentMethodTypes: api.StringSlice([]string{"card"}),
		WalletOptions:      &api.CheckoutSessionCreateWalletOptionsParams{Link: &api.CheckoutSessionCreateWalletOptionsLinkParams{Display: api.String("never")}},
		LineItems: []*api.CheckoutSessionCreateLineItemParams{{
			Quantity: api.Int64(1),
			PriceData: &api.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: api.String(currency), UnitAmount: api.Int64(req.Amount.Cents()),
				ProductData: &api.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: api.String(name)},
			},
		}},
		PaymentIntentData: &api.CheckoutSessionCreatePaymentIntentDataParams{
			Description: api.String(name), Metadata: map[string]string{markAttempt: string(req.Key), markPage: "checkout"},
		},
		Metadata:   map[string]string{markAttempt: string(req.Key), markExpires: strconv.FormatInt(req.Expires.Unix(), 10)},
		SuccessURL: api.String(req.ReturnURL), ExpiresAt: api.Int64(req.Expires.Add(sessionGrace).Unix()),
	}
	if req.CancelURL != "" {
		params.CancelURL = api.String(req.CancelURL)
	}
	if req.Language != "" {
		params.Locale = api.String(req.Language)
	}
	return params
}

// judgeSession says what became of a page. One that is past our time is closed
// first; what was paid meanwhile stays paid.
func (a *Adapter) judgeSession(ctx context.Context, m merchant, s *api.CheckoutSession) (processor.Result, error) {
	if s.Status == api.CheckoutSessionStatusOpen && a.lapsed(s) {
		closed := &api.CheckoutSession{}
		path := api.FormatURLPath(sessionsPath+"/%s/expire", s.ID)
		if err := a.post(ctx, m, path, "", &api.CheckoutSessionExpireParams{}, closed); err != nil {
			return processor.Result{}, fmt.Errorf("closing session %s: %w", s.ID, doubt(err))
		}
		s = closed
	}
	open := processor.Result{Decision: processor.Pending, Reference: s.ID, Amount: money.Cents(s.AmountTotal)}
	switch s.Status {
	case api.CheckoutSessionStatusComplete:
		if s.PaymentIntent == nil {
			return processor.Result{}, fmt.Errorf("session %s is complete and has no intent", s.ID)
		}
		return a.stands(ctx, m, s.PaymentIntent.ID)
	case api.CheckoutSessionStatusExpired:
		return a.left(ctx, m, s, open)
	case api.CheckoutSessionStatusOpen:
		return a.opened(ctx, m, s, open)
	}
	return processor.Result{}, fmt.Errorf("session %s is %q", s.ID, s.Status)
}

// opened is the result of a page that is open. Whether its payer has still to go
// on, or a card that was entered there is being charged, only its intent says.
func (a *Adapter) opened(ctx context.Context, m merchant, s *api.CheckoutSession, r processor.Result) (processor.Result, error) {
	if s.PaymentIntent == nil {
		r.AwaitsPayer = true
		return r, nil
	}
	in, err := a.intent(ctx, m, s.PaymentIntent.ID)
	if err != nil {
		return processor.Result{}, err
	}
	r.AwaitsPayer = resultOf(in).AwaitsPayer
	return r, nil
}

func (a *Adapter) lapsed(s *api.CheckoutSession) bool {
	seconds, err := strconv.ParseInt(s.Metadata[markExpires], 10, 64)
	return err == nil && a.cfg.Clock.Now().Unix() >= seconds
}

// left is the result of a page that nobody paid on. The last card that was
// refused there says why, if there was one.
func (a *Adapter) left(ctx context.Context, m merchant, s *api.CheckoutSession, r processor.Result) (processor.Result, error) {
	r.Decision, r.Decline, r.DeclineCode = processor.Declined, processor.Abandoned, "expired"
	if s.PaymentIntent == nil {
		return r, nil
	}
	in, err := a.intent(ctx, m, s.PaymentIntent.ID)
	if err != nil {
		return processor.Result{}, err
	}
	if told := resultOf(in); told.Decision == processor.Approved {
		return told, nil
	}
	r.Instrument = instrumentOf(in)
	return r, nil
}
