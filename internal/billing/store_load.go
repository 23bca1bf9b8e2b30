package billing

import (
	"context"
	"fmt"

	"clearwell/internal/db"
)

// stagedColumns are written by stagedRow, in the same order.
func stagedColumns() []string {
	return []string{"city_id", "load_id", "line", "number", "display", "name", "service_address", "zip",
		"mailing_1", "mailing_2", "mailing_city", "mailing_state", "mailing_zip", "service",
		"bill_number", "billed_on", "due_on", "from_on", "to_on",
		"amount_cents", "current_cents", "past_due_cents", "previous_cents",
		"last_payment_cents", "shut_off_on", "shut_off_cents",
		"meter", "read_on", "reading_milli", "previous_on", "previous_milli", "usage_milli", "units"}
}

func stage(ctx context.Context, tx *db.Tx, load LoadID, rows Rows) (int64, error) {
	town, name := string(tx.City()), load.String()
	return tx.CopyIn(ctx, "staged_rows", stagedColumns(), func() ([]any, error) {
		row, err := rows()
		if err != nil || row == nil {
			return nil, err
		}
		return stagedRow(town, name, row), nil
	})
}

func stagedRow(town, load string, r *Row) []any {
	return []any{town, load, r.Line, string(r.Number), r.Display, r.Name, r.ServiceAddress, r.ZIP,
		r.Mailing.Lines[0], r.Mailing.Lines[1], r.Mailing.City, r.Mailing.State, r.Mailing.ZIP, string(r.Service),
		r.billNumber(), date(r.BilledOn), date(r.DueOn), date(r.From), date(r.To),
		cents(r.Amount), cents(r.Current), cents(r.PastDue), cents(r.Previous),
		cents(r.LastPayment), date(r.ShutOffOn), cents(r.ShutOff),
		r.Meter, date(r.ReadOn), milli(r.Milli), date(r.PreviousOn), milli(r.PreviousMilli), milli(r.UsageMilli), r.Units}
}

func countStaged(ctx context.Context, tx *db.Tx, load LoadID) *db.Row {
	return tx.QueryRow(ctx, `select count(*), cast(coalesce(sum(amount_cents), 0) as bigint) from staged_rows
		where city_id = $1 and load_id = $2`, tx.City(), load)
}

func isStaged(ctx context.Context, tx *db.Tx, load LoadID, line int64) (bool, error) {
	var there bool
	err := tx.QueryRow(ctx, `select exists (select 1 from staged_rows where city_id = $1 and load_id = $2 and line = $3)`,
		tx.City(), load, line).Scan(&there)
	return there, err
}

func deleteStaged(tx *db.Tx, load LoadID) {
	tx.Exec("delete from staged_rows where city_id = $1 and load_id = $2", tx.City(), load)
}

func countAll(ctx context.Context, tx *db.Tx) (counts, error) {
	var c counts
	err := tx.QueryRow(ctx, `select
		(select count(*) from utility_accounts where city_id = $1),
		(select count(*) from bills where city_id = $1),
		(select count(*) from readings where city_id = $1)`, tx.City()).Scan(&c.utilityAccounts, &c.bills, &c.readings)
	return c, err
}

// step is a statement of apply: what it inserts, and what it does with a row
// that is there already.
type step struct {
	what       string
	insert     string
	otherwise  string
	into, here *int64 // counts: of rows touched, and of rows of the table before
	args       []any
}

