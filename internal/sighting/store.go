package sighting

import (
	"context"
	"strings"
	"time"

	"clearwell/internal/db"
)

// row is a sighting as it is stored.
type row struct {
	Sighting
	networks []string // keyed digests
}

const columns = `id, kind, origin, directive, blocked, source, page, release, page_manifest, sample, networks, reports, first_at, last_at, alarmed_at`

func scanRow(scan func(...any) error) (row, error) {
	var (
		r                    row
		networks             string
		first, last, alarmed int64
	)
	err := scan(&r.ID, &r.Report.Kind, &r.Report.Origin, &r.Report.Directive, &r.Report.Blocked, &r.Report.Source, &r.Report.Page,
		&r.Release, &r.PageManifest, &r.Report.Sample, &networks, &r.Reports, &first, &last, &alarmed)
	r.networks = strings.Fields(networks)
	r.Networks, r.FirstAt, r.LastAt, r.AlarmedAt = len(r.networks), db.Time(first), db.Time(last), db.Time(alarmed)
	return r, err
}

func selectShape(ctx context.Context, tx *db.Tx, shape string) (one row, found bool, err error) {
	rows, err := tx.Query(ctx, `select `+columns+` from sightings where city_id = $1 and shape = $2`, tx.City(), shape)
	if err != nil {
		return row{}, false, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		found = true
		one, err = scanRow(scan)
		return err
	})
	return one, found, err
}

func countSince(ctx context.Context, tx *db.Tx, since time.Time) (n int, err error) {
	err = tx.QueryRow(ctx, `select count(*) from sightings where city_id = $1 and first_at > $2`, tx.City(), db.Micros(since)).Scan(&n)
	return n, err
}

// insert adds a shape. Whoever adds it on another node at this moment is counted
// with it, but for their network.
func insert(tx *db.Tx, r row) {
	tx.Exec(`insert into sightings (city_id, id, shape, kind, origin, directive, blocked, source, page, release, page_manifest,
		sample, networks, reports, first_at, last_at, alarmed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14, $15)
		on conflict (city_id, shape) do update set reports = sightings.reports + 1`,
		tx.City(), r.ID, r.Report.shape(r.PageManifest), r.Report.Kind, r.Report.Origin, r.Report.Directive, r.Report.Blocked,
		r.Report.Source, r.Report.Page, r.Release, r.PageManifest, r.Report.Sample, strings.Join(r.networks, " "),
		db.Micros(r.FirstAt), db.Micros(r.AlarmedAt))
}

func update(tx *db.Tx, r row) {
	tx.Exec(`update sightings set reports = reports + 1, networks = $1, last_at = $2, alarmed_at = $3 where city_id = $4 and id = $5`,
		strings.Join(r.networks, " "), db.Micros(r.LastAt), db.Micros(r.AlarmedAt), tx.City(), r.ID)
}

func selectAll(ctx context.Context, tx *db.Tx, extensions bool) ([]Sighting, error) {
	rows, err := tx.Query(ctx, `select `+columns+` from sightings where city_id = $1 order by last_at desc, id`, tx.City())
	if err != nil {
		return nil, err
	}
	var all []Sighting
	err = rows.Each(func(scan func(...any) error) error {
		one, err := scanRow(scan)
		if extensions || one.Report.Origin == Page {
			all = append(all, one.Sighting)
		}
		return err
	})
	return all, err
}

func selectOne(ctx context.Context, tx *db.Tx, wanted ID) (Sighting, error) {
	rows, err := tx.Query(ctx, `select `+columns+` from sightings where city_id = $1 and id = $2`, tx.City(), wanted)
	if err != nil {
		return Sighting{}, err
	}
	found := ErrUnknown
	var one row
	err = rows.Each(func(scan func(...any) error) error {
		found = nil
		one, err = scanRow(scan)
		return err
	})
	if err != nil {
		return Sighting{}, err
	}
	if found != nil {
		return Sighting{}, found
	}
	return one.Sighting, nil
}
