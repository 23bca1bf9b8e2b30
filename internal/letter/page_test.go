package letter

import (
	"fmt"
	"strings"
	"testing"

	"clearwell/internal/law"
	"clearwell/internal/letter/imb"
)

// What the Postal Service measures: bars an inch, their width and height, and
// that they and the address stay in the window wherever the sheet slides.
func TestBarcodeAndAddressAreWithinTolerance(t *testing.T) {
	for _, c := range []struct {
		what             string
		got, least, most float64
	}{
		{"bars an inch", inch / barPitch, 20, 24},
		{"width of a bar", barWidth / inch, 0.015, 0.025},
		{"height of a full bar", barHeight / inch, 0.125, 0.165},
		{"height of a tracker", trackHeight / inch, 0.039, 0.057},
		{"quiet left of the barcode", (windowLeft - 0.5*inch) / inch, 0.125, 1},
		{"right end of the barcode", (windowLeft + barsWidth) / inch, 1, 3.5 - 0.09},
		{"quiet above the barcode", (barcodeAt - barHeight/2 - windowTop) / inch, 0.028, 1},
		{"quiet below it", (addressAt - addressSize - barcodeAt - barHeight/2) / inch, 0.028, 1},
		{"base of the fifth line", addressAt + 4*addressLine, windowTop, windowFoot - 2},
		{"the title stands under the fold", titleAt, pageHeight / 3, pageHeight},
	} {
		if c.got < c.least || c.got > c.most {
			t.Errorf("%s is %.3f, not between %.3f and %.3f", c.what, c.got, c.least, c.most)
		}
	}
}

// The bars that are drawn are those of the code: read back from the operators.
func TestDrawnBarsAreTheCode(t *testing.T) {
	want, err := imb.Encode("00270123456000000042", "797011234")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, bar := range strings.Split(strings.TrimSuffix(drawBars(want), " f"), " re")[:imb.Bars] {
		var x, y, width, height float64
		if _, err := fmt.Sscan(bar, &x, &y, &width, &height); err != nil {
			t.Fatal(err)
		}
		ascends, descends := y+height > pageHeight-barcodeAt+trackHeight, y < pageHeight-barcodeAt-trackHeight
		letters := map[[2]bool]string{{true, true}: "F", {true, false}: "A", {false, true}: "D", {false, false}: "T"}
		got.WriteString(letters[[2]bool{ascends, descends}])
	}
	if got.String() != want {
		t.Errorf("drawn %s, want %s", got.String(), want)
	}
}

// No name is cut off or lost, in whichever script.
func TestNamesFit(t *testing.T) {
	faces, err := openTypefaces()
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := newPDF(Notice{})
	if err != nil {
		t.Fatal(err)
	}
	p := &Press{pdf: pdf, faces: faces, outlines: newOutlines(faces)}
	for _, name := range []string{"Ana", "प्रिया शर्मा", "محمد عبد الله", "王小明", "김민준", "สมชาย", "👩🏽 Ana", "a\x00b\nc", "\xff"} {
		for _, long := range []string{name, strings.Repeat(name+" ", 30)} {
			words, _, err := faces.printable(long)
			if err != nil {
				t.Fatal(err)
			}
			size := p.fitted(words, addressSize, windowEnd-windowLeft)
			if width := p.width(words, size); width > windowEnd-windowLeft+0.5 || width <= 0 {
				t.Errorf("%q is %.1f points wide at %.1f", long, width, size)
			}
			if long == name && size != addressSize {
				t.Errorf("%q is printed at %.1f points", name, size)
			}
		}
	}
}

// What a font has is drawn by it; what none has is printed as its code.
func TestSignsAreDrawnOrNamed(t *testing.T) {
	faces, err := openTypefaces()
	if err != nil {
		t.Fatal(err)
	}
	o := newOutlines(faces)
	for _, c := range []struct {
		text, want string
		replaced   bool
	}{
		{"María", "María", false}, {"Mari\u0301a", "María", false}, {"王 김 さ", "王 김 さ", false},
		{"بن علي", "بن علي", false}, {"ამ ԱԲ ኢት ខ្មែរ မြန် ලංකා", "ამ ԱԲ ኢት ខ្មែរ မြန် ලංකා", false},
		{"𐎠 x", "[U+103A0] x", true}, {"👩", "[U+1F469]", true}, {"a\nb", "a b", false},
	} {
		got, replaced, err := faces.printable(c.text)
		if err != nil || got != c.want || replaced != c.replaced {
			t.Errorf("%q: %q, replaced %v, %v", c.text, got, replaced, err)
		}
		if !faces.isPlain(got) && !strings.Contains(o.draw(got, 0, 0, 10), " l ") {
			t.Errorf("%q draws nothing", c.text)
		}
	}
}

// A ZIP code is the last word of an address, with or without its dash.
func TestRouting(t *testing.T) {
	for last, want := range map[string]string{
		"Odessa, TX 79761": "79761", "Odessa, TX 79761-1234": "797611234", "Odessa, TX 79761-1234-01": "79761123401",
		"Odessa, TX": "", "Montréal QC H2X 1Y4": "", "": "", "Odessa, TX 7976": "",
	} {
		if got := routing([]string{"1 Road", last}); got != want {
			t.Errorf("%q: %q, want %q", last, got, want)
		}
	}
}

// Every word of a letter is on its pages, in order, and on the paper.
func TestNothingIsLostBetweenTextAndPage(t *testing.T) {
	pdf, err := newPDF(Notice{})
	if err != nil {
		t.Fatal(err)
	}
	l := Letter{Title: "Title"}
	for s := range 7 {
		section := Section{Heading: fmt.Sprint("Heading ", s)}
		for p := range 5 {
			paragraph := Paragraph{Text: strings.Repeat(fmt.Sprintf("word%d.%d ", s, p), 40)}
			if p == 4 {
				paragraph.Contacts = []law.Contact{{Name: fmt.Sprint("Office of somebody with a long name ", s), Lines: []string{"Street", "City"}, Phone: "1"}}
			}
			section.Paragraphs = append(section.Paragraphs, paragraph)
		}
		l.Sections = append(l.Sections, section)
	}
	var words []string
	pages := lay(pdf, l)
	for _, lines := range pages {
		for _, line := range lines {
			words = append(words, strings.Fields(line.words)...)
			pdf.SetFont(family, style(line.bold), line.size)
			if right := line.x + pdf.GetStringWidth(line.words); right > pageWidth-margin+0.5 || line.y > textEnd {
				t.Errorf("%q ends at %.0f, %.0f", line.words, right, line.y)
			}
		}
	}
	want := strings.Fields(strings.ReplaceAll(strings.TrimPrefix(l.Text(), "Title"), ",", ""))
	if got := strings.Join(words, " "); got != strings.Join(want, " ") || len(pages) < 2 {
		t.Errorf("%d pages have %s", len(pages), got)
	}
}
