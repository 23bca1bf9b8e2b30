package till_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/till"
)

const (
	sampletown id.City        = "sampletown"
	ana        billing.Number = "004217001"
	beto       billing.Number = "004217002"
	rosa       audit.Actor    = "staff:rosa"
	luis       audit.Actor    = "staff:luis"
	mia        audit.Actor    = "staff:mia"
)

// town is a city with two utility accounts that owe $83.10 each, and its counter.
type town struct {
	t        *testing.T
	d        *db.DB
	clk      *clock.Manual
	payments *payment.Service
	tills    *till.Service
	rules    *policy.CounterRules
	sales    int
}

type settings struct{ file *city.City }

func (s settings) ByID(id.City) (*city.City, error) { return s.file, nil }

func each(t *testing.T, run func(*town)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		file, err := city.Parse("sampletown.yaml", city.Example())
		if err != nil {
			t.Fatal(err)
		}
		towns := settings{&city.City{File: file}}
		payments := payment.New(payment.Deps{DB: d, Towns: towns, Holds: payment.NoHolds{}, Receipts: payment.NoReceipts{}})
		set := &file.Rules[len(file.Rules)-1]
		set.Counter = policy.CounterRules{
			VoidAlone: money.Cents(5000), CashWarning: money.Cents(20000), CashLimit: money.Cents(30000),
			Banks: []policy.BankRule{{Bank: "first", Tenders: policy.Tenders{policy.Cash}}, {Bank: "second"}},
		}
		towns.file.Rules = file.Rules
		tw := &town{t: t, d: d, clk: clk, payments: payments, tills: till.New(d, towns, payments), rules: &set.Counter}
		tw.bill(ana, 8310)
		tw.bill(beto, 8310)
		run(tw)
	})
}

type loadKind struct{}

func (loadKind) Prefix() string { return "load" }

// bill states a balance.
func (tw *town) bill(number billing.Number, cents int64) {
	tw.t.Helper()
	amount, on := money.Cents(cents), calendar.Of(tw.clk.Now(), time.UTC)
	rows := []*billing.Row{{Line: 1, Number: number, Display: string(number), Name: "Ana Example", ServiceAddress: "12 Main Street",
		Service: "water", BilledOn: on, DueOn: on.AddDays(20), Amount: &amount, Current: &amount}, nil}
	var load billing.LoadID
	tw.must(load.UnmarshalText([]byte(id.New[loadKind](tw.clk.Now()).String())))
	tw.must(tw.d.Write(tw.t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
		at := 0
		_, err := billing.StageTx(ctx, tx, load, func() (*billing.Row, error) { at++; return rows[at-1], nil })
		if err != nil {
			return err
		}
		_, err = billing.ApplyTx(ctx, tx, load, tx.Now())
		return err
	}))
}

func (tw *town) must(err error) {
	tw.t.Helper()
	if err != nil {
		tw.t.Fatal(err)
	}
}

func (tw *town) refused(what string, err, want error) {
	tw.t.Helper()
	if !errors.Is(err, want) {
		tw.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// open opens a drawer of Rosa's with $100.
func (tw *town) open(drawer till.Drawer) till.Session {
	tw.t.Helper()
	session, err := tw.tills.Open(tw.t.Context(), sampletown, drawer, money.Cents(10000), rosa)
	tw.must(err)
	return session
}

func cash(cents int64) till.Tender { return till.Tender{Kind: policy.Cash, Amount: money.Cents(cents)} }

func check(cents int64) till.Tender {
	return till.Tender{Kind: policy.PaperCheck, Amount: money.Cents(cents), Check: till.Check{Number: "1001", Routing: "121042882", Last4: "6789"}}
}

func pays(number billing.Number, cents int64) till.Line {
	return till.Line{UtilityAccount: number, Amount: money.Cents(cents)}
}

// sale is of one line, with a key of its own.
func (tw *town) sale(session till.Session, line till.Line, handed ...till.Tender) till.Sale {
	tw.sales++
	return till.Sale{
		City: sampletown, Session: session.ID, Key: fmt.Sprintf("page-%011d", tw.sales), Lines: []till.Line{line}, Tenders: handed,
		Language: locale.English, By: rosa,
	}
}

func (tw *town) ring(sale till.Sale) till.Receipt {
	tw.t.Helper()
	receipt, _, err := tw.tills.Ring(tw.t.Context(), sale)
	tw.must(err)
	return receipt
}

func (tw *town) owes(what string, number billing.Number, cents int64) {
	tw.t.Helper()
	owed, err := tw.payments.Owed(tw.t.Context(), sampletown, number)
	if err != nil || owed.Total != money.Cents(cents) {
		tw.t.Errorf("%s: %s owes %s, %v; want %s", what, number, owed.Total, err, money.Cents(cents))
	}
}

// book checks the posted balance of some ledger accounts, and that all balance.
func (tw *town) book(what string, want map[ledger.Code]int64) {
	tw.t.Helper()
	on := calendar.MakeDate(2020, 1, 1)
	balances, err := ledger.New(tw.d).TrialBalance(tw.t.Context(), sampletown, on, on.AddDays(9999))
	tw.must(err)
	if !ledger.Out(balances).IsZero() {
		tw.t.Errorf("%s: the book is out by %s", what, ledger.Out(balances))
	}
	for _, b := range balances {
		if cents, asked := want[b.Code]; asked && b.Posted != money.Cents(cents) {
			tw.t.Errorf("%s: %s has %s, want %s", what, b.Code, b.Posted, money.Cents(cents))
		}
		delete(want, b.Code)
	}
	for code, cents := range want {
		if cents != 0 {
			tw.t.Errorf("%s: %s has nothing", what, code)
		}
	}
}

// counted is so many bills of $20, and so much in coins of a cent.
func counted(twenties, cents int, checks int64) till.Counted {
	return till.Counted{
		Cash:   []till.Pieces{{Denomination: money.Cents(2000), Count: twenties}, {Denomination: money.Cents(1), Count: cents}},
		Checks: money.Cents(checks),
	}
}

func (tw *town) count(session till.Session, c till.Counted) (till.Session, error) {
	return tw.tills.Count(tw.t.Context(), till.Counting{City: sampletown, Session: session.ID, Counted: c, By: rosa})
}
