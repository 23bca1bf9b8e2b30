package locale

import (
	"strconv"

	"clearwell/internal/money"

	"github.com/bojanz/currency"
)

// Amount writes dollars and cents: "$1,234.56", "-$0.05". Spanish as read in
// the United States writes them alike.
func (p *Printer) Amount(a money.Amount) string {
	dollars, err := currency.NewAmountFromInt64(a.Cents(), "USD")
	if err != nil {
		return a.String() // USD is a currency: never so
	}
	return p.dollars.Format(dollars)
}

// Number writes a whole number with its thousands grouped: "12,345".
func (p *Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	first := 0 // of the digits, behind a minus
	if n < 0 {
		first = 1
	}
	for i := len(digits) - 3; i > first; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