// apply runs the statements in order and tells how many rows each table had
// touched. A town's first rows meet none, and to be ready for one costs
// PostgreSQL time: for a million bills and their utility accounts 11.2 s instead
// of 8.2 s, measured one after the other. Were two first files applied at one
// moment, one of them is refused as a duplicate, and can be brought again.
func apply(ctx context.Context, tx *db.Tx, load LoadID, asOf int64, before counts, balances, bills string) (counts, error) {
	var touched counts
	accounts := before.utilityAccounts
	for _, s := range []step{
		{"identities", applyIdentities(), updateIdentities(), &accounts, &before.utilityAccounts, nil},
		{"balances", applyBalances(balances), updateBalances(), &touched.utilityAccounts, &accounts, []any{asOf}},
		{"bills", applyBills(bills), updateBills(), &touched.bills, &before.bills, nil},
		{"readings", applyReadings(), updateReadings(), &touched.readings, &before.readings, nil},
	} {
		sql := s.insert
		if *s.here > 0 {
			sql += s.otherwise
		}
		n, err := tx.Count(ctx, sql, append([]any{tx.City(), load}, s.args...)...)
		if err != nil {
			return counts{}, fmt.Errorf("%s: %w", s.what, err)
		}
		*s.into += n
	}
	touched.utilityAccounts += accounts - before.utilityAccounts
	return touched, nil
}

// isBill is what every bill has, and no reading or list of utility accounts.
const isBill = "amount_cents is not null"

// every picks all staged rows of a kind, where no two are of one key. Of a million
// bills, ordering them to find that out takes PostgreSQL 2 s.
func every(which string) string {
	return "staged_rows where city_id = $1 and load_id = $2 and " + which
}

// newest picks the staged rows that count, one for each key: of the newest bill,
// and of those the last line. A row without a date is the newest. It joins
// nothing: PostgreSQL takes a freshly loaded table for empty, and a join with
// itself took 13 s for 9,000 rows.
func newest(which, key string) string {
	return `(select staged_rows.*,
			row_number() over (partition by ` + key + ` order by coalesce(billed_on, '9999-12-31') desc, line desc) as place
		from staged_rows where city_id = $1 and load_id = $2 and ` + which + `) as ranked
	where place = 1`
}

// stated keeps what is known where a file states nothing.
func stated(column string) string {
	return column + " = case when excluded." + column + " <> '' then excluded." + column +
		" else utility_accounts." + column + " end"
}

// identity is updated by every row of a utility account that states it.
func identity() string {
	return stated("display") + ", " + stated("name") + ", " + stated("service_address") + ", " + stated("zip") + ", " +
		stated("mailing_1") + ", " + stated("mailing_2") + ", " + stated("mailing_city") + ", " + stated("mailing_state") + ", " +
		stated("mailing_zip") + ", " + stated("service") + `,
		last_payment_cents = coalesce(excluded.last_payment_cents, utility_accounts.last_payment_cents),
		load_id = excluded.load_id`
}

// applyIdentities takes rows that are no bills: a list of utility accounts, or
// readings that carry a name. What they say of a balance is nothing.
func applyIdentities() string {
	return `insert into utility_accounts (city_id, number, display, name, service_address, zip,
		mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip, service,
		balance_cents, current_cents, past_due_cents, due_on, balance_as_of_at, billed_on, bill_number,
		shut_off_on, shut_off_cents, last_payment_cents, load_id)
	select city_id, number, display, name, service_address, zip,
		mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip, service,
		0, 0, 0, null, 0, null, '', shut_off_on, shut_off_cents, last_payment_cents, load_id
	from ` + newest("amount_cents is null and name <> ''", "number")
}

// updateIdentities keeps what is known where the row states nothing.
func updateIdentities() string {
	return `
	on conflict (city_id, number) do update set ` + identity() + `,
		shut_off_on = coalesce(excluded.shut_off_on, utility_accounts.shut_off_on),
		shut_off_cents = coalesce(excluded.shut_off_cents, utility_accounts.shut_off_cents)`
}

