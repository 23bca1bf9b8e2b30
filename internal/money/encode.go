package money

import (
	"database/sql/driver"
	"fmt"
	"strconv"
)

// Value stores the amount as integer cents. Returns [ErrRange].
func (a Amount) Value() (driver.Value, error) {
	if err := a.Err(); err != nil {
		return nil, fmt.Errorf("storing amount: %w", err)
	}
	return a.cents, nil
}

// Scan reads integer cents. It refuses NULL, because an amount nobody stated
// is not zero: where a column may be empty, scan into sql.Null[Amount].
// Returns [ErrRange].
func (a *Amount) Scan(src any) error {
	cents, ok := src.(int64)
	if !ok {
		return fmt.Errorf("scanning amount: unexpected %T", src)
	}
	scanned := Cents(cents)
	if err := scanned.Err(); err != nil {
		return fmt.Errorf("scanning amount of %d cents: %w", cents, err)
	}
	*a = scanned
	return nil
}

// MarshalJSON writes integer cents. Returns [ErrRange].
func (a Amount) MarshalJSON() ([]byte, error) {
	if err := a.Err(); err != nil {
		return nil, fmt.Errorf("encoding amount: %w", err)
	}
	return strconv.AppendInt(nil, a.cents, 10), nil
}

// UnmarshalJSON reads integer cents and nothing else: no decimals, no
// exponent, no string, no null. Returns [ErrMalformed], [ErrRange].
func (a *Amount) UnmarshalJSON(text []byte) error {
	cents, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("decoding amount: %w", ErrMalformed)
	}
	decoded := Cents(cents)
	if err := decoded.Err(); err != nil {
		return fmt.Errorf("decoding amount: %w", err)
	}
	*a = decoded
	return nil
}
