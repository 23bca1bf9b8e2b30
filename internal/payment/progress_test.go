package payment_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// telling has a page of its own, and says of every attempt what it is given to say.
type telling struct {
	processor.Processor
	processor.Fields
	processor.Redirector
	result processor.Result
	err    error
}

func (p *telling) Lookup(context.Context, processor.LookupRequest) (processor.Result, error) {
	return p.result, p.err
}

// A card that was entered on the processor's page, and was being charged, counted
// as one that was not: its payer was told that nothing was paid, and offered to
// pay with another.
func TestWhatIsBeingChargedIsNotUnfinished(t *testing.T) {
	var company *telling
	wrap := func(p processor.Processor) processor.Processor {
		company = &telling{Processor: p, Fields: p.(processor.Fields), Redirector: p.(processor.Redirector)}
		return company
	}
	each(t, wrap, func(tw *town) {
		quote := tw.quote(8310)
		req := payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}
		p, page, err := tw.payments.StartAway(t.Context(), req, back)
		if err != nil || p.State != payment.Away {
			t.Fatalf("payment is %s, %v", p.State, err)
		}
		steps := []struct {
			name   string
			result processor.Result
			err    error
			want   payment.State
		}{
			{"the page is not known yet", processor.Result{}, processor.ErrNeverSeen, payment.Away},
			{"a card is being charged", processor.Result{Decision: processor.Pending}, nil, payment.InDoubt},
			{"the bank has a question", processor.Result{Decision: processor.Pending, AwaitsPayer: true}, nil, payment.Away},
			{"nobody answers", processor.Result{}, errors.New("connection reset"), payment.InDoubt},
			{"the page is open", processor.Result{Decision: processor.Pending, AwaitsPayer: true}, nil, payment.Away},
		}
		for _, step := range steps {
			tw.clk.Advance(5 * time.Second)
			company.result, company.err = step.result, step.err
			now, err := tw.payments.Refresh(t.Context(), sampletown, p.ID)
			owed, err2 := tw.payments.Owed(t.Context(), sampletown, number)
			if err = errors.Join(err, err2); err != nil || now.State != step.want {
				t.Fatalf("%s: the payment is %s, want %s, %v", step.name, now.State, step.want, err)
			}
			if unfinished := len(owed.Unfinished) == 1; unfinished != (step.want == payment.Away) || unfinished == (len(owed.Pending) == 1) {
				t.Errorf("%s: %d are unfinished, %d on their way", step.name, len(owed.Unfinished), len(owed.Pending))
			}
		}
		if _, again, err := tw.payments.StartAway(t.Context(), req, back); err != nil || again != page {
			t.Errorf("going on leads to %q, not to %q, %v", again, page, err)
		}
	})
}

// keeping notes what a page was opened with.
type keeping struct {
	*telling
	sent []processor.SendRequest
}

func (k *keeping) Send(ctx context.Context, req processor.SendRequest) (processor.Sent, error) {
	k.sent = append(k.sent, req)
	return k.telling.Send(ctx, req)
}

// A page is opened again by its key, and a company refuses a key with other
// content: what a look has moved must not change the page.
func TestAPageIsOpenedAgainAsItWas(t *testing.T) {
	var company *keeping
	wrap := func(p processor.Processor) processor.Processor {
		company = &keeping{telling: &telling{Processor: p, Fields: p.(processor.Fields), Redirector: p.(processor.Redirector)}}
		return company
	}
	each(t, wrap, func(tw *town) {
		quote := tw.quote(8310)
		req := payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}
		p, _, err := tw.payments.StartAway(t.Context(), req, back)
		if err != nil {
			t.Fatal(err)
		}
		for _, awaits := range []bool{false, true} {
			tw.clk.Advance(5 * time.Second)
			company.result = processor.Result{Decision: processor.Pending, AwaitsPayer: awaits}
			if _, err := tw.payments.Refresh(t.Context(), sampletown, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := tw.payments.StartAway(t.Context(), req, back); err != nil || len(company.sent) != 2 || company.sent[0] != company.sent[1] {
			t.Errorf("the page was opened with %+v, %v", company.sent, err)
		}
	})
}
