package payment

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/processor"
)

// remembered is how far back a payment can still be repeated by mistake, or have
// been taken by the billing system without showing in its balance. One that the
// billing system has not taken is remembered for ever.
const remembered = 60 * 24 * time.Hour

const paymentColumns = `city_id, id, state, state_at, started_at, business_on, utility_account, service, channel,
	amount_cents, fee_cents, confirmation, policy_version, processor, merchant, attempt_id, attempt_number, exposure_id,
	capture_path, card_brand, card_last4, card_funding, card_entry, card_fingerprint,
	payer_name, payer_address, payer_email, payer_phone, language, acknowledged_at, tender`

func insertPayment(tx *db.Tx, p Payment) {
	tx.Exec(`insert into payments (`+paymentColumns+`, looked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
		$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, 0, $30, $4)`,
		string(p.City), p.ID.String(), string(p.State), db.Micros(p.StateAt), db.Micros(p.StartedAt), p.BusinessOn.String(),
		string(p.UtilityAccount), string(p.Service), string(p.Channel), p.Amount.Cents(), p.Fee.Cents(), p.Confirmation,
		p.PolicyVersion, p.Processor, string(p.Merchant), p.Attempt.String(), p.Attempts, p.Exposure.String(),
		string(p.CapturePath), string(p.Card.Brand), p.Card.Last4, string(p.Card.Funding), string(p.Card.Entry),
		p.Card.Fingerprint, p.Payer.Name, p.Payer.Address, p.Payer.Email, p.Payer.Phone, string(p.Language), string(p.Tender))
}

// updateForAttempt begins another attempt, if the payment still stands as it
// was read.
func updateForAttempt(tx *db.Tx, p, before Payment) {
	tx.ExecOne(ErrMovedOn, `update payments set state = $1, state_at = $2, looked_at = $2, business_on = $3, fee_cents = $4,
			policy_version = $5, processor = $6, merchant = $7, attempt_id = $8, attempt_number = $9, exposure_id = $10,
			capture_path = $11, card_brand = $12, card_last4 = $13, card_funding = $14, card_entry = $15,
			card_fingerprint = $16, payer_name = $17, payer_address = $18, payer_email = $19, payer_phone = $20
		where city_id = $21 and id = $22 and state = $23 and attempt_id = $24`,
		string(p.State), db.Micros(p.StateAt), p.BusinessOn.String(), p.Fee.Cents(), p.PolicyVersion, p.Processor,
		string(p.Merchant), p.Attempt.String(), p.Attempts, p.Exposure.String(), string(p.CapturePath),
		string(p.Card.Brand), p.Card.Last4, string(p.Card.Funding), string(p.Card.Entry), p.Card.Fingerprint,
		p.Payer.Name, p.Payer.Address, p.Payer.Email, p.Payer.Phone,
		string(p.City), p.ID.String(), string(before.State), before.Attempt.String())
}

// updateState moves a payment, if it still stands as it was read. It has been
// looked at then, with news or without.
func updateState(tx *db.Tx, before, after Payment) {
	tx.ExecOne(ErrMovedOn, `update payments set state = $1, state_at = $2, card_brand = $3, card_last4 = $4,
			card_funding = $5, card_entry = $6, card_fingerprint = $7, looked_at = $8
		where city_id = $9 and id = $10 and state = $11 and attempt_id = $12`,
		string(after.State), db.Micros(after.StateAt), string(after.Card.Brand), after.Card.Last4,
		string(after.Card.Funding), string(after.Card.Entry), after.Card.Fingerprint, db.Micros(tx.Now()),
		string(before.City), before.ID.String(), string(before.State), before.Attempt.String())
}

// acknowledgeConfirmed keeps the first instant: a payment that is acknowledged anew
// after a bill that has it in it would count twice.
func acknowledgeConfirmed(tx *db.Tx, confirmation string, at time.Time) {
	tx.ExecOne(ErrNoPayment, `update payments set acknowledged_at = case when acknowledged_at = 0 then $1 else acknowledged_at end
		where city_id = $2 and confirmation = $3`, db.Micros(at), string(tx.City()), confirmation)
}

func selectPayment(ctx context.Context, tx *db.Tx, payment ID) (Payment, error) {
	return scanPayment(tx.QueryRow(ctx, `select `+paymentColumns+` from payments where city_id = $1 and id = $2`,
		string(tx.City()), payment.String()).Scan)
}

