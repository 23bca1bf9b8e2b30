package hook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
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
	"clearwell/internal/inbox"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
	"clearwell/internal/web"
	"clearwell/internal/web/hook"
)

const (
	sampletown id.City        = "sampletown"
	number     billing.Number = "004217001"
)

// towns are the sample town and a neighbour at the same processor.
type towns struct{ all []*city.City }

func (t towns) All() []*city.City { return t.all }

func (t towns) ByID(name id.City) (*city.City, error) {
	for _, c := range t.all {
		if c.City == name {
			return c, nil
		}
	}
	return nil, city.ErrUnknown
}

// station is a door for notices, and the sandbox that sends them.
type station struct {
	*testing.T
	d        *db.DB
	clk      *clock.Manual
	company  *sandbox.Server
	payments *payment.Service
	notices  *hook.Door
	door     http.Handler

	mu     sync.Mutex
	sent   []*http.Request // as the sandbox sent them
	bodies [][]byte
	alarms int

	passedOn []byte // the body that came to what stands behind the door
}

func (s *station) Raise(context.Context, id.City, web.Alarm, string) { s.alarms++ }

func open(t *testing.T) *station {
	t.Helper()
	s := &station{T: t, clk: clock.NewManual(dbtest.Began)}
	s.d = dbtest.SQLite(t, s.clk)
	road := httptest.NewServer(http.HandlerFunc(s.record))
	t.Cleanup(road.Close)
	var err error
	s.company, err = sandbox.New(sandbox.Config{
		URL: "http://localhost:8081", SecretKey: secret.New("a sandbox key"), Clock: s.clk, NoticeURL: road.URL, NoticeSecret: secret.New("a notice secret"),
	})
	s.must(err)
	file, err := city.Parse(city.ExampleName, city.Example())
	s.must(err)
	neighbour := file
	neighbour.City, neighbour.Processor.Merchant = "neighbour", "neighbour"
	all := towns{[]*city.City{{File: neighbour}, {File: file}}}
	adapter := sandbox.Direct(s.company)
	s.payments = payment.New(payment.Deps{
		DB: s.d, Towns: all, Processors: map[string]processor.Processor{"sandbox": adapter},
		Holds: payment.NoHolds{}, Receipts: payment.NoReceipts{}, Node: "test", Release: "r1",
	})
	t.Cleanup(s.payments.Drain)
	s.notices = hook.New(hook.Config{
		Notifiers: map[string]processor.Notifier{"sandbox": adapter}, Towns: all, Inbox: inbox.New(s.d), Payments: s.payments,
		Alarms: s, Clock: s.clk, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	s.door = s.notices.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.passedOn, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNotFound)
	}))
	s.bill()
	return s
}

func (s *station) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// record keeps what the sandbox sends, to be delivered by the test.
func (s *station) record(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent, s.bodies = append(s.sent, r), append(s.bodies, body)
}

// notice is the newest that the sandbox sent.
func (s *station) notice() (http.Header, []byte) {
	s.Helper()
	s.company.DeliverDue(s.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) == 0 {
		s.Fatal("the sandbox sent no notice")
	}
	return s.sent[len(s.sent)-1].Header.Clone(), bytes.Clone(s.bodies[len(s.bodies)-1])
}

func (s *station) post(name string, header http.Header, body []byte) int {
	r := httptest.NewRequestWithContext(s.Context(), http.MethodPost, hook.Prefix+name, bytes.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	s.door.ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		s.Errorf("the answer says %q", w.Body)
	}
	return w.Code
}

type loadKind struct{}

func (loadKind) Prefix() string { return "load" }

