package money

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"clearwell/internal/fault"
)

// ErrShares refuses to divide an amount among no one: fewer than one part, a
// negative weight, or weights that add up to nothing or beyond 64 bits.
var ErrShares = fault.New(fault.Invalid, "shares_impossible")

// Split divides a into n parts that differ by at most a cent and add up to a.
// The larger parts come first. Returns [ErrShares], [ErrRange].
func (a Amount) Split(n int) ([]Amount, error) {
	if n < 1 {
		return nil, fmt.Errorf("splitting %s into %d: %w", a, n, ErrShares)
	}
	return a.Allocate(slices.Repeat([]int64{1}, n))
}

// Allocate divides a in proportion to weights, such as a payment over the
// balances of several services. The parts add up to a: what rounding down
// leaves over goes, a cent each, to the largest remainders, and between equal
// ones to the first. A weight of zero gets nothing.
// Returns [ErrShares], [ErrRange].
func (a Amount) Allocate(weights []int64) ([]Amount, error) {
	if err := a.Err(); err != nil {
		return nil, fmt.Errorf("allocating: %w", err)
	}
	total, err := sumWeights(weights)
	if err != nil {
		return nil, fmt.Errorf("allocating %s: %w", a, err)
	}
	return a.allocate(weights, total), nil
}

func (a Amount) allocate(weights []int64, total uint64) []Amount {
	whole := magnitude(a.cents)
	left := whole
	parts := make([]uint64, len(weights))
	remainders := make([]uint64, len(weights))
	for i, weight := range weights {
		hi, lo := bits.Mul64(whole, uint64(weight))
		parts[i], remainders[i] = bits.Div64(hi, lo, total) // fits: weight ≤ total
		left -= parts[i]
	}
	for _, i := range largestFirst(remainders)[:left] { // left < the number of remainders that are not zero
		parts[i]++
	}
	amounts := make([]Amount, len(parts))
	for i, part := range parts {
		amounts[i] = signed(part, a.cents < 0)
	}
	return amounts
}

// sumWeights adds up weights.
func sumWeights(weights []int64) (uint64, error) {
	var total uint64
	for _, weight := range weights {
		sum, carry := bits.Add64(total, uint64(weight), 0)
		if weight < 0 || carry != 0 {
			return 0, ErrShares
		}
		total = sum
	}
	if total == 0 {
		return 0, ErrShares
	}
	return total, nil
}

// largestFirst gives the indexes of remainders, largest first, equal ones in
// their order.
func largestFirst(remainders []uint64) []int {
	indexes := make([]int, len(remainders))
	for i := range indexes {
		indexes[i] = i
	}
	slices.SortStableFunc(indexes, func(i, j int) int {
		return cmp.Compare(remainders[j], remainders[i])
	})
	return indexes
}
