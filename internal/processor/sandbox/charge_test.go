package sandbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	"github.com/google/go-cmp/cmp"
)

func (c *company) ask(t testing.TB, number string, cents int64) processor.ChargeRequest {
	t.Helper()
	token := c.token(t, number)
	return processor.ChargeRequest{
		Key: processor.Key("att_" + token), Merchant: merchant, Token: token,
		Amount: money.Cents(cents), ReturnURL: returnURL,
	}
}

func TestEachCardDoesWhatItSays(t *testing.T) {
	type answer struct {
		Decision processor.Decision
		Decline  processor.DeclineFamily
		Code     string
	}
	approved := answer{Decision: processor.Approved}
	want := map[Behaviour]answer{
		Approves: approved, Slow: approved, NoticeTwice: approved, NoticesReversed: approved, Disputed: approved,
		Revoked: approved, ByAmount: approved,
		ReplyLost:         {}, // unknown
		Challenges:        {Decision: processor.Pending},
		InsufficientFunds: {processor.Declined, processor.TryAnother, "51"},
		DoNotHonour:       {processor.Declined, processor.TryAnother, "05"},
		Lost:              {processor.Declined, processor.NeverRetry, "41"},
		Stolen:            {processor.Declined, processor.NeverRetry, "43"},
		Expired:           {processor.Declined, processor.FixDetails, "54"},
		WrongCode:         {processor.Declined, processor.FixDetails, "N7"},
		WrongPostal:       {processor.Declined, processor.FixDetails, "postal_mismatch"},
		IssuerDown:        {processor.Declined, processor.TryLater, "91"},
	}
	c := found(t, nil)
	check := func(name string, does Behaviour, req processor.ChargeRequest) {
		t.Helper()
		got, err := Direct(c.Server).Charge(t.Context(), req)
		if (err != nil) != (does == ReplyLost) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want[does], answer{got.Decision, got.Decline, got.DeclineCode}); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", name, does, diff)
		}
	}
	for _, card := range Script() {
		check(card.Number, card.Does, c.ask(t, card.Number, 5000))
	}
	for _, ending := range ScriptByAmount() {
		check(fmt.Sprintf("cents %d", ending.Cents), ending.Does, c.ask(t, "4000000000003055", 700+ending.Cents))
	}
	check("amount, another card", Approves, c.ask(t, cardNumber, 751))
}

func TestSlowChargeIsPendingMeanwhile(t *testing.T) {
	var c *company
	var meanwhile processor.Result
	req := processor.ChargeRequest{}
	c = found(t, func(cfg *Config) {
		cfg.Wait = func(_ context.Context, d time.Duration) error {
			var err error
			meanwhile, err = c.lookup(processor.LookupRequest{Key: req.Key, Merchant: merchant})
			return err
		}
	})
	req = c.ask(t, "4000000000003006", 500)
	got, err := Direct(c.Server).Charge(t.Context(), req)
	if err != nil || got.Decision != processor.Approved || meanwhile.Decision != processor.Pending || meanwhile.AwaitsPayer {
		t.Errorf("Charge = %v, %v; meanwhile %+v; want approved, and pending at the bank", got.Decision, err, meanwhile)
	}
}

// A caller who gives up on a slow answer does not undo the charge.
func TestSlowChargeIsApprovedWithoutItsCaller(t *testing.T) {
	c := found(t, func(cfg *Config) {
		cfg.Wait = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	})
	req := c.ask(t, "4000000000003006", 500)
	got, err := Direct(c.Server).Charge(t.Context(), req)
	if err == nil || processor.NothingMoved(err) || got.Decision != processor.Unknown {
		t.Errorf("Charge = %v, %v; want doubt", got.Decision, err)
	}
	for _, want := range []processor.Decision{processor.Pending, processor.Approved} {
		found, err := c.lookup(processor.LookupRequest{Key: req.Key, Merchant: merchant})
		if err != nil || found.Decision != want {
			t.Errorf("Lookup = %v, %v; want %v", found.Decision, err, want)
		}
		c.clock.Advance(slowFor)
	}
}

func TestTokensExpire(t *testing.T) {
	c := found(t, nil)
	req := c.ask(t, cardNumber, 500)
	c.clock.Advance(tokenLife)
	if _, err := Direct(c.Server).Charge(t.Context(), req); !errors.Is(err, processor.ErrTokenUnknown) {
		t.Errorf("Charge: %v, want %v", err, processor.ErrTokenUnknown)
	}
}

