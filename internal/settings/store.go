package settings

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/secret"
)

// row is a version as it stands there, which is not yet how it was taken.
type row struct {
	Version
	settings, seal string
}

func seal(key secret.Key, number int64, settings string) string {
	return hex.EncodeToString(key.MAC("settings.version", fmt.Appendf(nil, "%d\n%s", number, settings)))
}

// open gives the version if it is as it was taken.
func (r row) open(key secret.Key) (Version, bool) {
	sum, err := hex.DecodeString(r.seal)
	if err != nil || !key.Check("settings.version", fmt.Appendf(nil, "%d\n%s", r.Number, r.settings), sum) {
		return Version{}, false
	}
	v := r.Version
	err = json.Unmarshal([]byte(r.settings), &v.Protection)
	v.Digest = digest(r.settings)
	return v, err == nil
}

// list gives all versions, the newest first.
func list(ctx context.Context, tx *db.Tx) (all []row, err error) {
	rows, err := tx.Query(ctx, `select version, taken_at, taken_by, request, settings, seal from settings_versions
		where city_id = $1 order by version desc`, tx.City())
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var r row
		var at int64
		err := scan(&r.Number, &at, &r.TakenBy, &r.Request, &r.settings, &r.seal)
		r.TakenAt = db.Time(at)
		all = append(all, r)
		return err
	})
	return all, err
}

func last(ctx context.Context, tx *db.Tx) (number int64, err error) {
	err = tx.QueryRow(ctx, `select coalesce(max(version), 0) from settings_versions where city_id = $1`, tx.City()).Scan(&number)
	return number, err
}

func insert(tx *db.Tx, v Version, seal string) {
	tx.Exec(`insert into settings_versions (city_id, version, taken_at, taken_by, request, settings, digest, seal)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.City(), v.Number, db.Micros(v.TakenAt), v.TakenBy, v.Request, v.text(), v.Digest, seal)
}
