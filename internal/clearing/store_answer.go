package clearing

import (
	"context"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/instrument"
)

func isHeard(ctx context.Context, tx *db.Tx, a Answer) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `select count(*) from clearing_answers where city_id = $1 and id = $2`, tx.City(), a.once()).Scan(&n)
	return n > 0, err
}

func insertAnswer(tx *db.Tx, message string, h Heard) {
	tx.Exec(`insert into clearing_answers (city_id, id, message_id, kind, code, original_trace, amount_cents, entry_id, heard_at, heard_on, outcome)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.City(), h.once(), message, h.Kind, h.Code, h.Original.String(), h.Amount.Cents(), h.Entry, db.Micros(h.HeardAt), h.HeardOn.String(), h.Outcome)
}

func selectAnswers(ctx context.Context, tx *db.Tx, trouble bool) (all []Heard, err error) {
	which := "true"
	if trouble {
		which = "outcome <> 'applied'"
	}
	rows, err := tx.Query(ctx, `select kind, code, original_trace, amount_cents, entry_id, heard_at, heard_on, outcome from clearing_answers
		where city_id = $1 and `+which+` order by heard_at desc, id limit 1000`, tx.City())
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var h Heard
		var at int64
		var original string
		err := scan(&h.Kind, &h.Code, &original, &h.Amount, &h.Entry, &at, &h.HeardOn, &h.Outcome)
		h.HeardAt, h.Original = db.Time(at), traceOf(original)
		all = append(all, h)
		return err
	})
	return all, err
}

// countDebits counts the debits that settled between two days.
func countDebits(ctx context.Context, tx *db.Tx, from, to calendar.Date) (n int64, err error) {
	err = tx.QueryRow(ctx, `select count(*) from clearing_entries where city_id = $1 and settles_on <> '' and settles_on >= $2 and settles_on <= $3 and kind <> 'prenote' and state <> 'cancelled'`,
		tx.City(), from.String(), to.String()).Scan(&n)
	return n, err
}

// countReturns counts the returns of debits that were heard of between two days.
func countReturns(ctx context.Context, tx *db.Tx, from, to calendar.Date) (byCode map[string]int64, err error) {
	byCode = map[string]int64{}
	rows, err := tx.Query(ctx, `select code, count(*) from clearing_answers
		where city_id = $1 and heard_on >= $2 and heard_on <= $3 and kind = 'return' and outcome = 'applied' and amount_cents > 0 group by code`,
		tx.City(), from.String(), to.String())
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var code string
		var n int64
		err := scan(&code, &n)
		byCode[code] = n
		return err
	})
	return byCode, err
}

// isWanted reports whether a file that is not written yet draws on a bank account.
func isWanted(ctx context.Context, tx *db.Tx, bank instrument.ID) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `select count(*) from clearing_entries e where e.city_id = $1 and e.bank_id = $2 and (e.state = 'waiting'
		or (e.state = 'filed' and exists (select 1 from clearing_files f where f.city_id = e.city_id and f.number = e.file_number and f.state = 'planned')))`,
		tx.City(), bank).Scan(&n)
	return n > 0, err
}
