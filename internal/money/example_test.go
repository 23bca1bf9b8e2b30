package money_test

import (
	"fmt"

	"clearwell/internal/money"
)

func ExampleParse() {
	for _, text := range []string{"$1,234.56", "12", "12.3"} {
		amount, err := money.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(amount)
	}
	// Output:
	// 1234.56
	// 12.00
	// parsing amount: amount_malformed
}

// A convenience fee of 2.75 %.
func ExampleAmount_BasisPoints() {
	fmt.Println(money.Cents(10_00).BasisPoints(275))
	// Output: 0.28
}

// A payment of $100.00 over what is owed for water, sewer and trash.
func ExampleAmount_Allocate() {
	parts, err := money.Cents(100_00).Allocate([]int64{64_20, 41_10, 15_00})
	fmt.Println(parts, err)
	// Output: [53.37 34.16 12.47] <nil>
}

// A payment plan of three installments.
func ExampleAmount_Split() {
	parts, err := money.Cents(100_00).Split(3)
	fmt.Println(parts, err)
	// Output: [33.34 33.33 33.33] <nil>
}

// Sums may be checked once, at the end.
func ExampleAmount_Err() {
	total := money.Sum(money.Cents(money.MaxCents), money.Cents(1), money.Cents(-1))
	fmt.Println(total, total.Err())
	// Output: out of range amount_out_of_range
}
