package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/processor"
	"clearwell/internal/processor/processortest"
	"clearwell/internal/secret"
)

const (
	merchant   = processor.Merchant("sampletown-water")
	portal     = "https://pay.sampletown.example"
	returnURL  = portal + "/pay/back"
	cardNumber = "4242424242424242"
)

var words = sync.OnceValues(locale.Load)

// company is a sandbox on a real socket, with a portal that takes its notices.
type company struct {
	*Server
	web      *httptest.Server
	clock    *clock.Manual
	received *inbox
}

// inbox is the portal's end of notices.
type inbox struct {
	mu     sync.Mutex
	all    []processortest.Received
	refuse int // so many are answered 503 first
	tries  int
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.tries++
	body, err := io.ReadAll(r.Body)
	if err != nil || in.tries <= in.refuse {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	in.all = append(in.all, processortest.Received{Header: r.Header.Clone(), Body: body})
}

func (in *inbox) taken() []processortest.Received {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]processortest.Received(nil), in.all...)
}

// found opens a company. Change, if not nil, changes its settings.
func found(t testing.TB, change func(*Config)) *company {
	t.Helper()
	catalogue, err := words()
	if err != nil {
		t.Fatal(err)
	}
	c := &company{clock: clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)), received: &inbox{}}
	c.web = httptest.NewUnstartedServer(nil)
	notices := httptest.NewServer(c.received)
	t.Cleanup(notices.Close)
	cfg := Config{
		URL: "http://" + c.web.Listener.Addr().String(), SecretKey: secret.New("sk_test"), Clock: c.clock,
		NoticeURL: notices.URL, NoticeSecret: secret.New("ns_test"), Catalogue: catalogue,
		AllowOrigin: func(origin string) bool { return origin == portal },
		Wait: func(ctx context.Context, d time.Duration) error {
			c.clock.Advance(d)
			return ctx.Err()
		},
	}
	if change != nil {
		change(&cfg)
	}
	c.Server, err = New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.web.Config.Handler = c.Handler()
	c.web.Start()
	t.Cleanup(c.web.Close)
	return c
}

func (c *company) client(t testing.TB) *Client {
	t.Helper()
	client, err := NewClient(ClientConfig{
		URL: c.web.URL, SecretKey: secret.New("sk_test"),
		NoticeSecrets: []secret.String{secret.New("newer"), secret.New("ns_test")}, HTTP: c.web.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (c *company) token(t testing.TB, number string) processor.Token {
	t.Helper()
	token, err := c.Tokenize(merchant, TestCard(number))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (c *company) harness(t testing.TB, adapter processor.Processor) processortest.Harness {
	cards := map[processortest.Card]func(testing.TB) processor.Token{}
	for card, number := range numbers() {
		cards[card] = func(t testing.TB) processor.Token { return c.token(t, number) }
	}
	return processortest.Harness{
		Processor: adapter, Merchant: merchant, Stranger: "othertown-water", Cards: cards, ReturnURL: returnURL,
		Now: c.clock.Now, Lapse: c.clock.Advance,
		Notices: func(testing.TB) []processortest.Received {
			c.DeliverDue(t.Context())
			return c.received.taken()
		},
		Pay: func(t testing.TB, page string, card processortest.Card) string {
			return c.pay(t, page, numbers()[card])
		},
		Tap: func(t testing.TB, reader string, card processortest.Card) {
			if err := c.Tap(merchant, reader, TestCard(numbers()[card])); err != nil {
				t.Fatal(err)
			}
		},
		Cancel: func(t testing.TB, page string) string {
			_, back := c.post(t, page+"/cancel", nil)
			return back
		},
		Answer: func(t testing.TB, page string, approve bool) string {
			answer := map[bool]string{true: "approve", false: "refuse"}[approve]
			_, back := c.post(t, page, url.Values{"answer": {answer}})
			return back
		},
		PayOut: func(testing.TB) (time.Time, time.Time) {
			from := c.clock.Now()
			c.clock.Advance(72 * time.Hour)
			return from, c.clock.Now()
		},
	}
}

func numbers() map[processortest.Card]string {
	return map[processortest.Card]string{
		processortest.Approved: cardNumber, processortest.TryAnother: "4000000000009995",
		processortest.FixDetails: "4000000000000127", processortest.NeverRetry: "4000000000009987",
		processortest.TryLater: "4000000000000119", processortest.ReplyLost: "4000000000003014",
		processortest.Challenged: "4000000000003220",
	}
}

// browse makes one request as a browser does, without following a redirect,
// and gives the page and where it leads.
func (c *company) browse(t testing.TB, req *http.Request) (*http.Response, string) {
	t.Helper()
	client := *c.web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(req.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func (c *company) get(t testing.TB, address string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.browse(t, req)
}

// post sends a form and gives the page, or where the payer is sent.
func (c *company) post(t testing.TB, address string, form url.Values) (page, location string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, page := c.browse(t, req)
	return page, answer.Header.Get("Location")
}

// fields finds the inputs of a page, so that a payer in a test fills what is there.
var fields = regexp.MustCompile(`<input id="(\w+)"`)

// pay fills the form at a page, or follows where the page leads.
func (c *company) pay(t testing.TB, address, number string) string {
	t.Helper()
	answer, page := c.get(t, address)
	if answer.StatusCode == http.StatusSeeOther {
		return answer.Header.Get("Location")
	}
	card := TestCard(number)
	typed := map[string]string{"number": card.Number, "expiry": card.Expiry, "code": card.Code, "postal": card.Postal}
	form := url.Values{}
	for _, field := range fields.FindAllStringSubmatch(page, -1) {
		form.Set(field[1], typed[field[1]])
	}
	_, back := c.post(t, address, form)
	return back
}
