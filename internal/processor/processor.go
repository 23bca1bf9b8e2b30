package processor

import (
	"context"
	"net/http"
	"time"

	"clearwell/internal/money"
)

// Processor is what every adapter does: ask for money, and say later what
// became of the asking.
type Processor interface {
	// Name is the adapter's stable name, as stored with each attempt.
	Name() string

	// Charge asks for money once per req.Key: the same key with the same content
	// gives the same answer and charges once; with other content it is refused
	// with [ErrKeyReused]. Every error comes with Decision Unknown; the named ones
	// ([ErrKeyReused], [ErrTokenUnknown], [ErrTokenSpent], [ErrStoredUse],
	// [ErrRequest], [ErrNotSent]) say why, and [NothingMoved] says whether they
	// are certain.
	Charge(ctx context.Context, req ChargeRequest) (Result, error)

	// Lookup says what the processor knows of the attempt with this key.
	// [ErrNeverSeen] means the processor is certain that it never had it.
	Lookup(ctx context.Context, req LookupRequest) (Result, error)
}

// Fields is the capability of card fields that the processor serves into a
// frame on our page.
type Fields interface {
	// Embed says what the pay page must contain and allow for the fields.
	Embed(ctx context.Context, req EmbedRequest) (Embed, error)

	// Describe tells the brand, last four digits and funding behind a token, so
	// that a fee can be named before consent. Returns [ErrTokenUnknown].
	Describe(ctx context.Context, merchant Merchant, token Token) (Instrument, error)
}

// Redirector is the capability of a page of the processor's own, for browsers
// without scripts and for towns that want no frame.
type Redirector interface {
	// Send opens the processor's page for one attempt. It is idempotent by
	// req.Key. The outcome is learned by Lookup or by a notice, never from the
	// address the payer comes back to. Returns [ErrKeyReused], [ErrRequest] or
	// [ErrNotSent].
	Send(ctx context.Context, req SendRequest) (Sent, error)
}

// Terminal is the capability of card readers at a counter. The card is read by the
// company's own device; neither staff nor we have it in hand.
type Terminal interface {
	// Present has a reader ask for a card, for one attempt. It is idempotent by
	// req.Key. The outcome is learned by Lookup or by a notice. Returns
	// [ErrReaderBusy], [ErrKeyReused], [ErrRequest] or [ErrNotSent].
	Present(ctx context.Context, req PresentRequest) error
	// Dismiss has the reader ask no more: the attempt is then declined as
	// abandoned. One that was decided before stays as it is. Returns [ErrNeverSeen]
	// or [ErrNotSent].
	Dismiss(ctx context.Context, merchant Merchant, key Key) error
}

// Notifier is the capability of notices (webhooks) sent by the processor.
type Notifier interface {
	// ReadNotice verifies the signature and age of a notice and reads it.
	// Returns [ErrSignature] or [ErrStale].
	ReadNotice(header http.Header, body []byte, now time.Time) (Notice, error)
}

// Tracer is the capability of finding out which attempt a notice is about, where
// the company's notices do not say it themselves.
type Tracer interface {
	// Trace asks for what a notice left out, its Key above all. A notice about no
	// attempt of ours comes back without one.
	Trace(ctx context.Context, notice Notice) (Notice, error)
}

// Refunder is the capability of giving money back to the original method.
type Refunder interface {
	// Refund is idempotent by req.Key. More than what is left of the charge is
	// Declined. Returns [ErrNeverSeen] for a charge the processor does not know,
	// [ErrKeyReused] or [ErrNotSent].
	Refund(ctx context.Context, req RefundRequest) (RefundResult, error)
}

// Saver is the capability of keeping an instrument for later use.
type Saver interface {
	// Save turns a fresh token into a stored one, with the payer's consent, and
	// returns the network transaction id that later merchant-initiated charges
	// must name (stored-credential framework of the card networks). It is
	// idempotent by req.Key. Returns [ErrTokenUnknown], [ErrTokenSpent],
	// [ErrCardRefused], [ErrKeyReused] or [ErrNotSent].
	Save(ctx context.Context, req SaveRequest) (Saved, error)
	// Forget deletes a stored token at the processor. Forgetting twice is not an error.
	Forget(ctx context.Context, merchant Merchant, token Token) error
}

// Settler is the capability of settlement reports.
type Settler interface {
	// Settlements lists the lines of all payouts dated from the first to the
	// second instant, both UTC, the second excluded.
	Settlements(ctx context.Context, merchant Merchant, from, to time.Time) ([]SettlementLine, error)
}

