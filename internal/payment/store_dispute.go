package payment

import (
	"context"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

const disputeColumns = `d.number, d.notice_id, d.state, d.amount_cents, d.principal_cents, d.opened_at, d.opened_on,
	d.confirmation, d.acknowledged_at, d.decided_at, d.decided_on, d.return_confirmation, d.return_acknowledged_at`

// ofPayment is the condition for the disputes of one payment, in order.
const ofPayment = "d.payment_id = $2 order by d.number"

func insertDispute(tx *db.Tx, d Dispute) {
	tx.Exec(`insert into payment_disputes (city_id, payment_id, number, notice_id, utility_account, state, amount_cents,
			principal_cents, opened_at, opened_on, confirmation, acknowledged_at, decided_at, decided_on,
			return_confirmation, return_acknowledged_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, '', $12, 0)`,
		string(tx.City()), d.Payment.ID.String(), d.Number, d.Notice, string(d.Payment.UtilityAccount), string(d.Standing),
		d.Amount.Cents(), d.Principal.Cents(), db.Micros(d.OpenedAt), d.OpenedOn.String(), d.Confirmation, d.ReturnConfirmation)
}

// updateDispute decides a dispute that is still open.
func updateDispute(tx *db.Tx, d Dispute) {
	tx.ExecOne(ErrMovedOn, `update payment_disputes set state = $1, decided_at = $2, decided_on = $3
		where city_id = $4 and payment_id = $5 and number = $6 and state = 'open'`,
		string(d.Standing), db.Micros(d.DecidedAt), d.DecidedOn.String(), string(tx.City()), d.Payment.ID.String(), d.Number)
}

// acknowledgeDispute marks the line of a dispute that has the confirmation
// number: its reversal, or its return.
func acknowledgeDispute(tx *db.Tx, confirmation string, at time.Time) {
	tx.ExecOne(ErrNoPayment, `update payment_disputes set
			acknowledged_at = case when confirmation = $2 and acknowledged_at = 0 then $1 else acknowledged_at end,
			return_acknowledged_at = case when return_confirmation = $2 and return_acknowledged_at = 0
				then $1 else return_acknowledged_at end
		where city_id = $3 and (confirmation = $2 or return_confirmation = $2)`,
		db.Micros(at), confirmation, string(tx.City()))
}

// selectDisputes reads disputes with their payments, by a condition on d whose
// arguments begin at $2.
func selectDisputes(ctx context.Context, tx *db.Tx, which string, args ...any) ([]Dispute, error) {
	rows, err := tx.Query(ctx, "select "+disputeColumns+", "+prefixed("p", paymentColumns)+`
		from payment_disputes d join payments p on p.city_id = d.city_id and p.id = d.payment_id
		where d.city_id = $1 and `+which, append([]any{string(tx.City())}, args...)...)
	if err != nil {
		return nil, err
	}
	var found []Dispute
	err = rows.Each(func(scan func(...any) error) error {
		d, err := scanDispute(scan)
		found = append(found, d)
		return err
	})
	return found, err
}

func scanDispute(scan func(...any) error) (Dispute, error) {
	var d Dispute
	var openedAt, acknowledgedAt, decidedAt, returnedAt int64
	var decidedOn string
	var err error
	d.Payment, err = scanPayment(func(to ...any) error {
		return scan(append([]any{&d.Number, &d.Notice, &d.Standing, &d.Amount, &d.Principal, &openedAt, &d.OpenedOn,
			&d.Confirmation, &acknowledgedAt, &decidedAt, &decidedOn, &d.ReturnConfirmation, &returnedAt}, to...)...)
	})
	if err == nil && decidedOn != "" {
		d.DecidedOn, err = calendar.Parse(decidedOn)
	}
	d.OpenedAt, d.AcknowledgedAt, d.DecidedAt, d.ReturnedAt = db.Time(openedAt), db.Time(acknowledgedAt), db.Time(decidedAt), db.Time(returnedAt)
	return d, err
}

// askReversals queues the question for what was taken back on a utility account.
func askReversals(tx *db.Tx, number billing.Number, into *[]reversal) {
	*into = nil
	tx.Ask(func(scan func(...any) error) error {
		var r reversal
		var at, returnedAt int64
		err := scan(&r.payment, &r.amount, &at, &r.standing, &returnedAt)
		r.acknowledgedAt, r.returnedAt = db.Time(at), db.Time(returnedAt)
		*into = append(*into, r)
		return err
	}, `select payment_id, principal_cents, acknowledged_at, state, return_acknowledged_at
		from payment_disputes where city_id = $1 and utility_account = $2`, string(tx.City()), string(number))
}
