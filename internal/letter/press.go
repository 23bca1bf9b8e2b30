package letter

import (
	"fmt"
	"io"
	"strings"
	"time"

	"clearwell/internal/letter/imb"
	"clearwell/internal/locale"

	"codeberg.org/go-pdf/fpdf"
)

// Mailing is what the Postal Service gave the town, and how it prints.
type Mailing struct {
	Mailer  string // identifier of 6 or 9 digits; empty: no barcodes
	Service string // type of service, 3 digits
	Serial  int    // of the first letter; the next counts on
	Duplex  bool   // both sides of the sheet: each letter begins on a front
}

// Printed is what a press made.
type Printed struct {
	Letters, Pages int
	// Replaced lists the recipients in whose name or address a sign stands as
	// its code, because no font has it.
	Replaced []string
	// Unaddressed lists the recipients without an address; their letters are
	// printed, to be handed over.
	Unaddressed []string
	// Unbarred lists those whose letter has no barcode, because their address
	// ends in no ZIP code.
	Unbarred []string
}

// Press prints letters into one PDF. It belongs to one goroutine.
type Press struct {
	writer  *Writer
	notice  Notice
	kind    Kind
	mailing Mailing

	pdf      *fpdf.Fpdf
	faces    *typefaces
	outlines *outlines
	forms    map[formKey]*form
	printed  Printed
}

type formKey struct {
	state string
	lang  locale.Lang
}

// form is what all letters of a state and language share, page by page.
type form struct {
	letter  Letter
	pages   []fpdf.Template
	printer *locale.Printer
}

// NewPress makes a press for the letters of one notice.
func (w *Writer) NewPress(n Notice, kind Kind, mailing Mailing) (*Press, error) {
	faces, err := openTypefaces()
	if err != nil {
		return nil, err
	}
	pdf, err := newPDF(n)
	if err != nil {
		return nil, err
	}
	return &Press{
		writer: w, notice: n, kind: kind, mailing: mailing, pdf: pdf,
		faces: faces, outlines: newOutlines(faces), forms: map[formKey]*form{},
	}, nil
}

func newPDF(n Notice) (*fpdf.Fpdf, error) {
	pdf := fpdf.New("P", "pt", "Letter", "")
	for file, bold := range map[string]bool{regularFile: false, boldFile: true} {
		data, err := fontFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("opening font %s: %w", file, err)
		}
		pdf.AddUTF8FontFromBytes(family, style(bold), data)
	}
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(n.On.Start(time.UTC)) // the same letters make the same bytes
	pdf.SetModificationDate(n.On.Start(time.UTC))
	pdf.SetTitle(n.Town, true)
	return pdf, pdf.Error()
}

// Print adds the letter of one recipient. It returns what [Writer.Compose] does,
// and prints nothing then.
func (p *Press) Print(r Recipient) error {
	f, err := p.form(formKey{r.State, Spoken(r.Language)})
	if err != nil {
		return err
	}
	bars, err := p.bars(r)
	if err != nil {
		return fmt.Errorf("printing the letter of %s: %w", r.ID, err)
	}
	drawn, err := p.address(r)
	if err != nil {
		return fmt.Errorf("printing the letter of %s: %w", r.ID, err)
	}
	for i, template := range f.pages {
		p.pdf.AddPage()
		p.pdf.UseTemplate(template)
		p.text(line{margin, footAt, false, smallSize, f.printer.T("letter.number", "ID", r.ID)})
		if i == 0 {
			p.first(f, r, bars, drawn)
		}
	}
	if p.mailing.Duplex && len(f.pages)%2 == 1 {
		p.pdf.AddPage()
	}
	p.printed.Letters++
	return p.pdf.Error()
}

// bars is the barcode of the next letter, or none.
func (p *Press) bars(r Recipient) (string, error) {
	if p.mailing.Mailer == "" {
		return "", nil
	}
	routing := routing(r.Lines)
	if routing == "" {
		p.printed.Unbarred = append(p.printed.Unbarred, r.ID)
		return "", nil
	}
	tracking, err := p.mailing.tracking(p.printed.Letters)
	if err != nil {
		return "", err
	}
	return imb.Encode(tracking, routing)
}

// tracking is the code of the nth letter of a mailing.
func (m Mailing) tracking(n int) (string, error) {
	return imb.Piece{Service: m.Service, Mailer: m.Mailer, Serial: m.Serial + n}.Tracking()
}

// routing is the ZIP code at the end of an address, without its dash.
func routing(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	words := strings.Fields(lines[len(lines)-1])
	if len(words) == 0 {
		return ""
	}
	zip := strings.ReplaceAll(words[len(words)-1], "-", "")
	if strings.Trim(zip, "0123456789") != "" || len(zip) != 5 && len(zip) != 9 && len(zip) != 11 {
		return ""
	}
	return zip
}

