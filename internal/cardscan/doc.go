// Package cardscan finds card numbers where none may be.
//
// Cards are typed into the processor's fields, never into ours, so a card
// number anywhere else is somebody's slip or somebody's attack. This package
// is the control behind the first promise: [Check] guards a field, [Reader] a
// request, [Writer] a log, and [Hunt] searches what is left on disk.
//
// # What is a card number
//
// 13 to 19 digits that pass the Luhn check and begin as numbers of their
// length do at some card network. What decides the rest is how they are
// written. A group is digits with nothing visible between them; a chain is
// groups with up to four marks between one and the next.
//
//   - A whole group is a card number.
//   - So is a run of groups written evenly, or as cards are embossed: 4-4-4-4,
//     4-6-5, digit by digit. Any marks will do between groups of spaces, dashes
//     and dots; commas, slashes, quotes and line ends must be all alike and the
//     groups those of a card. A colon ends a chain: times and IPv6 addresses
//     have them.
//   - Groups written unevenly must have the same mark throughout, begin as a
//     network's numbers of exactly that length do, and not look like a
//     telephone number with something after it.
//   - In a group of 17 digits and more, so must the part that is the number: it
//     may have an expiry date, a code or a length glued to it.
//
// # Through disguise
//
// Digits of any script, full-width, superscript or circled, and numerals; invisible
// characters between them, NUL among them, which makes UTF-16 and UTF-32
// readable; percent-encoding, HTML entities, \u and \x escapes; base64, either
// alphabet, padded or not, at any alignment; hex; and any of these inside
// another, three deep. Reversed digits, binary numbers and compressed files are
// for [Hunt] only: a reader would not recognize them either.
//
// # What is not a card number
//
// Digits that begin with 0, or with 1 unless they are 15: no network issues
// such numbers. This is what keeps times apart from cards: a Unix time in
// milliseconds, microseconds or nanoseconds has 13, 16 or 19 digits and begins
// with 1 until May 2033. From then on it begins with 2, which is a card only
// from 2200 to 2720, so that microseconds stay clear until 2039. A date
// written 20261124173000 begins with 20 and is none either.
//
// Digits inside a UUID, or inside a hexadecimal digest of 128, 160, 256, 384
// or 512 bits, that has letters too.
//
// A decimal fraction such as 0.30000000000000004, unless it begins exactly as
// a network's numbers of its length do.
//
// # What it costs to be wrong
//
// One number in ten passes the Luhn check. Of random numbers, 3 to 7 in a
// hundred with 13 to 16 digits are taken for cards, one in six with 17 to 19,
// and one in three and more beyond. A door that must take such numbers, say
// utility account numbers of 14 digits or a processor's references, checks the
// declared format of that field first and scans the others one by one. Files
// of fixed width, such as those of the ACH network, run numbers together and
// cannot be scanned at all.
//
// The opposite error, a card number mistyped or spelled in words, is left to
// [LongDigits] and to asking residents for no free text. One that has letters
// between its digits is found by [Scattered] alone.
package cardscan