func TestChallengeLapsesAndNeedsSomewhereToReturn(t *testing.T) {
	c := found(t, nil)
	req := c.ask(t, "4000000000003220", 500)
	if _, err := Direct(c.Server).Charge(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(challengeLife)
	got, err := c.lookup(processor.LookupRequest{Key: req.Key, Merchant: merchant})
	if err != nil || got.Decline != processor.Abandoned {
		t.Errorf("Lookup = %+v, %v; want abandoned", got, err)
	}
	req = c.ask(t, "4000000000003220", 500)
	req.ReturnURL = ""
	if got, err := Direct(c.Server).Charge(t.Context(), req); err != nil || got.DeclineCode != "1A" {
		t.Errorf("Charge = %+v, %v; want declined for want of authentication", got, err)
	}
}

func TestPayersAreSentOnlyToThePortal(t *testing.T) {
	c := found(t, nil)
	req := c.ask(t, cardNumber, 500)
	for _, address := range []string{"https://evil.example/", "javascript:alert(1)", "//pay.sampletown.example", "https://pay.sampletown.example.evil.example/"} {
		req.ReturnURL = address
		if _, err := Direct(c.Server).Charge(t.Context(), req); !errors.Is(err, processor.ErrRequest) {
			t.Errorf("Charge returning to %s: %v, want %v", address, err, processor.ErrRequest)
		}
		_, err := Direct(c.Server).Send(t.Context(), processor.SendRequest{
			Key: "a", Merchant: merchant, Amount: money.Cents(1), Expires: c.clock.Now().Add(time.Hour),
			ReturnURL: returnURL, CancelURL: address,
		})
		if !errors.Is(err, processor.ErrRequest) {
			t.Errorf("Send cancelling to %s: %v, want %v", address, err, processor.ErrRequest)
		}
	}
}

func TestStoredCards(t *testing.T) {
	c := found(t, nil)
	adapter := Direct(c.Server)
	use := func(saved processor.Saved, by processor.Initiator, initial string) (processor.Result, error) {
		return adapter.Charge(t.Context(), processor.ChargeRequest{
			Key: processor.Key("att_" + c.token(t, cardNumber)), Merchant: merchant, Token: saved.Token,
			Amount: money.Cents(500), ReturnURL: returnURL,
			Stored: &processor.StoredUse{Initiator: by, Reason: processor.Recurring, InitialTransactionID: initial},
		})
	}
	save := func(number string) (processor.Saved, error) {
		token := c.token(t, number)
		return adapter.Save(t.Context(), processor.SaveRequest{
			Key: processor.Key("save_" + token), Merchant: merchant, Token: token, Consent: "v1",
		})
	}
	for _, card := range Script() {
		saved, err := save(card.Number)
		family, _ := card.Does.decline()
		refused := family == processor.NeverRetry || family == processor.FixDetails
		if errors.Is(err, processor.ErrCardRefused) != refused || !refused && saved.Token == "" {
			t.Errorf("Save of %s: %v", card.Does, err)
		}
	}
	revoked, err := save("4000000000003048")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := use(revoked, processor.ByPayer, ""); err != nil || got.Decision != processor.Approved {
		t.Errorf("by the payer: %+v, %v", got, err)
	}
	if got, err := use(revoked, processor.ByMerchant, revoked.InitialTransactionID); err != nil || got.DeclineCode != "R1" {
		t.Errorf("by the merchant: %+v, %v; want R1", got, err)
	}
	checkInitialTransactions(t, c, save, use)
}

// checkInitialTransactions: the merchant may name the saving, or any approved
// charge of the same card; another card's will not do.
func checkInitialTransactions(t *testing.T, c *company, save func(string) (processor.Saved, error),
	use func(processor.Saved, processor.Initiator, string) (processor.Result, error)) {
	saved, err := save(cardNumber)
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]error{cardNumber: nil, "5555555555554444": processor.ErrStoredUse} {
		first, err := Direct(c.Server).Charge(t.Context(), c.ask(t, number, 100))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := use(saved, processor.ByMerchant, first.NetworkTransactionID); !errors.Is(err, want) {
			t.Errorf("naming a charge of %s: %v, want %v", number, err, want)
		}
	}
	if _, err := use(saved, processor.ByMerchant, networkPrefix); !errors.Is(err, processor.ErrStoredUse) {
		t.Errorf("naming nothing: %v, want %v", err, processor.ErrStoredUse)
	}
}

func TestPayoutsAddUp(t *testing.T) {
	c := found(t, nil)
	adapter := Direct(c.Server)
	disputed, err := adapter.Charge(t.Context(), c.ask(t, "4000000000000259", 10_000))
	if err != nil {
		t.Fatal(err)
	}
	from := c.clock.Now()
	early, err := adapter.Settlements(t.Context(), merchant, from, from.AddDate(1, 0, 0))
	if err != nil || len(early) != 0 {
		t.Errorf("before it is paid out: %d lines, %v", len(early), err)
	}
	c.clock.Advance(disputeAfter + 72*time.Hour)
	lines, err := adapter.Settlements(t.Context(), merchant, from, c.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range lines {
		got = append(got, fmt.Sprint(line.Payout, " ", line.PaidAt.Format(time.DateTime), " ", line.Kind, " ", line.Gross, " ", line.Fee, " ", line.Net))
	}
	want := []string{
		"po_2026-11-24 2026-11-26 14:00:00 charge 100.00 3.20 96.80",
		"po_2026-11-27 2026-11-29 14:00:00 dispute -100.00 15.00 -115.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Settlements (-want +got):\n%s", diff)
	}
	_, err = adapter.Refund(t.Context(), processor.RefundRequest{
		Key: "r", Merchant: merchant, Reference: disputed.Reference, Amount: money.Cents(1),
	})
	record, _ := c.Record()
	if err != nil || len(record.Refunds) != 1 || record.Refunds[0].Decision != processor.Declined || !record.Charges[0].Disputed {
		t.Errorf("refund of a disputed charge: %v, record %+v", err, record)
	}
}

func BenchmarkDirectCharge(b *testing.B) {
	c := found(b, func(cfg *Config) { cfg.NoticeURL = "" })
	adapter := Direct(c.Server)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req := c.ask(b, cardNumber, 500)
			if got, err := adapter.Charge(b.Context(), req); err != nil || got.Decision != processor.Approved {
				b.Errorf("Charge = %v, %v", got.Decision, err)
			}
		}
	})
}

func BenchmarkDirectChargeJournalled(b *testing.B) {
	c := found(b, func(cfg *Config) { cfg.NoticeURL, cfg.Journal = "", b.TempDir()+"/journal.jsonl" })
	adapter := Direct(c.Server)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := adapter.Charge(b.Context(), c.ask(b, cardNumber, 500)); err != nil {
			b.Fatal(err)
		}
	}
}