func (s *station) bill() {
	s.Helper()
	amount, today := money.Cents(8310), calendar.Of(s.clk.Now(), time.UTC)
	rest := []*billing.Row{{
		Line: 1, Number: number, Name: "EXAMPLE, ANA", ServiceAddress: "12 MAIN STREET", Service: "water",
		BilledOn: today, DueOn: today.AddDays(20), Amount: &amount, Current: &amount,
	}, nil}
	var load billing.LoadID
	s.must(load.UnmarshalText([]byte(id.New[loadKind](s.clk.Now()).String())))
	s.must(s.d.Write(s.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
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

// pay pays the bill with a card.
func (s *station) pay(card string) payment.Payment {
	s.Helper()
	quote, err := s.payments.Quote(s.Context(), payment.QuoteRequest{
		City: sampletown, UtilityAccount: number, Channel: policy.Web, Amount: money.Cents(8310), Language: locale.English,
		CapturePath: exposure.WebFrame,
	})
	s.must(err)
	token, err := s.company.Tokenize("sampletown", sandbox.TestCard(card))
	s.must(err)
	quote, err = s.payments.GiveCard(s.Context(), sampletown, quote.ID, token, quote.Payer)
	s.must(err)
	p, err := s.payments.Start(s.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()})
	s.must(err)
	return p
}

func (s *station) state(p payment.Payment) payment.State {
	s.Helper()
	now, err := s.payments.Payment(s.Context(), p.City, p.ID)
	s.must(err)
	return now.State
}

// A charge whose reply was lost is known as soon as the notice arrives.
func TestNoticeSettles(t *testing.T) {
	s := open(t)
	p := s.pay("4000000000003014")
	if p.State == payment.Approved {
		t.Fatal("the reply was not lost")
	}
	header, body := s.notice()
	for range 3 { // the same again is thanked for, and changes nothing
		if status := s.post("sandbox", header.Clone(), body); status != http.StatusNoContent {
			t.Errorf("status %d", status)
		}
		if got := s.state(p); got != payment.Approved {
			t.Errorf("the payment is %s", got)
		}
	}
	if s.alarms != 0 {
		t.Errorf("%d alarms", s.alarms)
	}
}

// What is forged, stale, too large or about somebody else moves nothing.
func TestWrongNoticesMoveNothing(t *testing.T) {
	tests := map[string]struct {
		name    string
		spoil   func(s *station, header http.Header, body []byte) []byte
		status  int
		alarmed int
	}{
		"another body": {"sandbox", func(_ *station, _ http.Header, body []byte) []byte {
			return bytes.Replace(body, []byte("8435"), []byte("9999"), 1)
		}, http.StatusNotFound, 1},
		"no signature": {"sandbox", func(_ *station, header http.Header, body []byte) []byte {
			header.Del(sandbox.SignatureHeader)
			return body
		}, http.StatusNotFound, 1},
		"replayed later": {"sandbox", func(s *station, _ http.Header, body []byte) []byte {
			s.clk.Advance(time.Hour)
			return body
		}, http.StatusNotFound, 1},
		"another town's": {"sandbox", func(_ *station, _ http.Header, body []byte) []byte {
			return bytes.Replace(body, []byte(`"merchant":"sampletown"`), []byte(`"merchant":"neighbour"`), 1)
		}, http.StatusNotFound, 1},
		"too large": {"sandbox", func(_ *station, _ http.Header, body []byte) []byte {
			return append(body, strings.Repeat(" ", 65<<10)...)
		}, http.StatusNotFound, 0},
		"of a processor we do not have": {"other", func(_ *station, _ http.Header, body []byte) []byte { return body }, http.StatusNotFound, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			p := s.pay("4000000000003014")
			header, body := s.notice()
			body = test.spoil(s, header, body)
			if status := s.post(test.name, header, body); status != test.status || s.alarms != test.alarmed {
				t.Errorf("status %d and %d alarms, want %d and %d", status, s.alarms, test.status, test.alarmed)
			}
			if !bytes.Equal(s.passedOn, body) {
				t.Errorf("%d of %d bytes go on to the guards behind", len(s.passedOn), len(body))
			}
			if got := s.state(p); got == payment.Approved {
				t.Errorf("the payment is %s", got)
			}
			waiting, err := inbox.New(s.d).Pending(t.Context(), "processor:sandbox", 10)
			if err != nil || len(waiting) > 0 {
				t.Errorf("%d messages are kept, %v", len(waiting), err)
			}
		})
	}
}

// A notice that is genuine and names another town's attempt moves nothing: a
// town's processor speaks for that town alone.
func TestNoticeOfAnotherTownMovesNothing(t *testing.T) {
	s := open(t)
	p := s.pay("4000000000003014")
	token, err := s.company.Tokenize("neighbour", sandbox.TestCard("4242424242424242"))
	s.must(err)
	_, err = sandbox.Direct(s.company).Charge(t.Context(), processor.ChargeRequest{
		Key: processor.Key(p.Attempt.String()), Merchant: "neighbour", Token: token, Amount: p.Total(), Description: "x", Descriptor: "x",
	})
	s.must(err)
	header, body := s.notice()
	if !bytes.Contains(body, []byte(`"neighbour"`)) {
		t.Fatalf("the newest notice is not the neighbour's: %s", body)
	}
	if status := s.post("sandbox", header, body); status != http.StatusNoContent {
		t.Errorf("status %d", status)
	}
	if got := s.state(p); got == payment.Approved {
		t.Errorf("the payment is %s", got)
	}
}

// unwilling cannot act for a while.
type unwilling struct {
	*payment.Service
	until time.Time
	clk   clock.Clock
}

func (u *unwilling) Settle(ctx context.Context, city id.City, key processor.Key) error {
	if u.clk.Now().Before(u.until) {
		return errors.New("the database is away")
	}
	return u.Service.Settle(ctx, city, key)
}

func (s *station) waiting() []inbox.Kept {
	s.Helper()
	waiting, err := inbox.New(s.d).Pending(s.Context(), "processor:sandbox", 10)
	s.must(err)
	return waiting
}

func (s *station) retry() int {
	s.Helper()
	taken, err := s.notices.Retry(s.Context())
	s.must(err)
	return taken
}

// What could not be acted on is kept, thanked for, and acted on later, also when
// its signature is old by then.
func TestNoticesAreRetried(t *testing.T) {
	s := open(t)
	s.notices.Payments = &unwilling{s.payments, s.clk.Now().Add(time.Hour), s.clk}
	p := s.pay("4000000000003014")
	header, body := s.notice()
	if status := s.post("sandbox", header, body); status != http.StatusNoContent {
		t.Errorf("status %d", status)
	}
	if got := s.state(p); got == payment.Approved || s.retry() != 0 {
		t.Errorf("the payment is %s; tried again without a pause", got)
	}
	s.clk.Advance(time.Minute)
	if waiting := s.waiting(); len(waiting) != 1 || !bytes.Equal(waiting[0].Body, body) || waiting[0].City != sampletown {
		t.Errorf("kept %v", waiting)
	}
	s.retry()
	s.clk.Advance(time.Hour)
	if taken := s.retry(); taken != 1 || s.state(p) != payment.Approved || len(s.waiting()) != 0 {
		t.Errorf("took %d, the payment is %s, %d wait", taken, s.state(p), len(s.waiting()))
	}
}

// The process ended between keeping a notice and acting on it.
func TestKeptNoticesAreActedOn(t *testing.T) {
	s := open(t)
	p := s.pay("4000000000003014")
	header, body := s.notice()
	_, _, err := inbox.New(s.d).Keep(t.Context(), sampletown, inbox.Message{
		Source: "processor:sandbox", ExternalID: "evt", Headers: header, Body: body,
	})
	s.must(err)
	if taken := s.retry(); taken != 1 || s.state(p) != payment.Approved || s.retry() != 0 {
		t.Errorf("took %d, the payment is %s", taken, s.state(p))
	}
}

func TestDispute(t *testing.T) {
	s := open(t)
	p := s.pay("4000000000000259")
	s.clk.Advance(4 * 24 * time.Hour)
	header, body := s.notice()
	for range 2 {
		if status := s.post("sandbox", header.Clone(), body); status != http.StatusNoContent {
			t.Errorf("status %d for %s", status, body)
		}
	}
	if got := s.state(p); got != payment.Disputed {
		t.Errorf("the payment is %s", got)
	}
}
