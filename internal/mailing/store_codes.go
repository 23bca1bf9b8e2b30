package mailing

import (
	"context"

	"clearwell/internal/db"
)

func countCodes(ctx context.Context, tx *db.Tx, name string) (int, error) {
	var count int
	err := tx.QueryRow(ctx, "select count(*) from mailing_codes where city_id = $1 and incident = $2", string(tx.City()), name).Scan(&count)
	return count, err
}

func countFree(ctx context.Context, tx *db.Tx, name string) (int, error) {
	var count int
	err := tx.QueryRow(ctx, "select count(*) from mailing_codes where city_id = $1 and incident = $2 and person is null",
		string(tx.City()), name).Scan(&count)
	return count, err
}

// insertCode tells how many codes it added: none where the code is there.
func insertCode(ctx context.Context, tx *db.Tx, name string, place int, digest string, sealed []byte) (int, error) {
	count, err := tx.Count(ctx, `insert into mailing_codes (city_id, incident, place, digest, sealed, person, handed_at)
		values ($1, $2, $3, $4, $5, null, 0) on conflict (city_id, incident, digest) do nothing`,
		string(tx.City()), name, place, digest, sealed)
	return int(count), err
}

// handOut gives a person the next code, unless they have one. Returns
// [ErrCodesShort].
func handOut(ctx context.Context, tx *db.Tx, name, person string) error {
	city := string(tx.City())
	var has int
	err := tx.QueryRow(ctx, "select count(*) from mailing_codes where city_id = $1 and incident = $2 and person = $3",
		city, name, person).Scan(&has)
	if err != nil || has > 0 {
		return err
	}
	tx.ExecOne(ErrCodesShort.With("Needed", 1).With("Free", 0), `update mailing_codes set person = $3, handed_at = $4
		where city_id = $1 and incident = $2 and person is null and place = (
			select min(f.place) from mailing_codes f where f.city_id = $1 and f.incident = $2 and f.person is null)`,
		city, name, person, db.Micros(tx.Now()))
	return nil
}

// selectCodes gives the sealed codes that were handed out, by person.
func selectCodes(ctx context.Context, tx *db.Tx, name string) (map[string][]byte, error) {
	rows, err := tx.Query(ctx, "select person, sealed from mailing_codes where city_id = $1 and incident = $2 and person is not null",
		string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	err = rows.Each(func(scan func(...any) error) error {
		var person string
		var sealed []byte
		err := scan(&person, &sealed)
		all[person] = sealed
		return err
	})
	return all, err
}
