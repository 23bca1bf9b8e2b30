package payment_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/ledger"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// wavers says of some attempts something else than it has said before.
type wavers struct {
	processor.Processor
	processor.Fields
	now map[processor.Key]processor.Result
}

func (w wavers) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	if result, found := w.now[req.Key]; found {
		return result, nil
	}
	return w.Processor.Lookup(ctx, req)
}

// eachWavering runs a test with a processor that wavers, and with what is logged.
func eachWavering(t *testing.T, run func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		var log bytes.Buffer
		now := map[processor.Key]processor.Result{}
		wrap := func(p processor.Processor) processor.Processor { return wavers{p, p.(processor.Fields), now} }
		tw := openTown(t, d, clk, "", wrap, payment.Deps{Log: slog.New(slog.NewTextHandler(&log, nil))})
		tw.bill(8310)
		run(tw, now, &log)
	})
}

func approvedAfterAll(p payment.Payment) processor.Result {
	return processor.Result{Decision: processor.Approved, Amount: p.Total(), Reference: "ch_late", Instrument: p.Card}
}

func keyOf(p payment.Payment) processor.Key { return processor.Key(p.Attempt.String()) }

func (tw *town) settle(p payment.Payment) {
	tw.t.Helper()
	if err := tw.payments.Settle(tw.t.Context(), sampletown, keyOf(p)); err != nil {
		tw.t.Fatal(err)
	}
}

// A card that was refused, and then charged after all, stood nowhere once another
// was tried: the processor was asked about the newest attempt only.
func TestWhatAnEarlierAttemptTookIsInTheBook(t *testing.T) {
	eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		paid := tw.pay(tw.card(quote, good), payment.Approved)
		tw.settle(first)
		if found, err := tw.payments.Surpluses(t.Context(), sampletown); err != nil || len(found) != 0 || log.Len() > 0 {
			t.Errorf("a decline is a surplus: %v, %v, %s", found, err, log)
		}
		now[keyOf(first)] = approvedAfterAll(first)
		tw.clk.Advance(3 * 24 * time.Hour)
		for range 2 {
			tw.settle(first)
		}
		on := calendar.Of(tw.clk.Now(), time.UTC)
		tw.books("the day of the payment", paid.BusinessOn, paid.BusinessOn, 8435, -8310, -125)
		tw.books("the day it was heard of", on, on, 8435, 0, 0)
		if got := tw.booked(on, on)[ledger.Surpluses]; got != -8435 {
			t.Errorf("the payer's is %d, want -8435", got)
		}
		found, err := tw.payments.Surpluses(t.Context(), sampletown)
		if err != nil || len(found) != 1 || found[0].Attempt() != keyOf(first) || found[0].Payment.Attempt != paid.Attempt || found[0].Amount != paid.Total() || found[0].HeardOn != on {
			t.Errorf("Surpluses = %+v, %v", found, err)
		}
		if strings.Count(log.String(), "alarm=surplus_taken") != 1 || !strings.Contains(log.String(), "reference=ch_late") {
			t.Errorf("nobody is told, or twice: %s", log)
		}
	})
}

// What a processor had taken besides could not be noted as given back.
func TestASurplusIsGivenBackOnce(t *testing.T) {
	eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		paid := tw.pay(tw.card(quote, good), payment.Approved)
		now[keyOf(first)] = approvedAfterAll(first)
		tw.settle(first)
		refund := func(p payment.Payment) error {
			return tw.payments.RefundSurplus(t.Context(), sampletown, keyOf(p), "re_1", "operator:ana")
		}
		if err := refund(paid); !errors.Is(err, payment.ErrNoSurplus) {
			t.Errorf("the payment's own money is given back: %v", err)
		}
		tw.clk.Advance(2 * 24 * time.Hour)
		if err := refund(first); err != nil {
			t.Fatal(err)
		}
		if err := refund(first); !errors.Is(err, payment.ErrSurplusRefunded) {
			t.Errorf("it is given back twice: %v", err)
		}
		on := calendar.Of(tw.clk.Now(), time.UTC)
		tw.books("the day on which it was given back", on, on, -8435, 0, 0)
		tw.books("in the end", paid.BusinessOn, on, 8435, -8310, -125)
		if got := tw.booked(paid.BusinessOn, on)[ledger.Surpluses]; got != 0 {
			t.Errorf("still owed to the payer: %d", got)
		}
		if found, err := tw.payments.Surpluses(t.Context(), sampletown); err != nil || len(found) != 1 || found[0].RefundedOn != on {
			t.Errorf("Surpluses = %+v, %v", found, err)
		}
	})
}

