package till

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/money"
)

// ScanLine says how a town's bills are read by a scanner: fields one behind the
// other, as many places as each says. Layouts are data; a town may have several,
// for old bills keep coming.
type ScanLine struct {
	Name   string
	Fields []ScanField
}

// ScanField is some places of a scan line.
type ScanField struct {
	Kind   ScanKind
	Places int
	Text   string     // of a fixed field
	Check  CheckDigit // of a check digit
}

// ScanKind is what stands in a field.
type ScanKind string

// The kinds.
const (
	ScanNumber  ScanKind = "utility_account"
	ScanAmount  ScanKind = "amount" // in cents
	ScanFixed   ScanKind = "fixed"  // the same on all bills
	ScanIgnored ScanKind = "ignored"
	ScanCheck   ScanKind = "check" // a digit that checks all before it
)

// CheckDigit is a way of making a check digit.
type CheckDigit string

// The ways: weights 2 and 1 from the right with the digits of products added
// (Luhn); weights 2 to 7 from the right modulo 11; weights 7, 3 and 1 from the left
// modulo 10.
const (
	Mod10  CheckDigit = "mod10"
	Mod11  CheckDigit = "mod11"
	Mod731 CheckDigit = "731"
)

// Scanned is what a bill says of itself.
type Scanned struct {
	Layout         string
	UtilityAccount billing.Number
	Amount         money.Amount
}

var scannable = regexp.MustCompile(`^[0-9A-Za-z]{4,80}$`)

// Check refuses a layout that names no utility account or that nothing fits.
func (l ScanLine) Check() error {
	accounts, places := 0, 0
	for _, f := range l.Fields {
		places += f.places()
		if f.Kind == ScanNumber {
			accounts++
		}
		if f.places() < 1 || f.Kind == ScanCheck && (f.Places > 1 || sum(f.Check, "0") < 0) || f.Kind == ScanAmount && f.Places > 15 {
			return fmt.Errorf("reading scan line %s: field %s of %d places", l.Name, f.Kind, f.Places)
		}
	}
	if accounts != 1 || places > 80 {
		return fmt.Errorf("reading scan line %s: %d utility account numbers in %d places", l.Name, accounts, places)
	}
	return nil
}

func (f ScanField) places() int {
	switch f.Kind {
	case ScanFixed:
		return len(f.Text)
	case ScanCheck:
		return 1
	}
	return f.Places
}

// Scan reads what a scanner or a hand put in, by the first layout that fits.
// Blanks are passed over. Returns [ErrScanUnread], and [ErrScanDigit] where a
// layout fits but for its check digit.
func Scan(layouts []ScanLine, text string) (Scanned, error) {
	text = strings.Join(strings.Fields(text), "")
	if !scannable.MatchString(text) {
		return Scanned{}, ErrScanUnread
	}
	var refusal error = ErrScanUnread
	for _, layout := range layouts {
		found, err := layout.read(text)
		if err == nil {
			return found, nil
		}
		if errors.Is(err, ErrScanDigit) {
			refusal = err
		}
	}
	return Scanned{}, refusal
}

func (l ScanLine) read(text string) (Scanned, error) {
	found := Scanned{Layout: l.Name}
	at, wrong := 0, false
	for _, f := range l.Fields {
		end := at + f.places()
		if end > len(text) {
			return Scanned{}, ErrScanUnread
		}
		right, err := f.take(&found, text[:at], text[at:end])
		if err != nil {
			return Scanned{}, err
		}
		wrong, at = wrong || !right, end
	}
	if at != len(text) {
		return Scanned{}, ErrScanUnread
	}
	if wrong {
		return Scanned{}, ErrScanDigit
	}
	return found, nil
}

// take reads one field, and reports whether a check digit is right.
func (f ScanField) take(found *Scanned, before, text string) (right bool, err error) {
	switch f.Kind {
	case ScanNumber:
		found.UtilityAccount = billing.Number(text)
	case ScanAmount:
		cents, err := whole(text)
		if err != nil {
			return false, ErrScanUnread
		}
		found.Amount = money.Cents(cents)
	case ScanFixed:
		if text != f.Text {
			return false, ErrScanUnread
		}
	case ScanCheck:
		return sum(f.Check, before) == int(text[0]-'0'), nil
	}
	return true, nil
}

// whole reads digits and nothing else.
func whole(text string) (int64, error) {
	var n int64
	for _, c := range []byte(text) {
		if c < '0' || c > '9' || len(text) > 15 {
			return 0, ErrScanUnread
		}
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// worth is what a place counts: a letter from 10, for A, to 35.
func worth(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return int(c-'a') + 10
}

// sum makes the check digit of a text, -1 for a way that there is not. Modulo 11
// has no digit for ten, which is printed as 0.
func sum(way CheckDigit, text string) int {
	total := 0
	for i := range len(text) {
		fromRight := len(text) - 1 - i
		value := worth(text[i])
		switch way {
		case Mod10:
			if fromRight%2 == 0 {
				value *= 2
			}
			total += value/10 + value%10
		case Mod11:
			total += value * (2 + fromRight%6)
		case Mod731:
			total += value * []int{7, 3, 1}[i%3]
		default:
			return -1
		}
	}
	switch way {
	case Mod10, Mod731:
		return (10 - total%10) % 10
	case Mod11:
		return (11 - total%11) % 11 % 10
	}
	return -1
}
