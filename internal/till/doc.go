// Package till is the counter: drawers, and what residents hand over at them.
//
// It owns the tables whose names begin with till_. A session is one drawer with
// one cashier, from its float to its close. A sale is what a cashier rings up: some
// utility accounts, and what was handed over for them. It becomes a receipt, and
// each part of it a payment, which package payment makes.
//
// It promises:
//
//   - A sale is there once or not at all, whatever is repeated or cut off, and
//     whoever asks which hears it for good.
//   - The receipts of a drawer are numbered without a gap.
//   - Whoever counts a drawer is not told what should be in it.
//   - A drawer is closed by two people, and what is over or short is in the book.
//   - Until a drawer is counted a receipt can be voided; when it is closed,
//     reversed. Both keep the receipt, and say who did it and why.
//
// It never takes a card, and never keeps the number of a bank account.
package till
