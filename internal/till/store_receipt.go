package till

import (
	"context"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

const receiptColumns = `id, session_id, drawer, number, key, digest, rung_at, total_cents, change_cents, undone, undone_at,
	undone_by, seconded_by, reason`

// takeNumber gives a drawer's next number to a receipt, in the transaction that
// keeps it: a receipt that is not kept leaves no gap.
func takeNumber(tx *db.Tx, drawer Drawer, number int) {
	tx.ExecOne(ErrMovedOn, `update till_drawers set next_number = $1 where city_id = $2 and drawer = $3 and next_number = $4`,
		number+1, string(tx.City()), string(drawer), number)
}

// askNumber queues the question for a drawer's next number.
func askNumber(tx *db.Tx, session SessionID, into *int) {
	*into = 0
	tx.Ask(func(scan func(...any) error) error { return scan(into) },
		`select d.next_number from till_drawers d join till_sessions s on s.city_id = d.city_id and s.drawer = d.drawer
			where s.city_id = $1 and s.id = $2`, string(tx.City()), session.String())
}

func insertReceipt(tx *db.Tx, r Receipt) {
	tx.Exec(`insert into till_receipts (city_id, `+receiptColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, '', '', '')`,
		string(tx.City()), r.ID.String(), r.Session.String(), string(r.Drawer), r.Number, r.Key, r.digest, db.Micros(r.RungAt),
		r.Total.Cents(), r.Change.Cents())
	for i, t := range r.Tenders {
		tx.Exec(`insert into till_tenders (city_id, receipt_id, position, tender, amount_cents, check_number, routing, last4)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, string(tx.City()), r.ID.String(), i+1, string(t.Kind), t.Amount.Cents(),
			t.Check.Number, t.Check.Routing, t.Check.Last4)
	}
	for i, p := range r.Parts {
		tx.Exec(`insert into till_parts (city_id, receipt_id, position, session_id, utility_account, tender, ledger_account, amount_cents, payment_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, string(tx.City()), r.ID.String(), i+1, r.Session.String(),
			string(p.UtilityAccount), string(p.Tender), string(p.LedgerAccount), p.Amount.Cents(), p.Payment.String())
	}
}

// undoReceipt undoes a receipt that stands.
func undoReceipt(tx *db.Tx, r Receipt) {
	tx.ExecOne(ErrUndone, `update till_receipts set undone = $1, undone_at = $2, undone_by = $3, seconded_by = $4, reason = $5
		where city_id = $6 and id = $7 and undone = ''`, string(r.Undone), db.Micros(r.UndoneAt), string(r.UndoneBy),
		string(r.SecondedBy), r.Reason, string(tx.City()), r.ID.String())
}

// askKey queues the question for the receipt that a sale with this key became; it
// stays zero where there is none.
func askKey(tx *db.Tx, key string, into *Receipt) {
	*into = Receipt{}
	tx.Ask(func(scan func(...any) error) (err error) {
		*into, err = scanReceipt(scan)
		return err
	}, "select "+receiptColumns+" from till_receipts where city_id = $1 and key = $2", string(tx.City()), key)
}

// askRefused queues the question whether a key was refused.
func askRefused(tx *db.Tx, key string, into *bool) {
	*into = false
	tx.Ask(func(scan func(...any) error) error {
		var one int
		*into = true
		return scan(&one)
	}, "select 1 from till_refused_keys where city_id = $1 and key = $2", string(tx.City()), key)
}

func refuseKey(tx *db.Tx, key, by string) {
	tx.Exec(`insert into till_refused_keys (city_id, key, refused_at, refused_by) values ($1, $2, $3, $4) on conflict do nothing`,
		string(tx.City()), key, db.Micros(tx.Now()), by)
}

// selectReceipts reads receipts by a condition whose arguments begin at $2, with
// their tenders and parts.
func selectReceipts(ctx context.Context, tx *db.Tx, which string, args ...any) ([]Receipt, error) {
	rows, err := tx.Query(ctx, "select "+receiptColumns+" from till_receipts where city_id = $1 and "+which+" order by drawer, number",
		append([]any{string(tx.City())}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []Receipt
	err = rows.Each(func(scan func(...any) error) error {
		r, err := scanReceipt(scan)
		found = append(found, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range found {
		askTenders(tx, &found[i])
		askParts(tx, &found[i])
	}
	return found, tx.Flush(ctx)
}

func selectReceipt(ctx context.Context, tx *db.Tx, receipt ReceiptID) (Receipt, error) {
	found, err := selectReceipts(ctx, tx, "id = $2", receipt.String())
	if err != nil {
		return Receipt{}, err
	}
	if len(found) == 0 {
		return Receipt{}, ErrNoReceipt
	}
	return found[0], nil
}

func scanReceipt(scan func(...any) error) (Receipt, error) {
	var r Receipt
	var rungAt, undoneAt int64
	err := scan(&r.ID, &r.Session, &r.Drawer, &r.Number, &r.Key, &r.digest, &rungAt, &r.Total, &r.Change, &r.Undone, &undoneAt,
		&r.UndoneBy, &r.SecondedBy, &r.Reason)
	r.RungAt, r.UndoneAt = db.Time(rungAt), db.Time(undoneAt)
	return r, err
}

func askTenders(tx *db.Tx, r *Receipt) {
	r.Tenders = nil
	tx.Ask(func(scan func(...any) error) error {
		var t Tender
		err := scan(&t.Kind, &t.Amount, &t.Check.Number, &t.Check.Routing, &t.Check.Last4)
		r.Tenders = append(r.Tenders, t)
		return err
	}, `select tender, amount_cents, check_number, routing, last4 from till_tenders where city_id = $1 and receipt_id = $2 order by position`,
		string(tx.City()), r.ID.String())
}

func askParts(tx *db.Tx, r *Receipt) {
	r.Parts = nil
	tx.Ask(func(scan func(...any) error) error {
		var p Part
		err := scan(&p.UtilityAccount, &p.Tender, &p.LedgerAccount, &p.Amount, &p.Payment)
		r.Parts = append(r.Parts, p)
		return err
	}, `select utility_account, tender, ledger_account, amount_cents, payment_id from till_parts
		where city_id = $1 and receipt_id = $2 order by position`, string(tx.City()), r.ID.String())
}

// selectTotals adds parts up by cashier, tender, ledger account and how they were
// undone, for sessions that were opened on some business dates.
func selectTotals(ctx context.Context, tx *db.Tx, first, last calendar.Date) ([]Total, error) {
	rows, err := tx.Query(ctx, `select s.cashier, p.tender, p.ledger_account, r.undone, count(*), cast(sum(p.amount_cents) as bigint)
		from till_sessions s join till_receipts r on r.city_id = s.city_id and r.session_id = s.id
			join till_parts p on p.city_id = r.city_id and p.receipt_id = r.id
		where s.city_id = $1 and s.business_on between $2 and $3
		group by s.cashier, p.tender, p.ledger_account, r.undone
		order by s.cashier, p.tender, p.ledger_account, r.undone`, string(tx.City()), first.String(), last.String())
	if err != nil {
		return nil, err
	}
	var found []Total
	err = rows.Each(func(scan func(...any) error) error {
		var t Total
		err := scan(&t.Cashier, &t.Tender, &t.LedgerAccount, &t.Undone, &t.Parts, &t.Amount)
		found = append(found, t)
		return err
	})
	return found, err
}
