package app

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/db/dbtest/mortal"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/ledger"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
)

// The cards of the stories. What each does is in the sandbox's script.
const (
	approvedCard = "4242424242424242"
	declinedCard = "4000000000000002"
	lostReply    = "4000000000003014"
	disputedCard = "4000000000000259"
)

// story is a stretch of a payment's life in which the process dies at any step.
type story struct {
	before func(m *mortals) // lived through by every child
	dies   func(m *mortals) // dies somewhere in here
	wants  []payment.State  // in which the payment may be at last
}

// stories are the ways by which money moves, from a click to a dispute.
var stories = map[string]story{
	"paying on our page": {
		dies:  func(m *mortals) { m.give(approvedCard); m.start() },
		wants: []payment.State{payment.Approved, payment.Lapsed, none},
	},
	"a declined card": {
		dies:  func(m *mortals) { m.give(declinedCard); m.start() },
		wants: []payment.State{payment.Lapsed, none},
	},
	"paying on the processor's page": {
		dies:  func(m *mortals) { m.payOnTheirPage(approvedCard); m.refresh() },
		wants: []payment.State{payment.Approved, payment.Lapsed, none},
	},
	"a payer who does not come back": {
		before: func(m *mortals) { m.payOnTheirPage(approvedCard); m.hand.Advance(6 * time.Minute) },
		dies:   func(m *mortals) { m.sweep() },
		wants:  []payment.State{payment.Approved},
	},
	"a notice": {
		before: func(m *mortals) { m.give(lostReply); m.start() },
		dies:   func(m *mortals) { m.company.DeliverDue(m.ctx); m.retry() },
		wants:  []payment.State{payment.Approved},
	},
	"a sweep that finds out": {
		before: func(m *mortals) { m.give(lostReply); m.start(); m.hand.Advance(time.Minute) },
		dies:   func(m *mortals) { m.sweep() },
		wants:  []payment.State{payment.Approved},
	},
	"a payer who looks again": {
		before: func(m *mortals) { m.give(lostReply); m.start(); m.hand.Advance(time.Minute) },
		dies:   func(m *mortals) { m.refresh() },
		wants:  []payment.State{payment.Approved},
	},
	"a sweep that gives up": {
		before: func(m *mortals) { m.give(approvedCard); m.deaf = true; m.start(); m.hand.Advance(10 * time.Minute) },
		dies:   func(m *mortals) { m.sweep() },
		wants:  []payment.State{payment.Lapsed},
	},
	"a dispute": {
		before: func(m *mortals) {
			m.give(disputedCard)
			m.start()
			m.company.DeliverDue(m.ctx)
			m.hand.Advance(4 * 24 * time.Hour)
		},
		dies:  func(m *mortals) { m.company.DeliverDue(m.ctx); m.retry() },
		wants: []payment.State{payment.Disputed},
	},
	"a receipt": {
		before: func(m *mortals) { m.give(approvedCard); m.start() },
		dies:   func(m *mortals) { m.mail() },
		wants:  []payment.State{payment.Approved},
	},
}

// none is the state of a payment that was never begun.
const none payment.State = ""

// TestKilledBetweenAnyTwoSteps kills the whole program with SIGKILL at steps of
// each story (at all with -everystep), starts it again on what is left, and lets
// time pass. The books must then agree with the processor's own record.
func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	for name := range stories {
		t.Run(name+"/sqlite", func(t *testing.T) {
			t.Parallel()
			killEverywhere(t, name, func() string { return "sqlite:" + dbtest.SQLiteFile(t) })
		})
		t.Run(name+"/postgres", func(t *testing.T) {
			t.Parallel()
			killEverywhere(t, name, func() string { return dbtest.PostgresURL(t) })
		})
	}
}

// killEverywhere counts the steps of a story once, and then dies at those chosen.
// What happens at once may come in another order each time; a child that outlives the
// step it was to die at has seen all of them.
func killEverywhere(t *testing.T, name string, fresh func() string) {
	whole := dieAt(t, name, 0, fresh())
	if whole.Killed || whole.Steps < 3 {
		t.Fatalf("the story has %d steps:\n%s", whole.Steps, whole.Said)
	}
	died := 0
	for _, step := range chosen(t, whole.Steps) {
		if dieAt(t, name, step, fresh()).Killed {
			died++
		}
	}
	if died == 0 {
		t.Errorf("of %d steps the process died at none", whole.Steps)
	}
	t.Logf("died at %d of %d steps", died, whole.Steps)
}

