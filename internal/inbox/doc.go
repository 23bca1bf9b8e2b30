// Package inbox keeps every message from outside before anyone acts on it: a
// processor's notice, a bank's file. It owns inbox_messages.
//
// A door that received a message calls [Service.Keep] and only then says thank
// you. Whoever acts on it reads [Service.Pending], and calls [DoneTx] in the
// transaction in which it acts:
//
//	for _, kept := range waiting {
//		err := d.Write(ctx, kept.City, func(ctx context.Context, tx *db.Tx) error {
//			inbox.DoneTx(tx, kept)
//			return payments.HearTx(ctx, tx, kept.Body)
//		})
//	}
//
// It promises: what Keep returned is on the disk, byte for byte; a message that
// is delivered again, at the same time or a year later, is kept once; of those
// who act on one message, at most one commits; a message nobody could act on is
// tried again, further and further apart, and after [MaxAttempts] is stuck:
// listed for people, never dropped.
//
// It never keeps a message that holds a card number, a header that is a
// credential, or an opinion: it does not verify signatures and does not know
// what a message says.
package inbox