// applyBalances takes the bills that state balances, unless a newer one has
// spoken before. A threat of shut-off that the newest bill does not repeat is
// over.
func applyBalances(bills string) string {
	return `insert into utility_accounts (city_id, number, display, name, service_address, zip,
		mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip, service,
		balance_cents, current_cents, past_due_cents, due_on, balance_as_of_at, billed_on, bill_number,
		shut_off_on, shut_off_cents, last_payment_cents, load_id)
	select city_id, number, display, name, service_address, zip,
		mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip, service,
		amount_cents, coalesce(current_cents, 0), coalesce(past_due_cents, 0), due_on, cast($3 as bigint), billed_on, bill_number,
		shut_off_on, shut_off_cents, last_payment_cents, load_id
	from ` + bills
}

// updateBalances keeps a balance that a newer bill has stated.
func updateBalances() string {
	return `
	on conflict (city_id, number) do update set ` + identity() + `,
		shut_off_on = excluded.shut_off_on, shut_off_cents = excluded.shut_off_cents,
		balance_cents = excluded.balance_cents, current_cents = excluded.current_cents,
		past_due_cents = excluded.past_due_cents, due_on = excluded.due_on,
		balance_as_of_at = excluded.balance_as_of_at, billed_on = excluded.billed_on, bill_number = excluded.bill_number
	where coalesce(excluded.billed_on, '9999-12-31') > coalesce(utility_accounts.billed_on, '')
		or excluded.billed_on = utility_accounts.billed_on and excluded.balance_as_of_at >= utility_accounts.balance_as_of_at`
}

// applyBills leaves a bill that says the same untouched, so that changes can be
// counted.
func applyBills(bills string) string {
	return `insert into bills (city_id, number, bill_number, service, billed_on, due_on, from_on, to_on,
		amount_cents, current_cents, past_due_cents, previous_cents, load_id)
	select city_id, number, bill_number, service, billed_on, due_on, from_on, to_on,
		amount_cents, current_cents, past_due_cents, previous_cents, load_id
	from ` + bills
}

// updateBills leaves a bill that says the same.
func updateBills() string {
	return `
	on conflict (city_id, number, bill_number) do update set
		service = excluded.service, billed_on = excluded.billed_on, due_on = excluded.due_on,
		from_on = excluded.from_on, to_on = excluded.to_on, amount_cents = excluded.amount_cents,
		current_cents = excluded.current_cents, past_due_cents = excluded.past_due_cents,
		previous_cents = excluded.previous_cents, load_id = excluded.load_id
	where bills.service is distinct from excluded.service
		or bills.billed_on is distinct from excluded.billed_on or bills.due_on is distinct from excluded.due_on
		or bills.from_on is distinct from excluded.from_on or bills.to_on is distinct from excluded.to_on
		or bills.amount_cents is distinct from excluded.amount_cents
		or bills.current_cents is distinct from excluded.current_cents
		or bills.past_due_cents is distinct from excluded.past_due_cents
		or bills.previous_cents is distinct from excluded.previous_cents`
}

// applyReadings leaves a reading that says the same untouched.
func applyReadings() string {
	return `insert into readings (city_id, number, meter, read_on, service, reading_milli, previous_on,
		previous_milli, usage_milli, units, bill_number, load_id)
	select city_id, number, meter, read_on, service, reading_milli, previous_on,
		previous_milli, usage_milli, units, bill_number, load_id
	from ` + newest("read_on is not null", "number, meter, read_on")
}

// updateReadings leaves a reading that says the same.
func updateReadings() string {
	return `
	on conflict (city_id, number, meter, read_on) do update set
		service = excluded.service, reading_milli = excluded.reading_milli, previous_on = excluded.previous_on,
		previous_milli = excluded.previous_milli, usage_milli = excluded.usage_milli, units = excluded.units,
		bill_number = excluded.bill_number, load_id = excluded.load_id
	where readings.service is distinct from excluded.service
		or readings.reading_milli is distinct from excluded.reading_milli
		or readings.previous_on is distinct from excluded.previous_on
		or readings.previous_milli is distinct from excluded.previous_milli
		or readings.usage_milli is distinct from excluded.usage_milli
		or readings.units is distinct from excluded.units
		or readings.bill_number is distinct from excluded.bill_number`
}
