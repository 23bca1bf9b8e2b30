// Package control holds what an operator has stopped: typing cards, all
// payments, autopay, refunds; what follows when somebody has not paid, late fees
// and shut-offs; everywhere or for one service, processor or release. It owns
// holds.
//
// On the worst day minutes count, so a hold is one row, thrown without a
// deployment, and every node obeys it within a second. A page asks
// [Service.Holds] before it shows a bill; payment asks [Service.Standing] right
// before it shows card fields and before the transaction that would begin to
// charge, and never goes by memory. Both put what they got to [Check]; [ActiveTx]
// is for whoever decides inside a transaction.
//
// It promises: a hold thrown is obeyed by the next transaction that asks, and by
// pages after [Freshness]; a hold with an end ends by itself; nothing is thrown
// or lifted without a reason, a name and an audit event; when the database does
// not answer, neither does this package: it never says "nothing is held" because
// it does not know.
//
// It never deletes a hold, and does not know why anybody throws one.
package control