var everyStep = flag.Bool("everystep", false, "die at every step, which takes minutes")

// chosen are the steps to die at: some from beginning to end, others each time,
// unless all are asked for. On PostgreSQL each needs a fresh database, which
// takes a second.
func chosen(t *testing.T, steps int) []int {
	most := 12
	switch {
	case *everyStep:
		most = steps
	case testing.Short():
		most = 2
	case strings.HasSuffix(t.Name(), "/postgres"):
		most = 4
	}
	stride := (steps + most - 1) / most
	var all []int
	for step := 1 + rand.IntN(stride); step <= steps; step += stride {
		all = append(all, step)
	}
	return all
}

// dieAt lives through a story until a step, starts again, and compares.
func dieAt(t *testing.T, name string, step int, database string) mortal.Death {
	t.Helper()
	folder := t.TempDir()
	death := mortal.Run(t, "TestHelperDies", step, "CLEARWELL_STORY="+name, "CLEARWELL_DB="+database, "CLEARWELL_FOLDER="+folder)
	m := revive(t, folder, database, nil)
	defer m.end()
	m.recover(death)
	m.compare(death, stories[name].wants)
	if t.Failed() {
		t.Fatalf("the child was to die at step %d of %q:\n%s", step, name, death.Said)
	}
	return death
}

// TestHelperDies is the child of TestKilledBetweenAnyTwoSteps.
func TestHelperDies(t *testing.T) {
	life, child := mortal.Child(os.Stdout)
	if !child {
		t.Skip("runs as the child of TestKilledBetweenAnyTwoSteps")
	}
	database, err := life.Database(os.Getenv("CLEARWELL_DB"))
	if err != nil {
		t.Fatal(err)
	}
	m := revive(t, os.Getenv("CLEARWELL_FOLDER"), database, life)
	m.settle()
	told := stories[os.Getenv("CLEARWELL_STORY")]
	if told.before != nil {
		told.before(m)
	}
	life.Arm()
	told.dies(m)
	life.End()
	m.end()
}

// mortals is the program as it runs, without its ports: its works, its door for
// notices, and a town with a bill of $83.10.
type mortals struct {
	*works
	t     *testing.T
	ctx   context.Context
	hand  *clock.Manual
	quote payment.Quote
	deaf  bool // the processor never hears of charges
	end   func()
}

// revive starts the program on what is in a folder and a database. Where it has
// a life, the clock, the database and the processor take steps of it.
func revive(t *testing.T, folder, database string, life *mortal.Life) *mortals {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	m := &mortals{t: t, ctx: t.Context(), hand: clock.NewManual(dbtest.Began)}
	m.must(err)
	cfg := demoCommand{}.config(folder, listeners{portal: at, sandbox: at})
	cfg.Database = secret.New(database)
	k, err := demoKeys(cfg.Keys)
	m.must(err)
	var now clock.Clock = m.hand
	if life != nil {
		now = life.Clock(m.hand)
	}
	m.works, err = open(m.ctx, cfg, k, now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	m.must(err)
	if life != nil {
		m.companies["sandbox"] = brittle{sandbox.Direct(m.company), life, m}
	}
	server := &http.Server{Handler: m.notices.Before(http.NotFoundHandler()), ReadHeaderTimeout: time.Minute}
	go server.Serve(at)
	m.end = func() {
		m.must(server.Close())
		m.must(m.works.close())
	}
	return m
}

// brittle is a processor on either side of which the process may die.
type brittle struct {
	*sandbox.InProcess
	life *mortal.Life
	m    *mortals
}

func (b brittle) Charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if b.m.deaf {
		return processor.Result{}, context.DeadlineExceeded
	}
	b.life.Step("asking to charge")
	defer b.life.Step("having charged")
	return b.InProcess.Charge(ctx, req)
}

func (b brittle) Send(ctx context.Context, req processor.SendRequest) (processor.Sent, error) {
	b.life.Step("asking for a page")
	defer b.life.Step("having a page")
	return b.InProcess.Send(ctx, req)
}

func (b brittle) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	b.life.Step("asking what became of it")
	defer b.life.Step("knowing what became of it")
	return b.InProcess.Lookup(ctx, req)
}

