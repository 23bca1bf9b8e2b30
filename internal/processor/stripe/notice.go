package stripe

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
	"clearwell/internal/secret"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

// SignatureHeader carries the signatures of a notice.
const SignatureHeader = "Stripe-Signature"

// replayWindow is how old, or how far ahead of us, a notice may be. Stripe signs
// each delivery anew, also the ones it repeats for three days.
const replayWindow = webhook.DefaultTolerance

// event is what we read of a notice, whichever form it has: a snapshot carries
// the object, a thin one its name.
type event struct {
	ID       string          `json:"id"`
	Object   string          `json:"object"`
	Type     string          `json:"type"`
	Created  json.RawMessage `json:"created"`
	Merchant string          `json:"account"` // snapshots of connected merchants
	Context  string          `json:"context"` // thin ones
	Data     struct {
		Object subject `json:"object"`
	} `json:"data"`
	Related *struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"related_object"`
}

// subject is what a snapshot is about.
type subject struct {
	ID          string            `json:"id"`
	Object      string            `json:"object"`
	Amount      int64             `json:"amount"`
	AmountTotal int64             `json:"amount_total"`
	Intent      string            `json:"payment_intent"`
	Metadata    map[string]string `json:"metadata"`
}

// ReadNotice verifies the signature and age of a notice and reads it.
func (a *Adapter) ReadNotice(header http.Header, body []byte, now time.Time) (processor.Notice, error) {
	at, marks := splitSignature(header.Get(SignatureHeader))
	var e event
	unread := json.Unmarshal(body, &e)
	signer, ok := a.signer(e, at, marks, body)
	if !ok {
		return processor.Notice{}, processor.ErrSignature
	}
	if age := now.Sub(at); age > replayWindow || age < -replayWindow {
		return processor.Notice{}, processor.ErrStale
	}
	if unread != nil {
		return processor.Notice{}, fmt.Errorf("reading notice: %w", unread)
	}
	return e.notice(signer), nil
}

// splitSignature reads "t=<seconds>,v1=<hex>,v1=<hex>,v0=...". Stripe signs with
// both secrets while one is being replaced. Marks other than v1 are never valid.
func splitSignature(header string) (at time.Time, marks [][]byte) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return time.Time{}, nil
			}
			at = time.Unix(seconds, 0)
		case "v1":
			if mark, err := hex.DecodeString(value); err == nil {
				marks = append(marks, mark)
			}
		}
	}
	return at, marks
}

// signer finds the merchant who may be meant and whose secret has signed. A
// platform's secret vouches for the connected merchant that the notice names; a
// merchant's own for that merchant alone, whatever the notice says.
func (a *Adapter) signer(e event, at time.Time, marks [][]byte, body []byte) (processor.Merchant, bool) {
	named := e.Merchant
	if named == "" {
		named = e.Context
	}
	for _, name := range a.cfg.Merchants() {
		keys, err := a.cfg.Keys(name)
		if err != nil || keys.Connected && named != string(name) {
			continue
		}
		if !keys.Connected && named != "" && named != string(name) {
			continue
		}
		if signed(keys.Notices, at, marks, body) {
			return name, true
		}
	}
	return "", false
}

func signed(secrets []secret.String, at time.Time, marks [][]byte, body []byte) bool {
	for _, one := range secrets {
		if one.IsEmpty() {
			continue
		}
		want := webhook.ComputeSignature(at, body, one.Reveal())
		for _, mark := range marks {
			if hmac.Equal(mark, want) {
				return true
			}
		}
	}
	return false
}

func (e event) notice(merchant processor.Merchant) processor.Notice {
	n := processor.Notice{ID: e.ID, Kind: kindOfNotice(e.Type), Merchant: merchant, At: e.at()}
	if e.Related != nil {
		n.Reference = e.Related.ID
		return n
	}
	about := e.Data.Object
	n.Reference, n.Amount = about.ID, money.Cents(about.Amount)
	switch about.Object {
	case "payment_intent":
		n.Key = processor.Key(about.Metadata[markAttempt])
	case "checkout.session":
		n.Key, n.Amount = processor.Key(about.Metadata[markAttempt]), money.Cents(about.AmountTotal)
	}
	if about.Intent != "" {
		n.Reference = about.Intent
	}
	return n
}

// at reads when the event was: seconds in a snapshot, text in a thin one.
func (e event) at() time.Time {
	if seconds, err := strconv.ParseInt(string(e.Created), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	text, err := strconv.Unquote(string(e.Created))
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// kindOfNotice groups events. Thin ones have the same names behind "v1.". Of a
// dispute only its beginning moves money of ours; how it ends, people decide with
// the statement in hand.
func kindOfNotice(kind string) processor.NoticeKind {
	kind = strings.TrimPrefix(kind, "v1.")
	switch kind {
	case "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
		"payment_intent.processing", "payment_intent.requires_action", "checkout.session.completed",
		"checkout.session.expired", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed":
		return processor.NoticeOutcome
	case "charge.dispute.created":
		return processor.NoticeDispute
	}
	if strings.HasPrefix(kind, "refund.") || strings.HasPrefix(kind, "charge.refund") {
		return processor.NoticeRefund
	}
	return processor.NoticeOther
}

// Trace finds the attempt that a notice is about, see [processor.Tracer]. A
// snapshot of a dispute names its intent and not our key, and a thin notice
// names nothing but its object.
func (a *Adapter) Trace(ctx context.Context, n processor.Notice) (processor.Notice, error) {
	m, err := a.known(n.Merchant)
	if err != nil {
		return n, err
	}
	if strings.HasPrefix(n.Reference, "dp_") || strings.HasPrefix(n.Reference, "du_") {
		told := &api.Dispute{}
		path := api.FormatURLPath("/v1/disputes/%s", n.Reference)
		if err := a.read(ctx, m, path, &api.DisputeRetrieveParams{}, told); err != nil {
			return n, fmt.Errorf("tracing a dispute: %w", refusal(err))
		}
		if told.PaymentIntent == nil {
			return n, nil
		}
		n.Reference, n.Amount = told.PaymentIntent.ID, money.Cents(told.Amount)
	}
	return a.traced(ctx, m, n)
}

func (a *Adapter) traced(ctx context.Context, m merchant, n processor.Notice) (processor.Notice, error) {
	switch {
	case strings.HasPrefix(n.Reference, "pi_"):
		in, err := a.intent(ctx, m, n.Reference)
		if errors.Is(err, processor.ErrRequest) {
			return n, nil // not of this merchant, or gone
		}
		if err != nil {
			return n, err
		}
		n.Key = processor.Key(in.Metadata[markAttempt])
		if n.Amount.IsZero() {
			n.Amount = money.Cents(in.Amount)
		}
	case strings.HasPrefix(n.Reference, "cs_"):
		s := &api.CheckoutSession{}
		path := api.FormatURLPath(sessionsPath+"/%s", n.Reference)
		if err := a.read(ctx, m, path, &api.CheckoutSessionRetrieveParams{}, s); err != nil {
			return n, fmt.Errorf("tracing a session: %w", refusal(err))
		}
		n.Key, n.Amount = processor.Key(s.Metadata[markAttempt]), money.Cents(s.AmountTotal)
	}
	return n, nil
}
