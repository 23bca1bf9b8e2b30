// Package ledger is the book: what is owed to and by whom, in double entry.
//
// It owns the table ledger_entries. An entry moves an amount from one ledger
// account to another, so that every entry balances by itself. A card payment is
// entered as pending before the processor is asked, and then resolved once: as
// posted or as voided.
//
// It promises that entries are never changed or deleted, that no entry is
// resolved twice, and that the sum of all debits is the sum of all credits.
//
// It never decides what to enter: payment, till, clearing and reconcile do.
package ledger
