package layout

import (
	"errors"
	"fmt"
	"math"

	"clearwell/internal/money"
)

// count adds the current row to the totals.
func (r *Reader) count() {
	r.totals.Rows++
	r.whole.rows++
	r.countAmount()
	switch {
	case r.reject == nil:
		r.totals.Accepted++
		r.totals.Sum = r.totals.Sum.Add(r.record.amount())
		r.totals.Usage = r.totals.Usage.add(r.record.Reading.Usage)
	case r.reject.Skipped():
		r.totals.Skipped++
	default:
		r.totals.Refused++
	}
}

// countAmount adds the row's amount to the whole file's, whatever became of it.
func (r *Reader) countAmount() {
	switch {
	case r.record.Has(r.record.Role.sum()):
		r.whole.sum = r.whole.sum.Add(r.record.amount())
	case r.record.Role == RoleBill, r.record.Role == RolePosting, r.record.Role == "":
		r.whole.unreadable++
	}
}

// amount is what the record adds to a control total.
func (r *Record) amount() money.Amount {
	if r.Role == RolePosting {
		return r.Posting.Amount
	}
	return r.Bill.AmountDue
}

// add stays at the end of the range instead of wrapping.
func (q Quantity) add(other Quantity) Quantity {
	switch {
	case other > 0 && q > math.MaxInt64-other:
		return math.MaxInt64
	case other < 0 && q < math.MinInt64-other:
		return math.MinInt64
	}
	return q + other
}

// takeControl keeps what a header or trailer states.
func (r *Reader) takeControl(role Role) {
	if len(r.problems) > 0 {
		r.fail(ErrControlTotals.Because(fmt.Errorf("its %s cannot be read: %s", role, r.reasons())))
		return
	}
	stated := r.record.Control
	if r.record.Has(Batch) {
		r.control.Batch = stated.Batch
	}
	if r.record.Has(BusinessDate) {
		r.control.BusinessDate = stated.BusinessDate
	}
	if r.record.Has(AsOf) {
		r.control.AsOf = stated.AsOf
	}
	if r.record.Has(Count) {
		r.control.Count, r.stated[0] = stated.Count, true
	}
	if r.record.Has(Total) {
		r.control.Total, r.stated[1] = stated.Total, true
	}
	r.trailed = role == RoleTrailer
}

// finish checks at the end of the file that it is whole.
func (r *Reader) finish() {
	r.finished = true
	r.reject = nil
	switch {
	case r.lines.err != nil:
		r.err = r.lines.err
	case r.layout.hasTrailer && !r.trailed:
		r.err = ErrTruncated.Because(errors.New("its trailer is missing"))
	case r.resumed:
	case r.totals.Rows == 0 && !r.trailed:
		r.err = ErrEmpty
	case r.layout.endsLine && !r.lines.ended:
		r.err = ErrTruncated.Because(errors.New("its last line has no line end"))
	default:
		r.err = r.balance()
	}
	if r.err == nil {
		r.err = r.unchanged()
	}
}

// balance compares the file with its control totals.
func (r *Reader) balance() error {
	if err := r.whole.sum.Err(); err != nil {
		return ErrControlTotals.Because(err)
	}
	if r.stated[0] && r.control.Count != r.whole.rows {
		return ErrControlTotals.Because(fmt.Errorf("it says %d rows and has %d", r.control.Count, r.whole.rows))
	}
	if !r.stated[1] {
		return nil
	}
	if r.whole.unreadable > 0 {
		return ErrControlTotals.Because(fmt.Errorf("its total cannot be checked: %d rows have no readable amount", r.whole.unreadable))
	}
	if r.control.Total != r.whole.sum {
		return ErrControlTotals.Because(fmt.Errorf("it says %s in all and has %s", r.control.Total, r.whole.sum))
	}
	return nil
}
