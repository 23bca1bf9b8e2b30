package stripe

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

func charge(token processor.Token, key processor.Key) processor.ChargeRequest {
	return processor.ChargeRequest{
		Key: key, Merchant: sampletown, Token: token, Amount: money.Cents(8310), Description: "CW-1", ReturnURL: returnURL,
	}
}

func lookup(key processor.Key, since time.Time) processor.LookupRequest {
	return processor.LookupRequest{Key: key, Merchant: sampletown, Since: since}
}

// What Stripe did not answer is doubt; what it refused before doing it is not.
func TestDoubtIsNeverFailure(t *testing.T) {
	tests := map[string]struct {
		status  int
		want    error
		certain bool
	}{
		"no answer":         {1, nil, false},
		"500":               {500, nil, false},
		"502":               {502, nil, false},
		"503":               {503, nil, false},
		"too many requests": {http.StatusTooManyRequests, processor.ErrNotSent, true},
		"a key withdrawn":   {http.StatusUnauthorized, processor.ErrRequest, true},
		"a key too narrow":  {http.StatusForbidden, processor.ErrRequest, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := found(t, false)
			a, token := c.adapter(t), c.token(t, "4242424242424242")
			asked := 0
			c.Trouble(func(r *http.Request) int { asked++; return test.status })
			got, err := a.Charge(t.Context(), charge(token, "att_1"))
			if got.Decision != processor.Unknown || err == nil || processor.NothingMoved(err) != test.certain {
				t.Errorf("Charge = %v, %v; want unknown, certain %v", got.Decision, err, test.certain)
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("Charge: %v, want %v", err, test.want)
			}
			if asked != 1 {
				t.Errorf("asked %d times: repeating is for the caller to decide", asked)
			}
			if _, err := a.Lookup(t.Context(), lookup("att_1", c.clock.Now())); err == nil || processor.NothingMoved(err) && !errors.Is(err, processor.ErrNotSent) {
				t.Errorf("Lookup while there is trouble: %v", err)
			}
		})
	}
}

// A request that is being answered is pending, and not refused.
func TestAKeyInUseIsPending(t *testing.T) {
	c := found(t, false)
	c.Trouble(func(*http.Request) int { return http.StatusConflict })
	got, err := c.adapter(t).Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1"))
	if err != nil || got.Decision != processor.Pending {
		t.Errorf("Charge = %v, %v; want pending", got.Decision, err)
	}
}

// Nobody listens: not a byte has left.
func TestNobodyThereIsNotSent(t *testing.T) {
	c := found(t, false)
	a, token := c.adapter(t), c.token(t, "4242424242424242")
	c.web.Close()
	if _, err := a.Charge(t.Context(), charge(token, "att_1")); !errors.Is(err, processor.ErrNotSent) {
		t.Errorf("Charge: %v, want %v", err, processor.ErrNotSent)
	}
}

// A charge whose reply was lost is found also a month later, when Stripe has long
// forgotten the key, among the charges of a busy hour.
func TestALostReplyIsFoundAMonthLater(t *testing.T) {
	c := found(t, false)
	a, token, began := c.adapter(t), c.token(t, "4242424242424242"), c.clock.Now()
	c.LoseReplyOf(string(token))
	if _, err := a.Charge(t.Context(), charge(token, "att_lost")); err == nil {
		t.Fatal("the reply was not lost")
	}
	for i := range 120 { // more than a page of a list
		if _, err := a.Charge(t.Context(), charge(c.token(t, "4242424242424242"), processor.Key("att_"+time.Duration(i).String()))); err != nil {
			t.Fatal(err)
		}
	}
	c.clock.Advance(30 * 24 * time.Hour)
	got, err := a.Lookup(t.Context(), lookup("att_lost", began))
	if err != nil || got.Decision != processor.Approved || got.Amount != money.Cents(8310) {
		t.Errorf("Lookup = %+v, %v; want approved", got, err)
	}
}

// What was never seen never will be: a request that was held up on the way for
// minutes finds its key used up.
func TestNeverSeenStaysNeverSeen(t *testing.T) {
	c := found(t, false)
	a, token, began := c.adapter(t), c.token(t, "4242424242424242"), c.clock.Now()
	c.clock.Advance(2 * time.Minute)
	for range 2 {
		if _, err := a.Lookup(t.Context(), lookup("att_late", began)); !errors.Is(err, processor.ErrNeverSeen) {
			t.Fatalf("Lookup: %v, want %v", err, processor.ErrNeverSeen)
		}
	}
	if _, err := a.Charge(t.Context(), charge(token, "att_late")); !errors.Is(err, processor.ErrKeyReused) {
		t.Errorf("the late request: %v, want %v", err, processor.ErrKeyReused)
	}
	for _, one := range c.Exchanges() {
		if one.Method == http.MethodPost && one.Form.Get("confirm") == "true" && one.Status == http.StatusOK {
			t.Errorf("money moved: %s", one.Answer)
		}
	}
}

