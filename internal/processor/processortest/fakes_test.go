package processortest

import (
	"context"
	"errors"
	"testing"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// standIn is a harness around a fake: it has no company and hardly any cards.
func standIn(fake processor.Processor, card Card) func(*testing.T) Harness {
	return func(*testing.T) Harness {
		return Harness{
			Processor: fake, Merchant: "m_1",
			Cards: map[Card]func(testing.TB) processor.Token{
				card: func(t testing.TB) processor.Token { return processor.Token("tok_" + t.Name()) },
			},
			Now: func() time.Time { return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC) },
		}
	}
}

func ask(key processor.Key) processor.ChargeRequest {
	return processor.ChargeRequest{Key: key, Merchant: "m_1", Token: "tok_1", Amount: money.Cents(100)}
}

// The fakes keep the port's promises of idempotency and doubt, so that what is
// tested against them may rely on these.
func TestFakesKeepTheKey(t *testing.T) {
	for name, run := range map[string]func(*bench){
		"once": chargesOnce, "at once": chargesOnceAtOnce, "never seen": neverSeen,
	} {
		t.Run(name, func(t *testing.T) {
			run(&bench{T: t, Harness: standIn(NewAlwaysApproves(), Approved)(t), ctx: t.Context()})
		})
	}
	t.Run("declines", func(t *testing.T) {
		fake := NewAlwaysDeclines(processor.NeverRetry)
		declines(&bench{T: t, Harness: standIn(fake, NeverRetry)(t), ctx: t.Context()})
	})
	t.Run("lost", func(t *testing.T) {
		fake := NewTimesOutAfterSuccess(nil)
		got, err := fake.Charge(t.Context(), ask("a"))
		if err == nil || processor.NothingMoved(err) || got.Decision != processor.Unknown {
			t.Errorf("Charge = %v, %v; want doubt", got, err)
		}
		found, err := fake.Lookup(t.Context(), processor.LookupRequest{Key: "a", Merchant: "m_1"})
		if err != nil || found.Decision != processor.Approved {
			t.Errorf("Lookup = %v, %v; want approved", found.Decision, err)
		}
	})
	t.Run("not sent", func(t *testing.T) {
		fake := NewTimesOutBeforeSending(nil)
		if _, err := fake.Charge(t.Context(), ask("a")); err == nil || processor.NothingMoved(err) {
			t.Errorf("Charge: %v; want doubt", err)
		}
		_, err := fake.Lookup(t.Context(), processor.LookupRequest{Key: "a", Merchant: "m_1"})
		if !errors.Is(err, processor.ErrNeverSeen) {
			t.Errorf("Lookup: %v, want %v", err, processor.ErrNeverSeen)
		}
	})
}

func TestSlowHoldsUntilReleased(t *testing.T) {
	approves := NewAlwaysApproves()
	slow := NewSlow(approves)
	done := make(chan processor.Result)
	go func() {
		got, _ := slow.Charge(t.Context(), ask("a"))
		done <- got
	}()
	if key := <-slow.Arrived(); key != "a" {
		t.Errorf("arrived %s", key)
	}
	if n := len(approves.Charges()); n != 0 {
		t.Errorf("%d charges passed before the release", n)
	}
	slow.Release()
	if got := <-done; got.Decision != processor.Approved {
		t.Errorf("Charge decided %v", got.Decision)
	}
}

func TestSlowGivesUpWithItsCaller(t *testing.T) {
	slow := NewSlow(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := slow.Charge(ctx, ask("a")); err == nil || got.Decision != processor.Unknown {
		t.Errorf("Charge = %v, %v; want doubt", got, err)
	}
	if kept := slow.Charges(); len(kept) != 1 || kept[0].Err == nil {
		t.Errorf("kept %+v", kept)
	}
}
