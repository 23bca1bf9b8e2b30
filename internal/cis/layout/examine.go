package layout

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Examination is what reading a file once has shown: that it is whole, that
// its control totals are right, and which of its duplicates are to be kept.
// Only then may its rows be taken.
type Examination struct {
	Digest  [sha256.Size]byte // of the file's bytes
	Size    int64
	Rows    int64
	Control Control

	layout *Layout
	index  *index
	claims *claims
}

// Examine reads a file to its end. Progress, if given, is called from time to
// time with the number of bytes read.
//
// Returns [ErrEmpty], [ErrTruncated], [ErrControlTotals], [ErrColumns],
// [ErrEncoding], [ErrAfterTrailer], or the error of the file.
func Examine(l *Layout, file io.Reader, progress func(bytes int64)) (*Examination, error) {
	sum := sha256.New()
	r, err := Open(l, io.TeeReader(file, sum))
	if err != nil {
		return nil, err
	}
	seen, claimed := newIndex(l.duplicates), newClaims(l)
	for r.Next() {
		if record := r.Record(); record != nil {
			seen.note(record)
			claimed.note(record)
		}
		if progress != nil && r.totals.Rows%progressRows == 0 {
			progress(r.lines.offset)
		}
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("examining a %s file: %w", l.Name, err)
	}
	seen.settle()
	claimed.settle()
	return r.examination(sum, seen, claimed), nil
}

const progressRows = 10_000

func (r *Reader) examination(sum hash.Hash, seen *index, claimed *claims) *Examination {
	e := &Examination{Size: r.lines.offset, Rows: r.totals.Rows, Control: r.control, layout: r.layout, index: seen, claims: claimed}
	sum.Sum(e.Digest[:0])
	return e
}

// Open delivers the rows of the examined file, from its beginning or from a
// position that an earlier delivery reached. Its reader refuses a file that has
// changed since, with [ErrChanged].
func (e *Examination) Open(file io.ReadSeeker, from Position) (*Reader, error) {
	_, err := file.Seek(0, io.SeekStart)
	if err != nil {
		return nil, fmt.Errorf("opening a %s file again: %w", e.layout.Name, err)
	}
	r, err := Open(e.layout, file)
	if err != nil {
		return nil, err
	}
	r.index, r.claims, r.examined = e.index, e.claims, e
	r.resumed = from.Offset > r.lines.offset
	r.trailed = from.Offset == e.Size // the trailer is behind us
	return r, r.lines.skipTo(file, from)
}

// unchanged checks at the end that it was the same file. The rows that were
// delivered are not taken back: whoever stages them must not apply them.
func (r *Reader) unchanged() error {
	switch {
	case r.examined == nil:
		return nil
	case r.lines.offset != r.examined.Size:
		return ErrChanged.Because(errors.New("its length is another"))
	case !r.resumed && r.totals.Rows != r.examined.Rows:
		return ErrChanged.Because(errors.New("its number of rows is another"))
	}
	return nil
}
