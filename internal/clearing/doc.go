// Package clearing draws on bank accounts through the ACH network (e-checks): it
// writes the files that the town's bank takes, and reads what comes back.
//
// It owns the tables clearing_entries, clearing_files and clearing_answers. An
// entry is one instruction; at the bank's cut-off the entries that wait become a
// file, which is written by moov-io/ach, sealed, and delivered to a folder or by
// SFTP. Returns and corrections are kept word for word in package inbox, sealed,
// before they are read.
//
// It promises: an entry is in one file and never in two; a file that was
// interrupted anywhere is sent with the very same bytes or was never there; the
// number of a bank account is readable in memory only, while a file is written or
// read; an answer is acted on once, however often it is sent; what belongs to no
// entry of ours is listed for people and moves nothing; a correction is in force
// before the next file.
//
// It never decides whether a payment may be made, and never believes that a
// debit which was sent is money: banks return debits for two days, and for sixty
// where nobody authorized them.
package clearing
