package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"clearwell/internal/money"
)

// Reader reads a file as its layout declares, one line at a time:
//
//	for r.Next() {
//		if reject := r.Reject(); reject != nil { … } else { use(r.Record()) }
//	}
//	err := r.Err()
type Reader struct {
	layout  *Layout
	records []recordPlan // of the layout, with the columns of this file
	skips   []skip
	lines   *lines
	cells   [][]byte
	width   int // columns of the header; 0: none
	texts   texts

	record   Record
	reject   *Reject
	problems []problem

	index    *index       // what is known about duplicates; nil: nothing
	claims   *claims      // and about several bills of one utility account
	examined *Examination // of the same file; nil: none
	control  Control
	stated   [2]bool // whether a header or trailer states count, total
	whole    wholeFile
	totals   Totals
	trailed  bool // the trailer has been read
	resumed  bool // reading began in the middle: what the trailer says cannot be checked
	finished bool
	err      error
}

// wholeFile adds up every row, also those that were skipped or refused: a
// trailer counts what the file holds, not what we like of it.
type wholeFile struct {
	rows       int64
	sum        money.Amount
	unreadable int64 // rows without a readable amount
}

// problem is one thing wrong with a row.
type problem struct {
	step *step
	code Code
}

// Open begins to read a file. It reads the header, and refuses a file whose
// header does not fit. It does not know about duplicates, and a file that is
// found truncated at its end has delivered rows by then: to take a file whole
// or not at all, use [Examine].
//
// Returns [ErrEncoding], [ErrColumns], [ErrEmpty], [ErrTruncated].
func Open(l *Layout, file io.Reader) (*Reader, error) {
	r := &Reader{layout: l, lines: newLines(file)}
	r.bind(nil)
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("opening a %s file: %w", l.Name, err)
	}
	return r, nil
}

// Next moves to the next row and reports whether there is one. At the end of
// the file, or when the file is refused, it is false: see [Reader.Err].
func (r *Reader) Next() bool {
	for !r.finished {
		if !r.lines.next() {
			r.finish()
			return false
		}
		if r.line() {
			r.count()
			return true
		}
	}
	return false
}

// Record is the current row, nil if it was rejected. It is overwritten by the
// next call of Next; a copy of it may be kept.
func (r *Reader) Record() *Record {
	if r.reject != nil {
		return nil
	}
	return &r.record
}

// Reject says why the current row is not a record; nil when it is one.
func (r *Reader) Reject() *Reject { return r.reject }

// Err is why reading ended, nil at a proper end of the file.
//
// Returns [ErrTruncated], [ErrEmpty], [ErrControlTotals], [ErrAfterTrailer],
// [ErrChanged], or the error of the underlying reader.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("reading line %d: %w", r.lines.number, r.err)
}

// Totals are of the rows read so far.
func (r *Reader) Totals() Totals { return r.totals }

// Control is what the header and trailer state; complete at the end.
func (r *Reader) Control() Control { return r.control }

// Position is the place behind the current row.
func (r *Reader) Position() Position { return Position{r.lines.number, r.lines.offset} }

// fail ends the reading.
func (r *Reader) fail(err error) { r.err, r.finished = err, true }

// line reads the current line and reports whether it is a row.
func (r *Reader) line() bool {
	r.reject, r.problems = nil, r.problems[:0]
	text := r.lines.text
	if !r.lines.long && len(bytes.TrimSpace(text)) == 0 {
		return false // blank lines are not rows in any layout
	}
	if r.trailed {
		r.fail(ErrAfterTrailer)
		return false
	}
	r.record = Record{Line: r.lines.number, Offset: r.lines.start}
	code := r.cut(text)
	if code != "" {
		return r.misshapen(code)
	}
	plan := r.plan()
	if plan == nil {
		return r.misshapen(CodeUnknown)
	}
	if plan.role == RoleHeader {
		r.fail(ErrAfterTrailer.Because(errors.New("a second header: two files in one")))
		return false
	}
	return r.take(plan)
}

// cut divides the line into cells, or checks its length.
func (r *Reader) cut(text []byte) Code {
	switch {
	case r.lines.long, r.layout.fixed && len(text) != r.layout.length:
		return CodeShape
	case r.layout.fixed:
		r.cells = append(r.cells[:0], text)
		return ""
	}
	var ok bool
	r.cells, ok = split(r.cells[:0], text, r.layout.delimiter, r.layout.quote)
	if !ok {
		return CodeQuote
	}
	return ""
}

// cell gives what stands at a source; nothing where the line is too short.
func (r *Reader) cell(s source) []byte {
	switch {
	case r.layout.fixed:
		return r.cells[0][s.from:s.to]
	case s.column >= 0 && s.column < len(r.cells):
		return r.cells[s.column]
	}
	return nil
}

// plan finds which kind of record the line is.
func (r *Reader) plan() *recordPlan {
	var unmarked *recordPlan
	for i := range r.records {
		p := &r.records[i]
		if p.mark == nil {
			unmarked = p
		} else if string(bytes.TrimSpace(r.cell(p.mark.source))) == p.mark.is {
			return p
		}
	}
	return unmarked
}

