package payment_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// step is a place at which the process dies.
type step string

// The places, in the order of a payment's life. Between two of them lies each
// transaction and each question to the processor.
var steps = []step{
	"before judging",              // the quote and the card are kept
	"before asking",               // the payment is durable, the processor knows nothing
	"after asking",                // the processor has charged, nobody has heard it
	"before recording the answer", // inside the last transaction
	"after recording the answer",
}

// TestKilledAtEveryStep kills the process with SIGKILL at each step of a
// payment, starts again on what is left, and sweeps. The payment must end as the
// processor's own record says, and the books must agree with it.
func TestKilledAtEveryStep(t *testing.T) {
	for _, at := range steps {
		t.Run("sqlite/"+string(at), func(t *testing.T) { dieAndRecover(t, "sqlite:"+dbtest.SQLiteFile(t), at) })
		t.Run("postgres/"+string(at), func(t *testing.T) { dieAndRecover(t, dbtest.PostgresURL(t), at) })
	}
}

func dieAndRecover(t *testing.T, url string, at step) {
	journal := filepath.Join(t.TempDir(), "sandbox.journal")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperPaysAndDies$")
	child.Env = append(os.Environ(), "CLEARWELL_DIE="+string(at), "CLEARWELL_DB="+url, "CLEARWELL_JOURNAL="+journal)
	output, err := child.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed: %v\n%s", err, output)
	}
	clk := clock.NewManual(dbtest.Began.Add(time.Hour))
	tw := openTown(t, dbtest.Open(t, url, clk), clk, journal, nil, payment.Deps{})
	for range 2 {
		if _, err := tw.payments.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		clk.Advance(time.Hour)
	}
	tw.agree()
	tw.endsAs(lastLine(output))
}

func lastLine(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return lines[len(lines)-1]
}

// endsAs compares the payment of a quote with the processor's record.
func (tw *town) endsAs(quoteText string) {
	tw.t.Helper()
	quote, err := payment.ParseQuote(quoteText)
	if err != nil {
		tw.t.Fatalf("the child left no quote: %q", quoteText)
	}
	record, err := tw.company.Record()
	if err != nil {
		tw.t.Fatal(err)
	}
	p, err := tw.payments.Payment(tw.t.Context(), sampletown, payment.OfQuote(quote))
	switch {
	case len(record.Charges) == 1 && (err != nil || p.State != payment.Approved):
		tw.t.Errorf("charged, and the payment is %q, %v", p.State, err)
	case len(record.Charges) == 0 && err == nil && p.State != payment.Lapsed:
		tw.t.Errorf("not charged, and the payment is %q", p.State)
	case len(record.Charges) > 1:
		tw.t.Errorf("charged %d times", len(record.Charges))
	}
}

// TestHelperPaysAndDies is the child of TestKilledAtEveryStep; by itself it does
// nothing.
func TestHelperPaysAndDies(t *testing.T) {
	at := step(os.Getenv("CLEARWELL_DIE"))
	if at == "" {
		t.Skip("runs as the child of TestKilledAtEveryStep")
	}
	clk := clock.NewManual(dbtest.Began)
	d := dbtest.Open(t, os.Getenv("CLEARWELL_DB"), clk)
	armed := &death{at: at}
	wrap := func(inner processor.Processor) processor.Processor {
		return mortal{inner, inner.(processor.Fields), armed}
	}
	tw := openTown(t, d, clk, os.Getenv("CLEARWELL_JOURNAL"), wrap, payment.Deps{Holds: armed, Receipts: armed})
	tw.bill(8310)
	quote := tw.card(tw.quote(8310), good)
	fmt.Println(quote.ID)
	armed.ready = true
	tw.pay(quote, payment.Approved)
	armed.reach("after recording the answer")
}

// death kills the process when it reaches its step.
type death struct {
	at    step
	ready bool
}

func (d *death) reach(at step) {
	if d.ready && at == d.at {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}

// CheckCards is reached before the payment is judged.
func (d *death) CheckCards(context.Context, id.City) (payment.CardCheck, error) {
	return func(string, string) error {
		d.reach("before judging")
		return nil
	}, nil
}

// ReturnedTx is not reached.
func (d *death) ReturnedTx(*db.Tx, *city.City, payment.Payment, string, calendar.Date) {}

// ReceiptTx is reached inside the transaction that records an approval.
func (d *death) ReceiptTx(*db.Tx, *city.City, payment.Payment) {
	d.reach("before recording the answer")
}

// mortal is a processor on either side of which the process may die.
type mortal struct {
	processor.Processor
	processor.Fields
	death *death
}

func (m mortal) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	m.death.reach("before asking")
	result, err := m.Processor.Charge(ctx, req)
	m.death.reach("after asking")
	return result, err
}
