// Package retain says how long records are kept, and what may be destroyed. It
// owns legal_holds.
//
// Schedules are dated data: for each series of records the tables it stands in,
// how long it is kept at least, from which day that rule counts, the law it
// follows, where that was read and who verified it. A series that nobody verified
// says so.
//
// A legal hold stops all destruction in a town, whatever the schedules say, from
// the transaction on in which it is set. Every statement in the program that
// destroys records has the condition of [Unheld] in it; a rule of the house finds
// one that has not.
//
// It promises that what is under a hold is kept, and that holds are set and ended
// with a reason, a name and an event in the audit log. It destroys nothing itself.
package retain
