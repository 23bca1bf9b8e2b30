package cis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
)

// delivery reads an examined file row by row. It counts everything, writes the
// rejects, and hands out the rows that can be stored.
type delivery struct {
	request  *Request
	reader   *layout.Reader
	file     *digesting
	examined *layout.Examination
	rejects  *rejects
	totals   layout.Totals
	reasons  map[layout.Code]int64
	bills    census
}

func deliver(r *Request, examined *layout.Examination, file io.ReadSeeker) (*delivery, error) {
	hashed := &digesting{file: file, sum: sha256.New()}
	reader, err := examined.Open(hashed, layout.Position{})
	if err != nil {
		return nil, err
	}
	return &delivery{
		request: r, reader: reader, file: hashed, examined: examined,
		rejects: newRejects(r.Rejects), reasons: map[layout.Code]int64{}, bills: newCensus(),
	}, nil
}

// next gives the next row that can be stored; false at the end.
func (d *delivery) next() (billing.Row, bool) {
	for d.reader.Next() {
		d.totals.Rows++
		if reject := d.reader.Reject(); reject != nil {
			d.reject(*reject)
			continue
		}
		record := d.reader.Record()
		d.accept(record)
		row := rowOf(record, d.request.Service)
		d.bills.note(&row)
		return row, true
	}
	return billing.Row{}, false
}

// batch is rows that are stored together.
type batch struct {
	rows []billing.Row
	read int64 // rows of the file that were read until then
}

// fill puts the rows behind a line into one empty batch after the other, until
// the file ends or nobody wants more.
func (d *delivery) fill(ctx context.Context, behind int64, empty <-chan []billing.Row, filled chan<- batch) {
	defer close(filled)
	for more := true; more; {
		var rows []billing.Row
		select {
		case rows = <-empty:
		case <-ctx.Done():
			return
		}
		if rows, more = d.some(rows, behind); len(rows) == 0 {
			return
		}
		select {
		case filled <- batch{rows, d.totals.Rows}:
		case <-ctx.Done():
			return
		}
	}
}

// some appends rows behind a line while there is room; false at the end.
func (d *delivery) some(rows []billing.Row, behind int64) ([]billing.Row, bool) {
	for len(rows) < cap(rows) {
		row, more := d.next()
		if !more {
			return rows, false
		}
		if row.Line > behind {
			rows = append(rows, row)
		}
	}
	return rows, true
}

func (d *delivery) accept(record *layout.Record) {
	d.totals.Accepted++
	d.totals.Sum = d.totals.Sum.Add(record.Bill.AmountDue)
}

func (d *delivery) reject(r layout.Reject) {
	d.reasons[r.Code]++
	d.rejects.write(r)
	if r.Skipped() {
		d.totals.Skipped++
	} else {
		d.totals.Refused++
	}
}

// end checks that the file was read to its end and was the one examined. A file
// of the same length that was exchanged in between has another digest.
func (d *delivery) end() error {
	if err := d.reader.Err(); err != nil {
		return err
	}
	if [sha256.Size]byte(d.file.sum.Sum(nil)) != d.examined.Digest {
		return layout.ErrChanged.Because(errors.New("its bytes are others"))
	}
	if err := d.rejects.flush(); err != nil {
		return fmt.Errorf("writing the reject file: %w", err)
	}
	return d.totals.Sum.Err()
}

// digesting digests what is read, anew when reading begins again at the start.
type digesting struct {
	file io.ReadSeeker
	sum  hash.Hash
}

// Read reads and digests.
func (d *digesting) Read(p []byte) (int, error) {
	n, err := d.file.Read(p)
	d.sum.Write(p[:n]) // a hash takes everything
	return n, err
}

// Seek goes elsewhere in the file.
func (d *digesting) Seek(offset int64, whence int) (int64, error) {
	at, err := d.file.Seek(offset, whence)
	if at == 0 {
		d.sum.Reset()
	}
	return at, err
}
