package billing

import (
	"context"
	"errors"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/money"
)

// statedBy adds up the balances that a load has stated.
func statedBy(ctx context.Context, tx *db.Tx, load LoadID, asOf int64) (money.Amount, error) {
	var sum money.Amount
	err := tx.QueryRow(ctx, `select cast(coalesce(sum(balance_cents), 0) as bigint) from utility_accounts
		where city_id = $1 and load_id = $2 and balance_as_of_at = $3
			and exists (select 1 from staged_rows where city_id = $1 and load_id = $2 and amount_cents is not null)`, tx.City(), load, asOf).Scan(&sum)
	return sum, err
}

func billOn(ctx context.Context, tx *db.Tx, n Number, on calendar.Date) (string, error) {
	var number string
	err := tx.QueryRow(ctx, `select bill_number from bills where city_id = $1 and number = $2 and billed_on <= $3
		and bill_number <> billed_on order by billed_on desc, bill_number desc limit 1`, tx.City(), n, on).Scan(&number)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return number, err
}

// newestBills picks the newest bill of each utility account.
func newestBills() string { return newest(isBill, "number") }

// addedBills adds up all bills of each utility account; the newest says the rest.
// What is due first is due, and what is threatened first.
func addedBills() string {
	const all = "over (partition by number)"
	added := func(column string) string { return "cast(sum(" + column + ") " + all + " as bigint) as " + column }
	return `(select city_id, number, display, name, service_address, zip,
			mailing_1, mailing_2, mailing_city, mailing_state, mailing_zip, service, billed_on, bill_number, last_payment_cents, load_id,
			min(due_on) ` + all + ` as due_on, min(shut_off_on) ` + all + ` as shut_off_on,
			` + added("amount_cents") + ", " + added("current_cents") + ", " + added("past_due_cents") + ", " + added("shut_off_cents") + `,
			row_number() over (partition by number order by coalesce(billed_on, '9999-12-31') desc, line desc) as place
		from staged_rows where city_id = $1 and load_id = $2 and amount_cents is not null) as ranked
	where place = 1`
}
