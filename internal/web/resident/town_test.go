package resident_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"clearwell/internal/access"
	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/notice"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
	"clearwell/internal/web"
	"clearwell/internal/web/resident"
	"clearwell/internal/web/resident/view"
)

const (
	sampletown id.City        = "sampletown"
	number     billing.Number = "004217001"
	host                      = "pay.sampletown.example"
	good                      = "4242424242424242"
	refused                   = "4000000000000002"
	challenged                = "4000000000003220"
	slow                      = "4000000000003006" // approved, but the answer takes several seconds
	lost                      = "4000000000003014" // approved, and the reply never arrives
)

var words = sync.OnceValues(locale.Load)

// town is a town with one utility account that owes $83.10, the residents' door
// on a socket, and a sandbox on another.
type town struct {
	*testing.T
	d        *db.DB
	clk      *clock.Manual
	portal   *httptest.Server
	company  *sandbox.Server
	payments *payment.Service
	notices  *notice.Service
	logins   *access.Service
	without  func() // opens the door again, without logins
	log      *lines
	alarms   *alarms
	mailed   []string
	door     http.Handler
	deaf     atomic.Bool // nobody hears what the processor says of an attempt
	held     atomic.Bool // somebody has thrown the switch for cards
	from     string      // where browsers seem to be; empty for where they are
}

// line is the sandbox, and now and then nobody hears it.
type line struct {
	*sandbox.InProcess
	town *town
}

func (l line) Lookup(ctx context.Context, req processor.LookupRequest) (processor.Result, error) {
	if l.town.deaf.Load() {
		return processor.Result{}, context.DeadlineExceeded
	}
	return l.InProcess.Lookup(ctx, req)
}

// alarms remembers what was raised.
type alarms struct {
	mu  sync.Mutex
	all []web.Alarm
}

func (a *alarms) Raise(_ context.Context, _ id.City, alarm web.Alarm, _ string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, alarm)
}

func (a *alarms) count(alarm web.Alarm) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, raised := range a.all {
		if raised == alarm {
			n++
		}
	}
	return n
}

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Resend notes to whom a receipt was sent.
func (tw *town) Resend(_ context.Context, _ id.City, _ payment.Payment, email string) error {
	tw.mailed = append(tw.mailed, email)
	return nil
}

// CheckCards refuses while the switch is thrown.
func (tw *town) CheckCards(context.Context, id.City) (payment.CardCheck, error) {
	return func(string, string) error {
		if tw.held.Load() {
			return control.ErrCardsHeld
		}
		return nil
	}, nil
}

// open founds a town on SQLite.
func open(t *testing.T) *town {
	clk := clock.NewManual(dbtest.Began)
	return found(t, dbtest.SQLite(t, clk), clk)
}

// openAs founds a town by another city file.
func openAs(t *testing.T, file string) *town {
	clk := clock.NewManual(dbtest.Began)
	return foundAs(t, dbtest.SQLite(t, clk), clk, []byte(file))
}

func found(t *testing.T, d *db.DB, clk *clock.Manual) *town {
	return foundAs(t, d, clk, city.Example())
}

func foundAs(t *testing.T, d *db.DB, clk *clock.Manual, file []byte) *town {
	t.Helper()
	return foundNamed(t, d, clk, file, "127.0.0.1")
}

