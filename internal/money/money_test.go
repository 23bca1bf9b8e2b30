package money

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// cents draws cents within range, the ends more often than chance would.
func cents() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(-MaxCents, MaxCents), rapid.Int64Range(-10_000, 10_000),
		rapid.SampledFrom([]int64{-MaxCents, MaxCents, 0}))
}

func amounts() *rapid.Generator[Amount] { return rapid.Map(cents(), Cents) }

func TestAddIsExactOrOutOfRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := cents().Draw(t, "a"), cents().Draw(t, "b")
		got := Cents(a).Add(Cents(b))
		if sum := a + b; sum < -MaxCents || sum > MaxCents {
			if !errors.Is(got.Err(), ErrRange) {
				t.Fatalf("%d + %d = %v, want out of range", a, b, got)
			}
		} else if got.Cents() != sum {
			t.Fatalf("%d + %d = %v, want %d", a, b, got, sum)
		}
	})
}

func TestAddAndSubUndoEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		if sum := a.Add(b); sum.Err() == nil && sum.Sub(b) != a {
			t.Fatalf("(%v + %v) - %v = %v", a, b, b, sum.Sub(b))
		}
		if a.Add(b) != b.Add(a) || a.Neg().Neg() != a || a.Sub(a) != (Amount{}) {
			t.Fatalf("arithmetic of %v and %v does not hold", a, b)
		}
	})
}

func TestOutOfRangeStaysSo(t *testing.T) {
	beyond := Cents(MaxCents).Add(Cents(1))
	one := Cents(1)
	for name, got := range map[string]Amount{
		"Cents above": Cents(MaxCents + 1), "Cents below": Cents(-MaxCents - 1), "Cents least": Cents(math.MinInt64),
		"below": Cents(-MaxCents).Sub(one), "Add": beyond.Add(Cents(-MaxCents)), "added": one.Add(beyond),
		"Sub": beyond.Sub(beyond), "Neg": beyond.Neg(), "Abs": beyond.Abs(), "BasisPoints": beyond.BasisPoints(0),
		"Sum": Sum(one, beyond, one), "Min": Min(one, beyond), "Min of it": Min(beyond, one), "Max": Max(one, beyond),
	} {
		if got != beyond {
			t.Errorf("%s = %v, want out of range", name, got)
		}
	}
	if beyond.IsPositive() || beyond.IsNegative() || beyond.IsZero() || beyond.Less(Cents(MaxCents)) {
		t.Error("an amount out of range passes for an amount")
	}
	if _, err := beyond.Split(2); !errors.Is(err, ErrRange) {
		t.Errorf("Split error = %v, want ErrRange", err)
	}
	if _, err := beyond.Value(); !errors.Is(err, ErrRange) {
		t.Errorf("Value error = %v, want ErrRange", err)
	}
	if _, err := beyond.MarshalJSON(); !errors.Is(err, ErrRange) {
		t.Errorf("MarshalJSON error = %v, want ErrRange", err)
	}
}

func TestOrder(t *testing.T) {
	low, none, high := Cents(-5), Amount{}, Cents(5)
	if Min(high, none, low) != low || Max(low, high, none) != high || Min(high) != high {
		t.Error("Min or Max is wrong")
	}
	if !low.Less(none) || low.Compare(high) != -1 || high.Compare(low) != 1 || none.Compare(none) != 0 {
		t.Error("amounts are out of order")
	}
	if !high.IsPositive() || !low.IsNegative() || !none.IsZero() || none.IsPositive() || none.IsNegative() || low.IsZero() {
		t.Error("a sign is wrong")
	}
	if low.Abs() != high || high.Abs() != high {
		t.Error("Abs is wrong")
	}
	if Sum() != none || Sum(low, high, high) != high {
		t.Error("Sum is wrong")
	}
}

func TestBasisPoints(t *testing.T) {
	for _, c := range []struct{ cents, bp, want int64 }{
		{10_00, 275, 28}, // 27.5
		{-10_00, 275, -28},
		{10_00, -275, -28},
		{-10_00, -275, 28},
		{10_00, 274, 27},
		{1, 5_000, 1}, // half a cent
		{1, 4_999, 0},
		{-1, 5_000, -1},
		{-1, 4_999, 0},
		{0, 300, 0},
		{123_45, 0, 0},
		{123_45, 10_000, 123_45},
		{MaxCents, 10_000, MaxCents},
		{-MaxCents, 9_999, -999_900_000_000_000},
	} {
		if got := Cents(c.cents).BasisPoints(c.bp); got.Cents() != c.want {
			t.Errorf("Cents(%d).BasisPoints(%d) = %d, want %d", c.cents, c.bp, got.Cents(), c.want)
		}
	}
}

func TestBasisPointsAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := cents().Draw(t, "cents")
		bp := rapid.OneOf(rapid.Int64Range(-20_000, 20_000), rapid.Int64()).Draw(t, "bp")
		got := Cents(a).BasisPoints(bp)
		// Twice the product, plus the divisor, over twice the divisor rounds half up.
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(bp))
		twice := new(big.Int).Mul(new(big.Int).Abs(product), big.NewInt(2))
		want := twice.Add(twice, big.NewInt(10_000)).Div(twice, big.NewInt(20_000))
		if want.Cmp(big.NewInt(MaxCents)) > 0 {
			if got.Err() == nil {
				t.Fatalf("Cents(%d).BasisPoints(%d) = %v, want out of range", a, bp, got)
			}
			return
		}
		if product.Sign() < 0 {
			want.Neg(want)
		}
		if got.Cents() != want.Int64() {
			t.Fatalf("Cents(%d).BasisPoints(%d) = %d, want %v", a, bp, got.Cents(), want)
		}
	})
}

func TestString(t *testing.T) {
	for cents, want := range map[int64]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 100: "1.00", -1234_56: "-1234.56", MaxCents: "10000000000000.00",
	} {
		if got := Cents(cents).String(); got != want {
			t.Errorf("Cents(%d).String() = %q, want %q", cents, got, want)
		}
	}
	if got := Cents(math.MaxInt64).String(); got != "out of range" {
		t.Errorf("String out of range = %q", got)
	}
}
