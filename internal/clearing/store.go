package clearing

import (
	"context"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/money"
)

const entryColumns = `id, kind, class, bank_id, amount_cents, reference, recurring, accepted_at, not_before, tries, origin_id, state, state_at,
	file_number, trace, settles_on, code`

func insertEntry(tx *db.Tx, e Entry) {
	tx.Exec(`insert into clearing_entries (city_id, `+entryColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, '', '')`,
		tx.City(), e.Key, e.Kind, e.Class, e.Bank, e.Amount.Cents(), e.Reference, flag(e.Recurring), db.Micros(e.AcceptedAt),
		e.NotBefore.String(), e.Tries, e.Origin, e.State, db.Micros(e.StateAt))
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// selectEntries reads the city's entries by a condition whose arguments begin at
// $2.
func selectEntries(ctx context.Context, tx *db.Tx, which string, args ...any) (all []Entry, err error) {
	rows, err := tx.Query(ctx, `select `+entryColumns+` from clearing_entries where city_id = $1 and `+which, append([]any{tx.City()}, args...)...)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		e.City = tx.City()
		all = append(all, e)
		return err
	})
	return all, err
}

func scanEntry(scan func(...any) error) (e Entry, err error) {
	var acceptedAt, stateAt, recurring, trace int64
	var notBefore, settlesOn string
	err = scan(&e.Key, &e.Kind, &e.Class, &e.Bank, &e.Amount, &e.Reference, &recurring, &acceptedAt, &notBefore, &e.Tries, &e.Origin,
		&e.State, &stateAt, &e.File, &trace, &settlesOn, &e.Code)
	e.Recurring, e.AcceptedAt, e.StateAt, e.Trace = recurring == 1, db.Time(acceptedAt), db.Time(stateAt), Trace(trace)
	if err == nil {
		e.NotBefore, err = day(notBefore)
	}
	if err == nil {
		e.SettlesOn, err = day(settlesOn)
	}
	return e, err
}

// day reads a day; empty text is none.
func day(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.Date{}, nil
	}
	return calendar.Parse(text)
}

// due are the entries that go into a file: accepted before its cut-off, and allowed
// to settle on its day.
const due = `city_id = $1 and state = 'waiting' and accepted_at < $2 and not_before <= $3`

func countWaiting(ctx context.Context, tx *db.Tx, closed time.Time, settles calendar.Date) (n int64, err error) {
	err = tx.QueryRow(ctx, `select count(*) from clearing_entries where `+due, tx.City(), db.Micros(closed), settles.String()).Scan(&n)
	return n, err
}

// fileEntries puts what is due into a file, batch by batch, each under its trace
// number.
func fileEntries(ctx context.Context, tx *db.Tx, f File, closed time.Time) error {
	n, err := tx.Count(ctx, `update clearing_entries set state = 'filed', state_at = $4, file_number = $5, settles_on = $3, trace = $6 + w.n - 1
		from (select id as w_id, row_number() over (order by case when kind = 'retry' then 1 else 0 end, class, accepted_at, id) as n
			from clearing_entries where `+due+`) w
		where city_id = $1 and id = w.w_id and state = 'waiting'`,
		tx.City(), db.Micros(closed), f.SettlesOn.String(), db.Micros(tx.Now()), f.Number, int64(f.First))
	if err == nil && n != f.Entries {
		err = ErrMovedOn
	}
	return err
}

func updateEntryState(tx *db.Tx, e Entry, to State, code string) {
	tx.ExecOne(ErrMovedOn, `update clearing_entries set state = $1, state_at = $2, code = $3 where city_id = $4 and id = $5 and state = $6`,
		to, db.Micros(tx.Now()), code, tx.City(), e.Key, e.State)
}

const fileColumns = `number, made_on, modifier, settles_on, planned_at, first_trace, entries, state, state_at, debit_cents, credit_cents, entry_hash, digest`

func insertFile(tx *db.Tx, f File) {
	tx.Exec(`insert into clearing_files (city_id, `+fileColumns+`, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, '', $11)`,
		tx.City(), f.Number, f.MadeOn.String(), f.Modifier, f.SettlesOn.String(), db.Micros(f.PlannedAt), int64(f.First), f.Entries, f.State,
		db.Micros(f.StateAt), []byte{})
}

// selectFiles reads the city's files by a condition whose arguments begin at $2.
func selectFiles(ctx context.Context, tx *db.Tx, which string, args ...any) (all []File, err error) {
	rows, err := tx.Query(ctx, `select `+fileColumns+` from clearing_files where city_id = $1 and `+which, append([]any{tx.City()}, args...)...)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		f := File{City: tx.City()}
		var plannedAt, stateAt, first, debits, credits int64
		err := scan(&f.Number, &f.MadeOn, &f.Modifier, &f.SettlesOn, &plannedAt, &first, &f.Entries, &f.State, &stateAt, &debits, &credits, &f.Hash, &f.Digest)
		f.PlannedAt, f.StateAt, f.First = db.Time(plannedAt), db.Time(stateAt), Trace(first)
		f.Debits, f.Credits = money.Cents(debits), money.Cents(credits)
		all = append(all, f)
		return err
	})
	return all, err
}

func countFiles(ctx context.Context, tx *db.Tx, on calendar.Date) (n int, err error) {
	err = tx.QueryRow(ctx, `select count(*) from clearing_files where city_id = $1 and made_on = $2`, tx.City(), on.String()).Scan(&n)
	return n, err
}

func updateFileMade(tx *db.Tx, f File, sealed []byte) {
	tx.ExecOne(ErrMovedOn, `update clearing_files set state = 'made', state_at = $1, debit_cents = $2, credit_cents = $3, entry_hash = $4, digest = $5, sealed = $6
		where city_id = $7 and number = $8 and state = 'planned'`,
		db.Micros(tx.Now()), f.Debits.Cents(), f.Credits.Cents(), f.Hash, f.Digest, sealed, tx.City(), f.Number)
}

func updateFileState(tx *db.Tx, f File, from, to FileState) {
	tx.ExecOne(ErrMovedOn, `update clearing_files set state = $1, state_at = $2 where city_id = $3 and number = $4 and state = $5`,
		to, db.Micros(tx.Now()), tx.City(), f.Number, from)
}

func selectSealed(ctx context.Context, tx *db.Tx, number int64) (sealed []byte, err error) {
	err = tx.QueryRow(ctx, `select sealed from clearing_files where city_id = $1 and number = $2`, tx.City(), number).Scan(&sealed)
	return sealed, err
}
