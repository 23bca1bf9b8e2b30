// Package cis exchanges files with a town's billing system, which the trade
// calls its customer information system: bills in, payments out. What the files
// look like is declared (package layout); what they mean is here.
//
// It owns the tables imports, posting_batches and posting_lines. Rows of bill
// files are kept by package billing.
//
// [Service.Import] promises: a file is taken whole or not at all; each row that
// is not taken stands in the reject file with its reason; the same file again
// changes nothing; an import that was interrupted goes on where it stopped; a
// dry run needs no database.
//
// [Service.Export] promises: each payment goes to the billing system under one
// confirmation number, in one file, for ever; the same day again is the same
// file, byte for byte; a payment that comes late for a day already sent goes
// into a numbered supplement; what the billing system has not acknowledged in
// time is listed ([Service.Overdue]).
//
// It never decides what is owed and never moves money. It never keeps a column
// that a layout does not name.
package cis
