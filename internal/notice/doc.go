// Package notice keeps what a town has published about a breach, and tells a
// resident whether a bill of theirs is on the list.
//
// It owns the tables notices and notice_bills.
//
// It promises that nothing is said to residents before somebody has published it,
// nor after it was withdrawn; that the answer is that of the frozen list which
// the notice speaks of; and that it names nobody: it is asked by utility account,
// and whoever paid for it may be somebody else.
//
// It never decides who is on the list: that is incident; nor how a notice reads:
// that is letter.
package notice
