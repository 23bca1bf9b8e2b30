package till

import (
	"errors"
	"strings"
	"testing"

	"clearwell/internal/money"
	"clearwell/internal/routing"
)

// bills are the scan lines of a town: its own, and one of years ago.
func bills() []ScanLine {
	return []ScanLine{
		{"bill", []ScanField{{Kind: ScanFixed, Text: "UB"}, {Kind: ScanNumber, Places: 9}, {Kind: ScanAmount, Places: 8}, {Kind: ScanCheck, Check: Mod10}}},
		{"old", []ScanField{{Kind: ScanNumber, Places: 9}, {Kind: ScanCheck, Check: Mod731}, {Kind: ScanIgnored, Places: 3}}},
	}
}

func TestScan(t *testing.T) {
	for text, want := range map[string]struct {
		scanned Scanned
		err     error
	}{
		"UB 004217001 00008310 6": {Scanned{"bill", "004217001", money.Cents(8310)}, nil},
		"UB004217001000083106":    {Scanned{"bill", "004217001", money.Cents(8310)}, nil},
		"0042170011ABC":           {Scanned{"old", "004217001", money.Amount{}}, nil},
		"UB004217001000083107":    {Scanned{}, ErrScanDigit},
		"UB004271001000083106":    {Scanned{}, ErrScanDigit}, // two digits swapped
		"XB004217001000083106":    {Scanned{}, ErrScanUnread},
		"UB00421700100008310":     {Scanned{}, ErrScanUnread},
		"UB0042170010000831066":   {Scanned{}, ErrScanUnread},
		"UB0042170010000x3108":    {Scanned{}, ErrScanUnread},
		"":                        {Scanned{}, ErrScanUnread},
		"UB00421700100008310\x00": {Scanned{}, ErrScanUnread},
	} {
		got, err := Scan(bills(), text)
		if got != want.scanned || !errors.Is(err, want.err) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// The usual examples of each way: 7992739871-3 of Luhn's, 036532-7 of modulo 11 with
// weights 2 to 7; by weights 7, 3 and 1, 12104288 adds up to 108.
func TestCheckDigits(t *testing.T) {
	for _, c := range []struct {
		way  CheckDigit
		text string
		want int
	}{{Mod10, "7992739871", 3}, {Mod11, "036532", 7}, {Mod731, "12104288", 2}, {"none", "1", -1}} {
		if got := sum(c.way, c.text); got != c.want {
			t.Errorf("%s of %s is %d, want %d", c.way, c.text, got, c.want)
		}
	}
}

func TestAScanLineThatNothingFitsIsRefused(t *testing.T) {
	for _, l := range bills() {
		if err := l.Check(); err != nil {
			t.Error(err)
		}
	}
	for what, fields := range map[string][]ScanField{
		"no utility account": {{Kind: ScanAmount, Places: 8}},
		"two of them":        {{Kind: ScanNumber, Places: 8}, {Kind: ScanNumber, Places: 8}},
		"no places":          {{Kind: ScanNumber}},
		"an unknown way":     {{Kind: ScanNumber, Places: 8}, {Kind: ScanCheck, Check: "crc"}},
		"too long":           {{Kind: ScanNumber, Places: 81}},
		"too much money":     {{Kind: ScanNumber, Places: 8}, {Kind: ScanAmount, Places: 16}},
	} {
		if err := (ScanLine{"bad", fields}).Check(); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

// Whatever is scanned, what is read was in it.
func FuzzScan(f *testing.F) {
	f.Add("UB 004217001 00008310 6")
	f.Add("0042170011ABC")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Scan(bills(), text)
		if err != nil {
			return
		}
		if !strings.Contains(strings.Join(strings.Fields(text), ""), string(got.UtilityAccount)) || got.Amount.IsNegative() || got.Amount.Err() != nil {
			t.Errorf("%q: %+v", text, got)
		}
	})
}

func TestReadCheck(t *testing.T) {
	for line, want := range map[string]Check{
		"T121042882T 123456789U 1001":          {"1001", "121042882", "6789"},
		"T121042882T 12D3456D789U1001":         {"1001", "121042882", "6789"},
		"U001001U T121042882T 123456789U":      {"001001", "121042882", "6789"},
		"T121042882T 789U 55 A0000008310A":     {"55", "121042882", "789"},
		"U00D17U T121042882T 123456789U 1001 ": {"0017", "121042882", "6789"},
	} {
		if got, err := ReadCheck(line); err != nil || got != want {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
	for line, want := range map[string]error{
		"T121042883T 123456789U 1001":    routing.ErrNotANumber,
		"T121042882T 123456789U":         ErrCheckUnread,
		"121042882 123456789 1001":       ErrCheckUnread,
		"T121042882T 12345?789U 1001":    ErrCheckUnread,
		"T121042882T DDDU 1001":          ErrCheckUnread,
		"4242424242424242":               ErrCheckUnread,
		"T12104288T 123456789U 1001":     ErrCheckUnread,
		"UT121042882T 123456789U 1001":   ErrCheckUnread,
		"T121042882T 123456789U 1001 xx": ErrCheckUnread,
	} {
		if got, err := ReadCheck(line); !errors.Is(err, want) || got != (Check{}) {
			t.Errorf("%q: %+v, %v", line, got, err)
		}
	}
}

// Whatever a reader sends, no more than four digits of a bank account are kept,
// and what is kept rings up.
func FuzzReadCheck(f *testing.F) {
	f.Add("T121042882T 123456789U 1001")
	f.Add("U001001U T121042882T 123456789U")
	f.Fuzz(func(t *testing.T, line string) {
		check, err := ReadCheck(line)
		if err != nil {
			return
		}
		if len(check.Last4) > 4 || (Tender{Kind: "check", Amount: money.Cents(1), Check: check}).check() != nil {
			t.Errorf("%q: %+v", line, check)
		}
	})
}
