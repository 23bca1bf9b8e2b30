package ui

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestContrastAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := anyColour(t), anyColour(t)
		lighter, darker := byDefinition(one), byDefinition(other)
		if lighter < darker {
			lighter, darker = darker, lighter
		}
		want := (lighter + 0.05) / (darker + 0.05) * 100
		if got := one.Contrast(other); math.Abs(float64(got)-want) > 1.01 {
			t.Fatalf("contrast of %s and %s is %d, by the definition %.2f", one, other, got, want)
		}
	})
}

func byDefinition(c Colour) float64 {
	channel := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

func TestContrastOfBlackAndWhite(t *testing.T) {
	if got := white().Contrast(Colour{}); got != 2100 {
		t.Errorf("contrast of white and black is %d, want 2100", got)
	}
}

func TestEveryBrandIsLegible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Brand(anyColour(t).String())
		for _, pair := range []struct {
			what      string
			ink, back Colour
			least     int
		}{
			{"white on a button", white(), p.Primary, legible},
			{"white on a pressed button", white(), p.Dark, legible},
			{"white in the header", white(), p.Darker, firmest},
			{"a link on white", p.Primary, white(), legible},
			{"a link in the footer", p.Primary, p.Lightest, legible},
			{"a link in a summary", p.Dark, p.Lightest, legible},
		} {
			if got := pair.ink.Contrast(pair.back); got < pair.least {
				t.Fatalf("%s (%s on %s): %s to 1", pair.what, pair.ink, pair.back, ratio(got))
			}
		}
		if (p.Note == "") != (p.Primary == p.Asked) {
			t.Fatalf("asked %s, got %s, note %q", p.Asked, p.Primary, p.Note)
		}
	})
}

func TestBrandExplainsItself(t *testing.T) {
	tests := []struct{ asked, primary, says string }{
		{"#005ea2", "#005ea2", ""},
		{"005ea2", "#005ea2", ""},
		{"#fd0", "#857300", "too light"},
		{"teal", "#005ea2", "is not a colour"},
		{"", "#005ea2", "is not a colour"},
		{"#12345g", "#005ea2", "is not a colour"},
	}
	for _, test := range tests {
		p := Brand(test.asked)
		if !strings.HasPrefix(p.Primary.String(), test.primary) || !strings.Contains(p.Note, test.says) || (test.says == "") != (p.Note == "") {
			t.Errorf("Brand(%q) = %s, %q; want %s, %q", test.asked, p.Primary, p.Note, test.primary, test.says)
		}
	}
}

func TestBrandStylesheetIsWhatItsAddressSays(t *testing.T) {
	p := Brand("#ffcc00")
	served := string(unpack(t, get(t, p.Stylesheet()).Body))
	if served != string(p.CSS()) {
		t.Errorf("served %q, want %q", served, p.CSS())
	}
	if integrity([]byte(served)) != p.Integrity() {
		t.Error("a browser would refuse the style sheet")
	}
}

func anyColour(t *rapid.T) Colour {
	part := rapid.Uint8()
	return Colour{part.Draw(t, "red"), part.Draw(t, "green"), part.Draw(t, "blue")}
}
