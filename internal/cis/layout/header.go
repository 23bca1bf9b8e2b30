package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// begin reads what stands before the rows.
func (r *Reader) begin() error {
	err := r.lines.begin()
	if err != nil {
		return err
	}
	switch r.layout.header {
	case headerNamed:
		err = r.readNames()
	case headerIgnored:
		err = r.captions()
	}
	if err == nil && r.layout.hasHeaderRow {
		err = r.readHeaderRecord()
	}
	return err
}

// captions passes over the first line, unless it reads as a row: a file without its
// captions would lose its first bill, and nobody would be told.
func (r *Reader) captions() error {
	if err := r.firstLine(); err != nil || !r.lines.ended {
		return err
	}
	row := r.line() && r.reject == nil
	r.record, r.reject, r.problems = Record{}, nil, r.problems[:0]
	if row {
		return ErrColumns.Because(errors.New("its first line is a row, where captions are declared"))
	}
	return nil
}

// firstLine moves to the first line that is not blank.
func (r *Reader) firstLine() error {
	for r.lines.next() {
		if len(strings.TrimSpace(string(r.lines.text))) > 0 || r.lines.long {
			return nil
		}
	}
	if r.lines.err != nil {
		return r.lines.err
	}
	return ErrEmpty
}

func (r *Reader) readNames() error {
	if err := r.firstLine(); err != nil {
		return err
	}
	if !r.lines.ended {
		return ErrTruncated.Because(errors.New("it ends in its header"))
	}
	if code := r.cut(r.lines.text); code != "" {
		return ErrColumns.Because(errors.New("its first line is not a row of column names"))
	}
	names := make([]string, len(r.cells))
	for i, cell := range r.cells {
		text, _ := r.layout.encoding.decode(nil, cell)
		names[i] = heading(text)
	}
	r.width = len(names)
	return r.bind(names)
}

// readHeaderRecord demands that the file's first record is its header.
func (r *Reader) readHeaderRecord() error {
	if err := r.firstLine(); err != nil {
		return err
	}
	r.record = Record{Line: r.lines.number, Offset: r.lines.start}
	if code := r.cut(r.lines.text); code != "" {
		return ErrColumns.Because(errors.New("its first line is not the declared header"))
	}
	plan := r.plan()
	if plan == nil || plan.role != RoleHeader || !r.fits(plan) {
		return ErrColumns.Because(errors.New("its first line is not the declared header"))
	}
	r.take(plan)
	return r.err
}

// bind copies the layout's plans and finds the column of each name. A name
// that two columns bear is refused: one of them would be taken by chance.
func (r *Reader) bind(names []string) error {
	b := binder{names: names}
	r.records = slices.Clone(r.layout.records)
	for i := range r.records {
		p := &r.records[i]
		p.steps = slices.Clone(p.steps)
		for j := range p.steps {
			s := &p.steps[j]
			b.source(&s.source, s.drop || s.optional)
			s.compose = slices.Clone(s.compose)
			for k := range s.compose {
				b.source(&s.compose[k].source, false)
			}
		}
		if p.mark != nil {
			bound := *p.mark
			b.source(&bound.source, false)
			p.mark = &bound
		}
	}
	r.skips = slices.Clone(r.layout.skips)
	for i := range r.skips {
		b.source(&r.skips[i].source, false)
	}
	if names == nil || len(b.problems) == 0 {
		return nil
	}
	return ErrColumns.Because(errors.New(strings.Join(b.problems, "; ")))
}

// binder finds columns by their names.
type binder struct {
	names    []string
	problems []string
}

func (b *binder) source(s *source, optional bool) {
	if len(s.names) == 0 {
		return
	}
	var found []int
	for i, name := range b.names {
		if slices.Contains(s.names, name) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		s.column = found[0]
	case len(found) > 1:
		b.problems = append(b.problems, fmt.Sprintf("columns %d and %d are both %s", found[0]+1, found[1]+1, either(s.names)))
	case !optional:
		b.problems = append(b.problems, fmt.Sprintf("there is no column %s", either(s.names)))
	}
}

func either(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, " or ")
}