// askPayment queues the question for a payment, which stays zero when there is
// none.
func askPayment(tx *db.Tx, payment ID, into *Payment) {
	*into = Payment{}
	tx.Ask(func(scan func(...any) error) (err error) {
		*into, err = scanPayment(scan)
		return err
	}, `select `+paymentColumns+` from payments where city_id = $1 and id = $2`, string(tx.City()), payment.String())
}

func selectConfirmed(ctx context.Context, tx *db.Tx, confirmation string) (Payment, error) {
	return scanPayment(tx.QueryRow(ctx, `select `+paymentColumns+` from payments where city_id = $1 and confirmation = $2`,
		string(tx.City()), confirmation).Scan)
}

// prefixed names the columns of one table of several.
func prefixed(table, columns string) string {
	var names []string
	for name := range strings.SplitSeq(columns, ",") {
		names = append(names, table+"."+strings.TrimSpace(name))
	}
	return strings.Join(names, ", ")
}

func selectByAttempt(ctx context.Context, tx *db.Tx, attempt string) (Payment, error) {
	return scanPayment(tx.QueryRow(ctx, `select `+paymentColumns+` from payments where city_id = $1 and id =
		(select payment_id from payment_attempts where city_id = $1 and id = $2)`,
		string(tx.City()), attempt).Scan)
}

func selectApproved(ctx context.Context, tx *db.Tx, on calendar.Date) ([]Payment, error) {
	return selectPayments(ctx, tx, `select `+paymentColumns+` from payments
		where city_id = $1 and business_on = $2 and state in ('approved', 'disputed') order by id`,
		string(tx.City()), on.String())
}

func selectUnposted(ctx context.Context, tx *db.Tx) ([]Payment, error) {
	return selectPayments(ctx, tx, `select `+paymentColumns+` from payments
		where city_id = $1 and acknowledged_at = 0 and state in ('approved', 'disputed') order by id`, string(tx.City()))
}

// takeResting takes those that were left alone the longest, of all states past
// their limits, and notes that they are looked at. It works across cities: the
// sweep is the operator's own work.
func takeResting(ctx context.Context, tx *db.Tx, limit int) ([]Payment, error) {
	before := func(s State) int64 { return db.Micros(tx.Now().Add(-s.Facts().Rest)) }
	return selectPayments(ctx, tx, `update payments set looked_at = $1 where (city_id, id) in (select city_id, id from payments
			where state in ('asking', 'away', 'unknown', 'declined') and (state = 'asking' and looked_at < $2
				or state = 'away' and looked_at < $3 or state = 'unknown' and looked_at < $4 or state = 'declined' and looked_at < $5)
			order by looked_at limit $6)
		returning `+paymentColumns, db.Micros(tx.Now()), before(Asking), before(Away), before(InDoubt), before(Declined), limit)
}

// claimLook notes a look at a payment that nobody has looked at lately. Of those
// who ask together, one gets it.
func claimLook(ctx context.Context, tx *db.Tx, payment ID) (bool, error) {
	rows, err := tx.Query(ctx, `update payments set looked_at = $1 where city_id = $2 and id = $3
			and state in ('asking', 'away', 'unknown') and (looked_at = state_at or looked_at <= $4)
		returning id`, db.Micros(tx.Now()), string(tx.City()), payment.String(), db.Micros(tx.Now().Add(-lookEvery)))
	if err != nil {
		return false, err
	}
	var claimed bool
	err = rows.Each(func(scan func(...any) error) error {
		var which string
		claimed = true
		return scan(&which)
	})
	return claimed, err
}

func selectPayments(ctx context.Context, tx *db.Tx, sql string, args ...any) ([]Payment, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	var found []Payment
	err = rows.Each(func(scan func(...any) error) error {
		p, err := scanPayment(scan)
		found = append(found, p)
		return err
	})
	return found, err
}

func scanPayment(scan func(...any) error) (Payment, error) {
	var p Payment
	var stateAt, startedAt, acknowledgedAt int64
	err := scan(&p.City, &p.ID, &p.State, &stateAt, &startedAt, &p.BusinessOn, &p.UtilityAccount, &p.Service, &p.Channel,
		&p.Amount, &p.Fee, &p.Confirmation, &p.PolicyVersion, &p.Processor, &p.Merchant, &p.Attempt, &p.Attempts,
		&p.Exposure, &p.CapturePath, &p.Card.Brand, &p.Card.Last4, &p.Card.Funding, &p.Card.Entry, &p.Card.Fingerprint,
		&p.Payer.Name, &p.Payer.Address, &p.Payer.Email, &p.Payer.Phone, &p.Language, &acknowledgedAt, &p.Tender)
	if err == nil && !p.State.Known() {
		err = fmt.Errorf("reading payment %s: no state %q", p.ID, p.State)
	}
	p.StateAt, p.StartedAt, p.AcknowledgedAt = db.Time(stateAt), db.Time(startedAt), db.Time(acknowledgedAt)
	return p, err
}

