package payment_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// crossing holds whoever is judged until two are, or until the second waits for
// the first, so that two payments meet between reading and writing.
type crossing struct {
	d      *db.DB
	armed  atomic.Bool
	judged atomic.Int64
	inside atomic.Bool // asked from inside a transaction
}

// CheckCards is asked before the transaction; what it gives runs inside.
func (c *crossing) CheckCards(ctx context.Context, _ id.City) (payment.CardCheck, error) {
	if db.InTransaction(ctx) {
		c.inside.Store(true)
	}
	return func(string, string) error {
		if c.armed.Load() {
			for c.judged.Add(1); c.judged.Load() < 2 && !c.oneWaits(ctx); {
				runtime.Gosched()
			}
		}
		return nil
	}, nil
}

// oneWaits reports whether a transaction waits for a lock of another.
func (c *crossing) oneWaits(ctx context.Context) bool {
	waiting := 0
	err := c.d.Handle().SQL.QueryRowContext(ctx, "select count(*) from pg_locks where not granted").Scan(&waiting)
	return err != nil || waiting > 0
}

// crossed opens a town on PostgreSQL in which two payments meet; on SQLite they
// cannot, as there is one writer.
func crossed(t *testing.T) (*town, *crossing) {
	clk := clock.NewManual(dbtest.Began)
	d := dbtest.Postgres(t, clk)
	met := &crossing{d: d}
	tw := openTown(t, d, clk, "", nil, payment.Deps{Holds: met, Receipts: payment.NoReceipts{}})
	tw.bill(8310)
	return tw, met
}

// together starts the payments of quotes at once.
func (tw *town) together(quotes ...payment.Quote) (made []payment.Payment, errs []error) {
	made, errs = make([]payment.Payment, len(quotes)), make([]error, len(quotes))
	ended := make(chan bool)
	for i, quote := range quotes {
		go func() {
			made[i], errs[i] = tw.start(quote)
			ended <- true
		}()
	}
	for range quotes {
		<-ended
	}
	return made, errs
}

// Two quotes of one utility account, sent at the same instant: neither sees the
// other's payment until it is written, and the bill was paid twice.
func TestTwoTabsPayABillOnce(t *testing.T) {
	tw, met := crossed(t)
	one, other := tw.card(tw.quote(8310), good), tw.card(tw.quote(8310), good)
	met.armed.Store(true)
	_, errs := tw.together(one, other)
	if errs[0] != nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	if errs[0] != nil {
		t.Errorf("neither is made: %v", errs)
	}
	tw.refused(errs[1], payment.ErrLikelyDuplicate)
	tw.agree()
}

// The second of two clicks with a new card is shown the payment, as it is the
// first time.
func TestADoubleClickAfterADeclineIsOneAttempt(t *testing.T) {
	tw, met := crossed(t)
	quote := tw.quote(8310)
	tw.pay(tw.card(quote, refusedCard), payment.Declined)
	quote = tw.card(quote, good)
	met.armed.Store(true)
	made, errs := tw.together(quote, quote)
	for i, err := range errs {
		if err != nil || made[i].Attempts != 2 {
			t.Errorf("click %d: attempt %d, %v", i, made[i].Attempts, err)
		}
	}
	tw.agree()
}

// As many payments as connections, each of which asked for holds with a
// connection in hand, waited for each other.
func TestHoldsAreAskedBeforeATransaction(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		asked := &crossing{d: d}
		tw := openTown(t, d, clk, "", nil, payment.Deps{Holds: asked, Receipts: payment.NoReceipts{}})
		tw.bill(8310)
		quote := tw.quote(8310)
		if _, err := tw.payments.ShowFields(t.Context(), sampletown, quote.ID, "http://localhost:8080", "m1"); err != nil {
			t.Fatal(err)
		}
		tw.pay(tw.card(quote, good), payment.Approved)
		if asked.inside.Load() {
			t.Error("holds are asked for inside a transaction")
		}
	})
}

// odd does something of its own when it is asked for money.
type odd struct {
	processor.Processor
	processor.Fields
	charge func(context.Context, processor.ChargeRequest) (processor.Result, error)
}

func (o odd) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	return o.charge(ctx, req)
}

// A notice that is heard before the answer is what the payer sees, too.
func TestAFasterNoticeIsShown(t *testing.T) {
	var now *town
	wrap := func(p processor.Processor) processor.Processor {
		return odd{p, p.(processor.Fields), func(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
			result, err := p.Charge(ctx, req)
			if err := now.payments.Settle(ctx, sampletown, req.Key); err != nil {
				t.Error(err)
			}
			return result, err
		}}
	}
	each(t, wrap, func(tw *town) {
		now = tw
		tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
	})
}

func TestAPanickingAdapterLeavesAPaymentToTheSweep(t *testing.T) {
	wrap := func(p processor.Processor) processor.Processor {
		return odd{p, p.(processor.Fields), func(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
			p.Charge(ctx, req)
			panic("no nerve")
		}}
	}
	each(t, wrap, func(tw *town) {
		p := tw.pay(tw.card(tw.quote(8310), good), payment.Asking)
		tw.clk.Advance(time.Minute)
		tw.sweep()
		if now := tw.state(p); now.State != payment.Approved {
			tw.t.Errorf("the payment is %s", now.State)
		}
		tw.agree()
	})
}

var dollar = money.Cents(100)

// less approves a dollar less than it is asked for.
type less struct {
	processor.Processor
	processor.Fields
}

func (l less) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	result, err := l.Processor.Charge(ctx, req)
	result.Amount = result.Amount.Sub(dollar)
	return result, err
}

func (l less) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	result, err := l.Processor.Lookup(ctx, req)
	result.Amount = result.Amount.Sub(dollar)
	return result, err
}

// An approval of another sum needs a person, so one must be told.
func TestAnApprovalOfAnotherSumRaisesAnAlarm(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		var log bytes.Buffer
		wrap := func(p processor.Processor) processor.Processor { return less{p, p.(processor.Fields)} }
		tw := openTown(t, d, clk, "", wrap, payment.Deps{Log: slog.New(slog.NewTextHandler(&log, nil))})
		tw.bill(8310)
		tw.pay(tw.card(tw.quote(8310), good), payment.InDoubt)
		told := func(when string) {
			for _, want := range []string{"level=ERROR msg=alarm alarm=another_sum_approved city=sampletown", "asked=84.35 approved=83.35"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%s nobody is told %q: %s", when, want, log.String())
				}
			}
			log.Reset()
		}
		told("at the charge")
		clk.Advance(time.Minute)
		tw.sweep()
		told("at the sweep")
	})
}
