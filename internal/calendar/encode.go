package calendar

import (
	"database/sql/driver"
	"fmt"
)

// Value stores the day as ISO text and the zero Date as NULL, so that a column
// that must have a day refuses one that is missing.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a day from ISO text; NULL is the zero Date.
func (d *Date) Scan(src any) error {
	if src == nil {
		*d = Date{}
		return nil
	}
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("scanning date: unexpected %T", src)
	}
	scanned, err := Parse(text)
	if err != nil {
		return fmt.Errorf("scanning date: %w", err)
	}
	*d = scanned
	return nil
}

// MarshalText writes the day in the ISO form, empty for the zero Date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day in the ISO form; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	return d.Scan(string(text))
}