// askRecent queues the question for the payments lately made on a utility
// account, newest first. Only of those that may have been refused is the last
// attempt read: the others are the many.
func askRecent(tx *db.Tx, number billing.Number, into *[]recent) {
	*into = nil
	tx.Ask(func(scan func(...any) error) error {
		var r recent
		var at, acknowledgedAt int64
		var last4 string
		var family sql.Null[processor.DeclineFamily]
		err := scan(&r.ID, &r.Amount, &r.Fee, &at, &r.Channel, &r.State, &acknowledgedAt, &r.tries, &last4, &family)
		r.refused = family.Valid && refused(family.V, last4)
		r.At, r.acknowledgedAt = db.Time(at), db.Time(acknowledgedAt)
		*into = append(*into, r)
		return err
	}, `select id, amount_cents, fee_cents, started_at, channel, state, acknowledged_at, attempt_number, card_last4,
			(select decline_family from payment_attempts a where payments.state in ('declined', 'lapsed')
				and a.city_id = payments.city_id and a.id = payments.attempt_id and a.decision = 'declined')
		from payments where city_id = $1 and utility_account = $2
			and (started_at > $3 or acknowledged_at > $3 or (acknowledged_at = 0 and state in ('asking', 'away', 'unknown', 'approved', 'disputed')))
		order by started_at desc limit 100`,
		string(tx.City()), string(number), db.Micros(tx.Now().Add(-remembered)))
}

func insertAttempt(tx *db.Tx, p Payment, token processor.Token) {
	tx.Exec(`insert into payment_attempts (city_id, id, payment_id, number, asked_at, processor, token, total_cents,
			capture_path, merchant, decided_at, decision, reference, decline_family, decline_code, network_transaction_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '', '', '', '')`,
		string(p.City), p.Attempt.String(), p.ID.String(), p.Attempts, db.Micros(tx.Now()), p.Processor, string(token),
		p.Total().Cents(), string(p.CapturePath), string(p.Merchant))
}

func selectAskedAt(ctx context.Context, tx *db.Tx, attempt AttemptID) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, `select asked_at from payment_attempts where city_id = $1 and id = $2`,
		string(tx.City()), attempt.String()).Scan(&at)
	return db.Time(at), err
}

// selectAttempt reads of whom and when an attempt was asked for, and whether it is
// known to be approved. The merchant of one that was made before merchants were
// kept is empty.
func selectAttempt(ctx context.Context, tx *db.Tx, key processor.Key) (company string, merchant processor.Merchant, asked time.Time, approved bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, `select processor, merchant, asked_at, decision = 'approved' from payment_attempts where city_id = $1 and id = $2`,
		string(tx.City()), string(key)).Scan(&company, &merchant, &at, &approved)
	return company, merchant, db.Time(at), approved, err
}

// selectUnpaid lists the attempts of a business date that are not approved. An
// attempt's identifier begins with its instant, ten symbols, as its payment's does
// with that of the quote: so they are found without reading all.
func selectUnpaid(ctx context.Context, tx *db.Tx, on calendar.Date) ([]processor.Key, error) {
	rows, err := tx.Query(ctx, `select a.id from payments p join payment_attempts a on a.city_id = p.city_id
			and a.payment_id = p.id and a.id between 'att_' || substr(p.id, 5, 10) and 'att_' || substr(p.attempt_id, 5, 10) || 'zzzzzzzzzzzzzzzzz'
		where p.city_id = $1 and p.business_on = $2 and a.decision <> 'approved' order by a.id`, string(tx.City()), on.String())
	if err != nil {
		return nil, err
	}
	var found []processor.Key
	err = rows.Each(func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		found = append(found, processor.Key(key))
		return err
	})
	return found, err
}

func decideAttempt(tx *db.Tx, p Payment, decision string, r processor.Result) {
	tx.ExecOne(ErrMovedOn, `update payment_attempts set decided_at = $1, decision = $2, reference = $3,
			decline_family = $4, decline_code = $5, network_transaction_id = $6
		where city_id = $7 and id = $8 and decision <> 'approved'`,
		db.Micros(tx.Now()), decision, r.Reference, string(r.Decline), r.DeclineCode, r.NetworkTransactionID,
		string(p.City), p.Attempt.String())
}
