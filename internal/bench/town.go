package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
)

const sampletown id.City = "sampletown"

// clients is how many payers are served at once.
const clients = 32

// town is sampletown with its services, and a sandbox in this process as its
// processor, so that what is measured is ours.
type town struct {
	file     city.City
	company  *sandbox.Server
	payments *payment.Service
}

// ByID is the directory of the one town.
func (t *town) ByID(id.City) (*city.City, error) { return &t.file, nil }

func newTown(d *db.DB) (*town, error) {
	file, err := city.Parse("sampletown.yaml", city.Example())
	if err != nil {
		return nil, err
	}
	company, err := sandbox.New(sandbox.Config{
		URL: "http://localhost:8081", SecretKey: secret.New("measured"), Clock: clock.System(),
	})
	if err != nil {
		return nil, err
	}
	t := &town{file: city.City{File: file}, company: company}
	t.payments = payment.New(payment.Deps{
		DB: d, Towns: t, Processors: map[string]processor.Processor{"sandbox": sandbox.Direct(company)},
		Holds: payment.NoHolds{}, Receipts: payment.NoReceipts{}, Node: "bench", Release: "0123456789abcdef",
	})
	return t, nil
}

// numbered is the n-th utility account's number, as many digits as sampletown's.
func numbered(n int) billing.Number { return billing.Number(fmt.Sprintf("%09d", n)) }

// bill is a made-up bill of the n-th utility account.
func bill(n int) *billing.Row {
	on := calendar.MakeDate(2026, 11, 2)
	amount := money.Cents(int64(3_000 + n%17_000))
	return &billing.Row{
		Line: int64(n + 1), Number: numbered(n), Display: fmt.Sprintf("%06d-%03d", n/1000, n%1000),
		Name: fmt.Sprintf("EXAMPLE, RESIDENT %d", n), ServiceAddress: fmt.Sprintf("%d MAIN STREET", 100+n), ZIP: "78600",
		Mailing: billing.Mailing{Lines: [2]string{fmt.Sprintf("%d MAIN STREET", 100+n)}, City: "SAMPLETOWN", State: "TX", ZIP: "78600"},
		Service: "water", Bill: fmt.Sprintf("B%09d", n), BilledOn: on, DueOn: on.AddDays(20), From: on.AddDays(-30), To: on,
		Amount: &amount, Current: &amount,
	}
}

// chunk is how many rows are staged in a transaction, as an import does.
const chunk = 4_000

// load brings in the bills of n utility accounts, as an import does: chunks are
// staged, then all become what is owed at once. It times each chunk.
func load(ctx context.Context, d *db.DB, n int) (timings, error) {
	loading := billing.NewLoad(d.Clock().Now())
	staged, err := drive(ctx, 1, math.MaxInt64, (n+chunk-1)/chunk, func(ctx context.Context, call int) error {
		return stage(ctx, d, loading, call*chunk, min(n, (call+1)*chunk))
	})
	if err != nil {
		return staged, err
	}
	began := d.Clock().Now()
	err = d.Write(ctx, sampletown, func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.ApplyTx(ctx, tx, loading, tx.Now())
		return err
	})
	staged.elapsed += d.Clock().Now().Sub(began)
	return staged, err
}

func stage(ctx context.Context, d *db.DB, loading billing.LoadID, from, to int) error {
	return d.Write(ctx, sampletown, func(ctx context.Context, tx *db.Tx) error {
		next := from
		_, err := billing.StageTx(ctx, tx, loading, func() (*billing.Row, error) {
			if next == to {
				return nil, nil
			}
			next++
			return bill(next - 1), nil
		})
		return err
	})
}

// prepared is a quote with a card given: all that happens before a payer
// presses the button.
type prepared struct{ request payment.StartRequest }

// prepare makes quotes, each on a utility account of its own.
func (t *town) prepare(ctx context.Context, d *db.DB, n int) ([]prepared, error) {
	if _, err := load(ctx, d, n); err != nil {
		return nil, fmt.Errorf("making bills: %w", err)
	}
	quotes := make([]prepared, n)
	_, err := drive(ctx, clients, math.MaxInt64, n, func(ctx context.Context, call int) (err error) {
		quotes[call], err = t.quote(ctx, call)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preparing quotes: %w", err)
	}
	return quotes, nil
}

func (t *town) quote(ctx context.Context, n int) (prepared, error) {
	payer := exposure.Payer{Name: "Ana Example", Email: "ana@example.com"}
	quote, err := t.payments.Quote(ctx, payment.QuoteRequest{
		City: sampletown, UtilityAccount: numbered(n), Channel: policy.Web, Amount: *bill(n).Amount,
		Language: locale.English, Payer: payer, CapturePath: exposure.WebFrame,
	})
	if err != nil {
		return prepared{}, err
	}
	token, err := t.company.Tokenize(processor.Merchant(t.file.Processor.Merchant), sandbox.TestCard("4242424242424242"))
	if err != nil {
		return prepared{}, err
	}
	quote, err = t.payments.GiveCard(ctx, sampletown, quote.ID, token, payer)
	return prepared{payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}}, err
}

// pay presses the button, and wants the payment approved.
func (t *town) pay(ctx context.Context, q prepared) error {
	made, err := t.payments.Start(ctx, q.request)
	if err == nil && made.State != payment.Approved {
		err = fmt.Errorf("payment %s is %s", made.ID, made.State)
	}
	return err
}

// seconds is a number of seconds as a duration.
func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
