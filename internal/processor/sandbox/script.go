package sandbox

import (
	"strings"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// Behaviour is what a scripted card does when it is charged.
type Behaviour string

// The behaviours.
const (
	Approves          Behaviour = "approves"
	InsufficientFunds Behaviour = "insufficient_funds"
	DoNotHonour       Behaviour = "do_not_honour"
	Lost              Behaviour = "lost"
	Stolen            Behaviour = "stolen"
	Expired           Behaviour = "expired"
	WrongCode         Behaviour = "wrong_code"
	WrongPostal       Behaviour = "wrong_postal"
	IssuerDown        Behaviour = "issuer_down"
	Challenges        Behaviour = "challenges"       // pending until the payer answers the bank's question
	Slow              Behaviour = "slow"             // approved, but the answer takes [Config.SlowFor]
	ReplyLost         Behaviour = "reply_lost"       // approved, and the connection drops before the answer
	NoticeTwice       Behaviour = "notice_twice"     // approved; the same notice comes twice
	NoticesReversed   Behaviour = "notices_reversed" // approved; "decided" is told before "accepted"
	Disputed          Behaviour = "disputed"         // approved, and disputed [Config.DisputeAfter] later
	Revoked           Behaviour = "revoked"          // approved while the payer is present, refused ever after
	ByAmount          Behaviour = "by_amount"        // does what the cents of the amount say
)

// ScriptedCard is one test card and what it does.
type ScriptedCard struct {
	Number  string // a published test number or one of the sandbox's own; no bank issues it
	Brand   processor.Brand
	Funding processor.Funding
	Does    Behaviour // described to people by the message "sandbox.does.<behaviour>"
}

// Script lists the test cards, the most useful first. No other number is taken
// from a page, so that a real card typed into the sandbox by mistake is refused.
func Script() []ScriptedCard {
	return []ScriptedCard{
		{"4242424242424242", "visa", processor.Credit, Approves},
		{"4000056655665556", "visa", processor.Debit, Approves},
		{"5555555555554444", "mastercard", processor.Credit, Approves},
		{"5200828282828210", "mastercard", processor.Debit, Approves},
		{"5105105105105100", "mastercard", processor.Prepaid, Approves},
		{"378282246310005", "amex", processor.Credit, Approves},
		{"6011111111111117", "discover", processor.Credit, Approves},
		{"6011981111111113", "discover", processor.Debit, Approves},
		{"4000000000009995", "visa", processor.Debit, InsufficientFunds},
		{"4000000000000002", "visa", processor.Credit, DoNotHonour},
		{"4000000000009987", "visa", processor.Credit, Lost},
		{"4000000000009979", "visa", processor.Credit, Stolen},
		{"4000000000000069", "visa", processor.Credit, Expired},
		{"4000000000000127", "visa", processor.Credit, WrongCode},
		{"4000000000000036", "visa", processor.Credit, WrongPostal},
		{"4000000000000119", "visa", processor.Credit, IssuerDown},
		{"4000000000003220", "visa", processor.Credit, Challenges},
		{"4000000000003006", "visa", processor.Credit, Slow},
		{"4000000000003014", "visa", processor.Credit, ReplyLost},
		{"4000000000003022", "visa", processor.Credit, NoticeTwice},
		{"4000000000003030", "visa", processor.Credit, NoticesReversed},
		{"4000000000000259", "visa", processor.Credit, Disputed},
		{"4000000000003048", "visa", processor.Credit, Revoked},
		{"4000000000003055", "visa", processor.Credit, ByAmount},
	}
}

// ScriptedAmount is one ending of an amount charged to the [ByAmount] card.
type ScriptedAmount struct {
	Cents int64 // the last two digits of the amount
	Does  Behaviour
}

// ScriptByAmount lists the endings that mean something; every other approves.
func ScriptByAmount() []ScriptedAmount {
	return []ScriptedAmount{
		{51, InsufficientFunds}, {52, DoNotHonour}, {53, Lost}, {54, Expired}, {55, WrongCode},
		{56, WrongPostal}, {57, IssuerDown}, {61, Challenges}, {62, Slow}, {63, ReplyLost},
		{64, NoticeTwice}, {65, NoticesReversed}, {66, Disputed}, {67, Revoked},
	}
}

// townPrefix begins the numbers that a fictional town's residents carry: every
// number of sixteen digits with it and a right check digit is a Visa credit
// card that approves.
const townPrefix = "42424242"

// scripted finds what is known of a number.
func scripted(number string) (ScriptedCard, bool) {
	for _, card := range Script() {
		if card.Number == number {
			return card, true
		}
	}
	if len(number) == 16 && strings.HasPrefix(number, townPrefix) && luhn(number) {
		return ScriptedCard{number, "visa", processor.Credit, Approves}, true
	}
	return ScriptedCard{}, false
}

// forAmount resolves [ByAmount]; other behaviours are what they are.
func (b Behaviour) forAmount(amount money.Amount) Behaviour {
	if b != ByAmount {
		return b
	}
	for _, ending := range ScriptByAmount() {
		if amount.Cents()%100 == ending.Cents {
			return ending.Does
		}
	}
	return Approves
}

// decline gives the family and the network's response code with which a
// behaviour refuses, and an empty family for one that does not refuse.
func (b Behaviour) decline() (processor.DeclineFamily, string) {
	switch b {
	case InsufficientFunds:
		return processor.TryAnother, "51"
	case DoNotHonour:
		return processor.TryAnother, "05"
	case Lost:
		return processor.NeverRetry, "41"
	case Stolen:
		return processor.NeverRetry, "43"
	case Expired:
		return processor.FixDetails, "54"
	case WrongCode:
		return processor.FixDetails, "N7"
	case WrongPostal:
		return processor.FixDetails, "postal_mismatch"
	case IssuerDown:
		return processor.TryLater, "91"
	default:
		return "", ""
	}
}

// refusesKeeping reports whether the issuer refuses even a charge of nothing,
// which is how a card is checked before it is kept.
func (b Behaviour) refusesKeeping() bool {
	family, _ := b.decline()
	return family == processor.NeverRetry || family == processor.FixDetails
}
