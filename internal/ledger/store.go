package ledger

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/money"
)

// phase is a stage of an entry's life.
type phase string

const (
	pending phase = "pending"
	posted  phase = "posted"
	voided  phase = "voided"
)

// stage is the place of a phase in the primary key: each entry is pended once
// and resolved once.
func (p phase) stage() int {
	if p == pending {
		return 1
	}
	return 2
}

func insertEntry(tx *db.Tx, phase phase, e Entry) {
	tx.Exec(`insert into ledger_entries
		(city_id, source_id, line, stage, phase, entered_at, business_on, debit, credit, amount_cents, cause)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(tx.City()), e.Source, e.Line, phase.stage(), string(phase), db.Micros(tx.Now()), e.On.String(),
		string(e.Debit), string(e.Credit), e.Amount.Cents(), string(e.Cause))
}

// selectBalances counts an unresolved pending entry as pending and a posted one
// as posted; a voided one counts for nothing.
func selectBalances(ctx context.Context, tx *db.Tx, from, to calendar.Date) ([]Balance, error) {
	rows, err := tx.Query(ctx, `
		with standing as (
			select e.debit, e.credit, e.amount_cents, e.phase from ledger_entries e
			where e.city_id = $1 and e.business_on between $2 and $3 and e.phase <> 'voided'
				and not (e.phase = 'pending' and exists (select 1 from ledger_entries r
					where r.city_id = e.city_id and r.source_id = e.source_id and r.line = e.line and r.stage = 2))
		), sides as (
			select debit as code, phase, amount_cents from standing
			union all select credit, phase, -amount_cents from standing
		)
		select code,
			cast(sum(case when phase = 'posted' then amount_cents else 0 end) as bigint),
			cast(sum(case when phase = 'pending' then amount_cents else 0 end) as bigint)
		from sides group by code order by code`, string(tx.City()), from.String(), to.String())
	if err != nil {
		return nil, err
	}
	var balances []Balance
	err = rows.Each(func(scan func(...any) error) error {
		var b Balance
		if err := scan(&b.Code, &b.Posted, &b.Pending); err != nil {
			return err
		}
		balances = append(balances, b)
		return nil
	})
	return balances, err
}

func selectPosted(ctx context.Context, tx *db.Tx, on calendar.Date) (map[string]map[Cause]money.Amount, error) {
	rows, err := tx.Query(ctx, `select source_id, cause, cast(sum(amount_cents) as bigint) from ledger_entries
		where city_id = $1 and business_on = $2 and phase = 'posted' group by source_id, cause`, string(tx.City()), on.String())
	if err != nil {
		return nil, err
	}
	sums := map[string]map[Cause]money.Amount{}
	err = rows.Each(func(scan func(...any) error) error {
		var source string
		var cause Cause
		var sum money.Amount
		err := scan(&source, &cause, &sum)
		if sums[source] == nil {
			sums[source] = map[Cause]money.Amount{}
		}
		sums[source][cause] = sum
		return err
	})
	return sums, err
}

func selectCaused(ctx context.Context, tx *db.Tx, causes []Cause) ([]Entry, error) {
	args, places := []any{string(tx.City())}, make([]string, len(causes))
	for i, cause := range causes {
		args, places[i] = append(args, string(cause)), fmt.Sprintf("$%d", i+2)
	}
	rows, err := tx.Query(ctx, `select source_id, line, business_on, debit, credit, amount_cents, cause from ledger_entries
		where city_id = $1 and phase = 'posted' and cause in (`+strings.Join(places, ", ")+`) order by business_on, source_id, line`, args...)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	err = rows.Each(func(scan func(...any) error) error {
		var e Entry
		err := scan(&e.Source, &e.Line, &e.On, &e.Debit, &e.Credit, &e.Amount, &e.Cause)
		entries = append(entries, e)
		return err
	})
	return entries, err
}
