package payment_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/processortest"
	"clearwell/internal/processor/sandbox"
)

const refusedCard = "4000000000000002"

func TestAPaymentIsMadeAndCounted(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), good)
		if quote.Fee.Cents() != 125 || quote.Total().Cents() != 8435 {
			t.Errorf("fee %s, total %s", quote.Fee, quote.Total())
		}
		p := tw.pay(quote, payment.Approved)
		if p.Card.Last4 != "4242" || p.Confirmation == "" || p.ID != payment.OfQuote(quote.ID) {
			t.Errorf("payment %+v", p)
		}
		owed, err := tw.payments.Owed(t.Context(), sampletown, number)
		if err != nil || !owed.Total.IsZero() || len(owed.Pending) != 1 {
			t.Errorf("owed %s with %d pending, %v", owed.Total, len(owed.Pending), err)
		}
		tw.agree()
		rows, err := exposure.New(tw.d).Between(t.Context(), sampletown, p.BusinessOn, p.BusinessOn)
		if err != nil || len(rows) != 2 || rows[1].Outcome != exposure.Approved || rows[1].Last4 != "4242" {
			t.Errorf("exposure %+v, %v", rows, err)
		}
	})
}

func TestADeclineMayBeTriedAgain(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), refusedCard)
		tw.pay(quote, payment.Declined)
		tw.pay(quote, payment.Declined) // the same click again tries nothing
		again := tw.pay(tw.card(quote, good), payment.Approved)
		if again.Attempts != 2 {
			t.Errorf("%d attempts, want 2", again.Attempts)
		}
		tw.pay(quote, payment.Approved) // and again nothing
		tw.agree()
	})
}

func TestOneChargeHoweverOftenItIsAsked(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), good)
		var group sync.WaitGroup
		for range 12 {
			group.Go(func() {
				if _, err := tw.start(quote); err != nil {
					t.Errorf("starting: %v", err)
				}
			})
		}
		group.Wait()
		record, err := tw.company.Record()
		if err != nil || len(record.Charges) != 1 {
			t.Errorf("%d charges, %v, want one", len(record.Charges), err)
		}
		tw.agree()
	})
}

func TestALostReplyIsDoubtAndThenTruth(t *testing.T) {
	lost := func(inner processor.Processor) processor.Processor {
		return hearing{processortest.NewTimesOutAfterSuccess(inner), inner.(processor.Fields)}
	}
	each(t, lost, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		tw.clk.Advance(time.Minute)
		swept, err := tw.payments.Sweep(t.Context())
		if err != nil || swept.Decided != 1 {
			t.Errorf("Sweep = %+v, %v", swept, err)
		}
		after, err := tw.payments.Payment(t.Context(), sampletown, p.ID)
		if err != nil || after.State != payment.Approved {
			t.Errorf("payment is %s, %v", after.State, err)
		}
		tw.agree()
	})
}

// hearing gives a fake the capability of card fields.
type hearing struct {
	processor.Processor
	processor.Fields
}

func TestARequestThatNeverArrivedLapsesInTheEnd(t *testing.T) {
	deaf := func(inner processor.Processor) processor.Processor {
		return deafProcessor{inner, inner.(processor.Fields)}
	}
	each(t, deaf, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		for range 3 {
			tw.clk.Advance(100 * time.Second)
			if _, err := tw.payments.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		}
		after, err := tw.payments.Payment(t.Context(), sampletown, p.ID)
		if err != nil || after.State != payment.Lapsed {
			t.Errorf("payment is %s, %v", after.State, err)
		}
		tw.agree()
	})
}

// deafProcessor never gets a request, and says nothing.
type deafProcessor struct {
	processor.Processor
	processor.Fields
}

func (deafProcessor) Charge(context.Context, processor.ChargeRequest) (processor.Result, error) {
	return processor.Result{}, context.DeadlineExceeded
}

func TestDeclinedAndNotTriedAgainLapses(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), refusedCard), payment.Declined)
		tw.clk.Advance(2 * time.Hour)
		if _, err := tw.payments.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		after, err := tw.payments.Payment(t.Context(), sampletown, p.ID)
		if err != nil || after.State != payment.Lapsed {
			t.Errorf("payment is %s, %v", after.State, err)
		}
	})
}

func TestAChangedBalanceIsShownFirst(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), good)
		tw.clk.Advance(time.Minute)
		tw.bill(9000)
		_, err := tw.start(quote)
		tw.refused(err, payment.ErrRepriced)
		tw.agree()
	})
}

func TestConsentIsToOneSum(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), good)
		_, err := tw.payments.Start(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Amount})
		tw.refused(err, payment.ErrRepriced)
	})
}

func TestALikelyDuplicateIsAskedAbout(t *testing.T) {
	each(t, nil, func(tw *town) {
		tw.pay(tw.card(tw.quote(4000), good), payment.Approved)
		second := tw.card(tw.quote(4000), good)
		_, err := tw.start(second)
		tw.refused(err, payment.ErrLikelyDuplicate)
		earlier, err := tw.payments.Earlier(t.Context(), sampletown, second.ID)
		if err != nil || len(earlier) != 1 {
			t.Errorf("Earlier = %v, %v", earlier, err)
		}
		p, err := tw.payments.Start(t.Context(), payment.StartRequest{City: sampletown, Quote: second.ID, Consent: second.Total(), OnPurpose: true})
		if err != nil || p.State != payment.Approved {
			t.Errorf("on purpose: %s, %v", p.State, err)
		}
		tw.agree()
	})
}

