package billing

import (
	"context"
	"database/sql"
	"errors"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// statementColumns are read by scanStatement, from utility_accounts as u.
const statementColumns = `u.number, u.service, u.balance_cents, u.current_cents, u.past_due_cents, u.due_on,
	u.balance_as_of_at, u.billed_on, u.bill_number, u.shut_off_on, u.shut_off_cents,
	exists (select 1 from returned_payments r where r.city_id = u.city_id and r.number = u.number)`

func statement(ctx context.Context, tx *db.Tx, n Number) (Statement, error) {
	row := tx.QueryRow(ctx, "select "+statementColumns+" from utility_accounts u where u.city_id = $1 and u.number = $2",
		tx.City(), n)
	return scanStatement(row.Scan)
}

// scanStatement reads statementColumns and, into more, what follows them.
func scanStatement(scan func(...any) error, more ...any) (Statement, error) {
	var s Statement
	var asOf int64
	var shutOff sql.Null[money.Amount]
	to := []any{&s.Number, &s.Service, &s.Balance, &s.Current, &s.PastDue, &s.DueOn,
		&asOf, &s.BilledOn, &s.Bill, &s.ShutOffOn, &shutOff, &s.Returned}
	err := scan(append(to, more...)...)
	s.AsOf, s.ShutOff = db.Time(asOf), shutOff.V
	if errors.Is(err, db.ErrNoRows) {
		return Statement{}, ErrNoUtilityAccount
	}
	return s, err
}

func utilityAccount(ctx context.Context, tx *db.Tx, n Number) (UtilityAccount, error) {
	row := tx.QueryRow(ctx, "select "+statementColumns+`, u.display, u.name, u.service_address, u.zip,
		u.mailing_1, u.mailing_2, u.mailing_city, u.mailing_state, u.mailing_zip, u.last_payment_cents, u.load_id
		from utility_accounts u where u.city_id = $1 and u.number = $2`, tx.City(), n)
	var u UtilityAccount
	var paid sql.Null[money.Amount]
	m := &u.Mailing
	stated, err := scanStatement(row.Scan, &u.Display, &u.Name, &u.ServiceAddress, &u.ZIP,
		&m.Lines[0], &m.Lines[1], &m.City, &m.State, &m.ZIP, &paid, &u.Load)
	if err != nil {
		return UtilityAccount{}, err
	}
	u.Statement, u.LastPayment = stated, paid.V
	return u, nil
}

func holders(ctx context.Context, tx *db.Tx, each func(Holder) error) error {
	rows, err := tx.Query(ctx, `select number, name, service_address, zip, mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip
		from utility_accounts where city_id = $1 order by number`, tx.City())
	if err != nil {
		return err
	}
	return rows.Each(func(scan func(...any) error) error {
		var h Holder
		m := &h.Mailing
		err := scan(&h.Number, &h.Name, &h.ServiceAddress, &h.ZIP, &m.Lines[0], &m.Lines[1], &m.City, &m.State, &m.ZIP)
		if err != nil {
			return err
		}
		return each(h)
	})
}

func written(ctx context.Context, tx *db.Tx, n Number) (string, error) {
	text := string(n)
	err := tx.QueryRow(ctx, `select case when display <> '' then display else number end from utility_accounts
		where city_id = $1 and number = $2`, tx.City(), n).Scan(&text)
	if errors.Is(err, db.ErrNoRows) {
		return string(n), nil
	}
	return text, err
}

// numbered is a utility account, as far as a list names it.
type numbered struct {
	number           Number
	written, service string
}

func numbersAfter(ctx context.Context, tx *db.Tx, after Number, limit int) ([]numbered, error) {
	rows, err := tx.Query(ctx, `select u.number, case when u.display <> '' then u.display else u.number end as written, u.service
		from utility_accounts u where u.city_id = $1 and u.number > $2 order by u.number limit $3`, tx.City(), after, limit)
	if err != nil {
		return nil, err
	}
	var all []numbered
	err = rows.Each(func(scan func(...any) error) error {
		var one numbered
		err := scan(&one.number, &one.written, &one.service)
		all = append(all, one)
		return err
	})
	return all, err
}

func bills(ctx context.Context, tx *db.Tx, n Number, limit int) ([]Bill, error) {
	rows, err := tx.Query(ctx, `select number, bill_number, service, billed_on, due_on, from_on, to_on,
		amount_cents, current_cents, past_due_cents, previous_cents from bills
		where city_id = $1 and number = $2 order by coalesce(billed_on, '') desc, bill_number desc limit $3`, tx.City(), n, limit)
	if err != nil {
		return nil, err
	}
	var found []Bill
	err = rows.Each(func(scan func(...any) error) error {
		var b Bill
		var current, pastDue, previous sql.Null[money.Amount]
		err := scan(&b.Utility, &b.Number, &b.Service, &b.BilledOn, &b.DueOn, &b.From, &b.To,
			&b.Amount, &current, &pastDue, &previous)
		b.Current, b.PastDue, b.Previous = current.V, pastDue.V, previous.V
		found = append(found, b)
		return err
	})
	return found, err
}

func readings(ctx context.Context, tx *db.Tx, n Number, limit int) ([]Reading, error) {
	rows, err := tx.Query(ctx, `select number, meter, service, read_on, reading_milli, previous_on, previous_milli,
		usage_milli, units, bill_number from readings
		where city_id = $1 and number = $2 order by read_on desc, meter limit $3`, tx.City(), n, limit)
	if err != nil {
		return nil, err
	}
	var found []Reading
	err = rows.Each(func(scan func(...any) error) error {
		var r Reading
		var now, before, usage sql.Null[int64]
		err := scan(&r.Utility, &r.Meter, &r.Service, &r.On, &now, &r.PreviousOn, &before, &usage, &r.Units, &r.Bill)
		r.Milli, r.PreviousMilli, r.UsageMilli = now.V, before.V, usage.V
		found = append(found, r)
		return err
	})
	return found, err
}

func returns(ctx context.Context, tx *db.Tx, n Number) ([]policy.Return, error) {
	rows, err := tx.Query(ctx, `select returned_on, tender, code from returned_payments
		where city_id = $1 and number = $2 order by returned_on, reference`, tx.City(), n)
	if err != nil {
		return nil, err
	}
	var found []policy.Return
	err = rows.Each(func(scan func(...any) error) error {
		var r policy.Return
		err := scan(&r.On, &r.Tender, &r.Code)
		found = append(found, r)
		return err
	})
	return found, err
}

// returnedPayments lists the returns of one utility account, or of all where n is
// empty.
func returnedPayments(ctx context.Context, tx *db.Tx, n Number) ([]Returned, error) {
	rows, err := tx.Query(ctx, `select number, reference, returned_on, tender, code from returned_payments
		where city_id = $1 and (number = $2 or $2 = '') order by number, returned_on, reference`, tx.City(), n)
	if err != nil {
		return nil, err
	}
	var found []Returned
	err = rows.Each(func(scan func(...any) error) error {
		var r Returned
		err := scan(&r.Number, &r.Reference, &r.On, &r.Tender, &r.Code)
		found = append(found, r)
		return err
	})
	return found, err
}

func insertReturn(tx *db.Tx, n Number, reference string, r policy.Return) {
	tx.Exec(`insert into returned_payments (city_id, number, reference, returned_on, tender, code)
		values ($1, $2, $3, $4, $5, $6) on conflict (city_id, number, reference) do nothing`,
		tx.City(), n, reference, r.On, r.Tender, r.Code)
}

// date is a stored date, nil where none is stated.
func date(d calendar.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// billNumber names a bill that has no number by its date. A row that is no bill
// keeps the number of the bill it belongs to.
func (r *Row) billNumber() string {
	if r.Bill == "" && r.Amount != nil {
		return r.BilledOn.String()
	}
	return r.Bill
}
