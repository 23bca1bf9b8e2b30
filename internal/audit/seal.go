package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

var (
	// ErrDamaged: the stored log is not the one last signed. Nothing more is
	// sealed or proved until [Log.Verify] has told what is wrong and somebody
	// has mended it; events wait unsealed.
	ErrDamaged = errors.New("the audit log is not the one last signed")

	// ErrNotSealed: no sealed event has this identifier.
	ErrNotSealed = errors.New("no sealed event has this identifier")
)

// Log is the audit log of every city in a database. It is safe for concurrent
// use, and so are several on one database.
type Log struct {
	db   *db.DB
	key  Key
	keys []string
}

// New makes a log that signs with key. Its checkpoints may also have been
// signed by retired keys, given by their verifier texts.
func New(d *db.DB, key Key, retired ...string) *Log {
	return &Log{db: d, key: key, keys: append([]string{key.verifier}, retired...)}
}

// Verifiers are the public texts of the keys whose checkpoints the log accepts,
// its own first: what [VerifyFile] wants.
func (l *Log) Verifiers() []string { return slices.Clone(l.keys) }

// batch is how many events a transaction seals. Sealing takes about 20
// microseconds for each on either database, so that on SQLite, where there is
// one writer, payments wait 10 milliseconds for it.
const batch = 500

// Seal appends all waiting events to the tree of their city, signs what the
// tree is then, and tells how many it sealed. Where another node seals the same
// city at once, one of the two does nothing. A damaged city does not keep
// others from being sealed. Returns [ErrDamaged].
func (l *Log) Seal(ctx context.Context) (sealed int, err error) {
	var cities []id.City
	err = l.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) (err error) {
		cities, err = unsealedCities(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("looking for events to seal: %w", err)
	}
	var errs []error
	for _, city := range cities {
		n, err := l.sealCity(ctx, city)
		sealed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("sealing events of %s: %w", city, err))
		}
	}
	return sealed, errors.Join(errs...)
}

// sealCity seals batches until none is full.
func (l *Log) sealCity(ctx context.Context, city id.City) (sealed int, err error) {
	for {
		n, err := l.sealBatch(ctx, city)
		sealed += n
		if err != nil || n < batch {
			return sealed, err
		}
	}
}

func (l *Log) sealBatch(ctx context.Context, city id.City) (sealed int, err error) {
	var before Checkpoint
	err = l.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) (err error) {
		sealed = 0
		before, err = l.newest(ctx, tx, city)
		if err != nil {
			return err
		}
		sealed, err = l.extend(ctx, tx, before)
		return err
	})
	if errors.Is(err, db.ErrDuplicate) {
		return 0, l.overtaken(ctx, before)
	}
	if err != nil {
		return 0, err
	}
	return sealed, nil
}

// overtaken explains a place that was taken: by another node, whose checkpoint
// is newer then, or by somebody who wrote into the log behind our back.
func (l *Log) overtaken(ctx context.Context, before Checkpoint) error {
	var after Checkpoint
	err := l.db.Read(ctx, before.City, func(ctx context.Context, tx *db.Tx) (err error) {
		after, err = l.newest(ctx, tx, before.City)
		return err
	})
	if err == nil && after.Size == before.Size {
		err = fmt.Errorf("%w: there is something behind its end", ErrDamaged)
	}
	return err
}

// newest gives the checkpoint of the largest size, or that of the empty tree.
func (l *Log) newest(ctx context.Context, tx *db.Tx, city id.City) (Checkpoint, error) {
	stored, found, err := newestNote(ctx, tx, city)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("loading newest checkpoint: %w", err)
	}
	if !found {
		empty := frontier{}
		return Checkpoint{City: city, Root: empty.root()}, nil
	}
	keys, err := verifiers(l.keys)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := stored.open(city, keys)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: checkpoint of %d: %w", ErrDamaged, stored.size, err)
	}
	return c, nil
}

// extend seals one batch behind a checkpoint, in the caller's transaction.
func (l *Log) extend(ctx context.Context, tx *db.Tx, before Checkpoint) (sealed int, err error) {
	rows, err := takeUnsealed(ctx, tx, before.City, batch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) })
	tree := newGrowth(ctx, tx, before.City)
	if err := tree.check(before); err != nil {
		return 0, err
	}
	after, err := tree.append(before, rows)
	if err != nil {
		return 0, err
	}
	after.At = tx.Now()
	signed, err := after.sign(l.key)
	if err != nil {
		return 0, err
	}
	if err := insertEvents(ctx, tx, before.City, before.Size, rows); err != nil {
		return 0, err
	}
	insertNote(tx, before.City, storedNote{after.Size, signed})
	return len(rows), insertHashes(ctx, tx, before.City, tree.fresh)
}

// growth reads a tree's stored hashes, those of the database and those about to
// be stored.
type growth struct {
	load  func(indexes []int64) ([]tlog.Hash, error)
	known map[int64]tlog.Hash
	fresh []storedHash
}

func newGrowth(ctx context.Context, tx *db.Tx, city id.City) *growth {
	load := func(indexes []int64) ([]tlog.Hash, error) { return loadHashes(ctx, tx, city, indexes) }
	return &growth{load: load, known: map[int64]tlog.Hash{}}
}

// ReadHashes gives stored hashes, as tlog asks for them.
func (g *growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	missing := slices.DeleteFunc(slices.Clone(indexes), func(index int64) bool {
		_, known := g.known[index]
		return known
	})
	loaded, err := g.load(missing)
	if err != nil {
		return nil, err
	}
	for i, index := range missing {
		g.known[index] = loaded[i]
	}
	return inOrder(indexes, g.known)
}

// check refuses to build on a tree that is not the one signed. It also loads
// the complete subtrees, which is all that appending needs.
func (g *growth) check(signed Checkpoint) error {
	root, err := tlog.TreeHash(signed.Size, g)
	if err != nil {
		return fmt.Errorf("checking the tree: %w", err)
	}
	if root != signed.Root {
		return fmt.Errorf("%w: its root is not the signed one at %d events", ErrDamaged, signed.Size)
	}
	return nil
}

// append adds rows as leaves and gives the new tree.
func (g *growth) append(before Checkpoint, rows []Row) (Checkpoint, error) {
	size := before.Size
	for _, r := range rows {
		hashes, err := tlog.StoredHashesForRecordHash(size, r.leaf(before.City), g)
		if err != nil {
			return Checkpoint{}, fmt.Errorf("appending event %s: %w", r.ID, err)
		}
		g.keep(tlog.StoredHashIndex(0, size), r.ID, hashes)
		size++
	}
	root, err := tlog.TreeHash(size, g)
	return Checkpoint{City: before.City, Size: size, Root: root}, err
}

// keep notes the hashes that a leaf adds: its own and those of the subtrees it
// completes, which stand behind it in storage.
func (g *growth) keep(first int64, event string, hashes []tlog.Hash) {
	for i, hash := range hashes {
		index := first + int64(i)
		g.known[index] = hash
		g.fresh = append(g.fresh, storedHash{index, hash, event})
		event = "" // inner nodes have none
	}
}