// A town's merchant changed between two tries, and the new one was asked about the
// earlier: it had never seen it, so that what was taken stood nowhere.
func TestAnEarlierAttemptIsAskedForOfItsOwnMerchant(t *testing.T) {
	asked := map[processor.Key]processor.Merchant{}
	wrap := func(p processor.Processor) processor.Processor { return witness{p, p.(processor.Fields), asked} }
	each(t, wrap, func(tw *town) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		before := tw.file.Processor.Merchant
		tw.file.Processor.Merchant = "sampletown-2"
		second := tw.pay(tw.card(quote, good), payment.Approved)
		tw.settle(first)
		tw.settle(second)
		if string(asked[keyOf(first)]) != before || asked[keyOf(second)] != "sampletown-2" {
			t.Errorf("asked %v; the first was charged under %s", asked, before)
		}
	})
}

// witness notes of which merchant attempts are asked for.
type witness struct {
	processor.Processor
	processor.Fields
	asked map[processor.Key]processor.Merchant
}

func (w witness) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	w.asked[req.Key] = req.Merchant
	return w.Processor.Lookup(ctx, req)
}

// Nobody sends a notice twice for ever: a day that is tied out asks by itself.
func TestADayAsksAboutWhatWasNotPaid(t *testing.T) {
	eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		second := tw.pay(tw.card(quote, refusedCard), payment.Declined)
		now[keyOf(first)], now[keyOf(second)] = approvedAfterAll(first), approvedAfterAll(second)
		for range 2 {
			if err := tw.payments.SettleOn(t.Context(), sampletown, second.BusinessOn); err != nil {
				t.Fatal(err)
			}
		}
		tw.books("after the day has asked", first.BusinessOn, first.BusinessOn, 2*8435, -8310, -125)
		if now := tw.state(second); now.State != payment.Approved {
			t.Errorf("the newest attempt took the money, and the payment is %s", now.State)
		}
	})
}

// What was taken after a decline, and after that had lapsed, could not be
// recorded, and was taken for recorded by somebody else.
func TestAnApprovalAfterADeclineIsBelieved(t *testing.T) {
	for name, lapse := range map[string]bool{"declined": false, "declined, and lapsed": true} {
		t.Run(name, func(t *testing.T) {
			eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
				p := tw.pay(tw.card(tw.quote(8310), refusedCard), payment.Declined)
				if lapse {
					tw.clk.Advance(2 * time.Hour)
					tw.sweep()
				}
				now[keyOf(p)] = approvedAfterAll(p)
				for range 2 {
					tw.settle(p)
				}
				if after := tw.state(p); after.State != payment.Approved || after.BusinessOn != p.BusinessOn {
					t.Errorf("the payment is %s on %s", after.State, after.BusinessOn)
				}
				tw.books("in the end", p.BusinessOn, p.BusinessOn, 8435, -8310, -125)
				tw.owes("in the end", 0)
			})
		})
	}
}

// A processor that took an approval back was not believed, which is right, and
// nobody heard of it, which is not.
func TestAnApprovalThatIsDeniedAlarms(t *testing.T) {
	eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.settle(p)
		now[keyOf(p)] = processor.Result{} // doubt is no denial
		tw.settle(p)
		if log.Len() > 0 {
			t.Errorf("an alarm too early: %s", log)
		}
		now[keyOf(p)] = processor.Result{Decision: processor.Declined, Decline: processor.TryLater}
		tw.settle(p)
		if !strings.Contains(log.String(), "alarm=approval_denied city=sampletown") || tw.state(p).State != payment.Approved {
			t.Errorf("the payment is %s, and the log says %q", tw.state(p).State, log)
		}
	})
}

// A dispute of money that an earlier attempt took was taken from the payment.
func TestADisputeOfASurplusIsNotThePayments(t *testing.T) {
	eachWavering(t, func(tw *town, now map[processor.Key]processor.Result, log *bytes.Buffer) {
		quote := tw.card(tw.quote(8310), refusedCard)
		first := tw.pay(quote, payment.Declined)
		paid := tw.pay(tw.card(quote, good), payment.Approved)
		now[keyOf(first)] = approvedAfterAll(first)
		tw.settle(first)
		tw.contest(first, "evt_1", 0)
		if after := tw.state(paid); after.State != payment.Approved || !strings.Contains(log.String(), "alarm=disputed_besides") {
			t.Errorf("the payment is %s, and the log says %q", after.State, log)
		}
	})
}
