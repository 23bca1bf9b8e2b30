package sandbox

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/processor"
	"clearwell/internal/secret"
)

func (c *company) embed(t testing.TB, origin, lang string) processor.Embed {
	t.Helper()
	page, err := c.client(t).Embed(t.Context(), processor.EmbedRequest{
		Merchant: merchant, Language: lang, Session: "visit", Origin: origin,
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestFieldsAreFramedByThePortalAlone(t *testing.T) {
	c := found(t, nil)
	page := c.embed(t, portal, "es")
	answer, text := c.get(t, page.FrameURL)
	if answer.StatusCode != http.StatusOK || !strings.Contains(text, "Número de tarjeta") || !strings.Contains(text, `lang="es"`) {
		t.Errorf("GET %s: %s\n%s", page.FrameURL, answer.Status, text)
	}
	want := "default-src 'none'; style-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; " +
		"script-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors " + portal
	if got := answer.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("Content-Security-Policy:\n got %s\nwant %s", got, want)
	}
	for _, origin := range []string{"", "https://evil.example", portal + "/", portal + ".evil.example", "null", portal + " *"} {
		answer, _ := c.get(t, c.embed(t, origin, "en").FrameURL)
		ancestors := answer.Header.Get("Content-Security-Policy")
		if answer.StatusCode != http.StatusForbidden || !strings.HasSuffix(ancestors, "frame-ancestors 'none'") {
			t.Errorf("for the origin %q: %s, %s", origin, answer.Status, ancestors)
		}
	}
}

func TestFieldsGiveATokenOrSayWhatIsWrong(t *testing.T) {
	c := found(t, nil)
	post := func(body, from string) (int, string) {
		req, err := http.NewRequest(http.MethodPost, c.web.URL+"/fields/token", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", from)
		answer, text := c.browse(t, req)
		return answer.StatusCode, text
	}
	good := `{"merchant":"m","lang":"es","number":"4242 4242 4242 4242","expiry":"12/49","code":"123","postal":"78701"}`
	if status, text := post(good, "same-origin"); status != http.StatusOK || !strings.HasPrefix(text, `{"token":"tok_`) {
		t.Errorf("a good card: %d %s", status, text)
	}
	if status, text := post(strings.Replace(good, "4242 4", "4242 5", 1), "same-origin"); status != http.StatusUnprocessableEntity ||
		!strings.Contains(text, "Revise el número") || strings.Contains(text, "4242") {
		t.Errorf("a wrong number: %d %s", status, text)
	}
	if status, _ := post(good, "cross-site"); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	if status, _ := post(`{"merchant":`, "same-origin"); status != http.StatusBadRequest {
		t.Errorf("half a message: %d", status)
	}
}

// Anybody may name a merchant to the card fields, and a card number or a whole
// page of text went into the journal, which lies beside the portal's database.
func TestFieldsKeepNothingThatIsNoMerchant(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "journal.jsonl")
	c := found(t, func(cfg *Config) { cfg.Journal = journal })
	const stranger = "4539578763621486"
	for what, sent := range map[string]string{"a card number": stranger, "a card number in words": "m " + stranger, "a page": strings.Repeat("m", 65), "nothing": ""} {
		body := fmt.Sprintf(`{"merchant":%q,"session":%q,"number":"4242 4242 4242 4242","expiry":"12/49","code":"123","postal":"78701"}`, sent, stranger)
		req, err := http.NewRequest(http.MethodPost, c.web.URL+"/fields/token", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if answer, text := c.browse(t, req); answer.StatusCode != http.StatusBadRequest || strings.Contains(text, "tok_") {
			t.Errorf("%s as a merchant: %d %s", what, answer.StatusCode, text)
		}
	}
	kept, err := os.ReadFile(journal)
	if err != nil || strings.Contains(string(kept), stranger) || len(kept) > 1000 {
		t.Errorf("kept: %v\n%.300s", err, kept)
	}
}

func TestAssetsAreThoseThePageNames(t *testing.T) {
	c := found(t, nil)
	_, page := c.get(t, c.embed(t, portal, "en").FrameURL)
	for _, asset := range []asset{c.pages.Style, c.pages.Script} {
		answer, _ := c.get(t, c.web.URL+asset.Address)
		if answer.StatusCode != http.StatusOK || !strings.Contains(page, asset.Address) ||
			!strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s; in the page: %v", asset.Address, answer.Status, strings.Contains(page, asset.Address))
		}
	}
}

func (c *company) page(t testing.TB, key processor.Key) (processor.LookupRequest, string) {
	t.Helper()
	return c.pageTo(t, key, returnURL, "en")
}

func (c *company) pageTo(t testing.TB, key processor.Key, back, lang string) (processor.LookupRequest, string) {
	t.Helper()
	sent, err := c.client(t).Send(t.Context(), processor.SendRequest{
		Key: key, Merchant: merchant, Amount: money.Cents(8800), Description: "Water bill <July>", Language: lang,
		ReturnURL: back, CancelURL: back + "/back", Expires: c.clock.Now().Add(20 * time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	return processor.LookupRequest{Key: key, Merchant: merchant}, sent.URL
}

func TestPageShowsWhatIsPaidAndRepeatsNoCard(t *testing.T) {
	c := found(t, func(cfg *Config) {
		cfg.MerchantName = func(processor.Merchant, locale.Lang) string { return "City of Sampletown" }
	})
	attempt, address := c.page(t, "a")
	answer, text := c.get(t, address)
	for _, want := range []string{"City of Sampletown", "$88.00", "Water bill &lt;July&gt;", "SANDBOX"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' "+portal) ||
		strings.Contains(policy, "script-src") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy: %s", policy)
	}
	text, _ = c.post(t, address, url.Values{"number": {"4242424242424241"}, "expiry": {"01/20"}, "code": {"987"}, "postal": {"78701"}})
	if !strings.Contains(text, `role="alert"`) || strings.Contains(text, "4241") || strings.Contains(text, "987") {
		t.Errorf("after a wrong card the page says nothing, or repeats it:\n%s", text)
	}
	if got, err := c.lookup(attempt); err != nil || got.Decision != processor.Pending {
		t.Errorf("after a wrong card: %v, %v; want pending", got.Decision, err)
	}
}

func TestPageFollowsTheScript(t *testing.T) {
	c := found(t, nil)
	attempt, address := c.page(t, "challenged")
	bank := c.pay(t, address, "4000000000003220")
	if !strings.HasPrefix(bank, c.web.URL+"/challenge/") || c.pay(t, address, cardNumber) != bank {
		t.Errorf("a challenged card is sent to %q, the open page to another", bank)
	}
	if _, text := c.get(t, bank); !strings.Contains(text, "ending in 3220") {
		t.Errorf("the bank asks:\n%s", text)
	}
	if _, back := c.post(t, bank, url.Values{"answer": {"approve"}}); back != returnURL {
		t.Errorf("after the challenge the payer is sent to %q", back)
	}
	if got, err := c.lookup(attempt); err != nil || got.Decision != processor.Approved {
		t.Errorf("after the challenge: %v, %v", got.Decision, err)
	}
	attempt, address = c.page(t, "slow")
	if back := c.pay(t, address, "4000000000003006"); back != returnURL {
		t.Errorf("with a slow card the payer is sent to %q", back)
	}
	for _, want := range []processor.Decision{processor.Pending, processor.Approved} {
		if got, err := c.lookup(attempt); err != nil || got.Decision != want || got.ChallengeURL != "" || got.AwaitsPayer {
			t.Errorf("slow: %+v, %v; want %v", got, err, want)
		}
		c.clock.Advance(slowFor)
	}
}

// Whoever paid here and lost the reply stood before a page of the browser's that
// leads nowhere, and would have paid again.
func TestPageWhoseReplyIsLostLeadsBack(t *testing.T) {
	c := found(t, nil)
	attempt, address := c.page(t, "a")
	text, _ := c.post(t, address, url.Values{"number": {"4000000000003014"}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}})
	if !strings.Contains(text, `href="`+returnURL+`"`) || strings.Contains(text, "Nothing to pay here") {
		t.Errorf("after a lost reply the payer reads:\n%s", text)
	}
	if got, err := c.lookup(attempt); err != nil || got.Decision != processor.Approved {
		t.Errorf("after a lost reply: %v, %v", got.Decision, err)
	}
}

// TestPageIsPaidByTheFirstTab: two tabs saw the page open; the second card, or
// giving up in the second tab, changes nothing while the first is in doubt.
func TestPageIsPaidByTheFirstTab(t *testing.T) {
	c := found(t, nil)
	attempt, _ := c.page(t, "a")
	open := *c.book.keys[name{merchant, "a"}]
	for _, number := range []string{"4000000000003006", "4000000000009987"} {
		if _, err := c.payVisit(open, TestCard(number)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.cancelVisit(open); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(slowFor)
	if got, err := c.lookup(attempt); err != nil || got.Decision != processor.Approved || got.Instrument.Last4 != "3006" {
		t.Errorf("Lookup = %+v, %v; want approved with the first card", got, err)
	}
}

func TestPageEnds(t *testing.T) {
	c := found(t, nil)
	_, address := c.page(t, "a")
	c.clock.Advance(time.Hour)
	if answer, text := c.get(t, address); answer.StatusCode != http.StatusGone || !strings.Contains(text, returnURL) {
		t.Errorf("an old page: %s\n%s", answer.Status, text)
	}
	if answer, _ := c.get(t, c.web.URL+"/pay/NOBODYKNOWSTHIS"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a page nobody opened: %s", answer.Status)
	}
	if answer, text := c.get(t, c.web.URL+"/?lang=es"); answer.StatusCode != http.StatusOK || !strings.Contains(text, "4242424242424242") {
		t.Errorf("the list of test cards: %s\n%s", answer.Status, text)
	}
}

func TestKeyIsNeeded(t *testing.T) {
	c := found(t, nil)
	stranger, err := NewClient(ClientConfig{URL: c.web.URL, SecretKey: secret.New("sk_guess"), HTTP: c.web.Client()})
	if err != nil {
		t.Fatal(err)
	}
	got, err := stranger.Charge(t.Context(), c.ask(t, cardNumber, 100))
	if err == nil || got.Decision != processor.Unknown {
		t.Errorf("Charge with another key = %v, %v", got.Decision, err)
	}
	if record, _ := c.Record(); len(record.Charges) != 0 {
		t.Errorf("a charge was made: %+v", record)
	}
}

// TestNotSentIsSaidOnlyWhenCertain: a closed port took nothing; a connection
// that broke may have.
func TestNotSentIsSaidOnlyWhenCertain(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { hangUp(w) }))
	defer broken.Close()
	reset := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.(*net.TCPConn).SetLinger(0)
			_ = connection.Close()
		}
	}))
	defer reset.Close()
	garbled := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer garbled.Close()
	for address, certain := range map[string]bool{"http://" + closed.Addr().String(): true, broken.URL: false, reset.URL: false, garbled.URL: false} {
		client, err := NewClient(ClientConfig{URL: address, HTTP: &http.Client{Timeout: 5 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.Charge(t.Context(), processor.ChargeRequest{Key: "a", Merchant: merchant})
		if err == nil || errors.Is(err, processor.ErrNotSent) != certain || processor.NothingMoved(err) != certain || got.Decision != processor.Unknown {
			t.Errorf("%s: %v, %v; want certain %v", address, got.Decision, err, certain)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	c := found(t, nil)
	for name, change := range map[string]func(*Config){
		"no key":              func(cfg *Config) { cfg.SecretKey = secret.String{} },
		"no clock":            func(cfg *Config) { cfg.Clock = nil },
		"address with a path": func(cfg *Config) { cfg.URL += "/" },
		"unsigned notices":    func(cfg *Config) { cfg.NoticeSecret = secret.String{} },
	} {
		cfg := c.cfg
		change(&cfg)
		if s, err := New(cfg); err == nil {
			t.Errorf("%s: opened %p", name, s)
		}
	}
}

func TestLoopbackIsThisMachine(t *testing.T) {
	for origin, want := range map[string]bool{
		"http://localhost:8080": true, "http://sampletown.localhost": true, "http://127.0.0.1:1": true, "http://[::1]:1": true,
		"https://localhost.evil.example": false, "http://10.0.0.1": false, "https://pay.example": false,
	} {
		if got := loopback(origin); got != want {
			t.Errorf("loopback(%s) = %v", origin, got)
		}
	}
}
