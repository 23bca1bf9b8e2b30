// Package stripe is the adapter to Stripe: the Payment Element and Checkout,
// cards, Apple Pay and Google Pay, over stripe-go and its pinned API version.
//
// It owns no table and keeps no state: what an attempt is called here stands in
// the metadata of Stripe's objects, and what became of it is asked of Stripe. It
// promises that one key charges once, also a month later; that it says declined
// only of an intent that can never be paid any more; that it never repeats a
// request by itself; and that it hears a notice only under a secret of the
// merchant it is about. It never sees a card: the resident types it into frames
// of Stripe's origin, and what comes here is the name of a confirmation token.
//
// # What stands where
//
// A charge is a PaymentIntent, made and confirmed in one request on our server
// with the token, after our own rows are written. A page for browsers without
// scripts is a Checkout Session; its intent exists once somebody pays. Both carry
// the attempt in metadata, and the attempt is the idempotency key of the one
// request that makes them. [processor.Result.Reference] is the intent, or the
// session while there is none.
//
// Stripe keeps an idempotency key for at least 24 hours, and cannot be asked by
// one. So Lookup reads the list of intents around the time of the attempt; and
// when it finds nothing, it uses the key up with a request that can move no
// money. Stripe then refuses whatever still comes under it: "never seen" is a
// fact, and stays one (docs/decisions/0131).
package stripe
