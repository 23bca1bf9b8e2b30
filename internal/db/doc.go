// Package db opens, transacts, retries, migrates and backs up, on SQLite and on
// PostgreSQL, with one SQL text for both. It knows dialects and no domain table.
//
// A transaction is a function:
//
//	err := d.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
//		owed, err := loadOwed(ctx, tx, number)
//		if err != nil {
//			return err
//		}
//		insertPayment(tx, payment) // queued
//		audit.RecordTx(tx, event)  // queued
//		return nil
//	})
//
// Statements that need no answer are queued, and travel with the next query or
// with the commit: on PostgreSQL a transaction that reads once and writes ten
// rows takes two round trips. Questions can be queued too ([Tx.Ask]). On SQLite
// one writer takes all transactions that wait, gives each a savepoint, and makes
// them durable with one flush. Callers cannot tell.
//
// It promises: what Write reports as done is on the disk; what it reports as
// refused never happened; a transaction in which a statement went wrong is
// refused, also when its function ignored that; on PostgreSQL a transaction for one city cannot see
// or touch a row of another (row-level security, forced); inside a transaction
// the context is marked, and the outbound HTTP transport of
// [RefuseInTransaction] and a second Write refuse it.
//
// It never decides anything about money, and never retries a statement whose
// first run may have been committed.
package db
