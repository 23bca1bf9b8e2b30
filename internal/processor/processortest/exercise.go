package processortest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// Card names a test card for what becomes of its charge.
type Card string

// The cards. A harness must have Approved and one of each family of decline
// that its company can be made to give.
const (
	Approved   Card = "approved"
	TryAnother Card = "declined, try another"
	FixDetails Card = "declined, fix details"
	NeverRetry Card = "declined, never retry"
	TryLater   Card = "declined, try later"
	ReplyLost  Card = "approved, and the reply is lost"
	Challenged Card = "pending until the payer answers"
)

// Harness is an adapter with a company behind it, and the hands of the people
// outside the port. A nil function means that the company cannot be made to do
// this in a test; what needs it is skipped, by name.
type Harness struct {
	Processor processor.Processor
	Merchant  processor.Merchant
	Stranger  processor.Merchant // another merchant account at the same company

	// Cards makes fresh tokens, as a payer who types that card would.
	Cards map[Card]func(testing.TB) processor.Token
	// ReturnURL is an address the company may send payers back to.
	ReturnURL string
	// ReturnAdds are the query parameters that the company adds to that address
	// after a challenge. Nobody here may read them.
	ReturnAdds []string
	// PageTriesAgain says that the company's page keeps a payer whose card was
	// declined, to try another, and sends on only who has paid.
	PageTriesAgain bool
	// Now tells the company's time.
	Now func() time.Time

	// Notices makes the company send what it has to tell, and gives everything
	// it has sent so far.
	Notices func(testing.TB) []Received
	// Pay opens the company's page at url and pays there with a card; it returns
	// the address that the payer is sent on to.
	Pay func(t testing.TB, url string, card Card) string
	// Tap holds a card to a reader.
	Tap func(t testing.TB, reader string, card Card)
	// Cancel opens the company's page at url and gives up.
	Cancel func(t testing.TB, url string) string
	// Answer answers the bank's challenge at url.
	Answer func(t testing.TB, url string, approve bool) string
	// Lapse lets so much time pass.
	Lapse func(time.Duration)
	// PayOut lets time pass until everything that moved is paid out, and says
	// between which instants that was.
	PayOut func(testing.TB) (from, to time.Time)
}

// Received is a notice as it came.
type Received struct {
	Header http.Header
	Body   []byte
}

// Exercise holds an adapter to the port. Open gives a fresh company each time.
func Exercise(t *testing.T, open func(*testing.T) Harness) {
	for _, part := range parts() {
		t.Run(part.name, func(t *testing.T) {
			b := &bench{T: t, Harness: open(t), ctx: t.Context()}
			b.began = b.Now()
			part.run(b)
		})
	}
}

type part struct {
	name string
	run  func(*bench)
}

func parts() []part {
	return []part{
		{"a charge is approved", approves},
		{"a charge is declined, by family", declines},
		{"one key charges once", chargesOnce},
		{"one key charges once, all at the same time", chargesOnceAtOnce},
		{"a key with other content is refused", refusesOtherContent},
		{"a token works once", tokenWorksOnce},
		{"a token is of one merchant account", tokenIsOfOneMerchant},
		{"what was never sent was never seen", neverSeen},
		{"a caller who has gone sends nothing", sendsNothingForNobody},
		{"a lost reply is found again", lostReply},
		{"a challenge waits for the payer", challenge},
		{"an amount that is not positive is refused", refusesNoAmount},
		{"fields: embed and describe", describes},
		{"redirector: the page pays", pagePays},
		{"redirector: the page is given up", pageGivenUp},
		{"redirector: the page lapses", pageLapses},
		{"terminal: a card at the reader", readerCharges},
		{"terminal: one key, one reader", readerAsksOnce},
		{"terminal: nobody gives a card", readerAbandoned},
		{"notifier: outcome", noticeOfOutcome},
		{"notifier: tampered", noticeTampered},
		{"notifier: stale", noticeStale},
		{"notifier: order and repetition", noticeRepeated},
		{"refunder: whole, part and too much", refunds},
		{"refunder: one key refunds once", refundsOnce},
		{"saver: stored credentials", storedCredentials},
		{"saver: saving once, forgetting twice", savesOnce},
		{"settler: the lines are the charges", settles},
		{"teller: a statement is what moved", tells},
	}
}

// bench is one part's place of work.
type bench struct {
	*testing.T
	Harness
	ctx   context.Context
	began time.Time // no attempt is older
}

// keys makes the names of attempts differ between parts and runs of a process.
var keys atomic.Int64

func (b *bench) key() processor.Key {
	return processor.Key(fmt.Sprintf("att_%d_%d", b.Now().UnixMicro(), keys.Add(1)))
}

func (b *bench) token(card Card) processor.Token {
	b.Helper()
	make, ok := b.Cards[card]
	if !ok {
		b.Skipf("the harness has no card that is %s", card)
	}
	return make(b.T)
}

func (b *bench) request(card Card, cents int64) processor.ChargeRequest {
	b.Helper()
	return processor.ChargeRequest{
		Key: b.key(), Merchant: b.Merchant, Token: b.token(card), Amount: money.Cents(cents),
		Description: "utility bill", Descriptor: "SAMPLETOWN UTILITIES", ReturnURL: b.ReturnURL,
	}
}

func (b *bench) charge(req processor.ChargeRequest) processor.Result {
	b.Helper()
	got, err := b.Processor.Charge(b.ctx, req)
	if err != nil {
		b.Fatalf("Charge(%s): %v", req.Key, err)
	}
	return got
}

func (b *bench) approved(cents int64) (processor.ChargeRequest, processor.Result) {
	b.Helper()
	req := b.request(Approved, cents)
	got := b.charge(req)
	if got.Decision != processor.Approved {
		b.Fatalf("Charge decided %v, want approved", got.Decision)
	}
	return req, got
}

func (b *bench) lookup(key processor.Key) processor.Result {
	b.Helper()
	got, err := b.Processor.Lookup(b.ctx, processor.LookupRequest{Key: key, Merchant: b.Merchant, Since: b.began})
	if err != nil {
		b.Fatalf("Lookup(%s): %v", key, err)
	}
	return got
}

// bare is the address without what the company adds to it.
func (b *bench) bare(address string) string {
	b.Helper()
	at, err := url.Parse(address)
	if err != nil {
		b.Fatalf("the payer was sent to %q: %v", address, err)
	}
	query := at.Query()
	for _, name := range b.ReturnAdds {
		query.Del(name)
	}
	at.RawQuery = query.Encode()
	return at.String()
}

// refused checks that err is the wanted refusal and that it came without a decision.
func (b *bench) refused(what string, got processor.Decision, err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("%s: error %v, want %v", what, err, want)
	}
	if got != processor.Unknown {
		b.Errorf("%s: an error came with the decision %v", what, got)
	}
}

// capability finds a capability of the adapter, or skips the part.
func capability[C any](b *bench) C {
	b.Helper()
	found, ok := b.Processor.(C)
	if !ok {
		b.Skipf("the adapter has no %T", (*C)(nil))
	}
	return found
}

func (b *bench) needs(what string, has bool) {
	b.Helper()
	if !has {
		b.Skipf("the harness cannot %s", what)
	}
}
