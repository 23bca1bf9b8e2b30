package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

func insertUnsealed(tx *db.Tx, r Row) {
	tx.Exec(`insert into audit_unsealed (city_id, id, recorded_at, actor, action, thing, detail)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		string(tx.City()), r.ID, r.RecordedAt, r.Actor, r.Action, r.Thing, r.Detail)
}

// unsealedCities lists the cities with events to seal. Only the operator's
// transaction sees them all.
func unsealedCities(ctx context.Context, tx *db.Tx) ([]id.City, error) {
	rows, err := tx.Query(ctx, "select distinct city_id from audit_unsealed order by city_id")
	if err != nil {
		return nil, err
	}
	var cities []id.City
	err = rows.Each(func(scan func(...any) error) error {
		var city string
		err := scan(&city)
		cities = append(cities, id.City(city))
		return err
	})
	return cities, err
}

func countUnsealed(ctx context.Context, tx *db.Tx, city id.City) (int64, error) {
	var count int64
	err := tx.QueryRow(ctx, "select count(*) from audit_unsealed where city_id = $1", string(city)).Scan(&count)
	return count, err
}

// takeUnsealed removes the oldest unsealed events and gives them, in no order.
// It is one statement, so that an event which commits meanwhile is either taken
// whole or stays.
func takeUnsealed(ctx context.Context, tx *db.Tx, city id.City, limit int) ([]Row, error) {
	rows, err := tx.Query(ctx, `delete from audit_unsealed where city_id = $1 and id in (
			select id from audit_unsealed where city_id = $1 order by id limit $2)
		returning id, recorded_at, actor, action, thing, detail`, string(city), limit)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

// insertEvents stores rows as the leaves from first on.
func insertEvents(ctx context.Context, tx *db.Tx, city id.City, first int64, rows []Row) error {
	columns := []string{"city_id", "leaf_index", "id", "recorded_at", "actor", "action", "thing", "detail"}
	next := 0
	_, err := tx.CopyIn(ctx, "audit_events", columns, func() ([]any, error) {
		if next == len(rows) {
			return nil, nil
		}
		r, index := rows[next], first+int64(next)
		next++
		return []any{string(city), index, r.ID, r.RecordedAt, r.Actor, r.Action, r.Thing, r.Detail}, nil
	})
	return err
}

// storedHash is a node of a tree at its place in storage. That of a leaf names
// the leaf's event.
type storedHash struct {
	index int64
	hash  tlog.Hash
	event string
}

func insertHashes(ctx context.Context, tx *db.Tx, city id.City, hashes []storedHash) error {
	next := 0
	_, err := tx.CopyIn(ctx, "audit_hashes", []string{"city_id", "hash_index", "hash", "event_id"}, func() ([]any, error) {
		if next == len(hashes) {
			return nil, nil
		}
		h := hashes[next]
		next++
		return []any{string(city), h.index, h.hash[:], h.event}, nil
	})
	return err
}

// loadHashes gives the hashes at some places, in their order.
func loadHashes(ctx context.Context, tx *db.Tx, city id.City, indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	args, marks := []any{string(city)}, make([]string, len(indexes))
	for i, index := range indexes {
		args = append(args, index)
		marks[i] = fmt.Sprintf("$%d", i+2)
	}
	rows, err := tx.Query(ctx, "select hash_index, hash, event_id from audit_hashes where city_id = $1 and hash_index in ("+
		strings.Join(marks, ", ")+")", args...)
	if err != nil {
		return nil, err
	}
	found := map[int64]tlog.Hash{}
	err = rows.Each(func(scan func(...any) error) error {
		h, err := scanHash(scan)
		found[h.index] = h.hash
		return err
	})
	if err != nil {
		return nil, err
	}
	return inOrder(indexes, found)
}

// inOrder picks the hashes at indexes. Returns [ErrDamaged] where one is gone.
func inOrder(indexes []int64, found map[int64]tlog.Hash) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hash, ok := found[index]
		if !ok {
			return nil, fmt.Errorf("%w: the hash at %d is gone", ErrDamaged, index)
		}
		hashes[i] = hash
	}
	return hashes, nil
}

// scanHash reads a hash of whatever length: damage is for the verifier to name.
func scanHash(scan func(...any) error) (storedHash, error) {
	var h storedHash
	var raw []byte
	err := scan(&h.index, &raw, &h.event)
	if len(raw) == tlog.HashSize {
		h.hash = tlog.Hash(raw)
	}
	return h, err
}

// storedNote is a checkpoint as stored: what the key column says, unproven, and
// the signed note.
type storedNote struct {
	size int64
	note string
}

func insertNote(tx *db.Tx, city id.City, n storedNote) {
	tx.Exec("insert into audit_checkpoints (city_id, tree_size, note) values ($1, $2, $3)", string(city), n.size, n.note)
}

// newestNote gives the largest checkpoint; found is false for an empty log.
func newestNote(ctx context.Context, tx *db.Tx, city id.City) (n storedNote, found bool, err error) {
	err = tx.QueryRow(ctx, `select tree_size, note from audit_checkpoints
		where city_id = $1 order by tree_size desc limit 1`, string(city)).Scan(&n.size, &n.note)
	if errors.Is(err, db.ErrNoRows) {
		return storedNote{}, false, nil
	}
	return n, err == nil, err
}

// noteToward gives the largest checkpoint behind a place and not behind another,
// and where there is none, the next.
func noteToward(ctx context.Context, tx *db.Tx, city id.City, from, to int64) (n storedNote, found bool, err error) {
	for _, query := range []string{
		`select tree_size, note from audit_checkpoints where city_id = $1 and tree_size > $2 and tree_size <= $3 order by tree_size desc limit 1`,
		`select tree_size, note from audit_checkpoints where city_id = $1 and tree_size > $2 and tree_size > $3 order by tree_size limit 1`,
	} {
		err := tx.QueryRow(ctx, query, string(city), from, to).Scan(&n.size, &n.note)
		if !errors.Is(err, db.ErrNoRows) {
			return n, err == nil, err
		}
	}
	return storedNote{}, false, nil
}

// eventsBetween gives the rows of the places from one up to another.
func eventsBetween(ctx context.Context, tx *db.Tx, city id.City, from, to int64) ([]Row, error) {
	rows, err := tx.Query(ctx, `select id, recorded_at, actor, action, thing, detail from audit_events
		where city_id = $1 and leaf_index >= $2 and leaf_index < $3 order by leaf_index`, string(city), from, to)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

// page is how many rows are read at once while a whole log is walked.
const page = 2000

// farthest bounds the places that are read: no log is as long, and the
// arithmetic of trees ends not far beyond. A row put there counts as gone.
const farthest = 1 << 60

// notesPage gives the checkpoints larger than after, smallest first.
func notesPage(ctx context.Context, tx *db.Tx, city id.City, after int64) ([]storedNote, error) {
	rows, err := tx.Query(ctx, `select tree_size, note from audit_checkpoints
		where city_id = $1 and tree_size > $2 order by tree_size limit $3`, string(city), after, page)
	if err != nil {
		return nil, err
	}
	var notes []storedNote
	err = rows.Each(func(scan func(...any) error) error {
		var n storedNote
		err := scan(&n.size, &n.note)
		notes = append(notes, n)
		return err
	})
	return notes, err
}

// placedRow is a row and the place it claims in the tree.
type placedRow struct {
	index int64
	row   Row
}

// eventsPage gives the events behind the place after, in order.
func eventsPage(ctx context.Context, tx *db.Tx, city id.City, after int64) ([]placedRow, error) {
	rows, err := tx.Query(ctx, `select leaf_index, id, recorded_at, actor, action, thing, detail from audit_events
		where city_id = $1 and leaf_index > $2 and leaf_index < $3 order by leaf_index limit $4`,
		string(city), after, farthest, page)
	if err != nil {
		return nil, err
	}
	return scanPlaced(rows)
}

func scanPlaced(rows *db.Rows) ([]placedRow, error) {
	var all []placedRow
	err := rows.Each(func(scan func(...any) error) error {
		var p placedRow
		r := &p.row
		err := scan(&p.index, &r.ID, &r.RecordedAt, &r.Actor, &r.Action, &r.Thing, &r.Detail)
		all = append(all, p)
		return err
	})
	return all, err
}

// eventsOf gives all events of a thing, sealed or not, in the order of their
// recording.
func eventsOf(ctx context.Context, tx *db.Tx, city id.City, thing string) ([]Row, error) {
	rows, err := tx.Query(ctx, `select id, recorded_at, actor, action, thing, detail from audit_events
			where city_id = $1 and thing = $2
		union all select id, recorded_at, actor, action, thing, detail from audit_unsealed
			where city_id = $1 and thing = $2
		order by id`, string(city), thing)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

func scanRows(rows *db.Rows) ([]Row, error) {
	var all []Row
	err := rows.Each(func(scan func(...any) error) error {
		var r Row
		err := scan(&r.ID, &r.RecordedAt, &r.Actor, &r.Action, &r.Thing, &r.Detail)
		all = append(all, r)
		return err
	})
	return all, err
}

// findEvent gives the sealed event with an identifier.
func findEvent(ctx context.Context, tx *db.Tx, city id.City, event ID) (placedRow, error) {
	rows, err := tx.Query(ctx, `select leaf_index, id, recorded_at, actor, action, thing, detail from audit_events
		where city_id = $1 and id = $2`, string(city), event.String())
	if err != nil {
		return placedRow{}, err
	}
	found, err := scanPlaced(rows)
	if err == nil && len(found) == 0 {
		err = ErrNotSealed
	}
	if err != nil {
		return placedRow{}, err
	}
	return found[0], nil
}

// hashesPage gives the stored hashes behind a place, in order.
func hashesPage(ctx context.Context, tx *db.Tx, city id.City, after int64) ([]storedHash, error) {
	rows, err := tx.Query(ctx, `select hash_index, hash, event_id from audit_hashes
		where city_id = $1 and hash_index > $2 and hash_index < $3 order by hash_index limit $4`,
		string(city), after, farthest, page)
	if err != nil {
		return nil, err
	}
	var all []storedHash
	err = rows.Each(func(scan func(...any) error) error {
		h, err := scanHash(scan)
		all = append(all, h)
		return err
	})
	return all, err
}
