package policy

import (
	"clearwell/internal/fault"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// The refusals of a town's rules. Their sentences are the locale messages
// "fault.<code>"; the parameters each carries are named beside it.
var (
	// ErrNoRules: the town has no rules for that day. On.
	ErrNoRules = fault.New(fault.Refused, "no_rules_in_force")
	// ErrAmountNotPositive: the amount is zero or less.
	ErrAmountNotPositive = fault.New(fault.Invalid, "amount_not_positive")
	// ErrAmountTooLow: below the rule's minimum. Minimum.
	ErrAmountTooLow = fault.New(fault.Refused, "amount_too_low")
	// ErrAmountTooHigh: above the rule's maximum. Maximum.
	ErrAmountTooHigh = fault.New(fault.Refused, "amount_too_high")
	// ErrFullAmountRequired: the rule takes all that is due or nothing. Due.
	ErrFullAmountRequired = fault.New(fault.Refused, "full_amount_required")
	// ErrOverpayment: too far above what is due. Due, Most.
	ErrOverpayment = fault.New(fault.Refused, "overpayment_refused")
	// ErrNothingDue: nothing is due, and the rule forbids paying ahead.
	ErrNothingDue = fault.New(fault.Refused, "nothing_due")
	// ErrTenderNotTaken: not taken on this channel. Tender, Taken.
	ErrTenderNotTaken = fault.New(fault.Refused, "tender_not_taken")
	// ErrCardNotTaken: cards are taken on this channel, but none of this brand or
	// funding. Card, Taken.
	ErrCardNotTaken = fault.New(fault.Refused, "card_not_taken")
	// ErrChannelClosed: nothing is taken on this channel.
	ErrChannelClosed = fault.New(fault.Refused, "channel_closed")
	// ErrTenderBlockedUntil: taken away after returned payments, for a time.
	// Tenders, Count, Until, Citation.
	ErrTenderBlockedUntil = fault.New(fault.Refused, "tender_blocked_until")
	// ErrTenderBlocked: taken away after returned payments, for good.
	// Tenders, Count, Citation.
	ErrTenderBlocked = fault.New(fault.Refused, "tender_blocked")
)

// Refusals lists every refusal of this package, so that a test can ask for the
// sentences of each in every language.
func Refusals() []*fault.Error {
	return []*fault.Error{
		ErrNoRules, ErrAmountNotPositive, ErrAmountTooLow, ErrAmountTooHigh, ErrFullAmountRequired,
		ErrOverpayment, ErrNothingDue, ErrTenderNotTaken, ErrCardNotTaken, ErrChannelClosed, ErrTenderBlockedUntil,
		ErrTenderBlocked,
	}
}

// Answer is what a set of rules says to a question.
type Answer struct {
	Version     string // of the set that answered
	Allowed     bool
	Fee         money.Amount // what the payer pays on top; zero when absorbed
	FeeKind     FeeKind
	FeeRule     string // empty when no rule covers the payment
	Total       money.Amount
	Refusals    []Refusal // empty exactly when Allowed
	Notices     []Notice
	Explanation []Step // empty unless asked for by [Set.Explain]
}

// Err is the first refusal as an error, nil when the payment is allowed.
func (a Answer) Err() error {
	if len(a.Refusals) == 0 {
		return nil
	}
	return a.Refusals[0].Err
}

// Refusal is one rule's no: a sentence for the resident (Err) and one for staff.
type Refusal struct {
	Rule  string
	Err   *fault.Error
	Staff string
}

// Notice is something the payer should know that does not stop the payment, or
// what is left to those whom a rule stopped. Its sentence is the locale message
// ID.
type Notice struct {
	ID     string
	Params map[string]any
}

// In is the sentence in the language of p.
func (n Notice) In(p *locale.Printer) string {
	var params []any
	for name, value := range n.Params {
		params = append(params, name, value)
	}
	return p.T(n.ID, params...)
}

// The notices.
const (
	NoticeNothingDue    = "policy.notice.nothing_due"
	NoticeCredit        = "policy.notice.credit"         // Credit
	NoticePending       = "policy.notice.pending"        // Pending
	NoticeOverpayment   = "policy.notice.overpayment"    // Over
	NoticePastDueStands = "policy.notice.past_due_stays" // Remaining
	NoticeLeftHere      = "policy.notice.left_here"      // Left: what a blocked resident may still use here
	NoticeLeftAtCounter = "policy.notice.left_counter"   // Left: the same at the counter
)

// Notices lists the identifiers of every notice.
func Notices() []string {
	return []string{NoticeNothingDue, NoticeCredit, NoticePending, NoticeOverpayment, NoticePastDueStands,
		NoticeLeftHere, NoticeLeftAtCounter}
}

// Step is one line of an explanation, for staff.
type Step struct {
	Rules   string // "tender", "block", "amount" or "fee"
	Rule    string // the rule's name; empty where no rule is named
	Verdict Verdict
	Why     string
}

// Verdict is what a rule had to say.
type Verdict string

// The verdicts.
const (
	Applies    Verdict = "applies"
	PassedOver Verdict = "passed over"
	Refuses    Verdict = "refuses"
)
