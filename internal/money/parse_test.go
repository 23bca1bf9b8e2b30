package money

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]int64{
		"12": 12_00, "12.30": 12_30, "$12": 12_00, "$1,234.56": 1234_56, "1234.56": 1234_56, "0": 0, "0.05": 5,
		"$0.00": 0, "-5": -5_00, "-$1,000.01": -1000_01, "-0": 0, " 12.30\t": 12_30, "\u00a012": 12_00,
		"10,000,000,000,000": MaxCents, "-$10,000,000,000,000.00": -MaxCents, "123,456,789": 123_456_789_00,
	} {
		if got, err := Parse(text); err != nil || got.Cents() != want {
			t.Errorf("Parse(%q) = %v, %v; want %d cents", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "$", "-", "-$", ".", "12.", ".50", "12.3", "12.345", "12.30.00", "1,23", "12,34", "1,2345", "1234,567",
		"1,,234", ",123", "123,", "1,234,5", "0,123", "00", "007", "00.50", "+5", "5-", "(5.00)", "$-5", "--5", "- 5", "$ 5",
		"$$5", "5$", "5 USD", "1e3", "0x10", "1_000", "1 234", "１２", "1.234,56", "12,300.5", "1,234.5,6", "twelve", "NaN",
		"4111 1111 1111 1111", strings.Repeat("1", 65), strings.Repeat(" ", 65) + "1",
	} {
		if got, err := Parse(text); !errors.Is(err, ErrMalformed) {
			t.Errorf("Parse(%q) = %v, %v; want ErrMalformed", text, got, err)
		}
	}
	for _, text := range []string{"10000000000000.01", "-10,000,000,000,000.01", strings.Repeat("9", 60)} {
		if got, err := Parse(text); !errors.Is(err, ErrRange) {
			t.Errorf("Parse(%q) = %v, %v; want ErrRange", text, got, err)
		}
	}
}

func TestParseErrorsRepeatNothing(t *testing.T) {
	for _, text := range []string{"4111 1111 1111 1111", "4111111111111111"} {
		if _, err := Parse(text); err == nil || strings.Contains(err.Error(), "1111") {
			t.Errorf("Parse error = %v, want one without the text", err)
		}
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := amounts().Draw(t, "amount")
		if got, err := Parse(want.String()); err != nil || got != want {
			t.Fatalf("Parse(%q) = %v, %v", want.String(), got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"12", "$1,234.56", "-0.05", "12.3", "1,23", "99999999999999999999", "\u00a0-$5 "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			return
		}
		if got.Err() != nil {
			t.Fatalf("Parse(%q) is out of range", text)
		}
		// What was read is what was written, but for decoration and missing cents.
		plain := strings.NewReplacer("$", "", ",", "").Replace(strings.TrimSpace(text))
		if !strings.Contains(plain, ".") {
			plain += ".00"
		}
		if plain != got.String() && plain != "-0.00" {
			t.Fatalf("Parse(%q) = %v", text, got)
		}
	})
}
