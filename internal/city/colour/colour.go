// Package colour measures and mends the contrast of a town's brand colour.
//
// Towns choose colours for their water towers, not for screens. What is hard to
// read is darkened until it meets WCAG 2.2, and the town is told.
//
// It is pure, owns nothing, and is apart from the city because it reckons in
// floating point, which stays out of packages that know money.
package colour

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"
)

// Colour is an sRGB colour.
type Colour struct{ R, G, B uint8 }

// AA is the contrast that WCAG 2.2, criterion 1.4.3, asks of text at level AA.
const AA = 4.5

// White is the page; Ink is the text on it.
func White() Colour { return Colour{255, 255, 255} }

// Ink is the near-black of the design system's text.
func Ink() Colour { return Colour{0x1b, 0x1b, 0x1b} }

// Parse reads "#1a5e8a".
func Parse(text string) (Colour, error) {
	digits, found := strings.CutPrefix(text, "#")
	rgb, err := hex.DecodeString(digits)
	if !found || err != nil || len(rgb) != 3 {
		return Colour{}, fmt.Errorf("parsing colour %q: not of the form #1a5e8a", text)
	}
	return Colour{rgb[0], rgb[1], rgb[2]}, nil
}

// String writes "#1a5e8a".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it.
func Contrast(a, b Colour) float64 {
	light, dark := a.luminance(), b.luminance()
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// Readable is the colour itself if text of it on white has the contrast AA,
// else the lightest darker shade of the same hue that has.
func (c Colour) Readable() Colour {
	for shade := 255; shade >= 0; shade-- {
		darker := Colour{scale(c.R, shade), scale(c.G, shade), scale(c.B, shade)}
		if Contrast(darker, White()) >= AA {
			return darker
		}
	}
	return Ink()
}

func scale(channel uint8, shade int) uint8 { return uint8(int(channel) * shade / 255) }

// Text is the colour for text on c, white or ink, and whether it has the
// contrast AA: for a narrow band of greys neither has.
func (c Colour) Text() (text Colour, legible bool) {
	switch {
	case Contrast(c, White()) >= AA:
		return White(), true
	case Contrast(c, Ink()) >= AA:
		return Ink(), true
	}
	return White(), false
}
