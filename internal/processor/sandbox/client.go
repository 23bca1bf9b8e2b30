package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/processor"
	"clearwell/internal/secret"
)

// ClientConfig says where the sandbox is and how to be known there.
type ClientConfig struct {
	URL           string          // the sandbox's origin
	SecretKey     secret.String   // shown with each call
	NoticeSecrets []secret.String // that may have signed a notice, the newest first
	HTTP          *http.Client    // sets how long a call may take
}

// Client is the adapter to a sandbox elsewhere, over HTTP. It is safe for
// concurrent use.
type Client struct {
	noticeReader
	url  string
	key  secret.String
	http *http.Client
}

// NewClient gives the adapter.
func NewClient(cfg ClientConfig) (*Client, error) {
	if origin, err := originOf(cfg.URL); err != nil || origin != cfg.URL {
		return nil, fmt.Errorf("reaching sandbox: %q is not an origin", cfg.URL)
	}
	if cfg.HTTP == nil {
		return nil, fmt.Errorf("reaching sandbox: an HTTP client is needed")
	}
	return &Client{noticeReader{cfg.NoticeSecrets}, cfg.URL, cfg.SecretKey, cfg.HTTP}, nil
}

// Name is "sandbox".
func (*Client) Name() string { return adapterName }

// Charge asks for money, see [processor.Processor].
func (c *Client) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	var w wireResult
	if err := c.call(ctx, "/v1/charges", chargeToWire(req), &w); err != nil {
		return processor.Result{}, err
	}
	return w.port(), nil
}

// Lookup says what became of an attempt, see [processor.Processor].
func (c *Client) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	var w wireResult
	if err := c.call(ctx, "/v1/lookups", wireLookup{req.Key, req.Merchant}, &w); err != nil {
		return processor.Result{}, err
	}
	return w.port(), nil
}

// Embed says what the pay page must contain, see [processor.Fields].
func (c *Client) Embed(_ context.Context, req processor.EmbedRequest) (processor.Embed, error) {
	return embedAt(c.url, req), nil
}

// Describe tells what is behind a token, see [processor.Fields].
func (c *Client) Describe(ctx context.Context, merchant processor.Merchant, token processor.Token) (processor.Instrument, error) {
	var w *wireCard
	if err := c.call(ctx, "/v1/describe", wireToken{merchant, token}, &w); err != nil {
		return processor.Instrument{}, err
	}
	return w.port(), nil
}

// Send opens the sandbox's page, see [processor.Redirector].
func (c *Client) Send(ctx context.Context, req processor.SendRequest) (processor.Sent, error) {
	var w wireSent
	if err := c.call(ctx, "/v1/pages", pageToWire(req), &w); err != nil {
		return processor.Sent{}, err
	}
	return processor.Sent(w), nil
}

// Present has a reader ask for a card, see [processor.Terminal].
func (c *Client) Present(ctx context.Context, req processor.PresentRequest) error {
	asked := wirePresent{req.Key, req.Merchant, req.Reader, req.Amount.Cents(), req.Description, req.Descriptor, req.Expires}
	return c.call(ctx, "/v1/readers", asked, &struct{}{})
}

// Dismiss has a reader ask no more, see [processor.Terminal].
func (c *Client) Dismiss(ctx context.Context, merchant processor.Merchant, key processor.Key) error {
	return c.call(ctx, "/v1/readers/dismiss", wireLookup{key, merchant}, &struct{}{})
}

// Refund gives money back, see [processor.Refunder].
func (c *Client) Refund(ctx context.Context, req processor.RefundRequest) (processor.RefundResult, error) {
	var w wireRefunded
	asked := wireRefund{req.Key, req.Merchant, req.Reference, req.Amount.Cents()}
	if err := c.call(ctx, "/v1/refunds", asked, &w); err != nil {
		return processor.RefundResult{}, err
	}
	return processor.RefundResult{Decision: decisionNamed(w.Status), Reference: w.Reference, Code: w.Code}, nil
}

