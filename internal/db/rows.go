package db

// cursor is what both drivers' rows can do.
type cursor interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// Rows is the result of a query.
type Rows struct {
	cursor
	closer func() error
}

// Close ends the query and returns its error, if any. Closing twice is harmless.
func (r *Rows) Close() error {
	if r.closer == nil {
		return nil
	}
	closer := r.closer
	r.closer = nil
	return closer()
}

// Each scans every row with scan and closes the rows. The error comes from
// closing, which gives it the name of this package; Err gives the driver's own.
func (r *Rows) Each(scan Scanning) error {
	defer r.Close()
	for r.Next() {
		if err := scan(r.Scan); err != nil {
			return err
		}
	}
	return r.Close()
}

// Row is the result of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan reads the row. Returns [ErrNoRows] when there is none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Close(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}
