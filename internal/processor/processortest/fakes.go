package processortest

import (
	"context"
	"fmt"
	"sync"

	"clearwell/internal/processor"
)

// Charge is one thing that a fake was asked, and what it answered.
type Charge struct {
	Request processor.ChargeRequest
	Result  processor.Result
	Err     error
}

// record keeps what was asked, for auditors.
type record struct {
	mu      sync.Mutex
	charges []Charge
}

func (r *record) keep(req processor.ChargeRequest, got processor.Result, err error) (processor.Result, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.charges = append(r.charges, Charge{req, got, err})
	return got, err
}

// Charges tells every call of Charge, in the order of the answers.
func (r *record) Charges() []Charge {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Charge(nil), r.charges...)
}

// decider is a processor without a company: it decides everything alike, and
// keeps the promise of the key.
type decider struct {
	record
	decide func(processor.ChargeRequest) processor.Result

	known sync.Mutex
	made  map[attempt]made
}

// attempt names one try at a merchant account.
type attempt struct {
	key      processor.Key
	merchant processor.Merchant
}

type made struct {
	request processor.ChargeRequest
	result  processor.Result
}

// Name says that it is a fake.
func (*decider) Name() string { return "fake" }

// Charge decides once for each key.
func (d *decider) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if err := ctx.Err(); err != nil {
		return d.keep(req, processor.Result{}, processor.ErrNotSent.Because(err))
	}
	got, err := d.once(req)
	return d.keep(req, got, err)
}

func (d *decider) once(req processor.ChargeRequest) (processor.Result, error) {
	d.known.Lock()
	defer d.known.Unlock()
	asked := attempt{req.Key, req.Merchant}
	if before, found := d.made[asked]; found {
		if before.request.Amount != req.Amount || before.request.Token != req.Token {
			return processor.Result{}, processor.ErrKeyReused
		}
		return before.result, nil
	}
	got := d.decide(req)
	got.Reference, got.Amount = fmt.Sprintf("fake_%d", len(d.made)+1), req.Amount
	if d.made == nil {
		d.made = map[attempt]made{}
	}
	d.made[asked] = made{req, got}
	return got, nil
}

// Lookup tells what was decided.
func (d *decider) Lookup(_ context.Context, req processor.LookupRequest) (processor.Result, error) {
	d.known.Lock()
	defer d.known.Unlock()
	before, found := d.made[attempt{req.Key, req.Merchant}]
	if !found {
		return processor.Result{}, processor.ErrNeverSeen
	}
	return before.result, nil
}

// AlwaysApproves is a processor that approves whatever it is asked.
type AlwaysApproves struct{ decider }

// NewAlwaysApproves gives one.
func NewAlwaysApproves() *AlwaysApproves {
	return &AlwaysApproves{decider{decide: func(req processor.ChargeRequest) processor.Result {
		return processor.Result{
			Decision: processor.Approved, Instrument: visa(), NetworkTransactionID: "net_" + string(req.Key),
		}
	}}}
}

// AlwaysDeclines is a processor that declines whatever it is asked.
type AlwaysDeclines struct{ decider }

// NewAlwaysDeclines gives one that declines for a reason of the family.
func NewAlwaysDeclines(family processor.DeclineFamily) *AlwaysDeclines {
	return &AlwaysDeclines{decider{decide: func(processor.ChargeRequest) processor.Result {
		return processor.Result{
			Decision: processor.Declined, Instrument: visa(), Decline: family, DeclineCode: "05",
		}
	}}}
}

func visa() processor.Instrument {
	return processor.Instrument{
		Brand: "visa", Last4: "4242", Funding: processor.Credit, Entry: processor.Typed,
		Fingerprint: "fp_fake", ExpiryMonth: 12, ExpiryYear: 2049,
	}
}

// TimesOutAfterSuccess passes each charge on and loses the answer: the money
// moves and nobody hears of it. Lookup knows.
type TimesOutAfterSuccess struct {
	processor.Processor
	record
}

// NewTimesOutAfterSuccess wraps a processor; nil wraps one that approves.
func NewTimesOutAfterSuccess(inner processor.Processor) *TimesOutAfterSuccess {
	return &TimesOutAfterSuccess{Processor: orApproves(inner)}
}

// Charge charges, and answers with doubt.
func (f *TimesOutAfterSuccess) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if got, err := f.Processor.Charge(ctx, req); err != nil {
		return f.keep(req, got, err)
	}
	return f.keep(req, processor.Result{}, fmt.Errorf("waiting for the answer: %w", context.DeadlineExceeded))
}

// TimesOutBeforeSending loses each charge on the way out: no money moves, and
// the caller cannot tell. Lookup says that it was never seen.
type TimesOutBeforeSending struct {
	processor.Processor
	record
}

// NewTimesOutBeforeSending wraps a processor; nil wraps one that approves.
func NewTimesOutBeforeSending(inner processor.Processor) *TimesOutBeforeSending {
	return &TimesOutBeforeSending{Processor: orApproves(inner)}
}

// Charge charges nothing, and answers with doubt.
func (f *TimesOutBeforeSending) Charge(_ context.Context, req processor.ChargeRequest) (processor.Result, error) {
	return f.keep(req, processor.Result{}, fmt.Errorf("sending the charge: %w", context.DeadlineExceeded))
}

// Slow holds each charge until it is released.
type Slow struct {
	processor.Processor
	record
	arrived chan processor.Key
	release chan struct{}
}

// NewSlow wraps a processor; nil wraps one that approves.
func NewSlow(inner processor.Processor) *Slow {
	return &Slow{Processor: orApproves(inner), arrived: make(chan processor.Key), release: make(chan struct{})}
}

// Arrived gives the key of each charge that has come and is held. Each must be
// received before its charge goes on.
func (f *Slow) Arrived() <-chan processor.Key { return f.arrived }

// Release lets one held charge through, and returns when it has gone.
func (f *Slow) Release() { f.release <- struct{}{} }

// Charge waits, then charges. If the caller gives up first, it does not charge.
func (f *Slow) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if !offer(ctx, f.arrived, req.Key) || !await(ctx, f.release) {
		return f.keep(req, processor.Result{}, fmt.Errorf("waiting for the answer: %w", ctx.Err()))
	}
	got, err := f.Processor.Charge(ctx, req)
	return f.keep(req, got, err)
}

func offer[T any](ctx context.Context, to chan<- T, value T) bool {
	select {
	case to <- value:
		return true
	case <-ctx.Done():
		return false
	}
}

func await[T any](ctx context.Context, from <-chan T) bool {
	select {
	case <-from:
		return true
	case <-ctx.Done():
		return false
	}
}

func orApproves(inner processor.Processor) processor.Processor {
	if inner == nil {
		return NewAlwaysApproves()
	}
	return inner
}
