package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/sighting"
	"clearwell/internal/till"
	"clearwell/internal/web/resident/view"
)

// The suite of two cities. East and West share a database, a processor and a
// resident: the same name, e-mail address, ZIP code, house number and card, the
// same utility account numbers and numbers of bills. What tells them apart is
// what must never be met in the other: amounts, streets, identifiers.
//
// Its parts list what there is by themselves (routes, tasks, commands, methods
// that take a city, tables), so that what is added and not tried fails here.

// place is one of the two cities, with all that its story has left behind.
type place struct {
	slug   id.City
	host   string
	street string
	cents  int64 // owed on the first utility account; a dollar more on each further

	visitor    *visitor
	named      map[string][]string // what stands in the braces of addresses, by name
	steps      map[string]payment.QuoteID
	card       string // a token that was given for a quote, and is not charged
	hold       control.ID
	wish       approval.ID
	lift       approval.ID
	seen       sighting.ID
	stuck      inbox.Kept
	waiting    inbox.Kept
	bank       instrument.ID
	bankFolder string
	drawer     till.SessionID
	rung       till.ReceiptID

	signedIn access.Session
	asked    map[access.Purpose]access.Typed // codes that were mailed and not typed
	folder   string                          // of posting files
	diverted approval.ID                     // by which its money is about to go elsewhere
}

// cities are both, and the program that serves them.
type cities struct {
	*testing.T
	*works
	clk        *clock.Manual
	config     string // the file, for commands
	mail       string // the folder
	doors      http.Handler
	east, west *place
	heard      *notices
	shared     string // the origin of both, where it is served
	processor  string // its origin, where it is served
	asked      int    // requests so far, each from a network of its own
	said       heard  // the log
}

// each runs a test on two cities in a SQLite file, and in a PostgreSQL database.
// The story begins three days before the present of the machine, in which
// commands run.
func each(t *testing.T, test func(*cities)) {
	t.Run("sqlite", func(t *testing.T) { test(settle(t, "sqlite:"+dbtest.SQLiteFile(t))) })
	t.Run("postgres", func(t *testing.T) { test(settle(t, dbtest.PostgresURL(t))) })
}

// both tries something on each of the two, beside the other.
func (c *cities) both(try func(here, other *place)) {
	c.Helper()
	try(c.east, c.west)
	try(c.west, c.east)
}

func (c *cities) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// settle founds the two cities, and tells the same story in both.
func settle(t *testing.T, database string) *cities {
	t.Helper()
	c := &cities{T: t, clk: clock.NewManual(clock.System().Now().AddDate(0, 0, -3)), heard: &notices{}}
	c.east = &place{slug: "eastwell", host: "pay.eastwell.localhost", street: "12 Eastmark Street", cents: 83_10}
	c.west = &place{slug: "westwell", host: "pay.westwell.localhost", street: "12 Westmark Street", cents: 47_25}
	c.east.bankFolder, c.west.bankFolder = t.TempDir(), t.TempDir()
	for _, p := range []*place{c.east, c.west} {
		c.must(os.Mkdir(filepath.Join(p.bankFolder, "in"), 0o700))
	}
	c.open(database)
	for _, p := range []*place{c.east, c.west} {
		c.must(c.found(t.Context(), string(p.slug)+".yaml", p.file()))
	}
	for _, p := range []*place{c.east, c.west} {
		c.bill(p)
		c.tell(p)
	}
	return c
}

// file asks guests for a last payment too: the one answer that is not the same.
func (p *place) file() []byte {
	drafted := city.Draft(city.Basics{
		City: string(p.slug), English: "City of " + string(p.slug), Spanish: "Ciudad de " + string(p.slug),
		State: "TX", Zone: "America/Chicago", Host: p.host,
	})
	drafted = bytes.Replace(drafted, []byte("factors: [house_number, name]"), []byte("factors: [house_number, name, last_payment]"), 1)
	drafted = append(drafted, p.bankTerms()...)
	if p.folder == "" {
		return drafted
	}
	return bytes.Replace(drafted, []byte("posting:\n"), []byte("posting:\n  folder: "+p.folder+"\n"), 1)
}

