package exposure

import (
	"context"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// standing is a day with the number of changes that were known when it was
// looked at.
type standing struct {
	on      calendar.Date
	changes int64
}

// markChanged notes that a day is not what it was.
func markChanged(tx *db.Tx, on calendar.Date) {
	tx.Exec(`insert into exposure_days (city_id, business_on, changes, changed_at, tallied)
		values ($1, $2, 1, $3, -1)
		on conflict (city_id, business_on) do update set changes = exposure_days.changes + 1, changed_at = excluded.changed_at`,
		string(tx.City()), on.String(), db.Micros(tx.Now()))
}

// markOccasionChanged is markChanged for the day of an occasion.
func markOccasionChanged(tx *db.Tx, occasion ID) {
	tx.Exec(`insert into exposure_days (city_id, business_on, changes, changed_at, tallied)
		select e.city_id, e.business_on, 1, cast($3 as bigint), -1 from exposures e where e.city_id = $1 and e.id = $2
		on conflict (city_id, business_on) do update set changes = exposure_days.changes + 1, changed_at = excluded.changed_at`,
		string(tx.City()), occasion.String(), db.Micros(tx.Now()))
}

// upsertTally keeps a tally together with the number of changes that it has seen.
// Where the day has more by now, the tally is not read. A change that has not
// committed yet holds the row, so that this waits for it.
func upsertTally(tx *db.Tx, d standing, tally []byte) {
	tx.Exec(`insert into exposure_days (city_id, business_on, changes, changed_at, tallied, tally)
		values ($1, $2, $3, 0, $3, $4)
		on conflict (city_id, business_on) do update set tallied = excluded.tallied, tally = excluded.tally`,
		string(tx.City()), d.on.String(), d.changes, tally)
}

// selectUntallied finds days up to the last that changed, but not lately, and
// days after the newest tally, skipping in the index from one to the next.
func selectUntallied(ctx context.Context, tx *db.Tx, city id.City, last calendar.Date, quietSince time.Time, most int) ([]standing, error) {
	rows, err := tx.Query(ctx, `
		with recursive days(business_on) as (
			select min(e.business_on) from exposures e where e.city_id = $1 and e.business_on > (
				select coalesce(max(d.business_on), '') from exposure_days d where d.city_id = $1 and d.tallied >= 0)
			union all
			select (select min(e.business_on) from exposures e where e.city_id = $1 and e.business_on > days.business_on)
			from days where days.business_on is not null and days.business_on <= $2)
		select n.business_on, n.changes from (
			select days.business_on, 0 as changes from days
			where days.business_on is not null and not exists (
				select 1 from exposure_days d where d.city_id = $1 and d.business_on = days.business_on)
			union all
			select d.business_on, d.changes from exposure_days d
			where d.city_id = $1 and d.tallied <> d.changes and d.changed_at < $3) n
		where n.business_on <= $2 order by n.business_on limit $4`, string(city), last.String(), db.Micros(quietSince), most)
	if err != nil {
		return nil, err
	}
	var found []standing
	err = rows.Each(func(scan func(...any) error) error {
		var d standing
		err := scan(&d.on, &d.changes)
		found = append(found, d)
		return err
	})
	return found, err
}

// eachTally tells the tallies of a range that are as good as new.
func eachTally(ctx context.Context, tx *db.Tx, city id.City, days Days, each func(calendar.Date, []byte) error) error {
	first, last := bounds(days)
	rows, err := tx.Query(ctx, `select business_on, tally from exposure_days
		where city_id = $1 and business_on between $2 and $3 and tallied = changes order by business_on`, string(city), first, last)
	if err != nil {
		return err
	}
	return rows.Each(func(scan func(...any) error) error {
		var on calendar.Date
		var tally []byte
		if err := scan(&on, &tally); err != nil {
			return err
		}
		return each(on, tally)
	})
}
