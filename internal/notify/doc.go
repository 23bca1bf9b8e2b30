// Package notify tells residents and towns, by e-mail, what happened. It owns
// outbox_messages and outbox_deliveries.
//
// A message is put into the outbox in the transaction of what it tells, with
// all that it tells:
//
//	err := notify.EnqueueTx(tx, notify.Message{
//		Key: "receipt " + payment.ID.String(), To: email, Language: lang, Content: receipt,
//	})
//
// [Service.Deliver], run every few seconds by any number of nodes, hands over
// what is due through a [Mailer]: [SMTP], or a [Folder] for the demo.
//
// It promises: what happened is told, and what was undone is not; one key is one
// message, and one node at a time sends it; what the other side puts off is tried
// again, for about two days; each try, and what the other side said, is in the
// log. A node that dies between handing a message over and noting it leaves
// doubt, and the message goes out again: with the same Message-ID, by which mail
// programs show it once.
//
// It never writes a card number, a security code or a bank number: of a card,
// the brand and the last four digits, and what looks like more is refused. It
// never sends inside a transaction.
package notify
