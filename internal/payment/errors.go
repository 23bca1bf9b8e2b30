package payment

import "clearwell/internal/fault"

var (
	// ErrNoQuote: there is no such quote in this city.
	ErrNoQuote = fault.New(fault.NotFound, "quote_unknown")
	// ErrQuoteExpired: the quote is too old to be paid; nothing was charged.
	ErrQuoteExpired = fault.New(fault.Conflict, "quote_expired")
	// ErrNoCard: no card was given for the quote yet.
	ErrNoCard = fault.New(fault.Invalid, "card_missing")
	// ErrRepriced: what is owed or what it costs has changed since it was shown.
	ErrRepriced = fault.New(fault.Conflict, "repriced")
	// ErrLikelyDuplicate: a payment much like it was made lately.
	ErrLikelyDuplicate = fault.New(fault.Conflict, "likely_duplicate")
	// ErrNoPayment: there is no such payment in this city.
	ErrNoPayment = fault.New(fault.NotFound, "payment_unknown")
	// ErrNoSurplus: nothing was taken for this attempt besides its payment.
	ErrNoSurplus = fault.New(fault.NotFound, "surplus_unknown")
	// ErrSurplusRefunded: it is noted already that the surplus was given back.
	ErrSurplusRefunded = fault.New(fault.Conflict, "surplus_refunded")
	// ErrNotAllowed: the event has no place in the payment's state.
	ErrNotAllowed = fault.New(fault.Conflict, "not_in_this_state")
	// ErrMovedOn: somebody else moved the payment first.
	ErrMovedOn = fault.New(fault.Conflict, "moved_on")
	// ErrNoProcessor: the city's processor is not configured, or cannot do this.
	ErrNoProcessor = fault.New(fault.Unavailable, "processor_missing")
	// ErrCardsSlowed: so many cards of the town are being declined that each utility
	// account, and each card, has one decline. Count: minutes to wait.
	ErrCardsSlowed = fault.New(fault.Throttled, "cards_slowed")
	// ErrNotByHand: the tender is nothing that one holds, or the payment was not made
	// with such a one.
	ErrNotByHand = fault.New(fault.Conflict, "not_by_hand")
	// ErrFeeByHand: the town's rules ask a fee for money that is handed over, which
	// nobody was told of.
	ErrFeeByHand = fault.New(fault.Refused, "fee_by_hand")
	// ErrTooManyTries: too many cards were declined on the utility account today.
	ErrTooManyTries = fault.New(fault.Throttled, "too_many_declines")
)
