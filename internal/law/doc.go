// Package law says who must be told of a breach, by when, and what a letter must
// and must not say.
//
// It owns the rules as dated data: jurisdiction/<code>.yaml for each state, the
// District of Columbia and Puerto Rico, networks.yaml for the card networks,
// contacts.yaml for the addresses that letters print, sources.yaml for where all
// of it was read. Each cell has the days between which it is law, its citation,
// its source and who verified it; a cell that nobody verified says "unverified"
// wherever it is printed. Nothing here is legal advice, and a town's counsel has
// the last word on every cell.
//
// It promises:
//
//   - The same facts under the law of the same day have the same duties.
//   - A deadline is never later than the law allows: where a source leaves a
//     choice, the earlier day is taken; no day rolls over a weekend unless its
//     rule counts business days.
//   - A person of a jurisdiction that is not on file has a duty that says so;
//     nobody is left out because a table ends.
//
// It never reads a clock, never stores anything, and never decides that a duty
// is done.
package law