// An attempt that is young may still be under way, and shall win.
func TestAYoungAttemptKeepsItsKey(t *testing.T) {
	c := found(t, false)
	a, token := c.adapter(t), c.token(t, "4242424242424242")
	if _, err := a.Lookup(t.Context(), lookup("att_1", c.clock.Now())); !errors.Is(err, processor.ErrNeverSeen) {
		t.Fatalf("Lookup: %v, want %v", err, processor.ErrNeverSeen)
	}
	if got, err := a.Charge(t.Context(), charge(token, "att_1")); err != nil || got.Decision != processor.Approved {
		t.Errorf("Charge = %v, %v; want approved", got.Decision, err)
	}
}

// A charge that is in no list although Stripe had its key is doubt.
func TestALaggingListIsDoubt(t *testing.T) {
	c := found(t, false)
	a, wrong := c.adapter(t), c.clock.Now().Add(-5*time.Hour) // so that the list does not reach it
	if _, err := a.Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Lookup(t.Context(), lookup("att_1", wrong)); err == nil || processor.NothingMoved(err) {
		t.Errorf("Lookup: %v; want doubt", err)
	}
}

// Declined is said of an intent only once it can never be paid: the payer's
// browser has been told its secret.
func TestADeclinedChallengeIsClosed(t *testing.T) {
	c := found(t, false)
	a := c.adapter(t)
	got, err := a.Charge(t.Context(), charge(c.token(t, "4000000000003220"), "att_1"))
	if err != nil || got.Decision != processor.Pending {
		t.Fatalf("Charge = %v, %v", got.Decision, err)
	}
	c.post(t, got.ChallengeURL, url.Values{"answer": {"refuse"}})
	found, err := a.Lookup(t.Context(), lookup("att_1", c.clock.Now()))
	if err != nil || found.Decision != processor.Declined || found.Decline != processor.TryAnother {
		t.Fatalf("Lookup = %+v, %v", found, err)
	}
	c.mustBeCancelled(t, found.Reference)
}

func TestAChallengeThatNobodyAnswersIsGivenUp(t *testing.T) {
	c := found(t, false)
	a, began := c.adapter(t), c.clock.Now()
	got, err := a.Charge(t.Context(), charge(c.token(t, "4000000000003220"), "att_1"))
	if err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(challengeLife + time.Second)
	found, err := a.Lookup(t.Context(), lookup("att_1", began))
	if err != nil || found.Decision != processor.Declined || found.Decline != processor.Abandoned {
		t.Errorf("Lookup = %+v, %v; want declined, abandoned", found, err)
	}
	c.mustBeCancelled(t, got.Reference)
}

func (c *company) mustBeCancelled(t *testing.T, id string) {
	t.Helper()
	m, err := c.adapter(t).known(sampletown)
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.adapter(t).intent(t.Context(), m, id)
	if err != nil || in.Status != "canceled" {
		t.Errorf("the intent is %v, %v; want canceled", in, err)
	}
}

// Nobody is there to be asked: the charge is refused at once.
func TestWithoutAWayBackNobodyIsAsked(t *testing.T) {
	c := found(t, false)
	req := charge(c.token(t, "4000000000003220"), "att_1")
	req.ReturnURL = ""
	got, err := c.adapter(t).Charge(t.Context(), req)
	if err != nil || got.Decision != processor.Declined || !strings.Contains(got.DeclineCode, "authentication") {
		t.Errorf("Charge = %+v, %v", got, err)
	}
}

// A refund is not made twice with one key, also after Stripe has forgotten it.
func TestARefundIsMadeOnceForEver(t *testing.T) {
	c := found(t, false)
	a := c.adapter(t)
	paid, err := a.Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1"))
	if err != nil {
		t.Fatal(err)
	}
	req := processor.RefundRequest{Key: "ref_1", Merchant: sampletown, Reference: paid.Reference, Amount: money.Cents(1000)}
	first, err := a.Refund(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(keyLife + time.Hour)
	if again, err := a.Refund(t.Context(), req); err != nil || again != first {
		t.Errorf("Refund again = %+v, %v; first %+v", again, err, first)
	}
}

// A town without keys sends nothing, and says so.
func TestWithoutKeysNothingIsSent(t *testing.T) {
	c := found(t, false)
	a, err := New(Config{
		Keys: func(processor.Merchant) (Keys, error) { return Keys{}, nil }, Merchants: c.merchants,
		HTTP: c.web.Client(), Clock: c.clock, URL: c.web.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Charge(t.Context(), charge("ctoken_1", "att_1")); !errors.Is(err, processor.ErrNotSent) {
		t.Errorf("Charge: %v, want %v", err, processor.ErrNotSent)
	}
	if n := len(c.Exchanges()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
