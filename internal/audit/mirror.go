package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/id"
)

// Slice is a part of a city's log: the rows from a place on, and the checkpoint
// that signs the log up to the last of them.
type Slice struct {
	City       id.City `json:"city"`
	From       int64   `json:"from"`
	Rows       []Row   `json:"rows"`
	Checkpoint string  `json:"checkpoint"`
}

// What a mirror refuses.
var (
	// ErrNotNext: the slice does not begin where the mirror ends.
	ErrNotNext = errors.New("the slice does not begin where the copy ends")
	// ErrNotExtending: the checkpoint is not one of the log that was copied: rows
	// were changed, cut off or signed anew.
	ErrNotExtending = errors.New("the checkpoint does not extend what was copied")
)

// Mirror follows a city's log from outside. It holds the tree of every row that it
// was given, so that no checkpoint of another history passes it, whoever signed.
type Mirror struct {
	city   id.City
	keys   note.Verifiers
	tree   frontier
	newest Checkpoint
}

// NewMirror makes the mirror of an empty log. Keys are the public texts of those
// to trust.
func NewMirror(city id.City, keys []string) (*Mirror, error) {
	trusted, err := verifiers(keys)
	if err != nil {
		return nil, fmt.Errorf("copying the log of %s: %w", city, err)
	}
	return &Mirror{city: city, keys: trusted}, nil
}

// Size is how many rows it has.
func (m *Mirror) Size() int64 { return m.tree.size }

// Newest is the checkpoint of all of them; the zero Checkpoint before the first.
func (m *Mirror) Newest() Checkpoint { return m.newest }

// Add takes a slice, or changes nothing. Returns [ErrNotNext], [ErrNotExtending].
func (m *Mirror) Add(s Slice) error {
	c, err := openCheckpoint(s.Checkpoint, m.city, m.keys)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotExtending, err)
	case s.From != m.tree.size:
		return ErrNotNext
	case s.City != m.city || c.Size != s.From+int64(len(s.Rows)):
		return fmt.Errorf("%w: it is one of %d rows, and there are %d", ErrNotExtending, c.Size, s.From+int64(len(s.Rows)))
	case c.At.Before(m.newest.At):
		return fmt.Errorf("%w: it was signed before the one that is there", ErrNotExtending)
	}
	grown := m.tree.clone()
	for _, row := range s.Rows {
		grown.add(row.leaf(m.city))
	}
	if grown.root() != c.Root {
		return fmt.Errorf("%w: its root is another", ErrNotExtending)
	}
	m.tree, m.newest = grown, c
	return nil
}

// Compare judges the newest checkpoint that the other side says it has. One of
// fewer rows means that rows were cut off.
func (m *Mirror) Compare(signed string) error {
	c, err := openCheckpoint(signed, m.city, m.keys)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotExtending, err)
	case c.Size < m.tree.size:
		return fmt.Errorf("%w: it has %d rows, and %d were copied", ErrNotExtending, c.Size, m.tree.size)
	case c.Size == m.tree.size && c.Root != m.tree.root():
		return fmt.Errorf("%w: its root is another", ErrNotExtending)
	}
	return nil
}
