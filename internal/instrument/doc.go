// Package instrument keeps saved bank accounts: what a resident has said may be
// drawn from.
//
// It owns the table bank_accounts. The number of a bank account is sealed for its
// row, and stands nowhere else: people see its last four digits, and a keyed
// fingerprint, another in each town, says whether the same number was here
// before. Only [Service.Open] gives numbers up, to whoever writes a file for the
// bank.
//
// It promises that no number is in the log, in the audit record, in an error or
// readable in the database; that what looks like a card number is refused before
// it is kept; that a number which a bank has sent back as closed or not
// authorized is not taken again until a person allows it; that a removed bank
// account is drawn from no more, and its number forgotten.
//
// It never moves money.
package instrument
