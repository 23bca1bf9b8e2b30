package letter

import (
	"fmt"
	"strings"

	"clearwell/internal/law"
	"clearwell/internal/letter/imb"

	"codeberg.org/go-pdf/fpdf"
)

// Measures of the page, in points from its upper left corner: US Letter, folded
// in three for a #10 envelope with one or two windows. The window of the address
// shows 0.5 to 3.5 inches from the left and 2.04 to 3.04 inches from the top,
// wherever the sheet slides in the envelope; the return window above it shows
// 0.3 to 1.1 inches.
const (
	inch        = 72.0
	pageWidth   = 8.5 * inch
	pageHeight  = 11 * inch
	margin      = 0.75 * inch
	windowLeft  = 0.65 * inch
	windowEnd   = 3.5 * inch
	windowTop   = 2.04 * inch
	windowFoot  = 3.04 * inch
	returnTop   = 0.48 * inch
	barcodeAt   = 2.16 * inch // its middle
	addressAt   = 2.40 * inch // the base of the first line
	addressLine = 10.8
	addressSize = 9.0
	titleAt     = 3.95 * inch
	dearAt      = 4.25 * inch
	textAt      = 4.55 * inch
	secondAt    = 0.9 * inch // of later pages
	footAt      = pageHeight - 0.5*inch
	codeAt      = pageHeight - 0.9*inch // of credit monitoring
	textEnd     = pageHeight - 1.05*inch

	textSize  = 10.5
	textLine  = 13.6
	smallSize = 8.5
	smallLine = 10.8
)

// The barcode by the Postal Service's tolerances: 20 to 24 bars an inch, bars
// 0.015 to 0.025 inches wide and 0.125 to 0.165 high, trackers 0.039 to 0.057.
const (
	barPitch    = inch / 23.5
	barWidth    = 0.020 * inch
	barHeight   = 0.145 * inch
	trackHeight = 0.048 * inch
)

// drawBars gives the PDF operators for a barcode.
func drawBars(bars string) string {
	var b strings.Builder
	middle := pageHeight - barcodeAt
	for i, bar := range bars {
		top, foot := middle+trackHeight/2, middle-trackHeight/2
		if bar == 'F' || bar == 'A' {
			top = middle + barHeight/2
		}
		if bar == 'F' || bar == 'D' {
			foot = middle - barHeight/2
		}
		fmt.Fprintf(&b, "%.2f %.2f %.2f %.2f re ", windowLeft+float64(i)*barPitch, foot, barWidth, top-foot)
	}
	return b.String() + "f"
}

// barsWidth is the width of the barcode, which must stay inside the window.
const barsWidth = (imb.Bars-1)*barPitch + barWidth

// line is one line of text at its place.
type line struct {
	x, y  float64
	bold  bool
	size  float64
	words string
}

// layout places the text of a letter on pages, once for everybody who gets it.
type layout struct {
	measure *fpdf.Fpdf
	pages   [][]line
	y       float64
	size    float64
}

func (w *layout) put(x float64, bold bool, size float64, words string) {
	last := len(w.pages) - 1
	w.pages[last] = append(w.pages[last], line{x, w.y, bold, size, words})
}

// room begins another page unless there is room for some points of height.
func (w *layout) room(height float64) {
	if w.y+height > textEnd {
		w.pages, w.y = append(w.pages, nil), secondAt
	}
}

// lay places a whole letter; the first page begins under the salutation.
func lay(measure *fpdf.Fpdf, l Letter, closing ...string) [][]line {
	w := &layout{measure: measure, pages: [][]line{nil}, y: textAt, size: max(textSize, float64(l.Points))}
	for _, s := range l.Sections {
		w.section(s)
	}
	w.room(3 * textLine)
	for _, words := range closing {
		w.y += textLine / 2
		w.paragraph(words)
	}
	return w.pages
}

// section keeps a heading together with the first lines under it.
func (w *layout) section(s Section) {
	w.room(4 * textLine)
	w.put(margin, true, w.size, s.Heading)
	w.y += textLine * 1.15
	for _, p := range s.Paragraphs {
		w.paragraph(p.Text)
		if len(p.Contacts) > 0 {
			w.contacts(p.Contacts)
		}
	}
	w.y += textLine / 2
}

func (w *layout) paragraph(text string) {
	for _, words := range w.wrap(text, pageWidth-2*margin) {
		w.room(textLine)
		w.put(margin, false, w.size, words)
		w.y += textLine
	}
	w.y += textLine * 0.3
}

// contacts stand beside each other in three columns.
func (w *layout) contacts(all []law.Contact) {
	const columns, column = 3, (pageWidth - 2*margin) / 3
	w.room(6 * smallLine)
	top, foot := w.y, w.y
	for i, c := range all {
		w.y = top
		x := margin + float64(i%columns)*column
		for at, words := range append(append([]string{c.Name}, c.Lines...), c.Phone, c.Site) {
			for _, part := range wrap(w.measure, words, column-6, smallSize, at == 0) {
				w.put(x, at == 0, smallSize, part)
				w.y += smallLine
			}
		}
		foot = max(foot, w.y)
	}
	w.y = foot + smallLine
}

func (w *layout) wrap(text string, width float64) []string {
	return wrap(w.measure, text, width, w.size, false)
}

// wrap breaks a text into lines that are no wider than some points.
func wrap(measure *fpdf.Fpdf, text string, width, size float64, bold bool) []string {
	measure.SetFont(family, style(bold), size)
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(current + " " + word)
		if current != "" && measure.GetStringWidth(longer) > width {
			lines = append(lines, current)
			longer = word
		}
		current = longer
	}
	return append(lines, current)
}

// family is the name under which the PDF knows the font of the text.
const family = "text"

func style(bold bool) string {
	if bold {
		return "B"
	}
	return ""
}