// bankTerms are what a city has agreed with its bank, which is the same for both.
func (p *place) bankTerms() string {
	return "bank:\n  routing: \"121042882\"\n  name: WATERWORKS BANK\n  origin: \"1234567890\"\n  origin_name: " + strings.ToUpper(string(p.slug)) +
		"\n  company: " + strings.ToUpper(string(p.slug)) + "\n  company_id: " + strings.ToUpper(string(p.slug)) + "\n  prenote: false\n  folder: " + p.bankFolder + "\n  returns: " + p.bankFolder + "/in\n"
}

// open makes the program as `clearwell serve` does, with a clock of its own.
func (c *cities) open(database string) {
	c.Helper()
	folder := c.TempDir()
	c.config, c.mail = filepath.Join(folder, "clearwell.yaml"), filepath.Join(folder, "mail")
	c.must(writeNew(c.config, fmt.Appendf(nil, "data: data\nkeys: keys\ndatabase: %q\nmail: {folder: mail, from: Utilities <utilities@shared.example>}\n", database)))
	cfg, err := readConfig(c.config)
	c.must(err)
	road := httptest.NewServer(c.heard)
	c.Cleanup(road.Close)
	cfg.Origin, cfg.Plain = cmp.Or(c.shared, "http://pay.shared.localhost"), true
	cfg.Sandbox = &Sandbox{Origin: cmp.Or(c.processor, "http://processor.localhost"), notices: road.URL}
	cfg.Mail = Mail{Folder: c.mail, From: "Utilities <utilities@shared.example>"}
	k, err := demoKeys(cfg.Keys)
	c.must(err)
	c.works, err = open(c.Context(), cfg, k, c.clk, slog.New(slog.NewTextHandler(&c.said, nil)))
	c.must(err)
	c.Cleanup(func() {
		if err := c.works.close(); err != nil {
			c.Error(err)
		}
	})
	c.doors, err = c.works.doors()
	c.must(err)
}

// utilityAccounts is how many each city bills; their numbers are the same.
const utilityAccounts = 9

func display(n int) string { return fmt.Sprintf("004217-%03d", n) }

// written is a number as the city's own billing system writes it; pages write it
// in a third way.
func (p *place) written(n int) string {
	if p.slug == "westwell" {
		return string(numbered(n))
	}
	return strings.Replace(display(n), "-", " ", 1)
}

func numbered(n int) billing.Number { return billing.Number(fmt.Sprintf("004217%03d", n)) }

func (p *place) owes(n int) string { return dollars(p.cents + int64(n)*100) }

