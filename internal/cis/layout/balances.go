package layout

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"

	"clearwell/internal/calendar"
)

// several says what it means that one file has several newest bills of one
// utility account.
type several string

const (
	severalRefused several = "refuse" // nobody can know: none of them is taken
	severalLast    several = "last"   // the last in the file restates the others
	severalAdd     several = "add"    // each is of its own, and all are owed
)

// claims knows, of each utility account in a file, whether more than one bill
// says what is owed. Taken one after the other, each would put aside the one
// before, and what that one asked for would be lost.
// It keeps digests of 64 bits and no pointers, some 60 bytes for each utility
// account: two that met by chance would be refused, not mixed up.
type claims struct {
	seed  maphash.Seed
	bills *index // tells restatements of one bill from another bill; nil: every line is another
	of    map[uint64]claim
}

type claim struct {
	line    int64 // of the first of the newest bills
	bill    uint64
	service uint64
	date    calendar.Date
	several bool // bills of that date
	mixed   bool // bills of several services
}

func newClaims(l *Layout) *claims {
	if l.several != severalRefused {
		return nil
	}
	return &claims{seed: maphash.MakeSeed(), bills: newIndex(l.duplicates), of: map[uint64]claim{}}
}

// note remembers a bill while the file is examined. A bill without a date is the
// newest.
func (c *claims) note(r *Record) {
	if c == nil || r.Role != RoleBill || !r.Has(AmountDue) {
		return
	}
	key, bill, service := maphash.String(c.seed, r.Number), c.bill(r), maphash.String(c.seed, r.Service)
	known, found := c.of[key]
	if !found {
		known = claim{line: r.Line, bill: bill, date: r.Bill.Date, service: service}
	}
	known.mixed = known.mixed || known.service != service
	switch {
	case known.date == r.Bill.Date:
		known.several = known.several || known.bill != bill
	case newer(r.Bill.Date, known.date):
		known.line, known.bill, known.date, known.several = r.Line, bill, r.Bill.Date, false
	}
	c.of[key] = known
}

func newer(a, b calendar.Date) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

// bill tells one bill from another: by the layout's own rule, or by its line.
func (c *claims) bill(r *Record) uint64 {
	if c.bills == nil {
		return uint64(r.Line)
	}
	key := c.bills.key(r)
	return binary.BigEndian.Uint64(key[:])
}

// settle forgets the utility accounts of which one bill alone speaks.
func (c *claims) settle() {
	if c == nil {
		return
	}
	rivals := map[uint64]claim{}
	for key, known := range c.of {
		if known.several || known.mixed {
			rivals[key] = known
		}
	}
	c.of = rivals
}

// judge says what is to become of a record when the file is delivered.
func (c *claims) judge(r *Record) (Code, string) {
	if c == nil || r.Role != RoleBill || !r.Has(AmountDue) {
		return "", ""
	}
	known, found := c.of[maphash.String(c.seed, r.Number)]
	switch {
	case !found, !known.mixed && known.date != r.Bill.Date:
		return "", ""
	case known.mixed:
		return CodeSeveral, "the file has bills of several services for the utility account, and its layout does not say that they add up"
	case known.line == r.Line:
		return CodeSeveral, "the file has further bills of that date for the utility account, and its layout does not say that they add up"
	}
	return CodeSeveral, fmt.Sprintf("line %d is a bill of that date for the same utility account, and the layout does not say that they add up", known.line)
}