// foundNamed founds a town at a name of this machine.
func foundNamed(t *testing.T, d *db.DB, clk *clock.Manual, file []byte, name string) *town {
	t.Helper()
	tw := &town{T: t, d: d, clk: clk, log: &lines{}, alarms: &alarms{}}
	directory := tw.directory(file)
	company := httptest.NewUnstartedServer(nil)
	tw.portal = httptest.NewUnstartedServer(nil)
	shared := "http://" + strings.Replace(tw.portal.Listener.Addr().String(), "127.0.0.1", name, 1)
	tw.openSandbox(company)
	tw.payments = payment.New(payment.Deps{
		DB: d, Towns: directory, Processors: map[string]processor.Processor{"sandbox": line{sandbox.Direct(tw.company), tw}},
		Holds: tw, Receipts: payment.NoReceipts{}, Node: "test", Release: "r1",
	})
	catalogue, err := words()
	tw.must(err)
	kit, err := web.New(web.Config{
		Catalogue: catalogue, Towns: directory, Clock: clk, Log: slog.New(slog.NewJSONHandler(tw.log, nil)), Shared: shared,
		Sessions: memstore.NewWithCleanupInterval(0), Sorry: resident.Sorry{}, Alarms: tw.alarms, Release: "r1",
	})
	tw.must(err)
	book, err := law.Load()
	tw.must(err)
	tw.notices = notice.New(d, clk, letter.NewWriter(book, catalogue))
	tw.logins, err = access.New(access.Deps{
		DB: d, Towns: directory, Key: secret.NewKey(), Hashing: access.Hashing{MemoryKiB: 8, Passes: 1},
		Address: func(_ *city.City, path string) string { return "https://" + host + path },
	})
	tw.must(err)
	cfg := resident.Config{
		Logins: tw.logins,
		Alarms: tw.alarms,
		Bills:  billing.New(d), Payments: tw.payments, Mail: tw, Clock: clk, Gate: limit.NewGate(clk, 0), Tries: limit.NewTries(d, secret.NewKey()),
		Openness: told{}, Notices: tw.notices,
		Companies: map[string]resident.Company{"sandbox": {Name: "Cardworks", Pages: []string{company.URL}}},
	}
	tw.door = kit.Handler(resident.New(cfg).Routes())
	tw.without = func() {
		cfg.Logins = nil
		tw.door = kit.Handler(resident.New(cfg).Routes())
	}
	tw.portal.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tw.from != "" {
			r.RemoteAddr = tw.from
		}
		tw.door.ServeHTTP(w, r)
	})
	tw.portal.Start()
	tw.portal.URL = shared
	t.Cleanup(tw.portal.Close)
	t.Cleanup(tw.payments.Drain)
	tw.bill(8310)
	return tw
}

func (tw *town) must(err error) {
	tw.Helper()
	if err != nil {
		tw.Fatal(err)
	}
}

func (tw *town) directory(file []byte) *city.Directory {
	tw.Helper()
	key := secret.NewKey()
	directory := city.NewDirectory(tw.d, key)
	towns := city.New(tw.d, key)
	plan, err := towns.Plan(tw.Context(), city.ExampleName, file)
	tw.must(err)
	_, err = towns.Apply(tw.Context(), plan, audit.System)
	tw.must(err)
	tw.must(directory.Refresh(tw.Context()))
	return directory
}

func (tw *town) openSandbox(at *httptest.Server) {
	tw.Helper()
	at.URL = "http://" + at.Listener.Addr().String()
	company, err := sandbox.New(sandbox.Config{
		URL: at.URL, SecretKey: secret.New("a sandbox key"), Clock: tw.clk,
		Wait: func(ctx context.Context, d time.Duration) error {
			tw.clk.Advance(d)
			return ctx.Err()
		},
	})
	tw.must(err)
	tw.company = company
	address := at.URL
	at.URL = ""
	at.Config.Handler = company.Handler()
	at.Start()
	if at.URL != address {
		tw.Fatalf("the sandbox is at %s, not at %s", at.URL, address)
	}
	tw.Cleanup(at.Close)
}

type loadKind struct{}

func (loadKind) Prefix() string { return "load" }

