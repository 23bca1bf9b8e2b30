package money

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"

	"clearwell/internal/fault"
)

// MaxCents is the greatest magnitude of an amount, in cents. Two of them add
// up without nearing the end of an int64, which keeps every check here simple.
const MaxCents = 1_000_000_000_000_000

// ErrRange refuses an amount beyond [MaxCents] either way.
var ErrRange = fault.New(fault.Invalid, "amount_out_of_range")

// Amount is a number of US cents. The zero value is no money. Amounts compare
// with ==.
type Amount struct{ cents int64 }

// outOfRange stands for every result beyond MaxCents. It is greater than any
// amount, so that limits refuse it.
const outOfRange = math.MaxInt64

// Cents makes an amount of n cents. Beyond [MaxCents] it is out of range.
func Cents(n int64) Amount {
	if n < -MaxCents || n > MaxCents {
		return Amount{outOfRange}
	}
	return Amount{n}
}

// Cents gives the amount in cents, and [math.MaxInt64] for one out of range.
func (a Amount) Cents() int64 { return a.cents }

// Err returns [ErrRange] for an amount out of range, otherwise nil.
func (a Amount) Err() error {
	if a.cents == outOfRange {
		return ErrRange
	}
	return nil
}

// Add gives a + b.
func (a Amount) Add(b Amount) Amount {
	if a.cents == outOfRange || b.cents == outOfRange {
		return Amount{outOfRange}
	}
	return Cents(a.cents + b.cents)
}

// Sub gives a - b.
func (a Amount) Sub(b Amount) Amount { return a.Add(b.Neg()) }

// Neg gives -a.
func (a Amount) Neg() Amount {
	if a.cents == outOfRange {
		return a
	}
	return Amount{-a.cents}
}

// Abs gives a without its sign.
func (a Amount) Abs() Amount {
	if a.cents < 0 {
		return a.Neg()
	}
	return a
}

// Sum adds amounts from first to last. The sum of none is zero; a sum that is
// out of range on the way stays so.
func Sum(amounts ...Amount) Amount {
	var sum Amount
	for _, a := range amounts {
		sum = sum.Add(a)
	}
	return sum
}

// Min gives the least of a and others; out of range if any of them is.
func Min(a Amount, others ...Amount) Amount {
	least := a
	for _, other := range others {
		switch {
		case least.cents == outOfRange || other.cents == outOfRange:
			return Amount{outOfRange}
		case other.Less(least):
			least = other
		}
	}
	return least
}

// Max gives the greatest of a and others; out of range if any of them is.
func Max(a Amount, others ...Amount) Amount {
	greatest := a
	for _, other := range others {
		if greatest.Less(other) {
			greatest = other
		}
	}
	return greatest
}

// Compare gives -1, 0 or 1 as a is less than, equal to or greater than b.
func (a Amount) Compare(b Amount) int { return cmp.Compare(a.cents, b.cents) }

// Less reports whether a is less than b. Nothing is greater than an amount
// out of range.
func (a Amount) Less(b Amount) bool { return a.cents < b.cents }

// IsZero reports whether a is no money.
func (a Amount) IsZero() bool { return a.cents == 0 }

// IsPositive reports whether a is more than nothing. An amount out of range is
// not: nobody may be charged it.
func (a Amount) IsPositive() bool { return a.cents > 0 && a.cents != outOfRange }

// IsNegative reports whether a is less than nothing.
func (a Amount) IsNegative() bool { return a.cents < 0 }

// BasisPoints gives bp hundredths of a percent of a, rounded to the cent, half
// a cent away from zero: 2.75 % of $10.00 is BasisPoints(275), 28 cents.
func (a Amount) BasisPoints(bp int64) Amount {
	const whole = 10_000
	if a.cents == outOfRange {
		return a
	}
	hi, lo := bits.Mul64(magnitude(a.cents), magnitude(bp))
	lo, carry := bits.Add64(lo, whole/2, 0)
	hi += carry
	if hi >= whole { // the quotient would not fit 64 bits
		return Amount{outOfRange}
	}
	cents, _ := bits.Div64(hi, lo, whole)
	return signed(cents, (a.cents < 0) != (bp < 0))
}

// magnitude is n without its sign, which every int64 has.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// signed makes an amount of a magnitude and a sign.
func signed(cents uint64, negative bool) Amount {
	if cents > MaxCents {
		return Amount{outOfRange}
	}
	if negative {
		return Amount{-int64(cents)}
	}
	return Amount{int64(cents)}
}

// String writes dollars and cents for staff and logs: "-1234.56". What
// residents read is printed by package locale.
func (a Amount) String() string {
	if a.cents == outOfRange {
		return "out of range"
	}
	sign := ""
	if a.cents < 0 {
		sign = "-"
	}
	cents := magnitude(a.cents)
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}