func TestATakenConfirmationNumberIsDrawnAgain(t *testing.T) {
	each(t, nil, func(tw *town) {
		first := tw.pay(tw.card(tw.quote(4000), good), payment.Approved)
		tw.payments.RepeatConfirmation()
		second := tw.card(tw.quote(4000), good)
		p, err := tw.payments.Start(t.Context(), payment.StartRequest{City: sampletown, Quote: second.ID, Consent: second.Total(), OnPurpose: true})
		if err != nil || p.State != payment.Approved || p.Confirmation == first.Confirmation {
			t.Errorf("second payment %s, %q after %q, %v", p.State, p.Confirmation, first.Confirmation, err)
		}
	})
}

func TestAnOldQuoteAndAMissingCardAreRefused(t *testing.T) {
	each(t, nil, func(tw *town) {
		bare := tw.quote(8310)
		_, err := tw.start(bare)
		tw.refused(err, payment.ErrNoCard)
		quote := tw.card(bare, good)
		tw.clk.Advance(31 * time.Minute)
		_, err = tw.start(quote)
		tw.refused(err, payment.ErrQuoteExpired)
	})
}

func TestCardTestingIsStopped(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.quote(8310)
		for range 6 {
			tw.pay(tw.card(quote, refusedCard), payment.Declined)
		}
		_, err := tw.start(tw.card(quote, good))
		tw.refused(err, payment.ErrTooManyTries)
	})
}

// One card on one utility account after another: the town takes it no more, also
// where the payment would be the first on a utility account.
func TestADeclinedCardIsStopped(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.quote(8310)
		for range 6 {
			tw.pay(tw.card(quote, refusedCard), payment.Declined)
		}
		tw.clk.Advance(time.Minute)
		token, err := tw.company.Tokenize("sampletown", sandbox.TestCard(refusedCard))
		if err != nil {
			t.Fatal(err)
		}
		_, err = tw.payments.GiveCard(t.Context(), sampletown, tw.quote(8310).ID, token, quote.Payer)
		tw.refused(err, payment.ErrTooManyTries)
		tw.clk.Advance(24 * time.Hour)
		tw.card(tw.quote(8310), refusedCard)
	})
}

func TestTheProcessorsPage(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.quote(8310)
		p, url, err := tw.payments.StartAway(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()},
			payment.Return{Done: "http://localhost:8080/done", Cancel: "http://localhost:8080/cancel"})
		if err != nil || p.State != payment.Away || url == "" {
			t.Fatalf("StartAway = %s, %q, %v", p.State, url, err)
		}
		again, urlAgain, err := tw.payments.StartAway(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()},
			payment.Return{Done: "http://localhost:8080/done", Cancel: "http://localhost:8080/cancel"})
		if err != nil || again.Attempt != p.Attempt || urlAgain != url {
			t.Errorf("a second click went elsewhere: %s, %q, %v", again.Attempt, urlAgain, err)
		}
		tw.agree()
	})
}

func TestAnotherCitysAttemptIsNobodys(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.refused(tw.payments.Settle(t.Context(), "odessa", processor.Key(p.Attempt.String())), payment.ErrNoPayment)
		_, err := tw.payments.Payment(t.Context(), "odessa", p.ID)
		tw.refused(err, payment.ErrNoPayment)
		if err := tw.payments.Settle(t.Context(), sampletown, processor.Key(p.Attempt.String())); err != nil {
			t.Errorf("settling what is settled: %v", err)
		}
	})
}

func TestAcknowledgedPaymentsStopCountingOnceTheBalanceIsNewer(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		on := calendar.Of(tw.clk.Now(), time.UTC)
		found, err := tw.payments.ApprovedOn(t.Context(), sampletown, p.BusinessOn)
		if err != nil || len(found) != 1 || found[0].ID != p.ID {
			t.Errorf("ApprovedOn(%s) = %v, %v", on, found, err)
		}
		tw.clk.Advance(time.Hour)
		err = tw.d.Write(t.Context(), sampletown, func(_ context.Context, tx *db.Tx) error {
			payment.PostedTx(tx, []string{p.Confirmation}, tx.Now())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		tw.clk.Advance(time.Hour)
		tw.bill(5000)
		owed, err := tw.payments.Owed(t.Context(), sampletown, number)
		if err != nil || owed.Total.Cents() != 5000 || len(owed.Pending) != 0 {
			t.Errorf("owed %s, %d pending, %v", owed.Total, len(owed.Pending), err)
		}
	})
}

// The billing system is late by months, and still nothing is asked for twice.
func TestPaymentsNobodyTookAreRemembered(t *testing.T) {
	each(t, nil, func(tw *town) {
		tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.clk.Advance(400 * 24 * time.Hour)
		owed, err := tw.payments.Owed(t.Context(), sampletown, number)
		if err != nil || !owed.Total.IsZero() || len(owed.Pending) != 1 {
			t.Errorf("owed %s, %d pending, %v", owed.Total, len(owed.Pending), err)
		}
	})
}

// A payment that was declined before a cut-off and paid after it told the instant of
// the first try beside the business date of the second.
func TestAPaymentIsPaidWhenItsNewestAttemptWasMade(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		tw.clk.Advance(20 * time.Minute)
		paid := tw.pay(tw.card(quote, good), payment.Approved)
		if !first.PaidAt().Equal(first.StartedAt) || !paid.PaidAt().Equal(tw.clk.Now().Truncate(time.Millisecond)) {
			t.Errorf("declined at %s, paid at %s; now is %s", first.PaidAt(), paid.PaidAt(), tw.clk.Now())
		}
	})
}
