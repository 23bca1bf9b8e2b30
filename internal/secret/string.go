package secret

import (
	"crypto/subtle"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const mask = "[redacted]"

// String is a secret text. The zero value is empty. Strings do not compare with
// ==, which stops at the first difference and tells where by its time; use
// [String.Equal].
type String struct {
	redacted

	// reveal holds the text in a closure, where reflection does not reach: fmt
	// and go-cmp look into the unexported fields of others without asking their
	// methods, and follow pointers.
	reveal func() string
}

// New makes a secret of text.
func New(text string) String { return String{reveal: func() string { return text }} }

// Reveal gives the text itself. Whoever calls it answers for where it goes.
func (s String) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsEmpty reports whether there is no text.
func (s String) IsEmpty() bool { return s.Reveal() == "" }

// Equal compares in a time that depends on the lengths alone.
func (s String) Equal(other String) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// UnmarshalText reads a secret from a configuration. It refuses what a secret
// prints as, which is what a copied listing holds in place of the secret.
func (s *String) UnmarshalText(text []byte) error {
	if string(text) == mask {
		return fmt.Errorf("reading a secret: it says %s", mask)
	}
	*s = New(string(text))
	return nil
}

// redacted answers for a secret wherever values are turned into text.
type redacted struct{}

// String is [redacted].
func (redacted) String() string { return mask }

// GoString is [redacted].
func (redacted) GoString() string { return mask }

// Format prints [redacted] whatever the verb.
func (redacted) Format(f fmt.State, _ rune) {
	io.WriteString(f, mask) // fmt's own buffer: it takes everything
}

// MarshalText writes [redacted].
func (redacted) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON writes "[redacted]".
func (redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// LogValue logs [redacted].
func (redacted) LogValue() slog.Value { return slog.StringValue(mask) }

// Value refuses to be stored: seal the secret first.
func (redacted) Value() (driver.Value, error) {
	return nil, errors.New("storing a secret: it is not sealed")
}
