package money

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func inCents(amounts []Amount) []int64 {
	var cents []int64
	for _, a := range amounts {
		cents = append(cents, a.Cents())
	}
	return cents
}

func TestAllocate(t *testing.T) {
	for _, c := range []struct {
		cents   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1}, []int64{100}},
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{100, []int64{70, 20, 10}, []int64{70, 20, 10}},
		{101, []int64{70, 20, 10}, []int64{71, 20, 10}},
		{5, []int64{3, 0, 7}, []int64{2, 0, 3}}, // 1.5 and 3.5: the first of equal remainders
		{1, []int64{0, 0, 5}, []int64{0, 0, 1}},
		{0, []int64{2, 3}, []int64{0, 0}},
		{MaxCents, []int64{math.MaxInt64, math.MaxInt64}, []int64{MaxCents / 2, MaxCents / 2}},
	} {
		got, err := Cents(c.cents).Allocate(c.weights)
		if diff := cmp.Diff(c.want, inCents(got)); err != nil || diff != "" {
			t.Errorf("Cents(%d).Allocate(%v): %v\n%s", c.cents, c.weights, err, diff)
		}
	}
}

func TestAllocateAmongNoOne(t *testing.T) {
	for _, weights := range [][]int64{nil, {}, {0}, {0, 0}, {3, -1}, {-1}, {-1, 3}, {math.MaxInt64, math.MaxInt64, math.MaxInt64}} {
		if got, err := Cents(100).Allocate(weights); !errors.Is(err, ErrShares) {
			t.Errorf("Allocate(%v) = %v, %v; want ErrShares", weights, got, err)
		}
	}
	for _, n := range []int{0, -1} {
		if got, err := Cents(100).Split(n); !errors.Is(err, ErrShares) {
			t.Errorf("Split(%d) = %v, %v; want ErrShares", n, got, err)
		}
	}
}

func TestAllocateLosesNoCent(t *testing.T) {
	weight := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, MaxCents))
	rapid.Check(t, func(t *rapid.T) {
		whole := amounts().Draw(t, "whole")
		weights := rapid.SliceOfN(weight, 1, 20).Filter(func(w []int64) bool { return slices.Max(w) > 0 }).Draw(t, "weights")
		parts, err := whole.Allocate(weights)
		if err != nil || Sum(parts...) != whole || len(parts) != len(weights) {
			t.Fatalf("%v.Allocate(%v) = %v, %v", whole, weights, parts, err)
		}
		for i, part := range parts {
			if weights[i] == 0 && !part.IsZero() {
				t.Fatalf("%v.Allocate(%v): a weight of zero got %v", whole, weights, part)
			}
			if whole.Abs().Less(part.Abs()) || part.IsNegative() && !whole.IsNegative() || part.IsPositive() && !whole.IsPositive() {
				t.Fatalf("%v.Allocate(%v): part %v is no part", whole, weights, part)
			}
		}
	})
}

// TestAllocateFavorsTheFirst: of equal weights an earlier one never gets less.
func TestAllocateFavorsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := Cents(rapid.Int64Range(0, 10_000).Draw(t, "whole"))
		weights := rapid.SliceOfN(rapid.Int64Range(1, 3), 1, 60).Draw(t, "weights")
		parts, err := whole.Allocate(weights)
		if err != nil {
			t.Fatal(err)
		}
		last := map[int64]Amount{}
		for i, part := range parts {
			if before, ok := last[weights[i]]; ok && before.Less(part) {
				t.Fatalf("%v.Allocate(%v) = %v", whole, weights, parts)
			}
			last[weights[i]] = part
		}
	})
}

func TestSplitIsEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, n := amounts().Draw(t, "whole"), rapid.IntRange(1, 60).Draw(t, "n")
		parts, err := whole.Split(n)
		if err != nil || len(parts) != n || Sum(parts...) != whole {
			t.Fatalf("%v.Split(%d) = %v, %v", whole, n, parts, err)
		}
		first, last := parts[0].Abs(), parts[n-1].Abs()
		if Cents(1).Less(first.Sub(last)) || !slices.IsSortedFunc(parts, func(a, b Amount) int { return b.Abs().Compare(a.Abs()) }) {
			t.Fatalf("%v.Split(%d) = %v, want larger parts first, within a cent", whole, n, parts)
		}
	})
}
