// Package policy decides what a town allows, and explains itself.
//
// A town's rules stand in a [Set]: which tenders are taken where, what each
// payment costs the payer, the smallest and largest amounts, which tenders a
// utility account loses after returned payments, and when the business day
// ends. A set has a version, the day it takes effect and the ordinance it rests
// on; a [Rulebook] holds a town's sets, so that a payment of last year is judged
// by the rules of last year.
//
// The package owns no table and reads no clock: a [Question] in, an [Answer]
// out. The sets themselves are kept in the city file.
//
// It promises:
//
//   - The same question under the same set has the same answer, for ever.
//   - Every refusal names its rule for staff and has a sentence in every
//     language for the resident, with the date on which it ends, where it ends.
//   - A fee is never negative, and never charged by a rule that does not name
//     its kind: convenience, service or surcharge are different things in law.
//   - What the card networks forbid is found by [Check] before a set is applied.
//   - [Replay] shows who would pay what more or less before a council votes.
//
// Among tender rules and among fee rules the first that matches wins; every
// amount rule and every block rule that matches binds.
//
// It never decides who may act (that is access), how often (limit) or whether
// payments are stopped altogether (control).
package policy
