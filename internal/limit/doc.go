// Package limit slows down whoever tries too often: guesses a second factor,
// tests stolen cards, floods a page. It owns limit_counts.
//
// It has four instruments, by what they cost and how exact they must be:
//
//   - A [Gate] is token buckets in this node's memory, for networks, a city, the
//     whole node. Asking takes no round trip, and n nodes let through n times as
//     much: set its rules for one node.
//   - [Tries] counts failures with one thing, such as look-ups of a utility
//     account, in the database: exact, for all nodes. A try that succeeds writes
//     nothing.
//   - A [Breaker] counts declines of one card, network or utility account, in the
//     transaction that learns of the decline.
//   - A [Ratio] compares what went wrong with all that was tried, such as a town's
//     cards, in this node's memory.
//
// It promises: memory is bounded, whoever asks from however many networks; keys
// are kept as digests only, in memory under a key that dies with the process, so
// that nothing here says who was slowed down; many tries at the same instant are
// not more than the rule allows on any one node; and no row is shared by
// payments that have nothing to do with each other.
//
// It never decides what a rule is: rules are passed in. Nor does it say whether
// a thing that was tried exists: what does not exist is counted alike.
package limit
