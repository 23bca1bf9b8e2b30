package city

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Version is a city file that was applied.
type Version struct {
	Number    int64 // 1, 2, 3 … for each town
	AppliedAt time.Time
	AppliedBy string
	Digest    string // SHA-256 of the file, in hexadecimal
}

// selectCurrent gives the version in force of each town that the transaction
// may see.
func selectCurrent(ctx context.Context, tx *db.Tx) (map[id.City]int64, error) {
	rows, err := tx.Query(ctx, `select city_id, version from cities`)
	if err != nil {
		return nil, err
	}
	current := map[id.City]int64{}
	err = rows.Each(func(scan func(...any) error) error {
		var city id.City
		var number int64
		if err := scan((*string)(&city), &number); err != nil {
			return err
		}
		current[city] = number
		return nil
	})
	return current, err
}

// selectFile gives one version of a town and its file, as it was applied. Returns
// [ErrUnknown], [ErrNotSealed].
func selectFile(ctx context.Context, tx *db.Tx, key secret.Key, city id.City, number int64) (Version, []byte, error) {
	v, file, err := rowOf(ctx, tx, city, number)
	if err != nil {
		return v, nil, err
	}
	rows, err := tx.Query(ctx, `select seal from city_seals where city_id = $1 and version = $2`, string(city), number)
	if err != nil {
		return v, nil, err
	}
	var seals []string
	err = rows.Each(func(scan func(...any) error) error {
		var seal string
		err := scan(&seal)
		seals = append(seals, seal)
		return err
	})
	if err == nil {
		err = v.check(key, city, file, seals)
	}
	return v, file, err
}

// rowOf gives a version as it stands there, which is not yet how it was applied.
func rowOf(ctx context.Context, tx *db.Tx, city id.City, number int64) (Version, []byte, error) {
	v := Version{Number: number}
	var appliedAt int64
	var file string
	err := tx.QueryRow(ctx, `select applied_at, applied_by, digest, file from city_versions
		where city_id = $1 and version = $2`, string(city), number).Scan(&appliedAt, &v.AppliedBy, &v.Digest, &file)
	if errors.Is(err, db.ErrNoRows) {
		return Version{}, nil, ErrUnknown
	}
	v.AppliedAt = db.Time(appliedAt)
	return v, []byte(file), err
}

// insertSeal seals a version. A second seal, by a newer key, does not take away
// the first.
func insertSeal(tx *db.Tx, number int64, seal string) {
	tx.Exec(`insert into city_seals (city_id, version, seal) values ($1, $2, $3)`, string(tx.City()), number, seal)
}

// selectVersions lists what was applied, the newest first.
func selectVersions(ctx context.Context, tx *db.Tx) ([]Version, error) {
	rows, err := tx.Query(ctx, `select version, applied_at, applied_by, digest from city_versions
		where city_id = $1 order by version desc`, string(tx.City()))
	if err != nil {
		return nil, err
	}
	var versions []Version
	err = rows.Each(func(scan func(...any) error) error {
		var v Version
		var appliedAt int64
		if err := scan(&v.Number, &appliedAt, &v.AppliedBy, &v.Digest); err != nil {
			return err
		}
		v.AppliedAt = db.Time(appliedAt)
		versions = append(versions, v)
		return nil
	})
	return versions, err
}

// selectHolder finds the town that has an address, none for an address that is free.
func selectHolder(ctx context.Context, tx *db.Tx, address string) (id.City, error) {
	var city id.City
	err := tx.QueryRow(ctx, `select city_id from city_addresses where address = $1`, address).Scan((*string)(&city))
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return city, err
}

func insertVersion(tx *db.Tx, v Version, file []byte) {
	tx.Exec(`insert into city_versions (city_id, version, applied_at, applied_by, digest, file)
		values ($1, $2, $3, $4, $5, $6)`,
		string(tx.City()), v.Number, db.Micros(v.AppliedAt), v.AppliedBy, v.Digest, string(file))
}

// moveCurrent puts a version in force if the one before it still is.
func moveCurrent(tx *db.Tx, number int64) {
	if number == 1 {
		tx.Exec(`insert into cities (city_id, version) values ($1, $2)`, string(tx.City()), number)
		return
	}
	tx.ExecOne(ErrFileOutdated, `update cities set version = $2 where city_id = $1 and version = $3`,
		string(tx.City()), number, number-1)
}

func replaceAddresses(tx *db.Tx, addresses []string) {
	tx.Exec(`delete from city_addresses where city_id = $1`, string(tx.City()))
	for _, address := range addresses {
		tx.Exec(`insert into city_addresses (city_id, address) values ($1, $2)`, string(tx.City()), address)
	}
}
