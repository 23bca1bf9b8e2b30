package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"
	"net/http"
	"path"
	"strconv"
	"strings"
)

const brandPrefix = AssetPrefix + "brand/"

// legible is the least contrast of text with what is behind it, in hundredths
// (WCAG 2.2, 1.4.3 at level AA: 4.5 to 1).
const legible = 450

// firmest is the contrast that dark grounds must reach against white, in
// hundredths: text on them stays legible when a screen is poor (WCAG 2.2,
// 1.4.6 at level AAA: 7 to 1).
const firmest = 700

// DefaultColour is the brand colour of a town that has named none.
const DefaultColour = "#005ea2"

// Palette is a town's brand colour and the shades that pages make of it.
type Palette struct {
	Asked    Colour // what the town named
	Primary  Colour // buttons, links, rules: legible on white and on Lightest
	Dark     Colour // a button or link under the pointer
	Darker   Colour // the header; text on it is white
	Light    Colour // rules and borders on dark or white ground
	Lighter  Colour // soft borders
	Lightest Colour // the ground of the footer and of summaries
	Note     string // for staff: why Primary is not the colour asked for; empty when it is
}

// Colour is an sRGB colour.
type Colour struct{ R, G, B uint8 }

// String gives the colour as "#rrggbb".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// ParseColour reads "#rgb" or "#rrggbb", with or without the mark.
func ParseColour(text string) (Colour, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(text), "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	value, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return Colour{}, fmt.Errorf("reading colour %q: want six hexadecimal digits as in %s", text, DefaultColour)
	}
	return Colour{uint8(value >> 16), uint8(value >> 8), uint8(value)}, nil
}

// Brand derives a palette from a town's colour. A colour that white text could
// not be read on is darkened until it can, keeping its hue; one that cannot be
// read at all gives way to [DefaultColour]. Either way Note says so.
func Brand(text string) Palette {
	asked, err := ParseColour(text)
	if err != nil {
		usual, _ := ParseColour(DefaultColour)
		palette := shades(usual)
		palette.Note = fmt.Sprintf("%q is not a colour like #005ea2; the usual blue is used", text)
		return palette
	}
	palette := shades(asked)
	if palette.Primary != asked {
		palette.Note = fmt.Sprintf("%s is too light to read white text on (%s to 1, need 4.50); %s is used",
			asked, ratio(asked.Contrast(white())), palette.Primary)
	}
	return palette
}

func white() Colour { return Colour{255, 255, 255} }

func shades(asked Colour) Palette {
	lightest := asked.mix(white(), 940)
	primary := asked.darkenUntil(func(c Colour) bool { return c.Contrast(lightest) >= legible })
	dark := primary.mix(Colour{}, 250)
	return Palette{
		Asked:    asked,
		Primary:  primary,
		Dark:     dark,
		Darker:   dark.mix(Colour{}, 250).darkenUntil(func(c Colour) bool { return c.Contrast(white()) >= firmest }),
		Light:    asked.mix(white(), 550),
		Lighter:  asked.mix(white(), 850),
		Lightest: lightest,
	}
}

// mix moves a colour towards another by so many thousandths.
func (c Colour) mix(other Colour, thousandths int) Colour {
	blend := func(from, to uint8) uint8 {
		return uint8((int(from)*(1000-thousandths) + int(to)*thousandths + 500) / 1000)
	}
	return Colour{blend(c.R, other.R), blend(c.G, other.G), blend(c.B, other.B)}
}

// darkenUntil goes towards black in small steps until good says yes. Black
// itself is good by every measure used here.
func (c Colour) darkenUntil(good func(Colour) bool) Colour {
	for part := 0; part < 1000; part += 20 {
		if step := c.mix(Colour{}, part); good(step) {
			return step
		}
	}
	return Colour{}
}

// Contrast is the contrast of two colours in hundredths, from 100 to 2100,
// rounded down, as WCAG 2.2 defines contrast ratio.
func (c Colour) Contrast(other Colour) int {
	lighter, darker := max(c.luminance(), other.luminance()), min(c.luminance(), other.luminance())
	return int((lighter + glare) * 100 / (darker + glare))
}

// Luminance is counted in billionths, in integers, so that every machine agrees
// on which colour a town gets.
const (
	fullLight = 1_000_000_000
	glare     = fullLight / 20 // the 0.05 of the definition
)

func (c Colour) luminance() uint64 {
	return (2126*linear(c.R) + 7152*linear(c.G) + 722*linear(c.B)) / 10000
}

// linear undoes the sRGB transfer curve: ((v+0.055)/1.055)^2.4, or v/12.92 near
// black. The power is v² times the fifth root of v².
func linear(channel uint8) uint64 {
	v := uint64(channel) * fullLight / 255
	if v <= 40_450_000 {
		return v * 100 / 1292
	}
	base := (v + 55_000_000) * 1000 / 1055
	square := base * base / fullLight
	return square * fifthRoot(square) / fullLight
}

// fifthRoot finds the fifth root of a part of fullLight by halving.
func fifthRoot(part uint64) uint64 {
	low, high := uint64(0), uint64(fullLight)
	for low < high {
		middle := (low + high + 1) / 2
		if fifthPower(middle) <= part {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

func fifthPower(v uint64) uint64 {
	times := func(a, b uint64) uint64 {
		high, low := bits.Mul64(a, b)
		quotient, _ := bits.Div64(high, low, fullLight)
		return quotient
	}
	square := times(v, v)
	return times(times(square, square), v)
}

func ratio(hundredths int) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }

// Stylesheet is the address of the palette's style sheet. It names the colour
// and a mark of the sheet, so that it holds for any town and for ever.
func (p Palette) Stylesheet() string {
	return fmt.Sprintf("%s%s.%s.css", brandPrefix, strings.TrimPrefix(p.Asked.String(), "#"), p.mark()[:10])
}

// Integrity is what a browser checks the style sheet by.
func (p Palette) Integrity() string { return integrity(p.CSS()) }

func (p Palette) mark() string {
	sum := sha256.Sum256(p.CSS())
	return hex.EncodeToString(sum[:])
}

// CSS is the palette as custom properties.
func (p Palette) CSS() []byte {
	return fmt.Appendf(nil, ":root{--brand:%s;--brand-vivid:%s;--brand-dark:%s;--brand-darker:%s;--brand-light:%s;--brand-lighter:%s;--brand-lightest:%s}\n",
		p.Primary, p.Primary, p.Dark, p.Darker, p.Light, p.Lighter, p.Lightest)
}

// serveBrand makes the style sheet that an address names. Any colour is served
// and nothing is kept, so that no town needs to be looked up.
func serveBrand(w http.ResponseWriter, r *http.Request) {
	colour, _, _ := strings.Cut(path.Base(r.URL.Path), ".")
	asked, err := ParseColour(colour)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	palette := shades(asked)
	if palette.Stylesheet() != r.URL.Path {
		http.NotFound(w, r)
		return
	}
	send(w, r, contentType(r.URL.Path), palette.mark(), palette.CSS())
}
