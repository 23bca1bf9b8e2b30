package sandbox

import (
	"context"
	"net/url"
	"time"

	"clearwell/internal/processor"
	"clearwell/internal/secret"
)

// adapterName is stored with each attempt; the way to the server is not part of it.
const adapterName = "sandbox"

// InProcess is the adapter to a sandbox in the same process: the same company,
// without sockets and JSON, for benchmarks and for making a town.
type InProcess struct {
	noticeReader
	server *Server
}

// Direct gives the adapter to a sandbox in the same process.
func Direct(server *Server) *InProcess {
	return &InProcess{noticeReader{[]secret.String{server.cfg.NoticeSecret}}, server}
}

// Name is "sandbox".
func (*InProcess) Name() string { return adapterName }

// Charge asks for money, see [processor.Processor].
func (d *InProcess) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if err := unsent(ctx); err != nil {
		return processor.Result{}, err
	}
	return d.server.charge(ctx, req)
}

// Lookup says what became of an attempt, see [processor.Processor].
func (d *InProcess) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	if err := unsent(ctx); err != nil {
		return processor.Result{}, err
	}
	return d.server.lookup(req)
}

// Embed says what the pay page must contain, see [processor.Fields].
func (d *InProcess) Embed(_ context.Context, req processor.EmbedRequest) (processor.Embed, error) {
	return embedAt(d.server.cfg.URL, req), nil
}

// Describe tells what is behind a token, see [processor.Fields].
func (d *InProcess) Describe(ctx context.Context, merchant processor.Merchant, token processor.Token) (processor.Instrument, error) {
	if err := unsent(ctx); err != nil {
		return processor.Instrument{}, err
	}
	return d.server.describe(merchant, token)
}

// Send opens the sandbox's page, see [processor.Redirector].
func (d *InProcess) Send(ctx context.Context, req processor.SendRequest) (processor.Sent, error) {
	if err := unsent(ctx); err != nil {
		return processor.Sent{}, err
	}
	return d.server.send(req)
}

// Present has a reader ask for a card, see [processor.Terminal].
func (d *InProcess) Present(ctx context.Context, req processor.PresentRequest) error {
	if err := unsent(ctx); err != nil {
		return err
	}
	return d.server.askAtReader(req)
}

// Dismiss has a reader ask no more, see [processor.Terminal].
func (d *InProcess) Dismiss(ctx context.Context, merchant processor.Merchant, key processor.Key) error {
	if err := unsent(ctx); err != nil {
		return err
	}
	return d.server.dismiss(merchant, key)
}

// Refund gives money back, see [processor.Refunder].
func (d *InProcess) Refund(ctx context.Context, req processor.RefundRequest) (processor.RefundResult, error) {
	if err := unsent(ctx); err != nil {
		return processor.RefundResult{}, err
	}
	return d.server.refund(req)
}

// Save keeps a card, see [processor.Saver].
func (d *InProcess) Save(ctx context.Context, req processor.SaveRequest) (processor.Saved, error) {
	if err := unsent(ctx); err != nil {
		return processor.Saved{}, err
	}
	return d.server.save(req)
}

// Forget deletes a stored card, see [processor.Saver].
func (d *InProcess) Forget(ctx context.Context, merchant processor.Merchant, token processor.Token) error {
	if err := unsent(ctx); err != nil {
		return err
	}
	return d.server.forget(merchant, token)
}

// Settlements lists payout lines, see [processor.Settler].
func (d *InProcess) Settlements(ctx context.Context, merchant processor.Merchant, from, to time.Time) ([]processor.SettlementLine, error) {
	if err := unsent(ctx); err != nil {
		return nil, err
	}
	return d.server.settlements(merchant, from, to)
}

// Statement lists what moved, see [processor.Teller].
func (d *InProcess) Statement(ctx context.Context, merchant processor.Merchant, from, to time.Time) ([]processor.StatementLine, error) {
	if err := unsent(ctx); err != nil {
		return nil, err
	}
	return d.server.statement(merchant, from, to)
}

// unsent says that a request whose context has ended did not leave us.
func unsent(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return processor.ErrNotSent.Because(err)
	}
	return nil
}

// embedAt says what a pay page needs for the card fields of the sandbox at base.
func embedAt(base string, req processor.EmbedRequest) processor.Embed {
	query := url.Values{
		"merchant": {string(req.Merchant)}, "lang": {req.Language},
		"session": {req.Session}, "origin": {req.Origin},
	}
	return processor.Embed{
		FrameURL:  base + "/fields?" + query.Encode(),
		FrameSrc:  []string{base},
		FrameName: "sandbox.frame_title",
		Settings:  map[string]string{"frame-origin": base},
	}
}
