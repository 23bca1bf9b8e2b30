package ui

import (
	"strings"
	"testing"

	"clearwell/internal/city/colour"

	"pgregory.net/rapid"
)

func TestEveryBrandIsLegible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Uint8()
		p := Brand(colour.Colour{R: part.Draw(t, "red"), G: part.Draw(t, "green"), B: part.Draw(t, "blue")})
		for _, pair := range []struct {
			what      string
			ink, back colour.Colour
			least     float64
		}{
			{"white on a button", colour.White(), p.Primary, colour.AA},
			{"white on a pressed button", colour.White(), p.Dark, colour.AA},
			{"white in the header", colour.White(), p.Darker, firm},
			{"a link on white", p.Primary, colour.White(), colour.AA},
			{"a link in the footer", p.Primary, p.Lightest, colour.AA},
			{"a link in a summary, under the pointer", p.Dark, p.Lightest, colour.AA},
		} {
			if got := colour.Contrast(pair.ink, pair.back); got < pair.least {
				t.Fatalf("%s (%s on %s): %.2f to 1", pair.what, pair.ink, pair.back, got)
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
		{"#ffdd00", "#857300", "#ffdd00 has a contrast of 1.32 to 1"},
		{"#000000", "#000000", ""},
	}
	for _, test := range tests {
		p := Brand(parsed(t, test.asked))
		if p.Primary.String() != test.primary || !strings.Contains(p.Note, test.says) || (test.says == "") != (p.Note == "") {
			t.Errorf("Brand(%s) = %s, %q; want %s, %q", test.asked, p.Primary, p.Note, test.primary, test.says)
		}
	}
}

func TestBrandStylesheetIsWhatItsAddressSays(t *testing.T) {
	p := Brand(parsed(t, "#ffcc00"))
	served := string(unpack(t, get(t, p.Stylesheet()).Body))
	if served != string(p.CSS()) {
		t.Errorf("served %q, want %q", served, p.CSS())
	}
	if integrity([]byte(served)) != p.Integrity() {
		t.Error("a browser would refuse the style sheet")
	}
}

func parsed(t *testing.T, text string) colour.Colour {
	t.Helper()
	c, err := colour.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
