package letter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// em is the size at which names are shaped: positions come in its thousandths.
const em = 1000

// outlines draws text of any script as filled shapes. The PDF library places
// one sign after another; Arabic, Devanagari or Thai need more than that.
type outlines struct {
	faces  *typefaces
	shaper shaping.HarfbuzzShaper
	split  shaping.Segmenter
	shapes map[shapeKey]string
}

type shapeKey struct {
	face  *font.Face
	glyph font.GID
}

func newOutlines(faces *typefaces) *outlines {
	return &outlines{faces: faces, shapes: map[shapeKey]string{}}
}

// draw gives the PDF operators that draw a text with its left end at x, y, in
// points from the lower left of the page.
func (o *outlines) draw(text string, x, y, size float64) string {
	var b strings.Builder
	at := 0.0
	for _, run := range o.runs(text) {
		scale := size / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			if shape := o.shape(run.Face, g.GlyphID); shape != "" {
				left := x + (at+points(g.XOffset))*size/em
				fmt.Fprintf(&b, "q %.6f 0 0 %.6f %.3f %.3f cm %sf Q\n", scale, scale, left, y+points(g.YOffset)*size/em, shape)
			}
			at += points(g.Advance)
		}
	}
	return b.String()
}

func points(v fixed.Int26_6) float64 { return float64(v) / 64 }

// width is how wide a text is, in points.
func (o *outlines) width(text string, size float64) float64 {
	total := 0.0
	for _, run := range o.runs(text) {
		total += points(run.Advance)
	}
	return total * size / em
}

// runs shapes a text, in the order in which it is read from the left.
func (o *outlines) runs(text string) []shaping.Output {
	runes := []rune(text)
	inputs := o.split.Split(shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR,
		Size: fixed.I(em), Language: language.NewLanguage("en"),
	}, o.faces)
	var all []shaping.Output
	for _, input := range inputs {
		all = append(all, o.shaper.Shape(input))
	}
	if len(all) > 0 && all[0].Direction == di.DirectionRTL {
		slices.Reverse(all)
	}
	return all
}

// shape is the outline of a sign as PDF operators, in units of its font.
func (o *outlines) shape(face *font.Face, glyph font.GID) string {
	key := shapeKey{face, glyph}
	if shape, ok := o.shapes[key]; ok {
		return shape
	}
	outline, _ := face.GlyphDataOutline(glyph) // a blank has none
	o.shapes[key] = operators(outline.Segments)
	return o.shapes[key]
}

// operators writes an outline. PDF has curves of the third degree only.
func operators(segments []font.Segment) string {
	var b strings.Builder
	var at ot.SegmentPoint
	for _, s := range segments {
		p := s.ArgsSlice()
		switch s.Op {
		case ot.SegmentOpMoveTo:
			fmt.Fprintf(&b, "%.1f %.1f m ", p[0].X, p[0].Y)
		case ot.SegmentOpLineTo:
			fmt.Fprintf(&b, "%.1f %.1f l ", p[0].X, p[0].Y)
		case ot.SegmentOpQuadTo:
			fmt.Fprintf(&b, "%.1f %.1f %.1f %.1f %.1f %.1f c ",
				third(at.X, p[0].X), third(at.Y, p[0].Y), third(p[1].X, p[0].X), third(p[1].Y, p[0].Y), p[1].X, p[1].Y)
		case ot.SegmentOpCubeTo:
			fmt.Fprintf(&b, "%.1f %.1f %.1f %.1f %.1f %.1f c ", p[0].X, p[0].Y, p[1].X, p[1].Y, p[2].X, p[2].Y)
		}
		at = p[len(p)-1]
	}
	return b.String()
}

// third is the point two thirds of the way to the control point of a curve of
// the second degree.
func third(end, control float32) float32 { return end + (control-end)*2/3 }
