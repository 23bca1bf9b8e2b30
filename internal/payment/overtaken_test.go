package payment_test

import (
	"context"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
)

// interrupted has somebody do something between its answer and our hearing it,
// and says meanwhile that it is still deciding.
type interrupted struct {
	processor.Processor
	processor.Fields
	meanwhile func()
}

func (i interrupted) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	result, err := i.Processor.Charge(ctx, req)
	i.meanwhile()
	return result, err
}

func (interrupted) Lookup(context.Context, processor.LookupRequest) (processor.Result, error) {
	return processor.Result{Decision: processor.Pending}, nil
}

// A payer whose waiting page looked while the card was being charged moved the
// payment on, and the processor's answer was thrown away: no receipt until the
// next sweep.
func TestAnAnswerHeardAfterALookIsNotThrownAway(t *testing.T) {
	var meanwhile func()
	wrap := func(p processor.Processor) processor.Processor {
		return interrupted{p, p.(processor.Fields), func() { meanwhile() }}
	}
	each(t, wrap, func(tw *town) {
		quote := tw.card(tw.quote(8310), good)
		meanwhile = func() {
			p, err := tw.payments.Refresh(t.Context(), sampletown, payment.OfQuote(quote.ID))
			if err != nil || p.State != payment.InDoubt {
				t.Errorf("a look meanwhile finds it %s, %v", p.State, err)
			}
		}
		tw.pay(quote, payment.Approved)
		tw.agree()
	})
}

// slowly lets time pass between a payment's instant and its end.
type slowly struct {
	clk  *clock.Manual
	wait time.Duration
}

// CheckCards gives a check that takes its time.
func (s *slowly) CheckCards(context.Context, id.City) (payment.CardCheck, error) {
	return func(string, string) error { s.clk.Advance(s.wait); return nil }, nil
}

// A machine that stood still between the record and the asking charged a payment
// that another had found to have never arrived, and told its payer so.
func TestAChargeThatIsTooLateIsNotSent(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		holds := &slowly{clk: clk, wait: time.Minute}
		tw := openTown(t, d, clk, "", nil, payment.Deps{Holds: holds, Receipts: payment.NoReceipts{}})
		tw.bill(8310)
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Asking)
		if record, err := tw.company.Record(); err != nil || len(record.Charges) != 0 {
			t.Errorf("%d charges, %v", len(record.Charges), err)
		}
		clk.Advance(time.Minute)
		tw.sweep()
		if now := tw.state(p); now.State != payment.Lapsed {
			t.Errorf("the payment is %s", now.State)
		}
	})
}

// Somebody else paid after a decline, and a second card paid the bill again: what
// had changed was looked at before the first try only.
func TestASecondTryIsJudgedByWhatHasHappenedSince(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), refusedCard)
		tw.pay(quote, payment.Declined)
		tw.clk.Advance(time.Minute)
		tw.pay(tw.card(tw.quote(8310), good), payment.Approved) // by another in the household
		quote = tw.given(quote, good)
		_, err := tw.start(quote)
		tw.refused(err, payment.ErrLikelyDuplicate)
		_, err = tw.payments.Start(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total(), OnPurpose: true})
		tw.refused(err, payment.ErrRepriced)
		tw.agree()
	})
}

// Whoever paid twice on purpose is not asked again after a decline.
func TestASecondTryTellsNothingTwice(t *testing.T) {
	each(t, nil, func(tw *town) {
		tw.pay(tw.card(tw.quote(1000), good), payment.Approved)
		tw.clk.Advance(time.Minute)
		quote := tw.card(tw.quote(1000), refusedCard)
		_, err := tw.start(quote)
		tw.refused(err, payment.ErrLikelyDuplicate)
		p, err := tw.payments.Start(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total(), OnPurpose: true})
		if err != nil || p.State != payment.Declined {
			t.Fatalf("the payment is %s, %v", p.State, err)
		}
		tw.pay(tw.card(quote, good), payment.Approved)
	})
}

// given ties a card to a quote that the rules may refuse by now.
func (tw *town) given(quote payment.Quote, pan string) payment.Quote {
	tw.t.Helper()
	token, err := tw.company.Tokenize("sampletown", sandbox.TestCard(pan))
	if err != nil {
		tw.t.Fatal(err)
	}
	if _, err := tw.payments.GiveCard(tw.t.Context(), sampletown, quote.ID, token, quote.Payer); err != nil {
		tw.t.Logf("giving the card: %v", err)
	}
	return quote
}

// A payer whom the card's bank asks, and who goes to the processor's page instead,
// would have had two open tries under one key.
func TestAChallengedCardIsNotPaidOnThePageBesides(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), "4000000000003220")
		req := payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total(), ReturnURL: back.Done}
		p, err := tw.payments.Start(t.Context(), req)
		if err != nil || p.State != payment.Away {
			t.Fatalf("the payment is %s, %v", p.State, err)
		}
		if again, page, err := tw.payments.StartAway(t.Context(), req, back); err != nil || page != "" || again.Attempt != p.Attempt {
			t.Errorf("StartAway = %s, %q, %v", again.State, page, err)
		}
	})
}
