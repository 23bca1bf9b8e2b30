package stripe

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/processor"
	"clearwell/internal/processor/processortest"
	"clearwell/internal/processor/stripe/standin"
	"clearwell/internal/secret"
)

const (
	sampletown = processor.Merchant("acct_sampletown")
	othertown  = processor.Merchant("acct_othertown")
	returnURL  = "https://pay.sampletown.example/pay/back"
	platform   = "sk_test_platform"
)

// company is a stand-in on a real socket, and two towns at it.
type company struct {
	*standin.Server
	web       *httptest.Server
	clock     *clock.Manual
	connected bool
}

func found(t testing.TB, connected bool) *company {
	t.Helper()
	c := &company{clock: clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)), connected: connected}
	cfg := standin.Config{Clock: c.clock, Merchants: map[string]string{
		"sk_test_sampletown": string(sampletown), "sk_test_othertown": string(othertown),
	}}
	if connected {
		cfg.Merchants, cfg.Platform, cfg.Connected = nil, platform, []string{string(sampletown), string(othertown)}
	}
	c.Server = standin.New(cfg)
	c.web = httptest.NewServer(c.Handler())
	t.Cleanup(c.web.Close)
	c.At(c.web.URL)
	return c
}

// keys are those of the two towns, and of nobody else.
func (c *company) keys(name processor.Merchant) (Keys, error) {
	town := strings.TrimPrefix(string(name), "acct_")
	keys := Keys{
		Secret: secret.New("sk_test_" + town), Publishable: "pk_test_" + string(name),
		Notices: []secret.String{secret.New("whsec_newer_" + town), secret.New("whsec_" + town)},
	}
	if c.connected {
		keys.Connected, keys.Secret, keys.Notices = true, secret.New(platform), []secret.String{secret.New("whsec_platform")}
	}
	return keys, nil
}

func (c *company) merchants() []processor.Merchant {
	return []processor.Merchant{othertown, sampletown}
}

func (c *company) adapter(t testing.TB) *Adapter {
	t.Helper()
	a, err := New(Config{Keys: c.keys, Merchants: c.merchants, HTTP: c.web.Client(), Clock: c.clock, URL: c.web.URL, Script: c.web.URL + standin.ScriptPath})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (c *company) token(t testing.TB, number string) processor.Token {
	t.Helper()
	token, err := c.Type(string(sampletown), number)
	if err != nil {
		t.Fatal(err)
	}
	return processor.Token(token)
}

func (c *company) notices(t testing.TB) []processortest.Received {
	t.Helper()
	secrets := []string{"whsec_retired", "whsec_sampletown"}
	if c.connected {
		secrets = []string{"whsec_platform"}
	}
	sent, err := c.Notices(string(sampletown), c.connected, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]processortest.Received, len(sent))
	for i, one := range sent {
		all[i] = processortest.Received(one)
	}
	return all
}

var numbers = map[processortest.Card]string{
	processortest.Approved: "4242424242424242", processortest.TryAnother: "4000000000009995",
	processortest.FixDetails: "4000000000000127", processortest.NeverRetry: "4000000000009987",
	processortest.TryLater: "4000000000000119", processortest.Challenged: "4000000000003220",
	processortest.ReplyLost: "4242424242424242",
}

func (c *company) harness(t testing.TB) processortest.Harness {
	made := map[processortest.Card]func(testing.TB) processor.Token{}
	for card, number := range numbers {
		made[card] = func(t testing.TB) processor.Token {
			token := c.token(t, number)
			if card == processortest.ReplyLost {
				c.LoseReplyOf(string(token))
			}
			return token
		}
	}
	return processortest.Harness{
		Processor: c.adapter(t), Merchant: sampletown, Stranger: othertown, Cards: made, ReturnURL: returnURL,
		ReturnAdds: standin.ReturnAdds(), PageTriesAgain: true, Now: c.clock.Now, Lapse: c.clock.Advance, Notices: c.notices,
		Pay: func(t testing.TB, page string, card processortest.Card) string {
			return c.post(t, page, url.Values{"number": {numbers[card]}})
		},
		Answer: func(t testing.TB, page string, approve bool) string {
			return c.post(t, page, url.Values{"answer": {map[bool]string{true: "approve", false: "refuse"}[approve]}})
		},
		PayOut: func(testing.TB) (time.Time, time.Time) {
			from := c.clock.Now()
			c.clock.Advance(48 * time.Hour)
			c.PayOut()
			return from, c.clock.Now().Add(time.Hour)
		},
	}
}

// post sends a form as a payer's browser does, and tells where it is sent on to.
func (c *company) post(t testing.TB, address string, form url.Values) string {
	t.Helper()
	client := *c.web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.Header.Get("Location")
}
