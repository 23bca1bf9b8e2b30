package layout

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"clearwell/internal/calendar"
)

// index knows, of each key in a file, which row is the true one. It holds a
// digest instead of the key, so that memory does not depend on how long keys
// are: some 80 bytes a row while the file is examined, and then only for the
// keys that several rows have.
type index struct {
	rule   *duplicates
	rows   map[digest]*seen
	store  []seen // rows point into chunks, so that a million of them are a few allocations
	buffer []byte
}

type digest [16]byte

type seen struct {
	line    int64 // of the row to keep
	updated int64 // of that row, microseconds
	several bool
}

func newIndex(rule *duplicates) *index {
	if rule == nil {
		return nil
	}
	return &index{rule: rule, rows: map[digest]*seen{}}
}

// note remembers a record while the file is examined.
func (x *index) note(r *Record) {
	if x == nil {
		return
	}
	key, at := x.key(r), r.Updated.UnixMicro()
	known, found := x.rows[key]
	if !found {
		x.rows[key] = x.keep(seen{line: r.Line, updated: at})
		return
	}
	known.several = true
	newer := x.rule.keep == keepLast || x.rule.keep == keepLatest && at >= known.updated
	if newer {
		known.line, known.updated = r.Line, at
	}
}

const seenChunk = 4096

func (x *index) keep(s seen) *seen {
	if len(x.store) == cap(x.store) {
		x.store = make([]seen, 0, seenChunk)
	}
	x.store = append(x.store, s)
	return &x.store[len(x.store)-1]
}

// settle forgets the keys that one row alone has: nothing is to be said of them.
// The memory is free before the rows are delivered and stored.
func (x *index) settle() {
	if x == nil {
		return
	}
	rivals := map[digest]*seen{}
	for key, known := range x.rows {
		if known.several {
			copied := *known // the chunk it stands in is let go
			rivals[key] = &copied
		}
	}
	x.rows, x.store = rivals, nil
}

// judge says what is to become of a record when the file is delivered.
func (x *index) judge(r *Record) (Code, string) {
	if x == nil {
		return "", ""
	}
	known := x.rows[x.key(r)]
	switch {
	case known == nil || !known.several:
		return "", ""
	case x.rule.keep == keepNone && known.line == r.Line:
		return CodeDuplicate, "further rows have the same " + x.rule.words()
	case x.rule.keep == keepNone:
		return CodeDuplicate, fmt.Sprintf("line %d has the same %s", known.line, x.rule.words())
	case known.line == r.Line:
		return "", ""
	}
	return CodeSuperseded, fmt.Sprintf("line %d with the same %s is the one to keep", known.line, x.rule.words())
}

func (d *duplicates) words() string {
	text := ""
	for i, n := range d.key {
		if i > 0 {
			text += " and "
		}
		text += n.String()
	}
	return text
}

// key digests the values of the key. Each is written with its length, so that
// no two keys read alike.
func (x *index) key(r *Record) digest {
	b := x.buffer[:0]
	for _, n := range x.rule.key {
		b = appendValue(b, r, n)
	}
	x.buffer = b
	whole := sha256.Sum256(b)
	return digest(whole[:16])
}

func appendValue(b []byte, r *Record, n Noun) []byte {
	is := &vocabulary[n]
	switch {
	case is.text != nil:
		text := *is.text(r)
		if n == UtilityAccount {
			text = r.Number
		}
		b = binary.AppendUvarint(b, uint64(len(text)))
		return append(b, text...)
	case is.date != nil:
		return binary.AppendVarint(b, int64(is.date(r).Sub(calendar.Date{})))
	case is.moment != nil:
		return binary.AppendVarint(b, is.moment(r).UnixMicro())
	case is.amount != nil:
		return binary.AppendVarint(b, is.amount(r).Cents())
	case is.quantity != nil:
		return binary.AppendVarint(b, int64(*is.quantity(r)))
	case is.integer != nil:
		return binary.AppendVarint(b, *is.integer(r))
	}
	return fmt.Append(b, *is.flag(r))
}
