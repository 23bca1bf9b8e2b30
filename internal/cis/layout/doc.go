// Package layout reads and writes the files that a town's billing system
// exchanges with its payment portal. What a file looks like is not code: it is
// declared in a YAML file, which [Load] checks and this package obeys.
//
// It owns no table and knows no database. It promises:
//
//   - memory does not grow with the file: one line is held at a time, and, for
//     a layout that declares a rule about duplicates, some 80 bytes per row;
//   - a file is taken whole or refused whole: [Examine] reads it to the end,
//     compares its control totals and finds its duplicates before the first
//     record is delivered;
//   - each line is a [Record] or a [Reject] with a reason, never neither;
//   - what a layout does not name, or declares as dropped, never leaves the
//     reader: not in a record, not in a reject, not in an error. One public
//     layout carries social security numbers;
//   - what looks like a card number is refused and never repeated.
//
// It never guesses: a date that two declared formats read differently, a sign
// that is not declared, a column that is not where it should be are refusals.
//
// The declaration language is described in docs/layouts.md.
package layout