// Save keeps a card, see [processor.Saver].
func (c *Client) Save(ctx context.Context, req processor.SaveRequest) (processor.Saved, error) {
	var w wireSaved
	if err := c.call(ctx, "/v1/cards", wireSave(req), &w); err != nil {
		return processor.Saved{}, err
	}
	return processor.Saved{Token: w.Token, Instrument: w.Card.port(), InitialTransactionID: w.Initial}, nil
}

// Forget deletes a stored card, see [processor.Saver].
func (c *Client) Forget(ctx context.Context, merchant processor.Merchant, token processor.Token) error {
	return c.call(ctx, "/v1/cards/forget", wireToken{merchant, token}, &struct{}{})
}

// Settlements lists payout lines, see [processor.Settler].
func (c *Client) Settlements(ctx context.Context, merchant processor.Merchant, from, to time.Time) ([]processor.SettlementLine, error) {
	var w []wireLine
	if err := c.call(ctx, "/v1/settlements", wirePeriod{merchant, from, to}, &w); err != nil {
		return nil, err
	}
	lines := make([]processor.SettlementLine, 0, len(w))
	for _, line := range w {
		lines = append(lines, line.port())
	}
	return lines, nil
}

// Statement lists what moved, see [processor.Teller].
func (c *Client) Statement(ctx context.Context, merchant processor.Merchant, from, to time.Time) ([]processor.StatementLine, error) {
	var w []wireMove
	if err := c.call(ctx, "/v1/statements", wirePeriod{merchant, from, to}, &w); err != nil {
		return nil, err
	}
	lines := make([]processor.StatementLine, 0, len(w))
	for _, line := range w {
		lines = append(lines, line.port())
	}
	return lines, nil
}

// call asks the sandbox once. The key of an attempt travels in the body: in a
// header of that name, Go's transport would take it as leave to send the
// request again by itself.
func (c *Client) call(ctx context.Context, path string, asked, given any) error {
	if err := unsent(ctx); err != nil {
		return err
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("asking sandbox %s: %w", path, err)
	}
	answer, err := c.send(ctx, path, body)
	if err != nil {
		return fmt.Errorf("asking sandbox %s: %w", path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("reading sandbox's answer to %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("asking sandbox %s: %w", path, refusal(answer.Status, text))
	}
	if err := json.Unmarshal(text, given); err != nil {
		return fmt.Errorf("reading sandbox's answer to %s: %w", path, err)
	}
	return nil
}

// answerLimit leaves room for the settlement lines of a large city's busiest day.
const answerLimit = 256 << 20

// send makes the request. It says ErrNotSent only when no connection was ever
// had, so that not a byte can have left.
func (c *Client) send(ctx context.Context, path string, body []byte) (*http.Response, error) {
	connected := false
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected = true },
	})
	req, err := http.NewRequestWithContext(traced, http.MethodPost, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, processor.ErrNotSent.Because(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.key.Reveal())
	answer, err := c.http.Do(req)
	if err == nil {
		return answer, nil
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" && !connected {
		return nil, processor.ErrNotSent.Because(err)
	}
	return nil, err
}

// refusal reads a refusal of the API. Those of the port come back as they left;
// anything else is doubt.
func refusal(status string, text []byte) error {
	var w wireError
	if err := json.Unmarshal(text, &w); err != nil {
		return fmt.Errorf("answered %s", status)
	}
	known := []*fault.Error{
		processor.ErrKeyReused, processor.ErrTokenUnknown, processor.ErrTokenSpent, processor.ErrCardRefused,
		processor.ErrStoredUse, processor.ErrRequest, processor.ErrReaderBusy, processor.ErrNeverSeen,
	}
	for _, sentinel := range known {
		if sentinel.Code == w.Error {
			return sentinel.Because(errors.New(w.Detail))
		}
	}
	return fmt.Errorf("answered %s: %s", status, w.Error)
}
