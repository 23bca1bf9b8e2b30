// Package processor is the port between Clearwell and the companies that move
// card money. It holds no state and knows no database.
//
// It promises that a resident's card number never has a place to stand: no type
// here can carry one. Cards are typed into fields or pages served by the
// processor from its own origin; what reaches us is a [Token].
//
// An adapter implements [Processor] and those of the small capability
// interfaces ([Fields], [Redirector], [Terminal], [Notifier], [Tracer], [Refunder], [Saver],
// [Settler], [Teller]) that its processor really has. A missing capability is a missing
// interface, never an error at run time.
//
// Doubt has a name: [Unknown]. An adapter that did not hear the answer says so,
// and never guesses "declined".
package processor
