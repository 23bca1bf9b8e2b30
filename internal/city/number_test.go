package city

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func dashed() NumberFormat {
	return NumberFormat{Patterns: []string{"######-###", "W-#####@"}, LeadingZeros: ZerosOptional, CheckDigit: NoCheckDigit, Example: "004217-001"}
}

func TestNumbersAreForgiven(t *testing.T) {
	for typed, want := range map[string]string{
		"004217-001": "004217001", "004217001": "004217001", " 004217 001 ": "004217001", "004217–001": "004217001",
		"4217-1": "004217001", "4217001": "004217001", "004217.001": "004217001", "004217/001": "004217001",
		"0004217-0001": "004217001", "００４２１７－００１": "004217001", "004217\u00a0001": "004217001", "004\u200b217-001": "004217001",
		"w-12345a": "W12345A", "W12345A": "W12345A", "w 12345 a": "W12345A",
	} {
		if got, err := dashed().Normalise(typed); err != nil || got != want {
			t.Errorf("Normalise(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestWhatIsNoNumberIsRefusedUnrepeated(t *testing.T) {
	for _, typed := range []string{
		"", " ", "-", "12345678901", "4111 1111 1111 1111", "004217-ABC", "X12345A", "W1234A5", "004217+001", "<b>4217-1", "4217-1; drop",
		"٤٢١٧-١", strings.Repeat("0", 65),
	} {
		got, err := dashed().Normalise(typed)
		if !errors.Is(err, ErrNumberMalformed) {
			t.Errorf("Normalise(%q) = %q, %v; want ErrNumberMalformed", typed, got, err)
		} else if strings.TrimSpace(typed) != "" && typed != "-" && strings.Contains(err.Error(), typed) {
			t.Errorf("the refusal of %q repeats it: %v", typed, err)
		}
	}
}

func TestLeadingZerosMayBeRequired(t *testing.T) {
	format := dashed()
	format.LeadingZeros = ZerosRequired
	if got, err := format.Normalise("4217-1"); err == nil {
		t.Errorf("Normalise = %q, want a refusal", got)
	}
	if got, err := format.Normalise("004217001"); err != nil || got != "004217001" {
		t.Errorf("Normalise = %q, %v", got, err)
	}
}

func TestCheckDigits(t *testing.T) {
	for _, c := range []struct {
		check       CheckDigit
		right, slip string
	}{
		{Luhn, "79927398713", "79927398731"},
		{Luhn, "79927398713", "79927398710"},
		{Weights731, "8514", "5814"}, // 4×1 + 1×3 + 5×7 + 8×1 = 50
	} {
		format := NumberFormat{Patterns: []string{strings.Repeat("#", len(c.right))}, CheckDigit: c.check}
		if _, err := format.Normalise(c.right); err != nil {
			t.Errorf("%s: %s is refused", c.check, c.right)
		}
		if _, err := format.Normalise(c.slip); err == nil {
			t.Errorf("%s: %s is taken", c.check, c.slip)
		}
	}
}

// What is displayed normalises to itself, however it is dressed.
func TestDisplayAndNormaliseAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[0-9]{9}|W[0-9]{5}[A-Z]`).Draw(t, "number")
		shown := dashed().Display(number)
		if got, err := dashed().Normalise(shown); err != nil || got != number {
			t.Fatalf("%s is shown as %s, which reads %q, %v", number, shown, got, err)
		}
		dressed := strings.ToLower(strings.ReplaceAll(shown, "-", rapid.SampledFrom([]string{"", " ", "—", ".", " - "}).Draw(t, "between")))
		if got, err := dashed().Normalise(dressed); err != nil || got != number {
			t.Fatalf("%q reads %q, %v; want %s", dressed, got, err, number)
		}
	})
}

func TestDisplayLeavesStrangersAlone(t *testing.T) {
	if got := dashed().Display("OLD-77"); got != "OLD-77" {
		t.Errorf("Display = %q", got)
	}
}

func TestNumbersThatMayBeCards(t *testing.T) {
	for pattern, want := range map[string]bool{
		"################": true, "####-####-####-####": true, "4###############": true, "############": false, "####################": false,
		"00##############": false, "9###############": false, "@###############": false,
	} {
		if got := (NumberFormat{Patterns: []string{"###", pattern}}).MayBeCard(); got != want {
			t.Errorf("MayBeCard(%s) = %v", pattern, got)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("004217-001")
	f.Add("\u2460\ufdfa–")
	f.Fuzz(func(t *testing.T, typed string) {
		number, err := dashed().Normalise(typed)
		if err != nil {
			return
		}
		if again, err := dashed().Normalise(number); err != nil || again != number {
			t.Fatalf("%q reads %q, which reads %q, %v", typed, number, again, err)
		}
	})
}