// address is the lines of the window as they can be printed, the name first.
// More than the window holds share its last line.
func (p *Press) address(r Recipient) ([]string, error) {
	const most = 5
	lines := append([]string{r.Name}, r.Lines...)
	if len(r.Lines) == 0 {
		p.printed.Unaddressed = append(p.printed.Unaddressed, r.ID)
	}
	if len(lines) > most {
		lines = append(lines[:most-2:most-2], strings.Join(lines[most-2:len(lines)-1], ", "), lines[len(lines)-1])
	}
	wasReplaced := false
	for i, text := range lines {
		printable, replaced, err := p.faces.printable(text)
		if err != nil {
			return nil, err
		}
		lines[i] = printable
		wasReplaced = wasReplaced || replaced
	}
	if wasReplaced {
		p.printed.Replaced = append(p.printed.Replaced, r.ID)
	}
	return lines, nil
}

// first draws on a first page what is one person's.
func (p *Press) first(f *form, r Recipient, bars string, address []string) {
	if bars != "" {
		p.pdf.RawWriteStr(drawBars(bars))
	}
	for i, words := range address {
		size := p.fitted(words, addressSize, windowEnd-windowLeft)
		p.text(line{windowLeft, addressAt + float64(i)*addressLine, false, size, words})
	}
	dear := f.printer.T("letter.dear", "Name", address[0])
	p.text(line{margin, dearAt, false, p.fitted(dear, textSize, pageWidth-2*margin), dear})
	if r.Code != "" {
		words := f.printer.T("letter.monitoring", "Code", r.Code, "Site", p.notice.Monitoring)
		for i, part := range wrap(p.pdf, words, pageWidth-2*margin, smallSize, true) {
			p.text(line{margin, codeAt + float64(i)*smallLine, true, smallSize, part})
		}
	}
}

// fitted is the size at which words fit into a width: a long name is made
// smaller, for the window would cut it off.
func (p *Press) fitted(words string, size, room float64) float64 {
	return size * min(1, room/max(p.width(words, size), 1))
}

func (p *Press) width(words string, size float64) float64 {
	if !p.faces.isPlain(words) {
		return p.outlines.width(words, size)
	}
	p.pdf.SetFont(family, "", size)
	return p.pdf.GetStringWidth(words)
}

// text draws a line, as text where the font has all of it and as shapes where
// not.
func (p *Press) text(l line) {
	if p.faces.isPlain(l.words) {
		p.pdf.SetFont(family, style(l.bold), l.size)
		p.pdf.Text(l.x, l.y, l.words)
		return
	}
	p.pdf.RawWriteStr(p.outlines.draw(l.words, l.x, pageHeight-l.y, l.size))
}

// form lays out the letter of a state and language when it first comes.
func (p *Press) form(key formKey) (*form, error) {
	if f, ok := p.forms[key]; ok {
		return f, nil
	}
	l, err := p.writer.Compose(p.notice, p.kind, key.state, key.lang)
	if err != nil {
		return nil, err
	}
	f := &form{letter: l, printer: p.writer.catalogue.Printer(key.lang)}
	own := p.notice.spokenIn(l.Language)
	pages := lay(p.pdf, l,
		f.printer.T("letter.signed", "Town", own.Town, "Office", own.Office),
		f.printer.T("letter.other_language", "Site", p.notice.Site))
	for i, lines := range pages {
		f.pages = append(f.pages, p.pdf.CreateTemplate(func(t *fpdf.Tpl) {
			p.fixed(t, f, i, len(pages))
			for _, l := range lines {
				draw(t, l)
			}
		}))
	}
	p.forms[key] = f
	return f, p.pdf.Error()
}

// fixed draws what stands at one place on every letter: head and foot.
func (p *Press) fixed(t *fpdf.Tpl, f *form, page, pages int) {
	foot := f.printer.T("letter.page", "Page", page+1, "Pages", pages)
	draw(t, line{pageWidth - margin - 1.1*inch, footAt, false, smallSize, foot})
	if page > 0 {
		return
	}
	draw(t, line{windowLeft, returnTop, true, addressSize, p.notice.Town})
	for i, words := range append([]string{p.notice.Office}, p.notice.Address...) {
		draw(t, line{windowLeft, returnTop + float64(i+1)*addressLine, false, addressSize, words})
	}
	draw(t, line{pageWidth - margin - 1.9*inch, returnTop, false, textSize, f.printer.Date(p.notice.On)})
	draw(t, line{margin, titleAt, true, 14, f.letter.Title})
}

func draw(t *fpdf.Tpl, l line) {
	t.SetFont(family, style(l.bold), l.size)
	t.Text(l.x, l.y, l.words)
}

// Finish writes the PDF and says what is in it. The press is done.
func (p *Press) Finish(to io.Writer) (Printed, error) {
	p.printed.Pages = p.pdf.PageCount()
	if err := p.pdf.Output(to); err != nil {
		return Printed{}, fmt.Errorf("writing the letters: %w", err)
	}
	return p.printed, nil
}
