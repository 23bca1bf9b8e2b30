package imb

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// The refusals of the specification.
var (
	ErrTrackingLength  = errors.New("the tracking code has 20 digits")
	ErrTrackingDigits  = errors.New("the tracking code is digits")
	ErrBarcodeID       = errors.New("the second digit of the tracking code is 0 to 4")
	ErrRoutingLength   = errors.New("the routing code has 0, 5, 9 or 11 digits")
	ErrRoutingDigits   = errors.New("the routing code is digits")
	ErrUnreadable      = errors.New("these are not the bars of a barcode")
	ErrCheckSequence   = errors.New("the bars are damaged")
	errMailerOrService = errors.New("a piece has a service of 3 digits and a mailer of 6 or 9")
	errSerial          = errors.New("the serial number does not fit beside the mailer")
)

// trackingLength is the digits of a tracking code.
const trackingLength = 20

// Bars is how many bars a barcode has.
const Bars = 65

// Piece is what a mailer says of one letter.
type Piece struct {
	Service string // service type identifier, 3 digits: "270" is first-class with tracing
	Mailer  string // mailer identifier, 6 or 9 digits, from the Postal Service
	Serial  int    // unique among the mailer's letters of 45 days
}

// Tracking is the tracking code of a piece without presort marks: "00", service,
// mailer and serial number, 20 digits in all.
func (p Piece) Tracking() (string, error) {
	if len(p.Service) != 3 || len(p.Mailer) != 6 && len(p.Mailer) != 9 || !digits(p.Service+p.Mailer) {
		return "", errMailerOrService
	}
	width := trackingLength - 2 - 3 - len(p.Mailer)
	tracking := fmt.Sprintf("00%s%s%0*d", p.Service, p.Mailer, width, p.Serial)
	if p.Serial < 0 || len(tracking) != trackingLength {
		return "", errSerial
	}
	return tracking, nil
}

// Encode writes the barcode of a tracking code and a routing code, which is a
// ZIP code without its dashes, with the delivery point where it is known, or
// nothing. It returns one of the refusals above for others.
func Encode(tracking, routing string) (string, error) {
	if err := check(tracking, routing); err != nil {
		return "", err
	}
	value := number(tracking, routing)
	sum := checkSequence(value)
	return bars(characters(codewords(value, sum), sum)), nil
}

func check(tracking, routing string) error {
	switch {
	case len(tracking) != trackingLength, strings.Trim(tracking, " ") != tracking: // blanks are digits that are missing
		return ErrTrackingLength
	case !digits(tracking):
		return ErrTrackingDigits
	case tracking[1] > '4':
		return ErrBarcodeID
	case !slices.Contains([]int{0, 5, 9, 11}, len(routing)):
		return ErrRoutingLength
	case !digits(routing):
		return ErrRoutingDigits
	}
	return nil
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// routings are the lengths of routing codes, each with the number of the first
// code of that length (specification 3.2.1).
func routings() [4]struct{ digits, first int64 } {
	return [...]struct{ digits, first int64 }{{0, 0}, {5, 1}, {9, 100_001}, {11, 1_000_100_001}}
}

// number makes one number of both codes, of at most 102 bits. The second digit
// of the tracking code counts in fives.
func number(tracking, routing string) *big.Int {
	value := new(big.Int)
	if routing != "" {
		value.SetString(routing, 10)
	}
	for _, kind := range routings() {
		if int(kind.digits) == len(routing) {
			value.Add(value, big.NewInt(kind.first))
		}
	}
	for i := range tracking {
		value.Mul(value, big.NewInt(radix(i)))
		value.Add(value, big.NewInt(int64(tracking[i]-'0')))
	}
	return value
}

func radix(position int) int64 {
	if position == 1 {
		return 5
	}
	return 10
}

// checkSequence is the eleven-bit cyclic redundancy check of the number
// (specification appendix C), polynomial 0xF35, over 102 bits.
func checkSequence(value *big.Int) uint16 {
	const polynomial, mask, bits = 0xF35, 0x7FF, 102
	sum := uint16(mask)
	for i := bits - 1; i >= 0; i-- {
		high := sum>>10&1 != uint16(value.Bit(i))
		sum = sum << 1 & mask
		if high {
			sum ^= polynomial & mask
		}
	}
	return sum
}

// codewords cuts the number into ten: the last in base 636, the rest in base
// 1365. The last is doubled to say which way up the barcode is, and the first
// carries the eleventh bit of the check (specification 3.2.3, 3.2.4).
func codewords(value *big.Int, sum uint16) [10]int {
	var words [10]int
	rest, part := new(big.Int).Set(value), new(big.Int)
	for i := 9; i >= 0; i-- {
		rest.DivMod(rest, big.NewInt(base(i)), part)
		words[i] = int(part.Int64())
	}
	words[9] *= 2
	if sum>>10&1 == 1 {
		words[0] += firstCodewords
	}
	return words
}

// firstCodewords is how many values the first codeword has without the check.
const firstCodewords = 659

func base(position int) int64 {
	if position == 9 {
		return 636
	}
	return 1365
}
