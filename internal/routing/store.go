package routing

import (
	"context"
	"errors"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

func insertDirectory(tx *db.Tx, digest string, done Imported, by audit.Actor) {
	tx.Exec(`insert into routing_directories (city_id, digest, taken_at, taken_by, numbers) values ($1, $2, $3, $4, $5)
		on conflict (city_id, digest) do update set taken_at = excluded.taken_at, taken_by = excluded.taken_by`,
		tx.City(), digest, db.Micros(tx.Now()), by, done.Numbers)
}

// newestDirectory is the digest of the directory in force; empty for none.
func newestDirectory(ctx context.Context, tx *db.Tx) (digest string, err error) {
	err = tx.QueryRow(ctx, `select digest from routing_directories where city_id = $1 order by taken_at desc, digest limit 1`, tx.City()).Scan(&digest)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return digest, err
}

// unlist marks all numbers; those of the new directory are listed again.
func unlist(tx *db.Tx) {
	tx.Exec(`update routing_numbers set listed = 0 where city_id = $1`, tx.City())
}

func insertListing(tx *db.Tx, l Listing) {
	tx.Exec(`insert into routing_numbers (city_id, number, sends_to, bank, place, changed_on, listed) values ($1, $2, $3, $4, $5, $6, 1)
		on conflict (city_id, number) do update set sends_to = excluded.sends_to, bank = excluded.bank, place = excluded.place,
			changed_on = excluded.changed_on, listed = 1`,
		tx.City(), l.Number, l.SendsTo, l.Bank, l.Place, l.ChangedOn.String())
}

func selectListing(ctx context.Context, tx *db.Tx, number Number) (Listing, error) {
	l := Listing{Number: number}
	err := tx.QueryRow(ctx, `select sends_to, bank, place from routing_numbers where city_id = $1 and number = $2 and listed = 1`,
		tx.City(), number).Scan(&l.SendsTo, &l.Bank, &l.Place)
	return l, err
}

// selectListings tells which numbers are listed.
func selectListings(ctx context.Context, tx *db.Tx) (known map[Number]struct{}, count int64, err error) {
	known = map[Number]struct{}{}
	rows, err := tx.Query(ctx, `select number from routing_numbers where city_id = $1 and listed = 1`, tx.City())
	if err != nil {
		return nil, 0, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var number Number
		err := scan(&number)
		known[number] = struct{}{}
		return err
	})
	return known, int64(len(known)), err
}
