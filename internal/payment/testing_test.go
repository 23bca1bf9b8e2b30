package payment_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/limit"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
)

// Stolen cards were tested at the pace of a town's busiest day, from many networks
// and on many utility accounts, and nothing noticed that nearly all were declined.
func TestATownWhoseCardsAreDeclinedSlowsDown(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		var log bytes.Buffer
		rule := payment.CardTesting()
		ratio := limit.NewRatio(clk, rule)
		tw := openTown(t, d, clk, "", nil, payment.Deps{Ratio: ratio, Log: slog.New(slog.NewTextHandler(&log, nil))})
		tw.bill(8310)
		for range rule.Least - 1 { // elsewhere in the town
			ratio.Note("sampletown", true)
		}
		if strings.Contains(log.String(), "cards_tested") {
			t.Error("an alarm too early")
		}
		quote := tw.quote(8310)
		tw.pay(tw.card(quote, refusedCard), payment.Declined)
		if strings.Count(log.String(), "alarm=cards_tested city=sampletown") != 1 {
			t.Errorf("no alarm, or several: %s", &log)
		}
		_, err := tw.start(tw.card(quote, good))
		tw.refused(err, payment.ErrCardsSlowed)
		token, err := tw.company.Tokenize("sampletown", sandbox.TestCard(refusedCard))
		if err != nil {
			t.Fatal(err)
		}
		_, err = tw.payments.GiveCard(t.Context(), sampletown, quote.ID, token, quote.Payer)
		tw.refused(err, payment.ErrCardsSlowed)
		clk.Advance(rule.Length)
		tw.pay(tw.card(quote, good), payment.Approved)
	})
}

// Whoever has had no decline pays as on any other day.
func TestAnHonestCardPassesWhileOthersAreTested(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		ratio := limit.NewRatio(clk, payment.CardTesting())
		tw := openTown(t, d, clk, "", nil, payment.Deps{Ratio: ratio})
		tw.bill(8310)
		for range 100 {
			ratio.Note("sampletown", true)
		}
		tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
	})
}

// spent answers every charge that the token was used up.
type spent struct {
	processor.Processor
	processor.Fields
}

func (spent) Charge(context.Context, processor.ChargeRequest) (processor.Result, error) {
	return processor.Result{}, processor.ErrTokenSpent
}

// A token that was used up, or a processor that cannot be asked, counted as a
// decline of the card.
func TestASpentTokenIsNoDeclinedCard(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		ratio := limit.NewRatio(clk, limit.Share{Least: 1, Hundredths: 1, Length: time.Minute})
		wrap := func(inner processor.Processor) processor.Processor { return spent{inner, inner.(processor.Fields)} }
		tw := openTown(t, d, clk, "", wrap, payment.Deps{Ratio: ratio})
		tw.bill(8310)
		for range 7 { // one more than the town allows a card
			tw.pay(tw.card(tw.quote(8310), good), payment.Declined)
		}
		if _, over := ratio.Exceeded("sampletown"); over {
			t.Error("a spent token counts as a declined card")
		}
	})
}

// Who looked at the processor's page often enough and went back was told that too
// many cards had been declined, and the town that cards were being tested.
func TestLeavingThePageIsNoDeclinedCard(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		ratio := limit.NewRatio(clk, limit.Share{Least: 1, Hundredths: 1, Length: 12 * time.Hour})
		tw := openTown(t, d, clk, "", nil, payment.Deps{Ratio: ratio})
		tw.bill(8310)
		for range 7 {
			quote := tw.quote(8310)
			p, _, err := tw.payments.StartAway(t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}, back)
			if err != nil {
				t.Fatal(err)
			}
			clk.Advance(31 * time.Minute)
			if p, err = tw.payments.Refresh(t.Context(), sampletown, p.ID); err != nil || p.State != payment.Declined {
				t.Fatalf("the payment is %s, %v", p.State, err)
			}
		}
		if _, over := ratio.Exceeded("sampletown"); over {
			t.Error("a page that was left counts as a declined card")
		}
		tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
	})
}
