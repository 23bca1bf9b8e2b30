package city

import (
	"context"
	"encoding/hex"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// ErrNotSealed: a file stands in the database that this installation has not
// applied, or not so.
var ErrNotSealed = fault.New(fault.Conflict, "city_file_not_sealed")

// sealOf is the seal of a version: it binds the file's content to the town and to
// its number. Whoever can write to the database, and nothing else, cannot make it.
func sealOf(key secret.Key, city id.City, number int64, file []byte) string {
	return hex.EncodeToString(key.MAC("city.version", sealed(city, number, file)))
}

func sealed(city id.City, number int64, file []byte) []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s", city, number, digest(file))
}

// check refuses a version that is not as it was applied.
func (v Version) check(key secret.Key, city id.City, file []byte, seals []string) error {
	for _, seal := range seals {
		sum, err := hex.DecodeString(seal)
		if err == nil && v.Digest == digest(file) && key.Check("city.version", sealed(city, v.Number, file), sum) {
			return nil
		}
	}
	return ErrNotSealed
}

// SealAll seals every file that is in force and was applied before there were
// seals. It is for the one start that brings the seals: later, what has none was
// not applied.
func (r *Registry) SealAll(ctx context.Context) error {
	current, err := r.current(ctx)
	if err != nil {
		return err
	}
	for city, newest := range current {
		err := r.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			for number := int64(1); number <= newest; number++ {
				_, file, err := rowOf(ctx, tx, city, number)
				if err != nil {
					return err
				}
				insertSeal(tx, number, sealOf(r.key, city, number, file))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("sealing the files of %s: %w", city, err)
		}
	}
	return nil
}

func (r *Registry) current(ctx context.Context) (current map[id.City]int64, err error) {
	err = r.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		current, err = selectCurrent(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the towns: %w", err)
	}
	return current, nil
}
