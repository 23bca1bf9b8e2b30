package money

import (
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/fault"
)

// ErrMalformed refuses text that is not an amount as people in the US write it.
var ErrMalformed = fault.New(fault.Invalid, "amount_malformed")

// maxText bounds what Parse looks at; the longest amount is
// "-$10,000,000,000,000.00" with room for the spaces around it.
const maxText = 64

// Parse reads an amount of dollars as people type it: "12", "12.30",
// "$1,234.56", "-5.00", "-$5". Spaces around it are ignored.
//
// Where a reading is in doubt it refuses rather than guesses: one decimal or
// more than two ("12.3" may have lost a digit), a bare point ("12.", ".50"),
// commas that do not group by three ("12,34" is a slip or another country's
// decimals), a zero before other digits ("0012" is a number of something
// else), a sign anywhere but first, and any other character.
//
// Returns [ErrMalformed], [ErrRange]. Neither repeats the text, which may be
// anything, a card number among them.
func Parse(text string) (Amount, error) {
	if len(text) > maxText {
		return Amount{}, fmt.Errorf("parsing amount of %d bytes: %w", len(text), ErrMalformed)
	}
	unsigned, negative := strings.CutPrefix(strings.TrimSpace(text), "-")
	dollars, cents, hasCents := strings.Cut(strings.TrimPrefix(unsigned, "$"), ".")
	if !hasCents {
		cents = "00"
	}
	whole, ok := ungroup(dollars)
	if !ok || len(cents) != 2 || !allDigits(cents) {
		return Amount{}, fmt.Errorf("parsing amount: %w", ErrMalformed)
	}
	n, err := strconv.ParseUint(whole+cents, 10, 64)
	if err != nil || n > MaxCents {
		return Amount{}, fmt.Errorf("parsing amount: %w", ErrRange)
	}
	return signed(n, negative), nil
}

// ungroup takes the commas out of whole dollars, if they stand where they
// should.
func ungroup(dollars string) (string, bool) {
	first, rest, grouped := strings.Cut(dollars, ",")
	if !allDigits(first) || len(first) > 1 && first[0] == '0' {
		return "", false
	}
	if !grouped {
		return first, true
	}
	if len(first) > 3 || first == "0" {
		return "", false
	}
	whole := first
	for group := range strings.SplitSeq(rest, ",") {
		if len(group) != 3 || !allDigits(group) {
			return "", false
		}
		whole += group
	}
	return whole, true
}

// allDigits reports whether text is one or more of 0 to 9.
func allDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
