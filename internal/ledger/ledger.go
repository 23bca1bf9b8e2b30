package ledger

import (
	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Code names a ledger account within a city, such as "receivable/water".
type Code string

// Receivable is what residents owe the city for a service.
func Receivable(service string) Code { return Code("receivable/" + service) }

// Clearing is what a processor owes the city until it pays out.
func Clearing(processor string) Code { return Code("clearing/" + processor) }

// OnHand is what lies in the town's drawers, by its tender: "onhand/cash".
func OnHand(tender string) Code { return Code("onhand/" + tender) }

// InTransit is what was carried to a bank and does not stand on its statement yet.
func InTransit(bank string) Code { return Code("intransit/" + bank) }

// OverShort is what drawers had less than they should, and more as a credit.
const OverShort Code = "counter/over_short"

// Fees is what payers paid on top of their bills.
const Fees Code = "fees/collected"

// DisputeCosts is what processors kept for their work on disputes.
const DisputeCosts Code = "costs/disputes"

// Surpluses is what processors took besides payments: it is the payers', and nobody
// has given it back yet.
const Surpluses Code = "payable/surplus"

// Cause says what kind of fact an entry records.
type Cause string

// The causes.
const (
	Payment Cause = "payment"
	Fee     Cause = "fee"
	Dispute Cause = "dispute"
	Surplus Cause = "surplus"
	// Count is what a count found that should not have been there, or did not.
	Count Cause = "count"
	// Deposit moves what lies in a drawer to the bank.
	Deposit Cause = "deposit"
	// SurplusRefund takes a surplus away that was given back.
	SurplusRefund Cause = "surplus_refund"
)

// Entry moves Amount from Credit to Debit, as accountants read those words.
type Entry struct {
	Source string // what caused it: an attempt's identifier
	Line   int    // which of the source's entries
	On     calendar.Date
	Debit  Code
	Credit Code
	Amount money.Amount // positive
	Cause  Cause
}

// Balance is a ledger account's debits less its credits.
type Balance struct {
	Code    Code
	Posted  money.Amount
	Pending money.Amount // entered and not yet resolved
}
