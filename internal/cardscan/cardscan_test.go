package cardscan

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestEveryNumberInEveryDisguise puts each published test number, in each
// disguise, into places where it must not be.
func TestEveryNumberInEveryDisguise(t *testing.T) {
	places := []struct{ before, after string }{
		{"", ""}, {"name=", "&zip=78701"}, {`{"note":"`, `"}`}, {"Visa ", " thanks"}, {"é", "é"}, {"card:", "\n"}, {"<td>", "</td>"},
	}
	for name, disguise := range disguises() {
		for _, number := range testNumbers(t) {
			if !number.luhn || strings.HasPrefix(name, "fours") && !mainstream(number.digits) {
				continue
			}
			for _, place := range places {
				text := place.before + disguise(number.digits) + place.after
				if !Contains([]byte(text)) {
					t.Errorf("%s of %s not found in %q", name, number.digits, text)
				}
				if Contains([]byte(Redact(text))) {
					t.Errorf("%s of %s left in %q", name, number.digits, Redact(text))
				}
			}
		}
	}
}

// mainstream reports numbers of networks that are found with any mark between
// their groups.
func mainstream(digits string) bool {
	var spots []spot
	for _, d := range digits {
		spots = append(spots, spot{value: byte(d - '0')})
	}
	return issued(spots)
}

func TestLongDigitsKnowsEveryTestNumber(t *testing.T) {
	for _, number := range testNumbers(t) {
		for _, text := range []string{
			number.digits, embossing(number.digits, " "), embossing(number.digits, "-"), shifted(number.digits, '０'),
			"my card " + embossing(number.digits, "\u00a0") + " thanks", strings.Join(strings.Split(number.digits, ""), "\u200b"),
		} {
			if !LongDigits(text) || Check(text) == nil {
				t.Errorf("%q passes", text)
			}
		}
	}
}

func TestFindTellsThePlace(t *testing.T) {
	for before, disguised := range map[string]string{
		"a ": "4242424242424242", "paid ": "4242 4242-4242 4242", "x=": "%34242424242424242", "id ": "４２４２４２４２４２４２４２４２",
		"cafe\u0301 ": "4242\u00a04242\u00a04242\u00a04242", "k:": "&#52;242424242424242", "t ": "NDI0MjQyNDI0MjQyNDI0Mg",
		"h ": "34323432343234323432343234323432",
	} {
		text := before + disguised + " after"
		want := []Match{{len(before), len(before) + len(disguised)}}
		if diff := cmp.Diff(want, Find(text)); diff != "" {
			t.Errorf("Find(%q):\n%s", text, diff)
		}
		if got := Redact(text); got != before+Mask+" after" {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
}

func TestFindSeveral(t *testing.T) {
	text := "4242424242424242, then 5555-5555-5555-4444 and 378282246310005."
	if got, want := Redact(text), Mask+", then "+Mask+" and "+Mask+"."; got != want {
		t.Errorf("Redact = %q, want %q", got, want)
	}
	if matches := Find(text); len(matches) != 3 || !slices.IsSortedFunc(matches, func(a, b Match) int { return a.End - b.Start }) {
		t.Errorf("Find = %v", matches)
	}
}

func TestFindGlued(t *testing.T) {
	for _, text := range []string{
		"42424242424242421227",                     // with expiry
		"4242424242424242123",                      // with code
		"424242424242424212271234",                 // with both
		"3782822463100051234",                      // American Express with its code
		"164242424242424242000000000001",           // as in a card message: length before, processing code after
		"17640000000000004242424242424242",         // after a time
		"4242 4242 4242 4242 12/27 123",            // a whole card typed into one field
		"4242424242424242 12 27",                   //
		"4242 4242 42424242",                       // uneven
		"424242 4242424242",                        //
		"4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2 1 2 2 7",  //
		"%B4242424242424242^DOE/JANE^27121010000?", // a magnetic stripe
		";4242424242424242=27121010000000000?",     //
		"12 4242 4242 4242 4242",                   // a house number before
		`["4242","4242","4242","4242"]`,            // four boxes
		"amount.4242424242424242",                  // not a fraction
		"1.4242424242424242",                       // a fraction, but too much like a card
	} {
		if len(Find(text)) == 0 {
			t.Errorf("nothing found in %q", text)
		}
	}
}

func TestCheck(t *testing.T) {
	for value, want := range map[string]error{
		"4242 4242 4242 4242": ErrCard, "NDI0MjQyNDI0MjQyNDI0Mg==": ErrCard, "4242 4242 4242 4241": ErrLongNumber,
		"501082000000": ErrLongNumber, "123456789012": ErrLongNumber, "": nil, "12-34567-89": nil, "Maria García": nil,
	} {
		if err := Check(value); !errors.Is(err, want) {
			t.Errorf("Check(%q) = %v, want %v", value, err, want)
		}
	}
}

func TestLongDigits(t *testing.T) {
	for text, want := range map[string]bool{
		"123456789012": true, "12345678901": false, "123 456 789 012": true, "1234-5678-9012": true, "12.34.56.78.90.12": true,
		"1234 5678-9012": true, "１２３４５６７８９０１２": true, "1\u200b23456789012": true, "a123456789012b": true,
		"12345a6789012": false, "1 (512) 555-0123": false, "+1 512-555-0123": false, "512-555-0123 ext 12": false,
		"1200 78701-1234": false, "11/24/2026-12/24/2026": false, "2026-11-24 17:00:00": false, "123-45-6789": false,
		"123456,789012": false, "": false, "no digits": false,
	} {
		if got := LongDigits(text); got != want {
			t.Errorf("LongDigits(%q) = %v", text, got)
		}
	}
}

// TestRedactLeavesNoCard: whatever surrounds a number, nothing that reads as
// one is left.
func TestRedactLeavesNoCard(t *testing.T) {
	numbers := testNumbers(t)
	junk := rapid.StringMatching(`[0-9a-f \-.,:%&#;=+/"\\]{0,24}`)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom(numbers).Draw(t, "number")
		text := junk.Draw(t, "before") + embossing(number.digits, rapid.SampledFrom([]string{"", " ", "-", ", "}).Draw(t, "mark")) + junk.Draw(t, "after")
		if clean := Redact(text); Contains([]byte(clean)) {
			t.Fatalf("Redact(%q) = %q", text, clean)
		}
	})
}

