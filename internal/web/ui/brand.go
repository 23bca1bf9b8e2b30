package ui

import (
	"fmt"
	"path"
	"strings"

	"clearwell/internal/city/colour"
)

const brandPrefix = AssetPrefix + "brand/"

// firm is the contrast of the header's ground with its white text. WCAG 2.2 asks
// 7 to 1 at level AAA (criterion 1.4.6): legible on a poor screen in the sun.
const firm = 7

// Palette is a town's brand colour and the shades that pages make of it.
type Palette struct {
	Asked    colour.Colour // what the town named
	Primary  colour.Colour // buttons, links, rules: legible on white and on Lightest
	Dark     colour.Colour // a button or link under the pointer
	Darker   colour.Colour // the header; text on it is white
	Light    colour.Colour // rules and borders
	Lighter  colour.Colour // soft borders
	Lightest colour.Colour // the ground of the footer and of summaries
	Note     string        // for staff: why Primary is not what the town named; empty when it is
}

// Brand derives a palette from a town's colour. A colour that is too light to be
// read, or to have white text on it, is darkened until it is not, and keeps its
// hue; Note says so.
func Brand(asked colour.Colour) Palette {
	lightest := mix(asked, colour.White(), 94)
	primary := darken(asked, lightest, colour.AA)
	p := Palette{
		Asked:    asked,
		Primary:  primary,
		Dark:     mix(primary, colour.Colour{}, 25),
		Darker:   darken(mix(primary, colour.Colour{}, 45), colour.White(), firm),
		Light:    mix(asked, colour.White(), 55),
		Lighter:  mix(asked, colour.White(), 85),
		Lightest: lightest,
	}
	if primary != asked {
		p.Note = fmt.Sprintf("%s has a contrast of %.2f to 1 where %.1f is needed to read it; pages use %s",
			asked, colour.Contrast(asked, lightest), float64(colour.AA), primary)
	}
	return p
}

// mix moves a colour towards another by so many hundredths.
func mix(from, to colour.Colour, hundredths int) colour.Colour {
	blend := func(a, b uint8) uint8 { return uint8((int(a)*(100-hundredths) + int(b)*hundredths + 50) / 100) }
	return colour.Colour{R: blend(from.R, to.R), G: blend(from.G, to.G), B: blend(from.B, to.B)}
}

// darken takes a colour towards black until it stands out from a light ground.
func darken(c, ground colour.Colour, contrast float64) colour.Colour {
	for part := range 100 {
		if darker := mix(c, colour.Colour{}, part); colour.Contrast(darker, ground) >= contrast {
			return darker
		}
	}
	return colour.Ink()
}

// Stylesheet is the address of the palette's style sheet. It names the colour
// and a mark of the sheet, so that it holds for any town and for ever.
func (p Palette) Stylesheet() string {
	return fmt.Sprintf("%s%s.%s.css", brandPrefix, strings.TrimPrefix(p.Asked.String(), "#"), mark(p.CSS())[:10])
}

// Integrity is what a browser checks the style sheet by.
func (p Palette) Integrity() string { return integrity(p.CSS()) }

// CSS is the palette as custom properties.
func (p Palette) CSS() []byte {
	return fmt.Appendf(nil, ":root{--brand:%s;--brand-vivid:%s;--brand-dark:%s;--brand-darker:%s;--brand-light:%s;--brand-lighter:%s;--brand-lightest:%s}\n",
		p.Primary, p.Primary, p.Dark, p.Darker, p.Light, p.Lighter, p.Lightest)
}

// brandOf is the palette whose style sheet an address names. Any colour has one
// and nothing is kept, so that no town needs to be looked up.
func brandOf(address string) (Palette, bool) {
	if !strings.HasPrefix(address, brandPrefix) {
		return Palette{}, false
	}
	digits, _, _ := strings.Cut(path.Base(address), ".")
	asked, err := colour.Parse("#" + digits)
	if err != nil {
		return Palette{}, false
	}
	palette := Brand(asked)
	return palette, palette.Stylesheet() == address
}
