package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// witness hears what a log holds: checkpoints first, then each place's recorded
// hash and row in order, and at last how many events wait.
type witness interface {
	checkpoint(n storedNote) error
	leaf(index int64, hash tlog.Hash, event string) error
	row(index int64, r Row) error
	waiting(unsealed int64) error
}

// read tells a witness all that the database holds of a city's log. Events that
// another node seals meanwhile are left out.
func (l *Log) read(ctx context.Context, city id.City, w witness) error {
	return l.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		r := newReading(ctx, tx, city)
		size, err := r.checkpoints(w)
		if err != nil {
			return fmt.Errorf("reading checkpoints of %s: %w", city, err)
		}
		if err := r.places(size, w); err != nil {
			return fmt.Errorf("reading audit log of %s: %w", city, err)
		}
		unsealed, err := countUnsealed(ctx, tx, city)
		if err != nil {
			return fmt.Errorf("counting unsealed events of %s: %w", city, err)
		}
		return w.waiting(unsealed)
	})
}

// reading walks the tables of one log side by side, a page of each at a time.
type reading struct {
	notes  cursor[storedNote]
	hashes cursor[storedHash]
	events cursor[placedRow]
	newest func() (int64, error) // the largest size that a checkpoint has now
}

func newReading(ctx context.Context, tx *db.Tx, city id.City) *reading {
	return &reading{
		notes: cursor[storedNote]{last: -1, at: func(n storedNote) int64 { return n.size }, load: func(after int64) ([]storedNote, error) {
			return notesPage(ctx, tx, city, after)
		}},
		hashes: cursor[storedHash]{last: -1, at: func(h storedHash) int64 { return h.index }, load: func(after int64) ([]storedHash, error) {
			return hashesPage(ctx, tx, city, after)
		}},
		events: cursor[placedRow]{last: -1, at: func(p placedRow) int64 { return p.index }, load: func(after int64) ([]placedRow, error) {
			return eventsPage(ctx, tx, city, after)
		}},
		newest: func() (int64, error) {
			n, _, err := newestNote(ctx, tx, city)
			return n.size, err
		},
	}
}

// checkpoints tells all checkpoints, and the size of the largest.
func (r *reading) checkpoints(w witness) (size int64, err error) {
	for {
		n, err := r.notes.peek()
		if err != nil || n == nil {
			return size, err
		}
		size = n.size
		if err := w.checkpoint(*n); err != nil {
			return size, err
		}
		r.notes.skip()
	}
}

// places tells hashes and rows, the lesser place first. What stands behind the
// newest checkpoint is told unless a newer one has appeared, which explains it.
func (r *reading) places(size int64, w witness) error {
	for asked := false; ; {
		index, tell, err := r.next(w)
		if err != nil || tell == nil {
			return err
		}
		if index >= size && !asked {
			asked = true
			now, err := r.newest()
			if err != nil || now > size {
				return err
			}
		}
		if err := tell(); err != nil {
			return err
		}
	}
}

// next gives the lesser place of the two tables, and how to tell it.
func (r *reading) next(w witness) (index int64, tell func() error, err error) {
	hash, err := r.nextLeaf()
	if err != nil {
		return 0, nil, err
	}
	event, err := r.events.peek()
	if err != nil {
		return 0, nil, err
	}
	if hash != nil {
		_, index = tlog.SplitStoredHashIndex(hash.index)
	}
	switch {
	case hash != nil && (event == nil || index <= event.index):
		r.hashes.skip()
		return index, func() error { return w.leaf(index, hash.hash, hash.event) }, nil
	case event != nil:
		r.events.skip()
		return event.index, func() error { return w.row(event.index, event.row) }, nil
	}
	return 0, nil, nil
}

// nextLeaf skips the hashes of inner nodes, which follow from the leaves.
func (r *reading) nextLeaf() (*storedHash, error) {
	for {
		hash, err := r.hashes.peek()
		if err != nil || hash == nil {
			return nil, err
		}
		if level, _ := tlog.SplitStoredHashIndex(hash.index); level == 0 {
			return hash, nil
		}
		r.hashes.skip()
	}
}

// cursor walks a table by its key.
type cursor[T any] struct {
	load   func(after int64) ([]T, error)
	at     func(T) int64
	last   int64 // the key read last
	buffer []T
	ended  bool
}

// peek gives the row next in order, nil at the end.
func (c *cursor[T]) peek() (*T, error) {
	if len(c.buffer) == 0 && !c.ended {
		rows, err := c.load(c.last)
		if err != nil {
			return nil, err
		}
		c.buffer, c.ended = rows, len(rows) < page
		if len(rows) > 0 {
			c.last = c.at(rows[len(rows)-1])
		}
	}
	if len(c.buffer) == 0 {
		return nil, nil
	}
	return &c.buffer[0], nil
}

func (c *cursor[T]) skip() { c.buffer = c.buffer[1:] }