// take reads the line by its plan and reports whether it is a row.
func (r *Reader) take(plan *recordPlan) bool {
	r.record.Role = plan.role
	if plan.role == RoleIgnored {
		return false
	}
	if !r.fits(plan) {
		return r.misshapen(CodeShape)
	}
	r.texts.reset()
	for i := range plan.steps {
		s := &plan.steps[i]
		if s.drop || s.noun == nounCount {
			continue
		}
		if code := r.fill(s); code != "" {
			r.problems = append(r.problems, problem{s, code})
		}
	}
	r.texts.settle(&r.record)
	if !plan.role.isRow() {
		r.takeControl(plan.role)
		return false
	}
	r.judge(plan)
	return true
}

// fits checks the number of columns: a row with one too many has had a comma
// in a name, and every column behind it is another's.
func (r *Reader) fits(plan *recordPlan) bool {
	switch {
	case r.layout.fixed || !plan.role.isRow():
		return r.layout.fixed || len(r.cells) >= plan.width
	case r.layout.columns > 0:
		return len(r.cells) == r.layout.columns
	case r.width > 0:
		return len(r.cells) == r.width
	}
	return len(r.cells) >= plan.width
}

// judge decides whether the row is a record. A declared filter comes before
// any mistake: what is wrong with a cancelled bill does not matter.
func (r *Reader) judge(plan *recordPlan) {
	for i := range r.skips {
		if r.skips[i].applies(r.cell(r.skips[i].source)) {
			r.refuse(plan, CodeFiltered, r.skips[i].reason)
			return
		}
	}
	if len(r.problems) > 0 {
		r.refuse(plan, r.problems[0].code, r.reasons())
		return
	}
	if !r.number() {
		r.blot(plan)
		r.refuse(plan, CodeNumbering, "the utility account number is not written as the town's city file says")
		return
	}
	if !r.offered() {
		r.refuse(plan, CodeService, "the town has no such service; it has: "+strings.Join(r.layout.services, ", "))
		return
	}
	code, reason := r.index.judge(&r.record)
	if code == "" {
		code, reason = r.claims.judge(&r.record)
	}
	if code != "" {
		r.refuse(plan, code, reason)
	}
}

// number finds out which utility account is meant. Whatever tells rows apart goes
// by that, and not by how it is written.
func (r *Reader) number() (ok bool) {
	r.record.Number, ok = r.record.UtilityAccount, true
	if r.layout.numbering != nil {
		r.record.Number, ok = r.layout.numbering(r.record.UtilityAccount)
	}
	return ok
}

// offered reports whether the town has the service that the row is for. A reading
// names what its meter measures in the billing system's own words, and decides
// nothing about what is owed.
func (r *Reader) offered() bool {
	if r.layout.services == nil || r.record.Service == "" || r.record.Role == RoleReading && r.record.Name == "" {
		return true
	}
	return slices.Contains(r.layout.services, r.record.Service)
}

func (s *skip) applies(cell []byte) bool {
	cell = bytes.TrimSpace(cell)
	if len(s.is) > 0 {
		return isAny(cell, s.is)
	}
	return !isAny(cell, s.unless)
}

func (r *Reader) refuse(plan *recordPlan, code Code, reason string) {
	r.reject = &Reject{Line: r.record.Line, Offset: r.record.Offset, Code: code, Reason: reason, Raw: r.masked(plan)}
}

// misshapen refuses a line that cannot be read by columns. Where the file ends
// in it, the file is cut short rather than the row wrong.
func (r *Reader) misshapen(code Code) bool {
	if !r.lines.ended {
		r.fail(ErrTruncated.Because(errors.New("it ends in the middle of a row")))
		return false
	}
	r.reject = &Reject{Line: r.record.Line, Offset: r.record.Offset, Code: code, Reason: r.shape(code), Raw: r.withheld()}
	return true
}

// shape says what is wrong with a line as a whole.
func (r *Reader) shape(code Code) string {
	switch {
	case code == CodeQuote:
		return "a quote is not closed on the line, or stands where none may"
	case code == CodeUnknown:
		return "the layout declares no record of this type"
	case r.lines.long:
		return fmt.Sprintf("the line is longer than %d bytes", maxLine)
	case r.layout.fixed:
		return fmt.Sprintf("the line has %d bytes, not %d", len(r.lines.text), r.layout.length)
	}
	return fmt.Sprintf("the line has %d columns, not %d", len(r.cells), r.expected())
}

func (r *Reader) expected() int {
	if r.layout.columns > 0 {
		return r.layout.columns
	}
	if r.width > 0 {
		return r.width
	}
	width := 0
	for _, p := range r.records {
		if p.role.isRow() {
			width = max(width, p.width)
		}
	}
	return width
}

func (r *Reader) reasons() string {
	var texts []string
	for _, p := range r.problems {
		texts = append(texts, p.step.label+" "+p.step.complaint(p.code))
	}
	return strings.Join(texts, "; ")
}

// complaint says what is wrong with a value, without repeating it.
func (s *step) complaint(code Code) string {
	switch code {
	case CodeMissing:
		return "is blank"
	case CodeDate:
		return "is not a date written " + s.written()
	case CodeAmount:
		return "is not an amount in the declared notation"
	case CodeNumber:
		return "is not a number in the declared notation"
	case CodeWord:
		return "is not one of the declared codes"
	case CodeTooLong:
		return fmt.Sprintf("is longer than %d characters", s.max)
	case CodeEncoding:
		return "has a byte that is not text in the declared encoding"
	}
	return "looks like it holds a card number"
}

func (s *step) written() string {
	texts := make([]string, len(s.patterns))
	for i, p := range s.patterns {
		texts[i] = p.text
	}
	return strings.Join(texts, " or ")
}
