// Package processortest says what it means to be a processor.
//
// [Exercise] is the conformance suite that every adapter passes: idempotency,
// doubt, single use, verified notices, and each capability the adapter has. An
// adapter's test gives it a [Harness], which plays the parts outside the port:
// the payer who types a card, the days that pass.
//
// The fakes are processors named for how they behave ([AlwaysApproves],
// [AlwaysDeclines], [TimesOutAfterSuccess], [TimesOutBeforeSending], [Slow]), for
// tests of what stands above the port. Each keeps a record of what it was asked.
//
// It owns nothing and never talks to a real company by itself.
package processortest