// TestScriptsCountFromZero: Unicode's decimal digits come in runs of ten, on
// which their values depend.
func TestScriptsCountFromZero(t *testing.T) {
	for _, run := range unicode.Nd.R16 {
		if (run.Hi-run.Lo)%10 != 9 || run.Stride != 1 {
			t.Errorf("digits %U to %U are no whole run", run.Lo, run.Hi)
		}
	}
	for _, run := range unicode.Nd.R32 {
		if (run.Hi-run.Lo)%10 != 9 || run.Stride != 1 {
			t.Errorf("digits %U to %U are no whole run", run.Lo, run.Hi)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, disguise := range disguises() {
		f.Add(disguise("4242424242424242"))
		f.Add("x" + disguise("378282246310005") + "%")
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for i, m := range Find(text) {
			if m.Start < end || i > 0 && m.Start == end || m.End <= m.Start || m.End > len(text) {
				t.Fatalf("Find(%q) = %v", text, Find(text))
			}
			end = m.End
		}
		if Contains([]byte(Redact(text))) {
			t.Fatalf("Redact(%q) = %q", text, Redact(text))
		}
		LongDigits(text)
	})
}

// Whatever stands between the digits of a short field, they are a card number.
// The rest of the package lets letters end a number.
func TestScatteredDigitsAreFound(t *testing.T) {
	for _, text := range []string{
		"4242a4242b4242c4242", "4242 ----- 4242 ----- 4242 ----- 4242", "4242 Main St 4242 Elm St 4242 Oak St 4242", "4x2x4x2x4x2x4x2x4x2x4x2x4x2x4x2",
		"４２４２Á٤٢٤٢É४२४२Í4242", "4242.ana@4242.4242.4242.example", "4242: 4242: 4242: 4242",
	} {
		if !Scattered(text) {
			t.Errorf("%q has no card number", text)
		}
		if len(Find(text)) > 0 && strings.Contains(text, "Main") {
			t.Errorf("%q is found without", text)
		}
	}
	for _, text := range []string{"", "María Núñez", "123 N Main St Apt 4", "(512) 555-0123", "78701-1234", "$1,234.56", "ana.1984@example.com", "4242a4242b4242c4243"} {
		if Scattered(text) {
			t.Errorf("%q has a card number", text)
		}
	}
}
