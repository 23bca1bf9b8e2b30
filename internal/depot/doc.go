// Package depot keeps the log and the audit log of a machine on another, where
// whoever owns the first cannot change them.
//
// A [Sender], inside the program that serves, hands over each line of the log and
// each sealed part of the audit log within seconds, and a sign of life when there
// is nothing. A [Receiver], on a machine of the town's, appends them to files. It
// needs no database. Both ends are known by Ed25519 keys: the receiver by that of
// its TLS connection, the sender by that which signs the audit log.
//
// It promises: what was received is never changed by what comes later, and no
// message can ask for it; a checkpoint that does not extend what was received is
// refused and raises an alarm, whoever signed it, and so is one of fewer rows; a
// sender that falls silent raises an alarm; when the receiver cannot be reached, the
// sender keeps what fits in memory and says how much did not.
//
// It owns no table. It never sends inside a transaction, and sends nothing that is
// not in the two logs already.
package depot
