// Package approval has one person ask for what may not be decided alone, and
// another approve it. It owns approvals.
//
// A request is a text: what is asked for, in which town or for the whole
// installation, word for word, by whom, until when. Whoever asks signs it, and
// whoever approves signs the same text, each with a key of their own and on a
// machine of their own if they wish; the public keys are named in the
// configuration. What was approved is carried out once, in the transaction of
// whoever does it ([CarryOutTx]), and only as it was written.
//
// It promises: the two are different people with different keys; a request is
// carried out at most once, never after its end, and never with other words than
// those that were signed; the signatures are read anew when it is carried out, so
// that a changed row approves nothing; each step is in the audit log.
//
// Where fewer than two people are named, nobody can approve. Then a request
// waits for [AloneAfter] before it may be carried out, and says so wherever it is
// shown. That is a delay in which somebody may notice, and no second person.
//
// It never carries anything out itself, and keeps no key.
package approval