// Teller is the capability of telling all that moved, without being asked about
// any attempt of ours: what only the processor has is found in it.
type Teller interface {
	// Statement lists every charge that was approved, every refund and every
	// dispute, paid out or not, from the first to the second instant, both UTC, the
	// second excluded. A line stands in it within a minute of the movement.
	Statement(ctx context.Context, merchant Merchant, from, to time.Time) ([]StatementLine, error)
}

// Merchant is a city's merchant account, as the processor names it.
type Merchant string

// Token stands for a card or a bank account at the processor. It is useless
// outside the merchant account.
type Token string

// Key is the idempotency key of one attempt: the attempt's identifier.
type Key string

// Brand is a card network, in lower case: "visa", "mastercard", "amex",
// "discover", "unknown".
type Brand string

// Funding is how a card is funded.
type Funding string

// The kinds of funding.
const (
	Credit         Funding = "credit"
	Debit          Funding = "debit"
	Prepaid        Funding = "prepaid"
	FundingUnknown Funding = "unknown"
)

// Entry is how the instrument came to the processor.
type Entry string

// The ways of entry.
const (
	Typed  Entry = "typed"
	Wallet Entry = "wallet"
	Stored Entry = "stored"
	Reader Entry = "reader"
)

// Instrument describes what is behind a token, as far as anyone may know it.
type Instrument struct {
	Brand       Brand
	Last4       string // four digits; at most these are ever shown (PCI DSS 3.4.1)
	Funding     Funding
	Entry       Entry
	Fingerprint string // the processor's stable name for the card within the merchant account
	ExpiryMonth int    // 1 to 12, 0 when not told
	ExpiryYear  int    // four digits, 0 when not told
}

// ChargeRequest asks for money.
type ChargeRequest struct {
	Key         Key
	Merchant    Merchant
	Token       Token
	Amount      money.Amount // what the payer pays in all, fee included
	Description string       // appears in the processor's console; never personal
	Descriptor  string       // appears on the payer's statement, at most 22 characters
	Stored      *StoredUse   // nil for a fresh token
	ReturnURL   string       // where a challenge sends the payer back to
	Language    string       // of the payer, for a challenge: "en" or "es"; empty where nobody is present
}

// StoredUse marks a charge on a stored credential, as the networks require.
type StoredUse struct {
	Initiator            Initiator
	Reason               Reason
	InitialTransactionID string // network transaction id of the first, consented use
}

// Initiator says who is present at a charge.
type Initiator string

// Who may initiate.
const (
	ByPayer    Initiator = "payer"
	ByMerchant Initiator = "merchant"
)

// Reason is why a stored credential is used.
type Reason string

// The reasons.
const (
	Recurring   Reason = "recurring"
	Unscheduled Reason = "unscheduled"
)

// LookupRequest names an attempt.
type LookupRequest struct {
	Key      Key
	Merchant Merchant
	// Since is when the attempt was made, or a little before; zero where that is
	// not known. Companies that cannot be asked by our key look from here.
	Since time.Time
}

// Decision is what the processor has decided. Only Approved and Declined decide.
type Decision int

// The decisions. The zero value is doubt.
const (
	Unknown  Decision = iota // nobody heard the answer
	Pending                  // the processor itself is still deciding, or the payer is
	Approved                 // the money is promised
	Declined                 // the money is refused, and this attempt never moves any
)

// String names the decision.
func (d Decision) String() string {
	switch d {
	case Pending:
		return "pending"
	case Approved:
		return "approved"
	case Declined:
		return "declined"
	default:
		return "unknown"
	}
}

// DeclineFamily groups the networks' reasons by what the payer or we may do.
// Residents see one neutral sentence for all of them.
type DeclineFamily string

// The families. NeverRetry covers the networks' category 1 (lost, stolen,
// closed, revoked); trying it again is fined.
const (
	TryAnother DeclineFamily = "try_another" // insufficient funds, limit, do not honour
	FixDetails DeclineFamily = "fix_details" // expiry, security code, address
	NeverRetry DeclineFamily = "never_retry"
	TryLater   DeclineFamily = "try_later" // issuer or network not reachable
	Abandoned  DeclineFamily = "abandoned" // the payer left the processor's page
)

