// Package imb writes and reads Intelligent Mail barcodes, the 65 bars by which
// the Postal Service sorts and follows a letter.
//
// It follows USPS-B-3200 (Intelligent Mail Barcode 4-State Specification). A
// barcode is written as 65 letters: F full, A ascender, D descender, T tracker.
//
// It promises that whatever [Encode] takes, [Decode] gives back; that a number
// which the specification refuses has no barcode; and that one damaged bar is
// noticed.
//
// It never draws, and never looks up a ZIP code.
package imb
