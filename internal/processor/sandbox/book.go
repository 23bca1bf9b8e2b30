package sandbox

import (
	"fmt"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// entry is one line of the journal: exactly one of its parts is set. Nothing
// changes in the book except by an entry, so the journal read again gives the
// book again.
type entry struct {
	At       time.Time   `json:"at"`
	Tell     bool        `json:"tell,omitempty"` // the merchant takes notices
	Token    *tokenMade  `json:"token,omitempty"`
	Charge   *chargeMade `json:"charge,omitempty"`
	Decided  *decided    `json:"decided,omitempty"`
	Refund   *refundMade `json:"refund,omitempty"`
	Saved    *cardSaved  `json:"saved,omitempty"`
	Forgot   *forgotten  `json:"forgot,omitempty"`
	Disputed *disputed   `json:"disputed,omitempty"`
	Told     *told       `json:"told,omitempty"`
}

// name scopes a key or a token to a merchant account.
type name struct {
	Merchant processor.Merchant `json:"merchant"`
	Name     string             `json:"name"`
}

type tokenMade struct {
	name
	Card    *plastic  `json:"card"`
	Expires time.Time `json:"expires"`
}

type chargeMade struct {
	name
	Reference string              `json:"reference"`
	Digest    digest              `json:"digest"`
	Amount    int64               `json:"amount_cents"`
	Token     processor.Token     `json:"token,omitempty"`
	Card      *plastic            `json:"card,omitempty"`
	Stored    processor.Initiator `json:"stored,omitempty"`
	Does      Behaviour           `json:"does,omitempty"`
	Outcome   outcome             `json:"outcome"`
	Visit     *visit              `json:"visit,omitempty"`
	Due       *time.Time          `json:"due,omitempty"` // when a slow answer is ready, or a visit lapses
}

// outcome is what was decided about a charge.
type outcome struct {
	Decision processor.Decision      `json:"decision"`
	Decline  processor.DeclineFamily `json:"decline,omitempty"`
	Code     string                  `json:"code,omitempty"`
}

// visit is a page that the payer has yet to finish.
type visit struct {
	Secret      string    `json:"secret"` // the unguessable part of its address
	Challenge   bool      `json:"challenge,omitempty"`
	Reader      string    `json:"reader,omitempty"` // that asks for the card; there is no page then
	ReturnURL   string    `json:"return_url"`
	CancelURL   string    `json:"cancel_url,omitempty"`
	Language    string    `json:"language,omitempty"`
	Description string    `json:"description,omitempty"`
	Expires     time.Time `json:"expires"`
}

type decided struct {
	Reference string     `json:"reference"`
	Outcome   outcome    `json:"outcome"`
	Card      *plastic   `json:"card,omitempty"` // typed on the sandbox's page
	Does      Behaviour  `json:"does,omitempty"`
	Visit     *visit     `json:"visit,omitempty"` // a challenge that follows the page
	Due       *time.Time `json:"due,omitempty"`
}

type refundMade struct {
	name
	Reference string  `json:"reference"`
	Charge    string  `json:"charge"`
	Digest    digest  `json:"digest"`
	Amount    int64   `json:"amount_cents"`
	Outcome   outcome `json:"outcome"`
}

type cardSaved struct {
	name
	Digest  digest          `json:"digest"`
	Fresh   processor.Token `json:"fresh"`
	Token   processor.Token `json:"token"`
	Card    *plastic        `json:"card"`
	Consent string          `json:"consent"`
	Network string          `json:"network"`
}

type forgotten struct{ name }

type disputed struct {
	Reference string `json:"reference"`
}

type told struct {
	ID string `json:"id"`
}

// token is a fresh token.
type token struct {
	name
	card    *plastic
	expires time.Time
	spentBy string // the key of the attempt or saving that used it
}

// charge is one attempt.
type charge struct {
	chargeMade
	at        time.Time
	decidedAt time.Time
	refunded  int64
	disputed  bool
}

// book is everything the sandbox knows.
type book struct {
	fresh   map[name]*token
	expiry  []*token // fresh tokens, the first to expire first
	stored  map[name]*cardSaved
	saved   map[name]*cardSaved // by key
	charges map[string]*charge  // by reference
	order   []*charge
	keys    map[name]*charge
	visits  map[string]*charge // by secret
	refunds map[name]*refundMade
	given   []*refundMade
	moves   map[processor.Merchant][]move
	due     schedule[dueCharge]
	notices schedule[delivery]
	waiting map[string]*notice // by identifier, until told
}

// dueCharge is a charge to which something happens by itself.
type dueCharge struct {
	reference string
	dispute   bool
}

func newBook() *book {
	return &book{
		fresh: map[name]*token{}, stored: map[name]*cardSaved{}, saved: map[name]*cardSaved{},
		charges: map[string]*charge{}, keys: map[name]*charge{}, visits: map[string]*charge{},
		refunds: map[name]*refundMade{}, moves: map[processor.Merchant][]move{},
		waiting: map[string]*notice{},
	}
}

// apply changes the book by one entry. disputeAfter is how long a [Disputed]
// card's holder takes to complain.
func (b *book) apply(e entry, disputeAfter time.Duration) error {
	switch {
	case e.Token != nil:
		b.addToken(e.Token)
	case e.Charge != nil:
		b.addCharge(e, disputeAfter)
	case e.Decided != nil:
		return b.decide(e, disputeAfter)
	case e.Refund != nil:
		return b.addRefund(e)
	case e.Saved != nil:
		b.addSaved(e.Saved)
	case e.Forgot != nil:
		delete(b.stored, e.Forgot.name)
	case e.Disputed != nil:
		return b.dispute(e)
	case e.Told != nil:
		delete(b.waiting, e.Told.ID)
	default:
		return fmt.Errorf("applying journal entry: none of the known kinds")
	}
	return nil
}

func (b *book) addToken(made *tokenMade) {
	fresh := &token{name: made.name, card: made.Card, expires: made.Expires}
	b.fresh[made.name] = fresh
	b.expiry = append(b.expiry, fresh)
}

func (b *book) addCharge(e entry, disputeAfter time.Duration) {
	c := &charge{chargeMade: *e.Charge, at: e.At}
	b.charges[c.Reference] = c
	b.keys[c.name] = c
	b.order = append(b.order, c)
	b.spend(name{c.Merchant, string(c.Token)}, c.Name)
	if c.Outcome.Decision == processor.Pending {
		b.wait(c)
		return
	}
	b.close(c, e, disputeAfter)
}

// wait notes that c is not decided yet, and when it will be by itself.
func (b *book) wait(c *charge) {
	if c.Visit != nil {
		b.visits[c.Visit.Secret] = c
	}
	if c.Due != nil {
		b.due.add(*c.Due, dueCharge{reference: c.Reference})
	}
}

func (b *book) decide(e entry, disputeAfter time.Duration) error {
	c, found := b.charges[e.Decided.Reference]
	if !found || c.Outcome.Decision != processor.Pending {
		return fmt.Errorf("applying journal entry: charge %s is not open", e.Decided.Reference)
	}
	c.Outcome = e.Decided.Outcome
	if e.Decided.Card != nil {
		c.Card, c.Does = e.Decided.Card, e.Decided.Does
	}
	if c.Outcome.Decision == processor.Pending {
		c.Due = e.Decided.Due
		if e.Decided.Visit != nil {
			c.Visit = e.Decided.Visit
		}
		b.wait(c)
		return nil
	}
	b.close(c, e, disputeAfter)
	return nil
}

// close books what follows from a decision: money, notices, a later dispute.
func (b *book) close(c *charge, e entry, disputeAfter time.Duration) {
	c.decidedAt = e.At
	if c.Outcome.Decision == processor.Approved {
		b.moves[c.Merchant] = append(b.moves[c.Merchant], move{
			processor.SettledCharge, e.At, processor.Key(c.Name), c.Reference, c.Amount, cardFee(c.Amount),
		})
		if c.Does == Disputed {
			b.due.add(e.At.Add(disputeAfter), dueCharge{c.Reference, true})
		}
	}
	if e.Tell {
		b.tellDecided(c)
	}
}

func (b *book) addRefund(e entry) error {
	refund := e.Refund
	c, found := b.charges[refund.Charge]
	if !found {
		return fmt.Errorf("applying journal entry: refund %s is of no charge", refund.Reference)
	}
	b.refunds[refund.name] = refund
	b.given = append(b.given, refund)
	if refund.Outcome.Decision != processor.Approved {
		return nil
	}
	c.refunded += refund.Amount
	b.moves[c.Merchant] = append(b.moves[c.Merchant], move{
		processor.SettledRefund, e.At, processor.Key(c.Name), refund.Reference, -refund.Amount, 0,
	})
	if e.Tell {
		b.tell(&notice{ID: "evt_refund_" + refund.Reference, Type: "refund.decided", Reference: refund.Reference,
			Amount: refund.Amount, At: e.At}, c)
	}
	return nil
}

func (b *book) addSaved(saved *cardSaved) {
	b.stored[name{saved.Merchant, string(saved.Token)}] = saved
	b.saved[saved.name] = saved
	b.spend(name{saved.Merchant, string(saved.Fresh)}, saved.Name)
}

func (b *book) dispute(e entry) error {
	c, found := b.charges[e.Disputed.Reference]
	if !found || c.disputed {
		return fmt.Errorf("applying journal entry: charge %s cannot be disputed", e.Disputed.Reference)
	}
	c.disputed = true
	b.moves[c.Merchant] = append(b.moves[c.Merchant], move{
		processor.SettledDispute, e.At, processor.Key(c.Name), c.Reference, -c.Amount, disputeFee,
	})
	if e.Tell {
		b.tell(&notice{ID: "evt_dispute_" + c.Reference, Type: "charge.disputed", Reference: c.Reference,
			Amount: c.Amount, At: e.At}, c)
	}
	return nil
}

func (b *book) spend(used name, by string) {
	if fresh, found := b.fresh[used]; found {
		fresh.spentBy = by
	}
}

// sweepTokens drops the fresh tokens that have expired.
func (b *book) sweepTokens(now time.Time) {
	for len(b.expiry) > 0 && !now.Before(b.expiry[0].expires) {
		delete(b.fresh, b.expiry[0].name)
		b.expiry = b.expiry[1:]
	}
}

func (c *charge) result(entry processor.Entry) processor.Result {
	return processor.Result{
		Decision: c.Outcome.Decision, Reference: c.Reference, Instrument: c.Card.instrument(entry),
		Amount: money.Cents(c.Amount), Decline: c.Outcome.Decline, DeclineCode: c.Outcome.Code,
		NetworkTransactionID: c.network(),
	}
}

// network is the network's transaction id, which only an approval has.
func (c *charge) network() string {
	if c.Outcome.Decision != processor.Approved {
		return ""
	}
	return networkPrefix + c.Reference
}

const networkPrefix = "net_"

func (c *charge) entry() processor.Entry {
	if c.Stored != "" {
		return processor.Stored
	}
	if c.Visit != nil && c.Visit.Reader != "" {
		return processor.Reader
	}
	return processor.Typed
}