func (m *mortals) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// settle founds the town, states a bill and asks for a quote, and tells it.
func (m *mortals) settle() {
	m.must(m.found(m.ctx, city.ExampleName, city.Example()))
	m.bill()
	var err error
	m.quote, err = m.payments.Quote(m.ctx, payment.QuoteRequest{
		City: sampleCity, UtilityAccount: "004217001", Channel: policy.Web, Amount: money.Cents(8310), Language: locale.English,
		Payer: exposure.Payer{Email: "ana@example.com"}, CapturePath: exposure.WebFrame,
	})
	m.must(err)
	fmt.Println("quote", m.quote.ID)
}

func (m *mortals) bill() {
	amount, today := money.Cents(8310), calendar.Of(m.hand.Now(), time.UTC)
	rest := []*billing.Row{{
		Line: 1, Number: "004217001", Name: "EXAMPLE, ANA", ServiceAddress: "12 MAIN STREET", Service: "water",
		BilledOn: today, DueOn: today.AddDays(20), Amount: &amount, Current: &amount,
	}, nil}
	var load billing.LoadID
	m.must(load.UnmarshalText([]byte(id.New[loadKind](m.hand.Now()).String())))
	m.must(m.db.Write(m.ctx, sampleCity, func(ctx context.Context, tx *db.Tx) error {
		_, err := billing.StageTx(ctx, tx, load, func() (*billing.Row, error) {
			next := rest[0]
			rest = rest[1:]
			return next, nil
		})
		if err != nil {
			return err
		}
		_, err = billing.ApplyTx(ctx, tx, load, tx.Now())
		return err
	}))
}

type loadKind struct{}

func (loadKind) Prefix() string { return "load" }

func (m *mortals) give(card string) {
	token, err := m.company.Tokenize(sampleCity, sandbox.TestCard(card))
	m.must(err)
	m.quote, err = m.payments.GiveCard(m.ctx, sampleCity, m.quote.ID, token, m.quote.Payer)
	m.must(err)
	fmt.Println("consent", m.quote.Total().Cents())
}

// start pays, and tells what the payer is told.
func (m *mortals) start() {
	p, err := m.payments.Start(m.ctx, payment.StartRequest{City: sampleCity, Quote: m.quote.ID, Consent: m.quote.Total()})
	m.must(err)
	m.payments.Drain()
	fmt.Println("told", p.State)
}

