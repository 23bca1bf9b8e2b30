package payment_test

import (
	"testing"

	"clearwell/internal/exposure"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
)

// atCounter quotes a payment by card at the counter, and asks for the card.
func (tw *town) atCounter(reader string) (payment.StartRequest, payment.Payment) {
	tw.t.Helper()
	quote, err := tw.payments.Quote(tw.t.Context(), payment.QuoteRequest{
		City: sampletown, UtilityAccount: number, Channel: policy.Counter, Amount: money.Cents(8310), Language: locale.English,
		CapturePath: exposure.CounterReader,
	})
	if err != nil {
		tw.t.Fatal(err)
	}
	req := payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}
	p, err := tw.payments.StartAtReader(tw.t.Context(), req, reader)
	if err != nil || p.State != payment.Away {
		tw.t.Fatalf("at the reader %s, %v", p.State, err)
	}
	return req, p
}

// A card at the counter's reader pays once, and whose card it was can be named.
func TestACardAtTheReader(t *testing.T) {
	each(t, nil, func(tw *town) {
		req, p := tw.atCounter("front")
		tw.remains(8310)
		if again, err := tw.payments.StartAtReader(t.Context(), req, "front"); err != nil || again.Attempt != p.Attempt {
			t.Errorf("the same again is %+v, %v", again, err)
		}
		if err := tw.company.Tap(processor.Merchant(tw.file.Processor.Merchant), "front", sandbox.TestCard(good)); err != nil {
			t.Fatal(err)
		}
		paid, err := tw.payments.Refresh(t.Context(), sampletown, p.ID)
		if err != nil || paid.State != payment.Approved || paid.Card.Last4 != "4242" || paid.Tender != policy.Card || paid.ByHand() {
			t.Fatalf("paid %+v, %v", paid, err)
		}
		tw.remains(0)
		tw.agree()
		rows, err := exposure.New(tw.d).Between(t.Context(), sampletown, paid.BusinessOn, paid.BusinessOn)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%d occasions, %v", len(rows), err)
		}
		last := rows[len(rows)-1]
		if last.CapturePath != exposure.CounterReader || last.Outcome != exposure.Approved || last.Entry != "reader" || last.Channel != "counter" {
			t.Errorf("the occasion is %+v", last)
		}
	})
}

func TestWhoLeavesTheReaderHasPaidNothing(t *testing.T) {
	each(t, nil, func(tw *town) {
		_, p := tw.atCounter("front")
		left, err := tw.payments.LeaveReader(t.Context(), sampletown, p.ID)
		if err != nil || left.State != payment.Declined {
			t.Errorf("left %+v, %v", left, err)
		}
		tw.remains(8310)
		tw.agree()
		online := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		_, err = tw.payments.LeaveReader(t.Context(), sampletown, online.ID)
		tw.refused(err, payment.ErrNoProcessor)
	})
}

// A cashier of a town whose processor has no readers is told so.
func TestAProcessorWithoutReaders(t *testing.T) {
	each(t, func(inner processor.Processor) processor.Processor { return struct{ processor.Processor }{inner} }, func(tw *town) {
		quote := tw.quote(8310)
		_, err := tw.payments.StartAtReader(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}, "front")
		tw.refused(err, payment.ErrNoProcessor)
	})
}
