package mailing

import (
	"fmt"
	"strconv"
	"strings"
)

// Number is a letter's, unique in its town and printed at its foot.
type Number int

// String writes the number as it is printed, with a sign that finds every slip
// of one digit and every two that changed places: "000417-8". It is that of ISBN
// numbers of ten digits, modulo 11.
func (n Number) String() string {
	digits := fmt.Sprintf("%06d", int(n))
	return digits + "-" + checkSign(digits)
}

func checkSign(digits string) string {
	sum := 0
	for i := range len(digits) {
		sum += (len(digits) - i + 1) * int(digits[i]-'0')
	}
	if rest := (11 - sum%11) % 11; rest < 10 {
		return strconv.Itoa(rest)
	}
	return "X"
}

// ParseNumber reads a number as somebody copied it from a letter; false where it
// is none.
func ParseNumber(text string) (Number, bool) {
	digits, sign, found := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), "-")
	n, err := strconv.Atoi(digits)
	if !found || err != nil || n <= 0 || sign != checkSign(digits) {
		return 0, false
	}
	return Number(n), Number(n).String() == digits+"-"+sign
}
