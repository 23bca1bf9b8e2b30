// Package billing knows what a town's billing system states: utility accounts
// and what is owed on each, bills, meter readings, payments that came back.
//
// It owns the tables utility_accounts, bills, readings, returned_payments and
// staged_rows. Package cis brings files; this package takes their rows, first
// staged ([StageTx]), then applied together ([ApplyTx]).
//
// It promises that what is owed is what the billing system said, with the
// instant as of which it was true, never a sum of ours; that a newer statement
// is not replaced by an older one; that a stranger who guesses learns nothing,
// not even from the time it takes, about whether a utility account exists
// ([Service.Prove]).
//
// It never applies a payment to a bill: in which order a payment settles what is
// owed is law in some towns, and the billing system's business in all.
package billing
