package payment_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// watched counts how often the processor is asked what became of an attempt.
func watched(asked *atomic.Int64) func(processor.Processor) processor.Processor {
	return func(p processor.Processor) processor.Processor {
		return deaf{p, p.(processor.Fields), func(context.Context, processor.LookupRequest) { asked.Add(1) }}
	}
}

func (tw *town) look(p payment.Payment) {
	tw.t.Helper()
	now, err := tw.payments.Refresh(tw.t.Context(), sampletown, p.ID)
	if err != nil || now.State != payment.InDoubt {
		tw.t.Errorf("the payment is %s, %v", now.State, err)
	}
}

// Whoever held the address of a payment in doubt could have the processor asked as
// often as a page can be loaded.
func TestPagesAskTheProcessorOnceInAWhile(t *testing.T) {
	var asked atomic.Int64
	each(t, watched(&asked), func(tw *town) {
		asked.Store(0)
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.clk.Advance(time.Second)
		var tabs sync.WaitGroup
		for range 10 {
			tabs.Go(func() { tw.look(p) })
		}
		tabs.Wait()
		if n := asked.Load(); n != 1 {
			tw.t.Errorf("ten tabs asked %d times", n)
		}
		for range 15 { // a page that somebody reloads each second
			tw.clk.Advance(time.Second)
			tw.look(p)
		}
		if n := asked.Load(); n != 4 {
			tw.t.Errorf("in 15 seconds the processor was asked %d times", n)
		}
	})
}

// What pages ask too often must not keep the sweep away for ever, and a payment
// that the processor never had must still end.
func TestPagesThatLookKeepNoPaymentInDoubt(t *testing.T) {
	var asked atomic.Int64
	each(t, watched(&asked), func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		for range 45 {
			tw.clk.Advance(2 * time.Second)
			if _, err := tw.payments.Refresh(tw.t.Context(), sampletown, p.ID); err != nil {
				tw.t.Fatal(err)
			}
			tw.sweep()
		}
		if now := tw.state(p); now.State != payment.Lapsed {
			tw.t.Errorf("after 90 s the payment is %s", now.State)
		}
	})
}

// Whoever opened the page and left as soon as the processor was asked, again and
// again, would have spent the looks without an answer ever being heard.
func TestAPageThatWasLeftHearsTheAnswerAllTheSame(t *testing.T) {
	leave := func() {}
	wrap := func(p processor.Processor) processor.Processor {
		return deaf{p, p.(processor.Fields), func(context.Context, processor.LookupRequest) { leave() }}
	}
	each(t, wrap, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.clk.Advance(2 * time.Minute)
		var page context.Context
		page, leave = context.WithCancel(tw.t.Context())
		if now, err := tw.payments.Refresh(page, sampletown, p.ID); err != nil || now.State != payment.Lapsed {
			tw.t.Errorf("the payment is %s, %v", now.State, err)
		}
	})
}
