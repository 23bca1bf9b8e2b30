package stripe

import (
	"context"
	"fmt"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// Embed says what the pay page must contain, see [processor.Fields]: Stripe.js,
// which puts frames of Stripe's own origin into the page, and what our script
// tells it. Sources: Stripe's integration security guide, Content Security
// Policy, for Stripe.js and 3-D Secure.
func (a *Adapter) Embed(_ context.Context, req processor.EmbedRequest) (processor.Embed, error) {
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.Embed{}, err
	}
	if m.Publishable == "" {
		return processor.Embed{}, processor.ErrNotSent.Because(fmt.Errorf("there is no publishable key of %s for Stripe", req.Merchant))
	}
	settings := map[string]string{"stripe-key": m.Publishable, "stripe-language": req.Language}
	if m.Connected {
		settings["stripe-merchant"] = string(m.name)
	}
	return processor.Embed{
		Scripts:   []processor.Script{{URL: a.cfg.Script, Justification: justification}},
		ScriptSrc: []string{"https://js.stripe.com", "https://*.js.stripe.com"},
		FrameSrc:  []string{"https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"},
		Connect:   []string{"https://api.stripe.com"},
		Settings:  settings,
	}, nil
}

// justification is what PCI DSS 6.4.3 asks for, in words for an auditor.
const justification = "Stripe.js puts the card fields into frames of Stripe's own origin, so that no card number " +
	"is in our page, and hands our page a token for what was typed there. Stripe requires that it is loaded from " +
	"js.stripe.com and offers no fixed version, so that it cannot have an integrity mark; the content policy of the page " +
	"limits where it may come from and what it may reach, and the prober watches what it loads."

// Describe tells what is behind a token, see [processor.Fields].
func (a *Adapter) Describe(ctx context.Context, name processor.Merchant, token processor.Token) (processor.Instrument, error) {
	m, err := a.known(name)
	if err != nil {
		return processor.Instrument{}, err
	}
	if _, method, stored := storedCard(token); stored {
		return a.describeStored(ctx, m, method)
	}
	told := &api.ConfirmationToken{}
	err = a.read(ctx, m, api.FormatURLPath(tokensPath+"/%s", string(token)), &api.ConfirmationTokenRetrieveParams{}, told)
	if err != nil {
		return processor.Instrument{}, unknownToken(err)
	}
	over := told.ExpiresAt > 0 && told.ExpiresAt <= a.cfg.Clock.Now().Unix()
	if over || told.PaymentMethodPreview == nil || told.PaymentMethodPreview.Card == nil {
		return processor.Instrument{}, processor.ErrTokenUnknown
	}
	c := told.PaymentMethodPreview.Card
	return card(c.Brand, c.Last4, c.Funding, c.Fingerprint, c.ExpMonth, c.ExpYear, c.Wallet != nil), nil
}

func (a *Adapter) describeStored(ctx context.Context, m merchant, method string) (processor.Instrument, error) {
	kept := &api.PaymentMethod{}
	err := a.read(ctx, m, api.FormatURLPath("/v1/payment_methods/%s", method), &api.PaymentMethodRetrieveParams{}, kept)
	if err != nil {
		return processor.Instrument{}, unknownToken(err)
	}
	if kept.Card == nil {
		return processor.Instrument{}, processor.ErrTokenUnknown
	}
	told := cardOf(kept.Card)
	told.Entry = processor.Stored
	return told, nil
}

func unknownToken(err error) error {
	if missing(err) {
		return processor.ErrTokenUnknown.Because(doubt(err))
	}
	return refusal(err)
}
