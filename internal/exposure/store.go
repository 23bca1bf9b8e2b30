package exposure

import (
	"context"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

func insertOccasion(tx *db.Tx, o Occasion) {
	tx.Exec(`insert into exposures
		(city_id, id, shown_at, business_on, capture_path, flow, instrument, channel, service, department,
		 utility_account, login_id, processor, page_manifest, release, node)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		string(tx.City()), o.ID.String(), db.Micros(tx.Now()), o.On.String(), string(o.CapturePath), string(o.Flow),
		string(o.Instrument), o.Channel, o.Service, o.Department, o.UtilityAccount, o.Login, o.Processor,
		o.PageManifest, o.Release, o.Node)
}

func insertResult(tx *db.Tx, r Result) {
	tx.Exec(`insert into exposure_outcomes
		(city_id, exposure_id, attempt_id, outcome, occurred_at, entry, brand, last4, fingerprint,
		 processor_reference, payer_name, payer_address, payer_email, payer_phone)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (city_id, exposure_id, attempt_id, outcome) do nothing`,
		string(tx.City()), r.Occasion.String(), r.Attempt, string(r.Outcome), db.Micros(tx.Now()), r.Entry, r.Brand,
		r.Last4, r.Fingerprint, r.Reference, r.Payer.Name, r.Payer.Address, r.Payer.Email, r.Payer.Phone)
}

func selectRows(ctx context.Context, tx *db.Tx, first, last calendar.Date) ([]Row, error) {
	rows, err := tx.Query(ctx, `
		select e.id, e.shown_at, e.business_on, e.capture_path, e.flow, e.instrument, e.channel, e.service,
			e.department, e.utility_account, e.login_id, e.processor, e.page_manifest, e.release, e.node,
			coalesce(o.attempt_id, ''), coalesce(o.outcome, ''), coalesce(o.occurred_at, 0), coalesce(o.entry, ''),
			coalesce(o.brand, ''), coalesce(o.last4, ''), coalesce(o.fingerprint, ''),
			coalesce(o.processor_reference, ''), coalesce(o.payer_name, ''), coalesce(o.payer_address, ''),
			coalesce(o.payer_email, ''), coalesce(o.payer_phone, '')
		from exposures e
		left join exposure_outcomes o on o.city_id = e.city_id and o.exposure_id = e.id
		where e.city_id = $1 and e.business_on between $2 and $3
		order by e.id, o.occurred_at, o.outcome desc`, string(tx.City()), first.String(), last.String())
	if err != nil {
		return nil, err
	}
	var found []Row
	err = rows.Each(func(scan func(...any) error) error {
		row, err := scanRow(scan)
		found = append(found, row)
		return err
	})
	return found, err
}

func scanRow(scan func(...any) error) (Row, error) {
	var r Row
	var shown, occurred int64
	o, s := &r.Occasion, &r.Result
	err := scan(&o.ID, &shown, &o.On, &o.CapturePath, &o.Flow, &o.Instrument, &o.Channel, &o.Service,
		&o.Department, &o.UtilityAccount, &o.Login, &o.Processor, &o.PageManifest, &o.Release, &o.Node,
		&s.Attempt, &s.Outcome, &occurred, &s.Entry, &s.Brand, &s.Last4, &s.Fingerprint,
		&s.Reference, &s.Payer.Name, &s.Payer.Address, &s.Payer.Email, &s.Payer.Phone)
	s.Occasion = o.ID
	r.ShownAt, r.OccurredAt = db.Time(shown), db.Time(occurred)
	return r, err
}

func markAbandoned(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Count(ctx, `insert into exposure_outcomes
		(city_id, exposure_id, attempt_id, outcome, occurred_at, entry, brand, last4, fingerprint,
		 processor_reference, payer_name, payer_address, payer_email, payer_phone)
		select e.city_id, e.id, '', 'abandoned', cast($1 as bigint), '', '', '', '', '', '', '', '', ''
		from exposures e
		where e.shown_at < $2 and not exists (
			select 1 from exposure_outcomes o where o.city_id = e.city_id and o.exposure_id = e.id)`,
		db.Micros(tx.Now()), db.Micros(before))
}