// bill states a new balance on the utility account.
func (tw *town) bill(cents int64) {
	tw.Helper()
	amount, today := money.Cents(cents), calendar.Of(tw.clk.Now(), time.UTC)
	rest := []*billing.Row{{
		Line: 1, Number: number, Display: "004217-001", Name: "EXAMPLE, ANA", ServiceAddress: "12 MAIN STREET", ZIP: "78600",
		Service: "water", BilledOn: today, DueOn: today.AddDays(20), Amount: &amount, Current: &amount,
	}, nil}
	var load billing.LoadID
	tw.must(load.UnmarshalText([]byte(id.New[loadKind](tw.clk.Now()).String())))
	tw.must(tw.d.Write(tw.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
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

// approved is what the sandbox's own record says it took.
func (tw *town) approved() (count int, sum money.Amount) {
	tw.Helper()
	record, err := tw.company.Record()
	tw.must(err)
	for _, charge := range record.Charges {
		if charge.Decision == processor.Approved {
			count++
			sum = sum.Add(charge.Amount)
		}
	}
	return count, sum
}

// browser is a resident's browser, scripts off: it keeps cookies, follows
// redirects, and fills in forms.
type browser struct {
	*town
	client *http.Client
	at     *url.URL
	status int
	page   string

	location string // of an answer that was not followed
}

func (tw *town) browser() *browser {
	tw.Helper()
	jar, err := cookiejar.New(nil)
	tw.must(err)
	return &browser{town: tw, client: &http.Client{Jar: jar}}
}

func (b *browser) do(method, address string, form url.Values) *browser {
	b.Helper()
	target, err := url.Parse(address)
	b.must(err)
	if b.at != nil {
		target = b.at.ResolveReference(target)
	}
	req, err := http.NewRequestWithContext(b.Context(), method, target.String(), strings.NewReader(form.Encode()))
	b.must(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", target.Scheme+"://"+target.Host)
	}
	res, err := b.client.Do(req)
	b.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.must(err)
	b.at, b.status, b.page, b.location = res.Request.URL, res.StatusCode, string(text), res.Header.Get("Location")
	return b
}

func (b *browser) get(address string) *browser { b.Helper(); return b.do(http.MethodGet, address, nil) }

// home opens the first page.
func (b *browser) home() *browser { b.Helper(); return b.get(b.portal.URL + "/sampletown/") }

var (
	formAction = regexp.MustCompile(`<form[^>]*method="post"[^>]*action="([^"]*)"`)
	hiddenIn   = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// send fills in the page's first form, with what it carries hidden.
func (b *browser) send(pairs ...string) *browser {
	b.Helper()
	match := formAction.FindStringSubmatch(b.page)
	if match == nil {
		b.Fatalf("there is no form at %s:\n%s", b.at, b.page)
	}
	form := url.Values{}
	for _, hidden := range hiddenIn.FindAllStringSubmatch(b.page, -1) {
		form.Set(hidden[1], hidden[2])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, match[1], form)
}

// find opens the first page and finds the bill.
func (b *browser) find() *browser {
	b.Helper()
	b.home().send(view.FieldUtilityAccount, "4217-1", string(city.HouseNumber), "12")
	return b.on("/bill/", "$83.10")
}

// token is what the processor's fields would give for a card.
func (b *browser) token(card string) string {
	b.Helper()
	token, err := b.company.Tokenize("sampletown", sandbox.TestCard(card))
	b.must(err)
	return string(token)
}

// give goes from the bill to the review, with a card.
func (b *browser) give(card string) *browser {
	b.Helper()
	if !strings.Contains(b.at.Path, "/pay/") {
		b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	}
	b.send(view.FieldHow, view.HowFields, view.FieldCardToken, b.token(card), view.FieldEmail, "ana@example.com")
	return b.on("/review/", "ana@example.com")
}

// on checks where the browser is and what it reads.
func (b *browser) on(path string, texts ...string) *browser {
	b.Helper()
	if !strings.HasPrefix(b.at.Path, "/sampletown"+path) || b.status != http.StatusOK {
		b.Fatalf("the browser is at %s with status %d, want %s:\n%s", b.at, b.status, path, b.page)
	}
	return b.reads(texts...)
}

func (b *browser) reads(texts ...string) *browser {
	b.Helper()
	for _, text := range texts {
		if !strings.Contains(b.page, text) {
			b.Errorf("the page at %s does not say %q:\n%s", b.at, text, b.page)
		}
	}
	return b
}

func (b *browser) saysNot(text string) {
	b.Helper()
	if strings.Contains(b.page, text) {
		b.Errorf("the page at %s says %q:\n%s", b.at, text, b.page)
	}
}

// charged checks how many charges there were, by the sandbox's record.
func (tw *town) charged(count int, cents int64) {
	tw.Helper()
	tw.payments.Drain()
	n, sum := tw.approved()
	if n != count || sum != money.Cents(cents) {
		tw.Errorf("the processor took %s in %d charges, want %d cents in %d", sum, n, cents, count)
	}
}
