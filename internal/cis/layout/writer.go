package layout

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"clearwell/internal/money"
)

// Writer writes records as a layout declares, with the header and the trailer
// it asks for. What does not fit, or has no place in the notation, is an error:
// nothing is cut, rounded or left out in silence.
type Writer struct {
	layout  *Layout
	out     *bufio.Writer
	columns []string // of a delimited file, in order; "" where they have no names
	control Control
	count   int64
	sum     money.Amount
}

// NewWriter begins a file. A layout whose header states the count and total
// takes them from control, and [Writer.Close] checks that they came true; a
// trailer states what was written.
func NewWriter(l *Layout, out io.Writer, control Control) (*Writer, error) {
	w := &Writer{layout: l, out: bufio.NewWriter(out), columns: l.captions(), control: control}
	if err := l.writable(); err != nil {
		return nil, fmt.Errorf("writing layout %s: %w", l.Name, err)
	}
	if l.encoding.mark {
		w.out.WriteString(byteOrderMark) // its error comes out of the flush
	}
	if l.header == headerNamed {
		w.end(join(nil, w.columns, l.delimiter, l.quote))
	}
	if plan := l.planOf(RoleHeader); plan != nil {
		return w, w.put(plan, w.controlRecord(control))
	}
	return w, nil
}

// writable refuses layouts that can only be read.
func (l *Layout) writable() error {
	for _, plan := range l.records {
		for _, s := range plan.steps {
			if len(s.compose) > 0 {
				return fmt.Errorf("%s is composed, which cannot be undone", s.label)
			}
		}
	}
	if l.header == headerIgnored {
		return errors.New("nobody knows its captions")
	}
	return nil
}

// captions lists a delimited file's columns: by name in the order in which
// fields first name them, or as many as are numbered.
func (l *Layout) captions() []string {
	var captions []string
	add := func(s source) {
		if len(s.names) > 0 && !slices.Contains(captions, s.caption) {
			captions = append(captions, s.caption)
		}
	}
	width := l.columns
	for _, plan := range l.records {
		width = max(width, plan.width)
		if plan.mark != nil {
			add(plan.mark.source)
		}
		for _, s := range plan.steps {
			add(s.source)
		}
	}
	if l.header == headerNamed {
		return captions
	}
	return make([]string, width)
}

func (l *Layout) planOf(role Role) *recordPlan {
	for i := range l.records {
		if l.records[i].role == role {
			return &l.records[i]
		}
	}
	return nil
}

// Write adds a row.
func (w *Writer) Write(record *Record) error {
	plan := w.layout.planOf(record.Role)
	if plan == nil {
		return fmt.Errorf("writing layout %s: it has no %s", w.layout.Name, record.Role)
	}
	row := *record
	row.setControl(w.control)
	if err := w.put(plan, &row); err != nil {
		return err
	}
	w.count++
	w.sum = w.sum.Add(record.amount())
	return w.sum.Err()
}

// Close writes the trailer and the last of the file. It does not close the
// underlying writer.
func (w *Writer) Close() error {
	totals := w.control
	totals.Count, totals.Total = w.count, w.sum
	if header := w.layout.planOf(RoleHeader); header != nil {
		if header.states(Count) && w.control.Count != w.count || header.states(Total) && w.control.Total != w.sum {
			return fmt.Errorf("writing layout %s: the header says %d rows and %s, written were %d and %s",
				w.layout.Name, w.control.Count, w.control.Total, w.count, w.sum)
		}
	}
	if plan := w.layout.planOf(RoleTrailer); plan != nil {
		if err := w.put(plan, w.controlRecord(totals)); err != nil {
			return err
		}
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("writing layout %s: %w", w.layout.Name, err)
	}
	return nil
}

// Totals are the count and the sum of what has been written.
func (w *Writer) Totals() (count int64, sum money.Amount) { return w.count, w.sum }

func (p *recordPlan) states(n Noun) bool {
	return slices.ContainsFunc(p.steps, func(s step) bool { return s.noun == n })
}

func (w *Writer) controlRecord(control Control) *Record {
	r := &Record{}
	r.setControl(control)
	r.State(Count, Total)
	return r
}

// setControl states what is known of the file.
func (r *Record) setControl(control Control) {
	r.Control = control
	if control.Batch != "" {
		r.State(Batch)
	}
	if !control.BusinessDate.IsZero() {
		r.State(BusinessDate)
	}
}

// put writes one record by its plan.
func (w *Writer) put(plan *recordPlan, r *Record) error {
	line, err := w.compose(plan, r)
	if err != nil {
		return fmt.Errorf("writing layout %s, %s %d: %w", w.layout.Name, plan.role, w.count+1, err)
	}
	w.end(line)
	return nil
}

func (w *Writer) end(line []byte) {
	w.out.Write(line) // its error comes out of the flush
	w.out.WriteString(w.layout.lineEnd)
}

func (w *Writer) compose(plan *recordPlan, r *Record) ([]byte, error) {
	if w.layout.fixed {
		return w.composeFixed(plan, r)
	}
	cells := make([]string, len(w.columns))
	if !plan.role.isRow() {
		cells = cells[:plan.width]
	}
	if plan.mark != nil {
		cells[w.column(plan.mark.source)] = plan.mark.is
	}
	for i := range plan.steps {
		s := &plan.steps[i]
		if !s.source.stands() {
			continue
		}
		text, err := s.write(r, 0)
		if err == nil {
			text, err = w.check(s, text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.label, err)
		}
		cells[w.column(s.source)] = text
	}
	return join(nil, cells, w.layout.delimiter, w.layout.quote), nil
}

func (w *Writer) column(s source) int {
	if len(s.names) > 0 {
		return slices.Index(w.columns, s.caption)
	}
	return s.column
}

// check gives text in the file's encoding, and refuses what would break the
// line or does not belong in any file.
func (w *Writer) check(s *step, text string) (string, error) {
	encoded, ok := w.layout.encoding.encode(text)
	if ok {
		_, ok = w.layout.encoding.decode(nil, encoded)
	}
	switch {
	case !ok:
		return "", fmt.Errorf("it cannot be written in %s", w.layout.encoding.name)
	case !s.longNumbers && suspicious([]byte(text)) && cardContains(text):
		return "", errors.New("it looks like it holds a card number")
	case !w.layout.fixed && w.layout.quote == 0 && bytes.IndexByte(encoded, w.layout.delimiter) >= 0:
		return "", errors.New("it holds the delimiter, and the layout has no quotes")
	}
	return string(encoded), nil
}

func (w *Writer) composeFixed(plan *recordPlan, r *Record) ([]byte, error) {
	line := bytes.Repeat([]byte{' '}, w.layout.length)
	if plan.mark != nil {
		copy(line[plan.mark.from:plan.mark.to], plan.mark.is)
	}
	for i := range plan.steps {
		s := &plan.steps[i]
		if s.drop || !s.source.stands() {
			continue
		}
		if err := w.place(line[s.source.from:s.source.to], s, r); err != nil {
			return nil, fmt.Errorf("%s: %w", s.label, err)
		}
	}
	return line, nil
}

// place writes a value into its positions.
func (w *Writer) place(span []byte, s *step, r *Record) error {
	text, err := s.write(r, len(span))
	if err == nil {
		text, err = w.check(s, text)
	}
	switch {
	case err != nil:
		return err
	case len(text) > len(span) && s.cut:
		text = text[:len(span)]
	case len(text) > len(span):
		return fmt.Errorf("%d bytes do not fit into %d", len(text), len(span))
	}
	if s.right || s.zeros {
		span = span[len(span)-len(text):]
	}
	copy(span, text)
	return nil
}
