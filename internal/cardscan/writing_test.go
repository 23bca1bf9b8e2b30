package cardscan

import (
	"strings"
	"testing"
)

// TestWriting holds the rules of writing to their edges. Every number here
// passes the Luhn check.
func TestWriting(t *testing.T) {
	for _, c := range []struct {
		text, why string
		found     bool
	}{
		{"4222222222222", "the old length of Visa", true},
		{"213112345678904", "the old numbers of JCB", true},
		{"7000000000000005", "a network nobody knows, in one group", true},
		{"7000 0000 0000 0005", "or embossed", true},
		{"12 7000 0000 0000 0005", "but not among other groups", false},
		{"70000000 00000005", "nor in groups too long to belong together", false},
		{"4021234 5021235", "two utility accounts", false},
		{"2026112417300018", "a time", false},
		{"2000111222333446", "microseconds after May 2033", false},
		{"1371449635398431", "as long as microseconds, an American Express number glued to it", false},
		{"12371449635398431", "longer than they are", true},

		{"4242,4242,4242,4242", "odd marks, all alike", true},
		{"4242,4242/4242;4242", "odd marks, mixed", false},
		{"42424242,42424242", "odd marks, not embossed", false},
		{"4242--42424242--4242", "alike marks, uneven", true},
		{"4242-42424242 4242", "mixed marks, uneven", false},
		{"4242-4242 4242.4242", "mixed marks, embossed", true},
		{"42 424242 4242 4242", "alike and uneven, by itself", true},
		{"42 424242 4242 4242 12", "alike and uneven, among others", false},
		{"4242 42424242 4242 12", "uneven in fours, among others", true},
		{"347 555 1234 11204", "a telephone number and a ZIP code", false},
		{"3475 55 1234 11204", "as many digits that are not", true},

		{"362838879833.51", "an amount of billions", false},
		{"36283887.983351", "a decimal number", false},
		{"3628.3887.983351", "no decimal number", true},
		{"0.7000000000000005", "a decimal fraction", false},
		{"v.7000000000000005", "no decimal fraction", true},
		{"0.1.7000000000000005", "a version", true},

		{"4242----4242----4242----4242", "as wide as a gap may be", true},
		{"4242-----4242-----4242-----4242", "too wide", false},
		{"4242x4242x4242x4242", "letters between", false},
	} {
		if got := len(Find(c.text)) > 0; got != c.found {
			t.Errorf("%q, %s: found = %v", c.text, c.why, got)
		}
	}
}

// TestRedactAgain: taking one number away can make another of what is left.
func TestRedactAgain(t *testing.T) {
	text := "4242 4242 4242 4242 7000 0000 0000 0005"
	if got := Redact(text); strings.Contains(got, "7000") {
		t.Errorf("Redact(%q) = %q", text, got)
	}
}

// TestTokensAtAnyPlace: the shortest number in base64 is just long enough to
// be looked at, wherever a quantum begins.
func TestTokensAtAnyPlace(t *testing.T) {
	for _, text := range []string{"NDIyMjIyMjIyMjIyMg", " NDIyMjIyMjIyMjIyMg", "aNDIyMjIyMjIyMjIyMg__", "abNDIyMjIyMjIyMjIyMg__", "abcNDIyMjIyMjIyMjIyMg__"} {
		if len(Find(text)) == 0 {
			t.Errorf("nothing found in %q", text)
		}
	}
}
