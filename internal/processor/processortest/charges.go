package processortest

import (
	"context"
	"errors"
	"sync"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

func approves(b *bench) {
	req, got := b.approved(1234)
	if got.Reference == "" || got.Amount != req.Amount || len(got.Instrument.Last4) != 4 || got.Instrument.Brand == "" {
		b.Errorf("Charge = %+v: reference, amount, brand or last four digits are amiss", got)
	}
	if got.Decline != "" || got.ChallengeURL != "" {
		b.Errorf("an approval carries a decline %q or a challenge %q", got.Decline, got.ChallengeURL)
	}
	if again := b.lookup(req.Key); again != got {
		b.Errorf("Lookup = %+v, Charge said %+v", again, got)
	}
}

func declines(b *bench) {
	families := map[Card]processor.DeclineFamily{
		TryAnother: processor.TryAnother, FixDetails: processor.FixDetails,
		NeverRetry: processor.NeverRetry, TryLater: processor.TryLater,
	}
	for card, family := range families {
		if b.Cards[card] == nil {
			b.Logf("the harness has no card that is %s", card)
			continue
		}
		req := b.request(card, 5000)
		got := b.charge(req)
		if got.Decision != processor.Declined || got.Decline != family || got.DeclineCode == "" {
			b.Errorf("%s: decided %v, family %q, code %q", card, got.Decision, got.Decline, got.DeclineCode)
		}
		if again := b.charge(req); again != got {
			b.Errorf("%s: asked again, answered %+v, first %+v", card, again, got)
		}
	}
}

func chargesOnce(b *bench) {
	req, first := b.approved(4321)
	if again := b.charge(req); again != first {
		b.Errorf("the same key and content answered %+v, first %+v", again, first)
	}
}

// chargesOnceAtOnce sends one attempt many times at once. Whoever is not given
// the answer may be told to wait, and nothing else.
func chargesOnceAtOnce(b *bench) {
	const tries = 16
	req := b.request(Approved, 999)
	answers := make([]processor.Result, tries)
	errs := make([]error, tries)
	var all sync.WaitGroup
	for i := range tries {
		all.Go(func() { answers[i], errs[i] = b.Processor.Charge(b.ctx, req) })
	}
	all.Wait()
	final := b.lookup(req.Key)
	if final.Decision != processor.Approved {
		b.Fatalf("Lookup decided %v, want approved", final.Decision)
	}
	for i, got := range answers {
		if errs[i] != nil || got != final && got.Decision != processor.Pending {
			b.Errorf("try %d: %+v, %v; want %+v", i, got, errs[i], final)
		}
	}
}

func refusesOtherContent(b *bench) {
	req, first := b.approved(100)
	other := req
	other.Amount = money.Cents(101)
	got, err := b.Processor.Charge(b.ctx, other)
	b.refused("another amount", got.Decision, err, processor.ErrKeyReused)
	other = req
	other.Token = b.token(Approved)
	got, err = b.Processor.Charge(b.ctx, other)
	b.refused("another token", got.Decision, err, processor.ErrKeyReused)
	if again := b.lookup(req.Key); again != first {
		b.Errorf("after the refusals Lookup = %+v, want %+v", again, first)
	}
}

func tokenWorksOnce(b *bench) {
	req, _ := b.approved(100)
	other := req
	other.Key = b.key()
	got, err := b.Processor.Charge(b.ctx, other)
	b.refused("a spent token", got.Decision, err, processor.ErrTokenSpent)
	_, err = b.Processor.Lookup(b.ctx, processor.LookupRequest{Key: other.Key, Merchant: b.Merchant})
	if !errors.Is(err, processor.ErrNeverSeen) {
		b.Errorf("Lookup of the refused attempt: %v, want %v", err, processor.ErrNeverSeen)
	}
	other.Token = "tok_of_nobody"
	got, err = b.Processor.Charge(b.ctx, other)
	b.refused("an unknown token", got.Decision, err, processor.ErrTokenUnknown)
}

func tokenIsOfOneMerchant(b *bench) {
	b.needs("name another merchant account", b.Stranger != "")
	req := b.request(Approved, 100)
	stolen := req
	stolen.Merchant = b.Stranger
	got, err := b.Processor.Charge(b.ctx, stolen)
	b.refused("a stranger's token", got.Decision, err, processor.ErrTokenUnknown)
	b.charge(req)
	_, err = b.Processor.Lookup(b.ctx, processor.LookupRequest{Key: req.Key, Merchant: b.Stranger})
	if !errors.Is(err, processor.ErrNeverSeen) {
		b.Errorf("a stranger's Lookup: %v, want %v", err, processor.ErrNeverSeen)
	}
}

func neverSeen(b *bench) {
	got, err := b.Processor.Lookup(b.ctx, processor.LookupRequest{Key: b.key(), Merchant: b.Merchant})
	b.refused("Lookup", got.Decision, err, processor.ErrNeverSeen)
}

func sendsNothingForNobody(b *bench) {
	ended, cancel := context.WithCancel(b.ctx)
	cancel()
	req := b.request(Approved, 100)
	if got, err := b.Processor.Charge(ended, req); err == nil || got.Decision != processor.Unknown {
		b.Errorf("Charge = %v, %v; want unknown and an error", got.Decision, err)
	}
	_, err := b.Processor.Lookup(b.ctx, processor.LookupRequest{Key: req.Key, Merchant: b.Merchant})
	if !errors.Is(err, processor.ErrNeverSeen) {
		b.Errorf("Lookup: %v, want %v", err, processor.ErrNeverSeen)
	}
}

// lostReply holds the adapter to doubt: it must not guess what it did not hear.
func lostReply(b *bench) {
	req := b.request(ReplyLost, 7700)
	got, err := b.Processor.Charge(b.ctx, req)
	if err == nil || processor.NothingMoved(err) || got.Decision != processor.Unknown {
		b.Errorf("Charge = %v, %v; want unknown and an error that is not certain", got.Decision, err)
	}
	found := b.lookup(req.Key)
	if found.Decision != processor.Approved || found.Amount != req.Amount {
		b.Errorf("Lookup = %v of %v; want approved of %v", found.Decision, found.Amount, req.Amount)
	}
	if again := b.charge(req); again != found {
		b.Errorf("asked again, answered %+v; Lookup said %+v", again, found)
	}
}

func challenge(b *bench) {
	b.needs("answer a challenge", b.Answer != nil)
	for _, approve := range []bool{true, false} {
		req := b.request(Challenged, 2500)
		got := b.charge(req)
		if got.Decision != processor.Pending || !got.AwaitsPayer || got.ChallengeURL == "" {
			b.Fatalf("Charge = %v at %q, awaiting %v; want pending, for the payer, with an address", got.Decision, got.ChallengeURL, got.AwaitsPayer)
		}
		if back := b.bare(b.Answer(b.T, got.ChallengeURL, approve)); back != b.ReturnURL {
			b.Errorf("the payer was sent to %q, want %q and nothing of the outcome", back, b.ReturnURL)
		}
		want := processor.Declined
		if approve {
			want = processor.Approved
		}
		if found := b.lookup(req.Key); found.Decision != want || found.ChallengeURL != "" {
			b.Errorf("after the answer %v: %v at %q, want %v", approve, found.Decision, found.ChallengeURL, want)
		}
	}
}

func refusesNoAmount(b *bench) {
	req := b.request(Approved, 0)
	got, err := b.Processor.Charge(b.ctx, req)
	b.refused("no amount", got.Decision, err, processor.ErrRequest)
	req.Amount = money.Cents(-1)
	got, err = b.Processor.Charge(b.ctx, req)
	b.refused("a negative amount", got.Decision, err, processor.ErrRequest)
}
