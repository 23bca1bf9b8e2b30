package colour

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestContrastAgreesWithPublishedPairs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#ffffff", "#000000", 21},
		{"#ffffff", "#767676", 4.54}, // the lightest grey that passes, as every guide says
		{"#ffffff", "#777777", 4.48},
		{"#ffffff", "#ff0000", 4.00},
	} {
		if got := Contrast(must(t, c.a), must(t, c.b)); math.Abs(got-c.want) > 0.02 {
			t.Errorf("Contrast(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestParseRefusesWhatIsNotAColour(t *testing.T) {
	for _, text := range []string{"", "1a5e8a", "#1a5e8", "#1a5e8ag", "blue", "#fff", "#12345678"} {
		if c, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", text, c)
		}
	}
}

func TestReadableIsLegibleAndLeavesGoodColoursAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		byteValue := rapid.Byte()
		c := Colour{byteValue.Draw(t, "r"), byteValue.Draw(t, "g"), byteValue.Draw(t, "b")}
		readable := c.Readable()
		if Contrast(readable, White()) < AA {
			t.Fatalf("%s made readable is %s, contrast %.2f", c, readable, Contrast(readable, White()))
		}
		if Contrast(c, White()) >= AA && readable != c {
			t.Fatalf("%s was legible and became %s", c, readable)
		}
		if text, legible := readable.Text(); text != White() || !legible {
			t.Fatalf("white text on %s: %s, %v", readable, text, legible)
		}
	})
}

func TestTextOnYellowIsInk(t *testing.T) {
	if text, legible := must(t, "#ffd100").Text(); text != Ink() || !legible {
		t.Errorf("text on yellow = %s, %v", text, legible)
	}
}

func must(t *testing.T, text string) Colour {
	t.Helper()
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