// Result is the processor's answer about one attempt.
type Result struct {
	Decision             Decision
	Reference            string // the processor's own identifier
	Instrument           Instrument
	Amount               money.Amount // as the processor has it
	Decline              DeclineFamily
	DeclineCode          string // the network's or processor's code, for staff only
	AwaitsPayer          bool   // with Pending: nothing is asked of the card's bank until the payer goes on; false in doubt
	ChallengeURL         string // with AwaitsPayer: where the payer must go
	NetworkTransactionID string
}

// EmbedRequest asks for what the pay page needs.
type EmbedRequest struct {
	Merchant Merchant
	Language string // "en" or "es"
	Session  string // our unguessable name for this visit to the pay page
	Origin   string // the origin of our page; the frame talks to no other
}

// Embed is what the pay page must contain, and the exact sources its content
// policy must allow. Everything in it is also in the script inventory
// (PCI DSS 6.4.3).
type Embed struct {
	FrameURL  string            // address of the frame with the card fields
	Scripts   []Script          // scripts of the processor that our page must load; often none
	ScriptSrc []string          // origins from which those scripts load further ones
	FrameSrc  []string          // origins for frame-src
	Connect   []string          // origins for connect-src
	FrameName string            // title of the frame for screen readers, a locale message id
	Settings  map[string]string // public settings for our page's script, as data attributes
}

// Script is one entry of the inventory.
type Script struct {
	URL           string
	Integrity     string // subresource integrity, where the processor offers fixed versions
	Justification string // why the page needs it, in words for an auditor
}

// SendRequest opens the processor's own page.
type SendRequest struct {
	Key         Key
	Merchant    Merchant
	Amount      money.Amount
	Description string
	Descriptor  string
	Language    string
	ReturnURL   string // the payer comes back here when done
	CancelURL   string // and here when they give up
	Expires     time.Time
}

// PresentRequest has a reader ask for a card.
type PresentRequest struct {
	Key         Key
	Merchant    Merchant
	Reader      string // as the company names it
	Amount      money.Amount
	Description string
	Descriptor  string
	Expires     time.Time // the reader asks no longer than that
}

// Sent is an open page of the processor's.
type Sent struct {
	URL       string
	Reference string
}

// NoticeKind is what a notice tells.
type NoticeKind string

// The kinds we act on. Others are kept and left alone.
const (
	NoticeOutcome NoticeKind = "outcome" // an attempt was decided
	NoticeDispute NoticeKind = "dispute" // a cardholder disputes a charge
	NoticeRefund  NoticeKind = "refund"
	NoticeOther   NoticeKind = "other"
)

// Notice is a verified message from the processor. It is a hint, not a truth:
// whoever acts on it asks Lookup first.
type Notice struct {
	ID        string // the processor's identifier of the notice, the same when repeated
	Kind      NoticeKind
	Key       Key // our attempt, where the processor knows it
	Merchant  Merchant
	Reference string
	Amount    money.Amount
	At        time.Time
}

// RefundRequest gives back all or part of a charge.
type RefundRequest struct {
	Key       Key
	Merchant  Merchant
	Reference string // of the charge
	Amount    money.Amount
}

// RefundResult is the processor's answer.
type RefundResult struct {
	Decision  Decision
	Reference string
	Code      string // why it was declined, for staff only
}

// SaveRequest keeps an instrument with consent.
type SaveRequest struct {
	Key      Key
	Merchant Merchant
	Token    Token
	Consent  string // version of the mandate text that was shown
}

// Saved is a stored instrument.
type Saved struct {
	Token                Token
	Instrument           Instrument
	InitialTransactionID string
}

// StatementLine is one movement of the payers' money, as the processor has it.
type StatementLine struct {
	At        time.Time
	Kind      SettlementKind // SettledCharge, SettledRefund or SettledDispute
	Key       Key            // our attempt, also of a refund or dispute; empty where it is none of ours
	Reference string         // as on a settlement line
	Amount    money.Amount   // negative where the payer has it back
}

// SettlementLine is one line of a payout.
type SettlementLine struct {
	Payout    string
	PaidAt    time.Time
	Kind      SettlementKind
	Key       Key    // our attempt, where known
	Reference string // the processor's identifier
	Gross     money.Amount
	Fee       money.Amount
	Net       money.Amount
}

// SettlementKind is what a settlement line is for.
type SettlementKind string

// The kinds of line.
const (
	SettledCharge  SettlementKind = "charge"
	SettledRefund  SettlementKind = "refund"
	SettledDispute SettlementKind = "dispute"
	SettledFee     SettlementKind = "fee"
	SettledOther   SettlementKind = "other" // reserves, transfers, corrections: named so that sums still agree
)
