package payment_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// deaf never hears a charge, and says so to nobody.
type deaf struct {
	processor.Processor
	processor.Fields
	looked func(context.Context, processor.LookupRequest) // told of every lookup, where it is not nil
}

func (deaf) Charge(context.Context, processor.ChargeRequest) (processor.Result, error) {
	return processor.Result{}, errors.New("connection reset")
}

func (d deaf) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	if d.looked != nil {
		d.looked(ctx, req)
	}
	return d.Processor.Lookup(ctx, req)
}

func (tw *town) sweep() {
	tw.t.Helper()
	if _, err := tw.payments.Sweep(tw.t.Context()); err != nil {
		tw.t.Fatal(err)
	}
}

func (tw *town) state(p payment.Payment) payment.Payment {
	tw.t.Helper()
	now, err := tw.payments.Payment(tw.t.Context(), sampletown, p.ID)
	if err != nil {
		tw.t.Fatal(err)
	}
	return now
}

// Each look without news began the time anew after which the processor's word is
// believed; with a look every half minute it was never over.
func TestAChargeThatNeverArrivedLapses(t *testing.T) {
	each(t, func(p processor.Processor) processor.Processor { return deaf{p, p.(processor.Fields), nil} }, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		for range 15 { // five seconds apart, as the program sweeps
			tw.clk.Advance(5 * time.Second)
			tw.sweep()
		}
		if early := tw.state(p); early.State != payment.InDoubt || !early.StateAt.Equal(p.StateAt) {
			tw.t.Errorf("after 75 s the payment is %s since %s", early.State, early.StateAt)
		}
		for range 9 {
			tw.clk.Advance(5 * time.Second)
			tw.sweep()
		}
		if late := tw.state(p); late.State != payment.Lapsed {
			tw.t.Errorf("after two minutes the payment is %s", late.State)
		}
	})
}

// Two hundred payments whose processor nobody knows any more were looked at
// again and again, and one in doubt never.
func TestPaymentsThatCannotBeAskedAboutDoNotStarveOthers(t *testing.T) {
	each(t, func(p processor.Processor) processor.Processor { return deaf{p, p.(processor.Fields), nil} }, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.orphans(p, 200)
		for range 4 {
			tw.clk.Advance(time.Minute)
			_, err := tw.payments.Sweep(tw.t.Context())
			tw.refused(err, payment.ErrNoProcessor)
		}
		if now := tw.state(p); now.State != payment.Lapsed {
			tw.t.Errorf("the payment in doubt is still %s", now.State)
		}
	})
}

// orphans copies a payment to older ones of a processor that is gone.
func (tw *town) orphans(p payment.Payment, many int) {
	tw.t.Helper()
	err := tw.d.Write(tw.t.Context(), sampletown, func(_ context.Context, tx *db.Tx) error {
		for i := range many {
			tx.Exec(`insert into payments (city_id, id, state, state_at, looked_at, started_at, business_on, utility_account, service,
					channel, amount_cents, fee_cents, confirmation, policy_version, processor, merchant, attempt_id, attempt_number,
					exposure_id, capture_path, card_brand, card_last4, card_funding, card_entry, card_fingerprint, payer_name,
					payer_address, payer_email, payer_phone, language, acknowledged_at)
				select city_id, $1, 'asking', state_at - 1, looked_at - 1, started_at, business_on, utility_account, service,
					channel, amount_cents, fee_cents, $2, policy_version, 'gone', merchant, attempt_id, attempt_number,
					exposure_id, capture_path, card_brand, card_last4, card_funding, card_entry, card_fingerprint, payer_name,
					payer_address, payer_email, payer_phone, language, acknowledged_at
				from payments where city_id = $3 and id = $4`,
				fmt.Sprintf("pay_%026d", i), fmt.Sprint("orphan ", i), string(sampletown), p.ID.String())
		}
		return nil
	})
	if err != nil {
		tw.t.Fatal(err)
	}
}

// A processor that hangs, or an adapter that panics, is one payment's trouble.
func TestEveryLookupEnds(t *testing.T) {
	var looked func(context.Context, processor.LookupRequest)
	wrap := func(p processor.Processor) processor.Processor {
		return deaf{p, p.(processor.Fields), func(ctx context.Context, req processor.LookupRequest) { looked(ctx, req) }}
	}
	each(t, wrap, func(tw *town) {
		tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.clk.Advance(time.Minute)
		limited := false
		looked = func(ctx context.Context, _ processor.LookupRequest) { _, limited = ctx.Deadline() }
		tw.sweep()
		if !limited {
			tw.t.Error("a lookup may last for ever")
		}
		tw.clk.Advance(time.Minute)
		looked = func(context.Context, processor.LookupRequest) { panic("no nerve") }
		if _, err := tw.payments.Sweep(tw.t.Context()); err == nil {
			tw.t.Error("nobody is told that an adapter panics")
		}
	})
}

// Nobody said when an attempt was made. A company that is asked by lists then
// looked no further back than a day, and never closed the attempt: what it had
// approved before an outage lapsed after it.
func TestWhoIsAskedLaterIsToldSinceWhen(t *testing.T) {
	var since time.Time
	wrap := func(p processor.Processor) processor.Processor {
		return deaf{p, p.(processor.Fields), func(_ context.Context, req processor.LookupRequest) { since = req.Since }}
	}
	each(t, wrap, func(tw *town) {
		asked := tw.clk.Now()
		tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.clk.Advance(30 * time.Hour)
		tw.sweep()
		if !since.Equal(asked) {
			tw.t.Errorf("the attempt was made at %s, and is looked for since %s", asked, since)
		}
	})
}
