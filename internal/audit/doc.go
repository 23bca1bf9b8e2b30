// Package audit keeps the tamper-evident record of who did what to which thing.
//
// It owns the tables audit_unsealed, audit_events, audit_hashes and
// audit_checkpoints.
//
// [RecordTx] writes an event in the transaction that acts: no act without its
// event, no event without its act. A sealer ([Log.Seal]) then appends the
// events to the Merkle tree of their city and signs a checkpoint: the size and
// the root of the tree, as a note that anyone can keep, e-mail or print.
//
// It promises: whoever holds the verifier key can find every sealed event that
// was edited, deleted, reordered or cut off, named, online with [Log.Verify] or
// offline with [VerifyFile] from a file made by [Log.Export]; and whoever kept
// a checkpoint can find it even if the signing key was stolen since.
//
// It never changes or deletes a sealed event, never signs over damage, and
// never writes what looks like a card number.
package audit