// payOnTheirPage pays on the processor's own page, and stays there.
func (m *mortals) payOnTheirPage(card string) {
	_, page, err := m.payments.StartAway(m.ctx, payment.StartRequest{City: sampleCity, Quote: m.quote.ID, Consent: m.quote.Total()},
		payment.Return{Done: m.Origin + "/back", Cancel: m.Origin + "/cancel"})
	m.must(err)
	where, err := url.Parse(page)
	m.must(err)
	form := url.Values{"number": {card}, "expiry": {"1249"}, "code": {"123"}, "postal": {"78701"}}
	request := httptest.NewRequestWithContext(m.ctx, http.MethodPost, where.Path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	m.company.Handler().ServeHTTP(answer, request)
	if answer.Code != http.StatusSeeOther {
		m.t.Fatalf("the processor's page answers %d: %s", answer.Code, answer.Body)
	}
	fmt.Println("paid away")
}

// refresh is what the payer's page does while it waits.
func (m *mortals) refresh() {
	p, err := m.payments.Refresh(m.ctx, sampleCity, payment.OfQuote(m.quote.ID))
	m.must(err)
	fmt.Println("told", p.State)
}

func (m *mortals) sweep() {
	_, err := m.payments.Sweep(m.ctx)
	m.must(err)
}

func (m *mortals) retry() {
	_, err := m.notices.Retry(m.ctx)
	m.must(err)
}

func (m *mortals) mail() {
	_, err := m.outbox.Deliver(m.ctx)
	m.must(err)
}

// recover lets the payer click again, as one does whose page did not come, and
// then time pass, with all that is done periodically.
func (m *mortals) recover(death mortal.Death) {
	m.t.Helper()
	m.must(m.towns.Refresh(m.ctx))
	m.hand.Advance(11 * time.Minute)
	m.again(death)
	m.hand.Advance(4 * 24 * time.Hour) // until the holder of the card complains
	for range 6 {
		m.company.DeliverDue(m.ctx)
		m.sweep()
		m.retry()
		m.mail()
		_, err := m.audit.Seal(m.ctx)
		m.must(err)
		m.hand.Advance(2 * time.Hour)
	}
	m.again(death)
}

func (m *mortals) again(death mortal.Death) {
	quote, told := death.Heard("quote")
	consent, given := death.Heard("consent")
	if !told || !given {
		return
	}
	named, err := payment.ParseQuote(quote)
	m.must(err)
	cents, err := strconv.ParseInt(consent, 10, 64)
	m.must(err)
	// A refusal is an answer too: an expired quote makes no payment.
	_, _ = m.payments.Start(m.ctx, payment.StartRequest{City: sampleCity, Quote: named, Consent: money.Cents(cents)})
	m.payments.Drain()
}

// compare holds the payment, the books, the mail and the audit log against the
// processor's record, and against what the payer was told before the end.
func (m *mortals) compare(death mortal.Death, wants []payment.State) {
	m.t.Helper()
	quote, _ := death.Heard("quote")
	named, err := payment.ParseQuote(quote)
	m.must(err)
	p, err := m.payments.Payment(m.ctx, sampleCity, payment.OfQuote(named))
	if err != nil && err != payment.ErrNoPayment {
		m.t.Fatal(err)
	}
	m.holds(wants, p.State)
	took, back := m.record(p)
	m.books(took, back)
	paid := p.State == payment.Approved || p.State == payment.Disputed
	if told, _ := death.Heard("told"); told == string(payment.Approved) && !paid {
		m.t.Errorf("the payer was told that it is paid, and it is %q", p.State)
	}
	if _, away := death.Heard("paid"); away && !paid {
		m.t.Errorf("the payer has paid on the processor's page, and the payment is %q", p.State)
	}
	if paid == took.IsZero() {
		m.t.Errorf("the payment is %q, and the processor took %s", p.State, took)
	}
	m.receipts(paid)
	m.unbroken()
}

func (m *mortals) holds(wants []payment.State, got payment.State) {
	m.t.Helper()
	for _, want := range wants {
		if got == want {
			return
		}
	}
	m.t.Errorf("the payment is %q, not one of %q", got, wants)
}

// record is what the processor says it took, and gave back to who disputed it.
// It took at most once.
func (m *mortals) record(p payment.Payment) (took, back money.Amount) {
	m.t.Helper()
	record, err := m.company.Record()
	m.must(err)
	times := 0
	for _, charge := range record.Charges {
		if charge.Decision != processor.Approved {
			continue
		}
		times++
		took = took.Add(charge.Amount)
		if charge.Disputed {
			back = back.Add(charge.Amount)
		}
		if string(charge.Key) != p.Attempt.String() {
			m.t.Errorf("charged for attempt %s, the payment's is %s", charge.Key, p.Attempt)
		}
	}
	if times > 1 {
		m.t.Errorf("charged %d times", times)
	}
	return took, back
}

// books compares the book with the record.
func (m *mortals) books(took, back money.Amount) {
	m.t.Helper()
	balances, err := ledger.New(m.db).TrialBalance(m.ctx, sampleCity, calendar.MakeDate(2020, 1, 1), calendar.MakeDate(2040, 1, 1))
	m.must(err)
	if out := ledger.Out(balances); !out.IsZero() {
		m.t.Errorf("the book is out by %s: %v", out, balances)
	}
	posted := map[ledger.Code]money.Amount{}
	for _, balance := range balances {
		posted[balance.Code] = balance.Posted
		if !balance.Pending.IsZero() {
			m.t.Errorf("%s is pending in %s for ever", balance.Pending, balance.Code)
		}
	}
	if got := posted[ledger.Clearing("sandbox")]; got != took.Sub(back) {
		m.t.Errorf("the book says the processor owes %s, its record says it took %s and gave back %s", got, took, back)
	}
}

// receipts counts the mail.
func (m *mortals) receipts(paid bool) {
	m.t.Helper()
	mails, err := filepath.Glob(filepath.Join(m.Mail.Folder, "*.eml"))
	m.must(err)
	if want := map[bool]int{true: 1}[paid]; len(mails) != want {
		m.t.Errorf("%d receipts were mailed, want %d", len(mails), want)
	}
}

// unbroken verifies the audit log.
func (m *mortals) unbroken() {
	m.t.Helper()
	report, err := m.audit.Verify(m.ctx, sampleCity)
	m.must(err)
	if len(report.Findings) > 0 {
		m.t.Errorf("the audit log is damaged: %+v", report.Findings)
	}
}
