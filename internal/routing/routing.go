package routing

import (
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
)

// Number is a bank's routing number: nine digits, the last of which checks the
// others.
type Number string

var (
	// ErrNotANumber: it is not nine digits, or the check digit does not fit.
	ErrNotANumber = fault.New(fault.Invalid, "routing_number_wrong")
	// ErrUnknown: the directory does not list it.
	ErrUnknown = fault.New(fault.Refused, "routing_number_unknown")
	// ErrNotADirectory: the file is not a FedACH directory. Line.
	ErrNotADirectory = fault.New(fault.Invalid, "routing_not_a_directory")
	// ErrCutOff: the file lists far fewer numbers than the directory has. Before,
	// After.
	ErrCutOff = fault.New(fault.Refused, "routing_directory_cut_off")
)

// Parse reads a routing number as somebody typed it. Blanks and hyphens are
// forgiven. Returns [ErrNotANumber].
func Parse(text string) (Number, error) {
	n := Number(strings.NewReplacer(" ", "", "-", "").Replace(text))
	if !n.Valid() {
		return "", ErrNotANumber
	}
	return n, nil
}

const digits = 9

// Valid reports whether n is nine digits with the check digit of the American
// Bankers Association: weighted 3, 7 and 1 in turn, they add up to a multiple of
// ten. Nine zeros do too, and are nobody's.
func (n Number) Valid() bool {
	if len(n) != digits || n == "000000000" {
		return false
	}
	weights, sum := [...]int{3, 7, 1}, 0
	for i, symbol := range []byte(n) {
		if symbol < '0' || symbol > '9' {
			return false
		}
		sum += int(symbol-'0') * weights[i%3]
	}
	return sum%10 == 0
}

// Identification is the first eight digits, by which entries name a bank.
func (n Number) Identification() string { return string(n[:digits-1]) }

// CheckDigit is the ninth digit.
func (n Number) CheckDigit() string { return string(n[digits-1:]) }

// Bank is what a routing number leads to.
type Bank struct {
	Number Number // the one to use
	Typed  Number // the one asked about; another where the bank has replaced it
	Name   string // "FIRST NATIONAL BANK"; empty where no directory was imported
	Place  string // "AUSTIN, TX"
}

// Replaced reports whether the number asked about leads to another.
func (b Bank) Replaced() bool { return b.Number != b.Typed }

// Listing is one line of the directory.
type Listing struct {
	Number    Number
	SendsTo   Number // itself, or the number that replaced it
	Bank      string
	Place     string
	ChangedOn calendar.Date // zero where the file does not say
}

// Imported says what taking a directory did.
type Imported struct {
	Numbers  int64 // that the file lists
	New      int64
	Unlisted int64 // that were listed before, and are not any more
	Replaced int64 // that lead to another
	Again    bool  // this very file was taken before; nothing changed
	At       time.Time
}
