package layout

import (
	"testing"

	"pgregory.net/rapid"
)

var fourCredits = []credit{minusBefore, minusAfter, parentheses, crAfter}

func TestAmountsAsPublishedLayoutsWriteThem(t *testing.T) {
	dollars := notation{point: pointOptional, dollar: true, commas: true, credits: fourCredits}
	exact := notation{point: pointExact, credits: []credit{minusBefore}}
	implied := notation{point: pointImplied, implied: 2, credits: []credit{minusAfter}}
	punched := notation{point: pointImplied, implied: 2, credits: []credit{overpunch}}
	debits := notation{point: pointOptional, credits: []credit{minusBefore}, reversed: true}
	for _, c := range []struct {
		name     string
		notation notation
		text     string
		cents    int64
	}{
		{"plain", dollars, "11.80", 1180},
		{"dollar", dollars, "$3.00", 300},
		{"no decimals", dollars, "12", 1200},
		{"one decimal", dollars, "12.5", 1250},
		{"no whole", dollars, ".50", 50},
		{"needless zeros", dollars, "12.5000", 1250},
		{"commas", dollars, "$1,234,567.89", 123456789},
		{"minus before", dollars, "-$0.20", -20},
		{"minus after", dollars, "$0.10-", -10},
		{"parentheses", dollars, "($0.10)", -10},
		{"CR", dollars, "$0.10CR", -10},
		{"blank and cr", dollars, "$0.10 cr", -10},
		{"zero credit", dollars, "($0.00)", 0},
		{"exact", exact, "-1.00", -100},
		{"implied", implied, "0000001250", 1250},
		{"implied, minus", implied, "0000001250-", -1250},
		{"overpunch +4", punched, "0000002610D", 26104},
		{"overpunch +0", punched, "0000002610{", 26100},
		{"overpunch -0", punched, "12}", -120},
		{"overpunch -9", punched, "12R", -129},
		{"overpunch unsigned", punched, "125", 125},
		{"reversed", debits, "-5.00", 500},
		{"reversed debit", debits, "5.00", -500},
		{"leading zeros", exact, "00000000000000000001.00", 100},
		{"greatest", exact, "999999999999.99", 99999999999999},
	} {
		got, ok := c.notation.parse([]byte(c.text), amountDecimals)
		if !ok || got != c.cents {
			t.Errorf("%s: parse(%q) = %d, %v; want %d", c.name, c.text, got, ok, c.cents)
		}
	}
}

func TestDoubtfulAmountsAreRefused(t *testing.T) {
	dollars := notation{point: pointOptional, dollar: true, commas: true, credits: fourCredits}
	plain := notation{point: pointOptional}
	exact := notation{point: pointExact}
	implied := notation{point: pointImplied, implied: 2}
	punched := notation{point: pointImplied, implied: 2, credits: []credit{overpunch}}
	for _, c := range []struct {
		name     string
		notation notation
		text     string
	}{
		{"nothing", dollars, ""},
		{"a lone sign", dollars, "-"},
		{"a lone dollar", dollars, "$"},
		{"a lone point", dollars, "."},
		{"two signs", dollars, "-$1.20CR"},
		{"two minuses", dollars, "--1.20"},
		{"minus and parentheses", dollars, "(-1.20)"},
		{"half a parenthesis", dollars, "(1.20"},
		{"half a cent", dollars, "1.205"},
		{"comma for point", dollars, "1,50"},
		{"comma in front", dollars, ",500"},
		{"comma at the end", dollars, "1,"},
		{"four digits after a comma", dollars, "1,2345"},
		{"four digits before a comma", dollars, "1234,567"},
		{"two points", dollars, "1.2.3"},
		{"exponent", dollars, "1e5"},
		{"words", dollars, "ten"},
		{"plus", dollars, "+1.00"},
		{"too great", dollars, "999999999999999.00"},
		{"undeclared dollar", plain, "$1.00"},
		{"undeclared comma", plain, "1,000.00"},
		{"undeclared minus", plain, "-1.00"},
		{"undeclared CR", plain, "1.00CR"},
		{"not exact", exact, "1.0"},
		{"exact without whole", exact, ".50"},
		{"point where implied", implied, "12.50"},
		{"nothing implied", implied, ""},
		{"overpunch in the middle", punched, "1B2"},
		{"undeclared overpunch", implied, "12B"},
		{"overpunch and minus", punched, "12-"},
		{"only a letter", punched, "Z"},
	} {
		if got, ok := c.notation.parse([]byte(c.text), amountDecimals); ok {
			t.Errorf("%s: parse(%q) = %d, want a refusal", c.name, c.text, got)
		}
	}
}

func notations() *rapid.Generator[notation] {
	return rapid.Custom(func(t *rapid.T) notation {
		n := notation{point: rapid.SampledFrom([]point{pointOptional, pointExact, pointImplied}).Draw(t, "point"), implied: 2}
		n.credits = []credit{rapid.SampledFrom(fourCredits).Draw(t, "credit")}
		if n.point == pointImplied && rapid.Bool().Draw(t, "punched") {
			n.credits = []credit{overpunch}
		}
		n.reversed = rapid.Bool().Draw(t, "reversed")
		return n
	})
}

func TestWrittenAmountsReadTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := notations().Draw(t, "notation")
		cents := rapid.Int64Range(-99_999_999_999_999, 99_999_999_999_999).Draw(t, "cents")
		text, err := n.format(cents, amountDecimals, 20, rapid.Bool().Draw(t, "zeros"))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := n.parse([]byte(text), amountDecimals)
		if !ok || got != cents {
			t.Fatalf("%d was written %q and read %d, %v", cents, text, got, ok)
		}
	})
}

func TestCreditsAreNotWrittenWithoutASign(t *testing.T) {
	n := notation{point: pointExact}
	if text, err := n.format(-1, amountDecimals, 0, false); err == nil {
		t.Errorf("-0.01 was written %q", text)
	}
	n = notation{point: pointImplied, implied: 0}
	if text, err := n.format(50, amountDecimals, 0, false); err == nil {
		t.Errorf("0.50 was written %q", text)
	}
}

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		quantity Quantity
		text     string
	}{{0, "0"}, {12_000, "12"}, {12_500, "12.5"}, {-7, "-0.007"}, {-1_250, "-1.25"}} {
		if got := c.quantity.String(); got != c.text {
			t.Errorf("Quantity(%d) = %q, want %q", int64(c.quantity), got, c.text)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, text := range []string{"-$0.20", "$0.10-", "($0.10)", "$0.10CR", "1,234.56", "0000002610D", "12}", ""} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, dollars bool) {
		n := notation{point: pointImplied, implied: 2, credits: []credit{overpunch}}
		if dollars {
			n = notation{point: pointOptional, dollar: true, commas: true, credits: fourCredits}
		}
		cents, ok := n.parse([]byte(text), amountDecimals)
		if !ok {
			return
		}
		again, err := n.format(cents, amountDecimals, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := n.parse([]byte(again), amountDecimals); !ok || back != cents {
			t.Fatalf("%q reads %d, is written %q and reads %d", text, cents, again, back)
		}
	})
}
