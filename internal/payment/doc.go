// Package payment is the only door to money movement: quotes, payments and
// their attempts at a processor.
//
// It owns the tables payment_quotes, payments and payment_attempts. A quote says
// what a payer may pay and what it costs; a payment is made from a quote, once
// and for ever; an attempt is one try at a processor, and its identifier is the
// idempotency key. The states and what moves between them are one table, in
// state.go; docs/payment-states.md is drawn from it.
//
// It promises:
//
//   - One payment for each quote, whatever is clicked, repeated or raced.
//   - The payment, its pending entries in the book, its exposure and its audit
//     record are durable before the processor is asked.
//   - Doubt is never failure: an answer that nobody heard leaves the payment
//     unknown, and the sweep asks until the processor says.
//   - What was consented to is what is charged: a changed balance or fee is shown
//     first.
//
// It never sees a card, never holds a transaction open while it asks a
// processor, and never treats one channel differently from another: channels
// differ in their door and in their row of policy.
package payment
