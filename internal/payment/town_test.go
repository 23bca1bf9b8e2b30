package payment_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
)

const (
	sampletown id.City        = "sampletown"
	number     billing.Number = "004217001"
	good                      = "4242424242424242"
)

// town is a city with one utility account that owes $83.10, a sandbox, and the
// services over one database.
type town struct {
	t        *testing.T
	d        *db.DB
	clk      *clock.Manual
	company  *sandbox.Server
	payments *payment.Service
	file     *city.City // in force; a test may change it
}

type settings struct{ file *city.City }

func (s settings) ByID(id.City) (*city.City, error) { return s.file, nil }

// each runs a test in a fresh town on both databases. The processor is the
// sandbox, or what wrap makes of it.
func each(t *testing.T, wrap func(processor.Processor) processor.Processor, run func(*town)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) { run(newTown(t, d, clk, wrap)) })
}

func newTown(t *testing.T, d *db.DB, clk *clock.Manual, wrap func(processor.Processor) processor.Processor) *town {
	t.Helper()
	tw := openTown(t, d, clk, "", wrap, payment.Deps{})
	tw.bill(8310)
	return tw
}

// openTown opens the services over a database that may hold a town already, and
// a sandbox over its journal. What deps leave out does nothing.
func openTown(t *testing.T, d *db.DB, clk *clock.Manual, journal string, wrap func(processor.Processor) processor.Processor, deps payment.Deps) *town {
	t.Helper()
	file, err := city.Parse("sampletown.yaml", city.Example())
	if err != nil {
		t.Fatal(err)
	}
	company, err := sandbox.New(sandbox.Config{URL: "http://localhost:8081", SecretKey: secret.New("a sandbox key"), Clock: clk, Journal: journal})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { company.Close() })
	var adapter processor.Processor = sandbox.Direct(company)
	if wrap != nil {
		adapter = wrap(adapter)
	}
	inForce := &city.City{File: file}
	deps.DB, deps.Towns, deps.Processors = d, settings{inForce}, map[string]processor.Processor{"sandbox": adapter}
	deps.Node, deps.Release, deps.Breaker = "test", "r1", limit.NewBreaker(secret.NewKey())
	if deps.Holds == nil {
		deps.Holds, deps.Receipts = payment.NoHolds{}, payment.NoReceipts{}
	}
	return &town{t: t, d: d, clk: clk, company: company, payments: payment.New(deps), file: inForce}
}

// bill states a new balance on the utility account.
func (tw *town) bill(cents int64) {
	tw.t.Helper()
	amount := money.Cents(cents)
	row := &billing.Row{Line: 1, Number: number, Display: "004217-001", Name: "Ana Example", ServiceAddress: "12 Main Street",
		Service: "water", BilledOn: calendar.Of(tw.clk.Now(), time.UTC), DueOn: calendar.Of(tw.clk.Now(), time.UTC).AddDays(20), Amount: &amount, Current: &amount}
	load := id.New[loadKind](tw.clk.Now()).String()
	var loadID billing.LoadID
	if err := loadID.UnmarshalText([]byte(load)); err != nil {
		tw.t.Fatal(err)
	}
	err := tw.d.Write(tw.t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
		rest := []*billing.Row{row, nil}
		_, err := billing.StageTx(ctx, tx, loadID, func() (*billing.Row, error) {
			next := rest[0]
			rest = rest[1:]
			return next, nil
		})
		if err != nil {
			return err
		}
		_, err = billing.ApplyTx(ctx, tx, loadID, tx.Now())
		return err
	})
	if err != nil {
		tw.t.Fatal(err)
	}
}

type loadKind struct{}

func (loadKind) Prefix() string { return "load" }

// quote asks to pay an amount.
func (tw *town) quote(cents int64) payment.Quote {
	tw.t.Helper()
	quote, err := tw.payments.Quote(tw.t.Context(), payment.QuoteRequest{
		City: sampletown, UtilityAccount: number, Channel: policy.Web, Amount: money.Cents(cents), Language: locale.English,
		Payer: exposure.Payer{Email: "ana@example.com"}, CapturePath: exposure.WebFrame,
	})
	if err != nil {
		tw.t.Fatal(err)
	}
	return quote
}

// card gives a test card for a quote.
func (tw *town) card(quote payment.Quote, pan string) payment.Quote {
	tw.t.Helper()
	token, err := tw.company.Tokenize(processor.Merchant(tw.file.Processor.Merchant), sandbox.TestCard(pan))
	if err != nil {
		tw.t.Fatal(err)
	}
	given, err := tw.payments.GiveCard(tw.t.Context(), sampletown, quote.ID, token, quote.Payer)
	if err != nil {
		tw.t.Fatal(err)
	}
	return given
}

func (tw *town) start(quote payment.Quote) (payment.Payment, error) {
	return tw.payments.Start(tw.t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()})
}

// pay does it all, and wants a state.
func (tw *town) pay(quote payment.Quote, want payment.State) payment.Payment {
	tw.t.Helper()
	p, err := tw.start(quote)
	if err != nil {
		tw.t.Fatal(err)
	}
	if p.State != want {
		tw.t.Fatalf("payment is %s, want %s", p.State, want)
	}
	return p
}

func (tw *town) refused(err, want error) {
	tw.t.Helper()
	if !errors.Is(err, want) {
		tw.t.Errorf("got %v, want %v", err, want)
	}
}

// agree checks that the book balances, and that what it says the processor owes
// is what the processor's own record says it took.
func (tw *town) agree() {
	tw.t.Helper()
	first, last := calendar.MakeDate(2020, 1, 1), calendar.MakeDate(2040, 1, 1)
	balances, err := ledger.New(tw.d).TrialBalance(tw.t.Context(), sampletown, first, last)
	if err != nil {
		tw.t.Fatal(err)
	}
	if out := ledger.Out(balances); !out.IsZero() {
		tw.t.Errorf("the book is out by %s: %v", out, balances)
	}
	record, err := tw.company.Record()
	if err != nil {
		tw.t.Fatal(err)
	}
	var took money.Amount
	for _, charge := range record.Charges {
		if charge.Decision == processor.Approved {
			took = took.Add(charge.Amount)
		}
	}
	for _, balance := range balances {
		if balance.Code == ledger.Clearing("sandbox") && balance.Posted != took {
			tw.t.Errorf("the book says the processor took %s, its record says %s", balance.Posted, took)
		}
	}
}
