package stripe

import (
	"errors"
	"slices"
	"testing"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// A dispute names Stripe's intent; tracing finds our attempt.
func TestADisputeIsTraced(t *testing.T) {
	c := found(t, false)
	a := c.adapter(t)
	paid, err := a.Charge(t.Context(), charge(c.token(t, "4000000000000259"), "att_1"))
	if err != nil {
		t.Fatal(err)
	}
	var read processor.Notice
	for _, one := range c.notices(t) {
		if read, err = a.ReadNotice(one.Header, one.Body, c.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if read.Kind != processor.NoticeDispute || read.Key != "" || read.Reference != paid.Reference {
		t.Fatalf("ReadNotice = %+v", read)
	}
	traced, err := a.Trace(t.Context(), read)
	if err != nil || traced.Key != "att_1" || traced.Amount != money.Cents(8310) || traced.ID != read.ID {
		t.Errorf("Trace = %+v, %v", traced, err)
	}
}

// A thin notice names its object and nothing else.
func TestThinNoticesAreTraced(t *testing.T) {
	c := found(t, false)
	a := c.adapter(t)
	paid, err := a.Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1"))
	if err != nil {
		t.Fatal(err)
	}
	thin := c.Thin(string(sampletown), "v1.payment_intent.succeeded", "payment_intent", paid.Reference, "whsec_sampletown")
	read, err := a.ReadNotice(thin.Header, thin.Body, c.clock.Now())
	if err != nil || read.Kind != processor.NoticeOutcome || !read.At.Equal(c.clock.Now()) {
		t.Fatalf("ReadNotice = %+v, %v", read, err)
	}
	traced, err := a.Trace(t.Context(), read)
	if err != nil || traced.Key != "att_1" || traced.Amount != money.Cents(8310) {
		t.Errorf("Trace = %+v, %v", traced, err)
	}
}

// One town's secret vouches for that town alone, whatever a notice says; a
// platform's only for the merchant that the notice names.
func TestASecretVouchesForItsOwnMerchant(t *testing.T) {
	for name, test := range map[string]struct {
		connected, named bool
		secret           string
		want             processor.Merchant
	}{
		"own":                          {false, false, "whsec_sampletown", sampletown},
		"another's, naming sampletown": {false, true, "whsec_othertown", ""},
		"another's":                    {false, false, "whsec_othertown", othertown},
		"platform, naming":             {true, true, "whsec_platform", sampletown},
		"platform, naming nobody":      {true, false, "whsec_platform", ""},
		"nobody's":                     {false, false, "whsec_of_nobody", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := found(t, test.connected)
			a := c.adapter(t)
			if _, err := a.Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1")); err != nil {
				t.Fatal(err)
			}
			sent, err := c.Notices(string(sampletown), test.named, test.secret)
			if err != nil || len(sent) == 0 {
				t.Fatalf("%d notices, %v", len(sent), err)
			}
			read, err := a.ReadNotice(sent[0].Header, sent[0].Body, c.clock.Now())
			if test.want == "" && !errors.Is(err, processor.ErrSignature) || read.Merchant != test.want {
				t.Errorf("ReadNotice = %+v, %v; want of %q", read, err, test.want)
			}
		})
	}
}

// Stripe signs with the old and the new secret while one is being replaced, and
// with marks of other kinds that nobody may trust.
func TestOnlyMarksOfTheFirstKindCount(t *testing.T) {
	c := found(t, false)
	a := c.adapter(t)
	thin := c.Thin(string(sampletown), "v1.payment_intent.succeeded", "payment_intent", "pi_1", "whsec_sampletown")
	good := thin.Header.Get(SignatureHeader)
	for header, want := range map[string]error{
		good:                               nil,
		"v1=00," + good:                    nil,
		"t=1,t=2":                          processor.ErrSignature,
		"":                                 processor.ErrSignature,
		"v0=" + good:                       processor.ErrSignature,
		"t=x" + good[len("t=1795532400"):]: processor.ErrSignature,
	} {
		thin.Header.Set(SignatureHeader, header)
		if _, err := a.ReadNotice(thin.Header, thin.Body, c.clock.Now()); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", header, err, want)
		}
	}
	thin.Header.Set(SignatureHeader, good)
	for shift, want := range map[time.Duration]error{replayWindow: nil, replayWindow + time.Second: processor.ErrStale, -replayWindow - time.Second: processor.ErrStale} {
		if _, err := a.ReadNotice(thin.Header, thin.Body, c.clock.Now().Add(shift)); !errors.Is(err, want) {
			t.Errorf("%v later: %v, want %v", shift, err, want)
		}
	}
}

// A dispute names no attempt, and its charge may be months old.
func TestAStatementSaysWhichAttemptIsDisputed(t *testing.T) {
	c := found(t, false)
	from := c.clock.Now()
	adapter := c.adapter(t)
	got, err := adapter.Charge(t.Context(), processor.ChargeRequest{
		Key: "att_disputed", Merchant: sampletown, Token: c.token(t, "4000000000000259"), Amount: money.Cents(8410), ReturnURL: returnURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := adapter.Statement(t.Context(), sampletown, from, from.Add(time.Second))
	want := []processor.StatementLine{
		{At: from, Kind: processor.SettledDispute, Key: "att_disputed", Reference: got.Reference, Amount: money.Cents(-8410)},
		{At: from, Kind: processor.SettledCharge, Key: "att_disputed", Reference: got.Reference, Amount: money.Cents(8410)},
	}
	if err != nil || !slices.Equal(lines, want) {
		t.Errorf("Statement = %+v, %v; want %+v", lines, err, want)
	}
}
