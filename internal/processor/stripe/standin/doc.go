// Package standin is a Stripe on this machine that behaves, for tests and for
// trying the adapter: intents that move through Stripe's states, idempotency keys
// that compare what is sent and are forgotten after a day, lists, refunds,
// sessions, payouts, signed notices, and cards that do what their number says.
//
// It owns no table and keeps everything in memory. It promises to charge once for
// one key and to lose the reply of what it is told to lose. It knows nothing of
// the adapter, so that the two can disagree. It never takes a card that is not in
// its script, and never stands for Stripe's shapes: those are checked against
// Stripe's own description, exchange by exchange.
package standin
