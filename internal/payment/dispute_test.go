package payment_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// contest has the cardholder take back so many cents, or everything for 0.
func (tw *town) contest(p payment.Payment, notice string, cents int64) {
	tw.t.Helper()
	err := tw.payments.Dispute(tw.t.Context(), sampletown, processor.Notice{
		ID: notice, Kind: processor.NoticeDispute, Key: processor.Key(p.Attempt.String()), Amount: money.Cents(cents),
	})
	if err != nil {
		tw.t.Fatal(err)
	}
}

func (tw *town) owes(when string, cents int64) {
	tw.t.Helper()
	owed, err := tw.payments.Owed(tw.t.Context(), sampletown, number)
	if err != nil || owed.Total.Cents() != cents {
		tw.t.Errorf("%s: owed %s, want %s, %v", when, owed.Total, money.Cents(cents), err)
	}
}

func (tw *town) posted(confirmations ...string) {
	tw.t.Helper()
	tw.clk.Advance(time.Hour)
	err := tw.d.Write(tw.t.Context(), sampletown, func(_ context.Context, tx *db.Tx) error {
		payment.PostedTx(tx, confirmations, tx.Now())
		return nil
	})
	if err != nil {
		tw.t.Fatal(err)
	}
	tw.clk.Advance(time.Hour)
}

// booked is the book of some days, by ledger account, in cents.
func (tw *town) booked(from, to calendar.Date) map[ledger.Code]int64 {
	tw.t.Helper()
	balances, err := ledger.New(tw.d).TrialBalance(tw.t.Context(), sampletown, from, to)
	if err != nil {
		tw.t.Fatal(err)
	}
	if out := ledger.Out(balances); !out.IsZero() {
		tw.t.Errorf("the book is out by %s: %v", out, balances)
	}
	sums := map[ledger.Code]int64{}
	for _, b := range balances {
		sums[b.Code] = b.Posted.Cents()
	}
	return sums
}

func (tw *town) books(when string, from, to calendar.Date, clearing, receivable, fees int64) {
	tw.t.Helper()
	got := tw.booked(from, to)
	if got[ledger.Clearing("sandbox")] != clearing || got[ledger.Receivable("water")] != receivable || got[ledger.Fees] != fees {
		tw.t.Errorf("%s: the book has %v, want clearing %d, receivable %d, fees %d", when, got, clearing, receivable, fees)
	}
}

// A dispute 40 days later changed the month of the payment, which was closed, and
// the billing system went on believing in the money.
func TestADisputeCountsOnTheDayItIsHeardOf(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.clk.Advance(40 * 24 * time.Hour)
		for range 2 {
			tw.contest(p, "evt_1", 0)
		}
		later := calendar.Of(tw.clk.Now(), time.UTC)
		tw.books("the day of the payment", p.BusinessOn, p.BusinessOn, 8435, -8310, -125)
		tw.books("the day of the dispute", later, later, -8435, 8310, 125)
		found, err := tw.payments.DisputesOn(t.Context(), sampletown, later)
		if err != nil || len(found) != 1 || found[0].Confirmation != p.Confirmation+"-R" || found[0].Principal != p.Amount || found[0].Fee() != p.Fee {
			t.Errorf("DisputesOn = %+v, %v", found, err)
		}
		if before, err := tw.payments.DisputesOn(t.Context(), sampletown, p.BusinessOn); err != nil || len(before) != 0 {
			t.Errorf("on the day of the payment: %+v, %v", before, err)
		}
	})
}

// Whatever the billing system knows of it by now: what was taken back is owed
// again, once, and no more than that.
func TestAPartOfAPaymentIsTakenBack(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.owes("paid", 0)
		tw.contest(p, "evt_1", 1000)
		tw.owes("disputed before the payment is posted", 1000)
		tw.posted(p.Confirmation)
		tw.bill(0)
		tw.owes("the balance has the payment", 1000)
		tw.posted(p.Confirmation + "-R")
		tw.bill(1000)
		tw.owes("the balance has the reversal", 1000)
		if err := tw.payments.Win(t.Context(), sampletown, p.Confirmation, money.Cents(1500), "operator:ana"); err != nil {
			t.Fatal(err)
		}
		tw.owes("won", 0)
		tw.posted(p.Confirmation + "-W")
		tw.bill(0)
		tw.owes("the balance has that it was won", 0)
		first, last := calendar.MakeDate(2020, 1, 1), calendar.MakeDate(2040, 1, 1)
		tw.books("in the end", first, last, 8435-1500, -8310, -125)
		if cost := tw.booked(first, last)[ledger.DisputeCosts]; cost != 1500 {
			t.Errorf("the dispute cost %d", cost)
		}
	})
}

func TestADisputeIsDecidedOnce(t *testing.T) {
	each(t, nil, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.refused(tw.payments.Win(t.Context(), sampletown, p.Confirmation, money.Amount{}, "operator:ana"), payment.ErrNotAllowed)
		tw.refused(tw.payments.Win(t.Context(), sampletown, "nobody's", money.Amount{}, "operator:ana"), payment.ErrNoPayment)
		tw.contest(p, "evt_1", 8310)
		if err := tw.payments.Win(t.Context(), sampletown, p.Confirmation, money.Amount{}, "operator:ana"); err != nil {
			t.Fatal(err)
		}
		tw.contest(p, "evt_1", 8310) // the same notice, late
		tw.owes("won, and told again", 0)
		tw.contest(p, "evt_2", 8435) // and another dispute
		tw.owes("disputed again", 8310)
		if err := tw.payments.Lose(t.Context(), sampletown, p.Confirmation, money.Amount{}, "operator:ana"); err != nil {
			t.Fatal(err)
		}
		tw.refused(tw.payments.Win(t.Context(), sampletown, p.Confirmation, money.Amount{}, "operator:ana"), payment.ErrNotAllowed)
		tw.owes("lost", 8310)
		all, err := tw.payments.Disputes(t.Context(), sampletown)
		if err != nil || len(all) != 2 || all[0].Payment.State != payment.Disputed {
			t.Errorf("Disputes = %+v, %v", all, err)
		}
		tw.books("in the end", p.BusinessOn, p.BusinessOn, 0, 0, 0)
	})
}

// A second dispute of what was taken back already left no trace at all.
func TestAnotherDisputeOfADisputedPaymentAlarms(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		var log bytes.Buffer
		tw := openTown(t, d, clk, "", nil, payment.Deps{Log: slog.New(slog.NewTextHandler(&log, nil))})
		tw.bill(8310)
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.contest(p, "evt_1", 1000)
		tw.contest(p, "evt_1", 1000)
		if log.Len() > 0 {
			t.Errorf("the same notice again: %s", &log)
		}
		tw.contest(p, "evt_2", 2000)
		if !strings.Contains(log.String(), "alarm=disputed_besides") || !strings.Contains(log.String(), "notice=evt_2") {
			t.Errorf("nobody is told: %q", &log)
		}
	})
}
