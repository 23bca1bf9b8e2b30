package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/processor"
	"clearwell/internal/secret"

	"github.com/google/go-cmp/cmp"
)

// told reads what the portal has received, in order.
func (c *company) told(t testing.TB) []processor.Notice {
	t.Helper()
	var all []processor.Notice
	for _, one := range c.received.taken() {
		read, err := Direct(c.Server).ReadNotice(one.Header, one.Body, c.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read)
	}
	return all
}

func (c *company) charged(t testing.TB, number string) processor.Result {
	t.Helper()
	got, err := Direct(c.Server).Charge(t.Context(), c.ask(t, number, 4200))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNoticesByScript(t *testing.T) {
	tests := map[string]struct {
		number string
		wait   time.Duration
		want   []processor.NoticeKind
	}{
		"plain":    {cardNumber, 0, []processor.NoticeKind{processor.NoticeOutcome}},
		"declined": {"4000000000000002", 0, []processor.NoticeKind{processor.NoticeOutcome}},
		"twice":    {"4000000000003022", 0, []processor.NoticeKind{processor.NoticeOutcome, processor.NoticeOutcome}},
		"reversed": {"4000000000003030", 0, []processor.NoticeKind{processor.NoticeOutcome, processor.NoticeOther}},
		"disputed": {"4000000000000259", disputeAfter, []processor.NoticeKind{processor.NoticeDispute}},
		"pending":  {"4000000000003220", 0, nil},
		"lapsed":   {"4000000000003220", challengeLife, []processor.NoticeKind{processor.NoticeOutcome}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := found(t, nil)
			charged := c.charged(t, test.number)
			if test.number == "4000000000000259" {
				c.DeliverDue(t.Context())
				c.received.all = nil // the outcome; the dispute is what comes later
			}
			c.clock.Advance(test.wait)
			c.DeliverDue(t.Context())
			var kinds []processor.NoticeKind
			ids := map[string]bool{}
			for _, n := range c.told(t) {
				kinds = append(kinds, n.Kind)
				ids[n.ID] = true
				if n.Reference != charged.Reference || n.Amount.Cents() != 4200 {
					t.Errorf("notice %+v is not of charge %s", n, charged.Reference)
				}
			}
			if diff := cmp.Diff(test.want, kinds); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			if name == "twice" && len(ids) != 1 {
				t.Errorf("the notice that came twice has the names %v", ids)
			}
			if n := c.DeliverDue(t.Context()); n != 0 {
				t.Errorf("%d more notices came", n)
			}
		})
	}
}

func TestNoticeIsSentAgainUntilTaken(t *testing.T) {
	c := found(t, nil)
	c.received.refuse = 3
	c.charged(t, cardNumber)
	for _, pause := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute} {
		if n := c.DeliverDue(t.Context()); n != 0 {
			t.Fatalf("%d notices were taken too early", n)
		}
		c.clock.Advance(pause - time.Microsecond)
		tries := c.received.tries
		if c.DeliverDue(t.Context()); c.received.tries != tries {
			t.Fatalf("sent again before %v had passed", pause)
		}
		c.clock.Advance(time.Microsecond)
	}
	if n := c.DeliverDue(t.Context()); n != 1 || len(c.told(t)) != 1 {
		t.Errorf("%d notices were taken at last, and %d could be read", n, len(c.told(t)))
	}
}

func TestNoticeIsNotLostWithTheContext(t *testing.T) {
	c := found(t, nil)
	c.charged(t, cardNumber)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if n := c.DeliverDue(ended); n != 0 || c.received.tries != 0 {
		t.Errorf("%d notices were taken and %d sent after the end", n, c.received.tries)
	}
	if n := c.DeliverDue(t.Context()); n != 1 {
		t.Errorf("%d notices were taken later, want 1", n)
	}
}

func TestNoticeIsGivenUp(t *testing.T) {
	c := found(t, nil)
	c.received.refuse = 1000
	c.charged(t, cardNumber)
	for range 30 {
		c.DeliverDue(t.Context())
		c.clock.Advance(24 * time.Hour)
	}
	if c.received.tries != 10 {
		t.Errorf("tried %d times, want 10", c.received.tries)
	}
}

func TestUntoldNoticesOutliveAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	killed := found(t, func(cfg *Config) { cfg.Journal = path })
	killed.charged(t, cardNumber)
	killed.DeliverDue(t.Context())
	untold := killed.charged(t, "4000000000003022")
	again := found(t, func(cfg *Config) { cfg.Journal = path })
	again.DeliverDue(t.Context())
	var references []string
	for _, n := range again.told(t) {
		references = append(references, n.Reference)
	}
	if diff := cmp.Diff([]string{untold.Reference, untold.Reference}, references); diff != "" {
		t.Errorf("notices after the kill (-want +got):\n%s", diff)
	}
}

// TestRunSendsWhatFallsDue runs in its own time: nothing sleeps.
func TestRunSendsWhatFallsDue(t *testing.T) {
	catalogue, err := words()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		taken := make(chan string, 10)
		s, err := New(Config{
			URL: "http://localhost", SecretKey: secret.New("sk"), Clock: clock.System(), Catalogue: catalogue,
			NoticeURL: "http://portal.example/notices", NoticeSecret: secret.New("ns"), DisputeAfter: time.Hour,
			AllowOrigin: func(string) bool { return true },
			HTTP:        &http.Client{Transport: portalEnd(taken)},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var ended = make(chan struct{})
		go func() {
			defer close(ended)
			s.Run(ctx)
		}()
		c := &company{Server: s}
		c.charged(t, "4000000000000259")
		got := []string{<-taken, <-taken}
		if want := []string{"charge.decided", "charge.disputed"}; !slices.Equal(got, want) {
			t.Errorf("Run sent %v, want %v", got, want)
		}
		cancel()
		<-ended
	})
}

// portalEnd answers notices without a socket and says their types.
type portalEnd chan<- string

func (p portalEnd) RoundTrip(req *http.Request) (*http.Response, error) {
	var n notice
	if err := json.NewDecoder(req.Body).Decode(&n); err != nil {
		return nil, err
	}
	p <- n.Type
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
}

func FuzzReadNotice(f *testing.F) {
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	key := secret.New("ns_test")
	body := `{"id":"evt_1","type":"charge.decided","amount_cents":100,"at":"2026-11-24T15:00:00Z"}`
	f.Add(sign(key, now, []byte(body)), body, false)
	f.Add("t=,v1=", body, false)
	f.Add("t=9223372036854775807,v1=00", body, false)
	f.Add("", `{"amount_cents":-9223372036854775808}`, true)
	f.Add("", `[]`, true)
	reader := noticeReader{[]secret.String{key, {}}}
	f.Fuzz(func(t *testing.T, header, body string, signed bool) {
		honest := sign(key, now, []byte(body))
		if signed {
			header = honest
		}
		got, err := reader.ReadNotice(http.Header{SignatureHeader: {header}}, []byte(body), now)
		if err == nil && header != honest && !sameMark(header, honest) {
			t.Errorf("%q was taken as a signature of %q", header, body)
		}
		if err != nil && got != (processor.Notice{}) {
			t.Errorf("a refused notice was read: %+v", got)
		}
	})
}

// sameMark reports whether two headers carry the same signature: hexadecimal
// may be written in either case.
func sameMark(a, b string) bool {
	secondsA, markA, okA := splitSignature(a)
	secondsB, markB, okB := splitSignature(b)
	return okA && okB && secondsA == secondsB && slices.Equal(markA, markB)
}