func dollars(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

// bills is a file of the billing system.
func (p *place) bills() string {
	var b strings.Builder
	var sum int64
	b.WriteString("record,utility_account,name,service_address,zip,last_payment,bill_number,bill_date,due_date,amount_due,meter,current_read_on,current_reading,usage,units\n")
	for n := 1; n <= utilityAccounts; n++ {
		fmt.Fprintf(&b, "BILL,%s,\"Example, Ana\",%s,78600,%s,CW-%d,2026-01-02,2026-01-22,%s,M%d,2026-01-01,%d,4,hundred gallons\n",
			p.written(n), p.street, p.lastPaid(n), 1000+n, p.owes(n), n, p.cents+int64(n))
		sum += p.cents + int64(n)*100
	}
	fmt.Fprintf(&b, "TRAILER,%d,%s\n", utilityAccounts, dollars(sum))
	return b.String()
}

// lastPaid is the one answer that a guest of one city knows and one of the other
// does not.
func (p *place) lastPaid(n int) string { return dollars(p.cents/2 + int64(n)*100) }

// inMemory is a file in memory.
type inMemory struct{ *strings.Reader }

func (inMemory) Close() error { return nil }

func (c *cities) billsOf(p *place, text string) cis.Request {
	c.Helper()
	declared, err := layouts.Find("clearwell")
	c.must(err)
	town, err := c.towns.ByID(p.slug)
	c.must(err)
	return cis.Request{
		City: p.slug, Layout: declared, Numbers: town.Numbers, Service: "water", Actor: "operator:" + audit.Actor(p.slug),
		Open: func() (io.ReadSeekCloser, error) { return inMemory{strings.NewReader(text)}, nil },
	}
}

func (c *cities) bill(p *place) {
	c.Helper()
	report, err := c.exchange.Import(c.Context(), c.billsOf(p, p.bills()))
	c.must(err)
	if report.Totals.Accepted != utilityAccounts {
		c.Fatalf("%d bills were taken", report.Totals.Accepted)
	}
	c.must(c.db.Write(c.Context(), p.slug, func(_ context.Context, tx *db.Tx) error {
		billing.RecordReturnTx(tx, numbered(7), "return-of-"+string(p.slug), policy.Return{On: calendar.Of(c.clk.Now(), time.UTC), Tender: policy.BankAccount, Code: "R01 " + string(p.slug)})
		return nil
	}))
}

// tell has somebody pay, be declined, be left in doubt, leave at each page, and
// guess wrongly; an operator hold what nobody here uses; and the processor send
// a notice. Nothing is asked again, so that what is in doubt stays so.
func (c *cities) tell(p *place) {
	c.Helper()
	p.visitor = &visitor{cities: c, host: p.host, cookies: map[string]string{}}
	p.named, p.steps = map[string][]string{}, map[string]payment.QuoteID{}
	v := p.visitor
	c.quoted(p, "paid", 1).give("4242424242424242").confirm()
	c.quoted(p, "in doubt", 2).give("4000000000003014").confirm()
	p.card = c.quoted(p, "reviewed", 3).give("4242424242424242").token
	c.quoted(p, "shown", 4)
	c.quoted(p, "declined", 5).give("4000000000000002").confirm()
	c.quoted(p, "away", 6).send(view.FieldHow, view.HowPage, view.FieldEmail, shared)
	if !strings.HasPrefix(v.at, "http://processor.localhost/") {
		c.Fatalf("the processor's page is not reached, but %s:\n%s", v.at, v.body)
	}
	c.quoted(p, "paid again", 8).give("4242424242424242").confirm()
	(&visitor{cities: c, host: p.host, cookies: map[string]string{}}).get("/").
		send(view.FieldUtilityAccount, display(9), string(city.HouseNumber), "13")
	var err error
	p.hold, err = c.holds.Throw(c.Context(), p.slug, control.Hold{
		Kind: control.CardEntry, Scope: control.Scope{Service: "trash"}, Reason: "a reason of " + string(p.slug),
	}, audit.Actor("operator:"+p.slug))
	c.must(err)
	p.bank = c.banked(p, ana).ID
	_, err = c.echecks.Accept(c.Context(), orderIn(c, p, "att_of_"+string(p.slug)))
	c.must(err)
	c.company.DeliverDue(c.Context())
	first := c.heard.take()[0] // of the payment that nobody doubts
	if answer := c.post("/hooks/sandbox", first.header, first.body); answer.status != http.StatusNoContent {
		c.Fatalf("a notice gets %d", answer.status)
	}
	c.joining(p)
}

// shared is the e-mail address of a resident of both cities.
const shared = "ana@example.com"

// quoted goes to the card page of a utility account, and notes the names of what
// was made on the way.
func (c *cities) quoted(p *place, step string, n int) *visitor {
	c.Helper()
	v := p.visitor
	v.get("/").send(view.FieldUtilityAccount, display(n), string(city.HouseNumber), "12").on("/bill/")
	p.named["visit"] = append(p.named["visit"], last(v.at))
	v.send(view.FieldAmount, string(view.Total)).on("/pay/")
	quote, err := payment.ParseQuote(last(v.at))
	c.must(err)
	p.steps[step] = quote
	p.named["quote"] = append(p.named["quote"], quote.String())
	p.named["payment"] = append(p.named["payment"], payment.OfQuote(quote).String())
	return v
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// give types a card into the processor's fields.
func (v *visitor) give(card string) *visitor {
	v.Helper()
	slug := processor.Merchant(strings.Split(v.host, ".")[1])
	token, err := v.company.Tokenize(slug, sandbox.TestCard(card))
	v.must(err)
	v.token = string(token)
	return v.send(view.FieldHow, view.HowFields, view.FieldCardToken, v.token, view.FieldEmail, shared).on("/review/")
}

// confirm pays, and does not look at what came of it.
func (v *visitor) confirm() *visitor {
	v.Helper()
	v.following = false
	defer func() { v.following = true }()
	v.send()
	if v.status != http.StatusSeeOther || !strings.Contains(v.header.Get("Location"), "/pay/done/") {
		v.Fatalf("paying gets %d to %q:\n%s", v.status, v.header.Get("Location"), v.body)
	}
	return v
}

// notices is where the processor sends its notices; the test posts them.
type notices struct {
	mu  sync.Mutex
	all []noticed
}

type noticed struct {
	header http.Header
	body   []byte
}

func (n *notices) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is torn has no signature
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, noticed{r.Header.Clone(), body})
}

