package processortest

import (
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// The readers of the bench.
const (
	reader  = "reader-1"
	another = "reader-2"
)

// present has the reader ask for a card.
func (b *bench) present(terminal processor.Terminal) processor.PresentRequest {
	b.Helper()
	req := processor.PresentRequest{
		Key: b.key(), Merchant: b.Merchant, Reader: reader, Amount: money.Cents(8310), Description: "utility bill",
		Descriptor: "SAMPLETOWN UTILITIES", Expires: b.Now().Add(5 * time.Minute),
	}
	if err := terminal.Present(b.ctx, req); err != nil {
		b.Fatalf("Present(%s): %v", req.Key, err)
	}
	if got := b.lookup(req.Key); got.Decision != processor.Pending || !got.AwaitsPayer || got.ChallengeURL != "" {
		b.Fatalf("before a card is given, Lookup = %+v", got)
	}
	return req
}

// readerCharges: what was read is decided, and came by the reader.
func readerCharges(b *bench) {
	terminal := capability[processor.Terminal](b)
	b.needs("hold a card to a reader", b.Tap != nil)
	for card, want := range map[Card]processor.Decision{Approved: processor.Approved, TryAnother: processor.Declined, Challenged: processor.Approved} {
		req := b.present(terminal)
		b.Tap(b.T, reader, card)
		got := b.lookup(req.Key)
		if got.Decision != want || got.Amount != req.Amount || len(got.Instrument.Last4) != 4 || got.Instrument.Entry != processor.Reader {
			b.Errorf("%s: Lookup = %+v, want %v", card, got, want)
		}
		if err := terminal.Dismiss(b.ctx, b.Merchant, req.Key); err != nil {
			b.Errorf("%s: dismissing what is decided: %v", card, err)
		}
		if again := b.lookup(req.Key); again != got {
			b.Errorf("%s: dismissed after it was decided: %+v", card, again)
		}
	}
}

// readerAsksOnce: the same again changes nothing, other content is refused, and a
// reader asks for one card at a time.
func readerAsksOnce(b *bench) {
	terminal := capability[processor.Terminal](b)
	req := b.present(terminal)
	if err := terminal.Present(b.ctx, req); err != nil {
		b.Errorf("the same again: %v", err)
	}
	other := req
	other.Amount = money.Cents(8311)
	b.refused("other content", processor.Unknown, terminal.Present(b.ctx, other), processor.ErrKeyReused)
	next := req
	next.Key = b.key()
	b.refused("a busy reader", processor.Unknown, terminal.Present(b.ctx, next), processor.ErrReaderBusy)
	next.Reader = another
	if err := terminal.Present(b.ctx, next); err != nil {
		b.Errorf("another reader: %v", err)
	}
	nothing := next
	nothing.Key, nothing.Amount, nothing.Reader = b.key(), money.Amount{}, "reader-3"
	b.refused("no amount", processor.Unknown, terminal.Present(b.ctx, nothing), processor.ErrRequest)
	b.refused("never seen", processor.Unknown, terminal.Dismiss(b.ctx, b.Merchant, b.key()), processor.ErrNeverSeen)
}

// readerAbandoned: who is dismissed, and who waits too long, has paid nothing, and
// the reader is free.
func readerAbandoned(b *bench) {
	terminal := capability[processor.Terminal](b)
	dismissed := b.present(terminal)
	if err := terminal.Dismiss(b.ctx, b.Merchant, dismissed.Key); err != nil {
		b.Fatal(err)
	}
	waited := b.present(terminal)
	b.needs("let time pass", b.Lapse != nil)
	b.Lapse(6 * time.Minute)
	for _, req := range []processor.PresentRequest{dismissed, waited} {
		if got := b.lookup(req.Key); got.Decision != processor.Declined || got.Decline != processor.Abandoned {
			b.Errorf("Lookup = %+v, want abandoned", got)
		}
	}
}