func (n *notices) take() []noticed {
	n.mu.Lock()
	defer n.mu.Unlock()
	taken := n.all
	n.all = nil
	return taken
}

func (c *cities) post(path string, header http.Header, body []byte) answered {
	r := httptest.NewRequestWithContext(c.Context(), http.MethodPost, "http://pay.shared.localhost"+path, bytes.NewReader(body))
	r.Header = header
	return c.serve(r)
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
}

// text is all of it, to be searched.
func (a answered) text() string {
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	_ = a.header.Write(&b) // a builder takes everything
	return b.String() + "\n" + a.body
}

func (c *cities) serve(r *http.Request) answered {
	c.asked++
	r.RemoteAddr = fmt.Sprintf("198.18.%d.%d:1000", c.asked/250, c.asked%250)
	w := httptest.NewRecorder()
	c.doors.ServeHTTP(w, r)
	return answered{w.Code, w.Header(), w.Body.String()}
}

// ask sends one request with a visit's cookies, and follows nothing.
func (c *cities) ask(method, host, path string, cookies map[string]string, form url.Values) answered {
	r := httptest.NewRequestWithContext(c.Context(), method, "http://"+host+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return c.serve(r)
}

// visitor is a browser without scripts at one host.
type visitor struct {
	*cities
	answered
	host      string
	cookies   map[string]string
	at        string // the path, or the address of another host
	token     string // of the card given last
	following bool
}

func (v *visitor) get(path string) *visitor {
	v.Helper()
	v.following = true
	return v.do(http.MethodGet, path, nil)
}

func (v *visitor) do(method, path string, form url.Values) *visitor {
	v.Helper()
	for range 5 {
		v.at, v.answered = path, v.ask(method, v.host, path, v.cookies, form)
		for _, cookie := range (&http.Response{Header: v.header}).Cookies() {
			v.cookies[cookie.Name] = cookie.Value
		}
		away := v.header.Get("Location")
		if away == "" || !v.following {
			return v
		}
		if path = strings.TrimPrefix(away, "http://"+v.host); strings.HasPrefix(path, "http") {
			v.at = path
			return v
		}
		method, form = http.MethodGet, nil
	}
	v.Fatalf("sent on for ever, at last to %s", path)
	return v
}

// send fills in the page's first form.
func (v *visitor) send(pairs ...string) *visitor {
	v.Helper()
	action, hidden := firstForm(v.body)
	if action == "" {
		v.Fatalf("there is no form at %s (%d):\n%s", v.at, v.status, v.body)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		hidden.Set(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, action, hidden)
}

func (v *visitor) on(path string) *visitor {
	v.Helper()
	if !strings.HasPrefix(v.at, path) || v.status != http.StatusOK {
		v.Fatalf("at %s with %d instead of %s:\n%s", v.at, v.status, path, v.body)
	}
	return v
}

// long is later than all that rests in the story.
const long = 2 * 24 * time.Hour
