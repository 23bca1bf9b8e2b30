package bench

import (
	"bufio"
	"context"
	"fmt"
	"path/filepath"

	"codeberg.org/go-pdf/fpdf"

	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

const lettersMost = 15.0 // seconds

// letters measures printing a town's letters into one file: names in any
// script, two languages, the forms of several laws, barcodes.
func letters(_ context.Context, s *site) (Figure, error) {
	f := Figure{Unit: "s"}
	press, err := newPress()
	if err != nil {
		return f, err
	}
	var printed letter.Printed
	forgetPeak()
	took, err := timed(func() error {
		for n := range s.letters {
			if err := press.Print(recipient(n)); err != nil {
				return err
			}
		}
		return writeFile(filepath.Join(s.folder, "letters.pdf"), func(to *bufio.Writer) error {
			printed, err = press.Finish(to)
			return err
		})
	})
	if err != nil {
		return f, err
	}
	f.Value, f.Peak = took.Seconds(), peak()
	f.What = fmt.Sprintf("%d letters to one PDF, %d pages, every seventh name in another script", printed.Letters, printed.Pages)
	f.BaselineIs = "as many pages with twenty lines each in a built-in font, by the same PDF library"
	plain, err := timed(func() error { return plainPages(printed.Pages, filepath.Join(s.folder, "plain.pdf")) })
	f.Baseline = plain.Seconds()
	f.atMost(lettersMost)
	return f, err
}

func newPress() (*letter.Press, error) {
	book, err := law.Load()
	if err != nil {
		return nil, err
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return letter.NewWriter(book, words).NewPress(founding(), letter.Exposed, letter.Mailing{Mailer: "123456", Service: "270", Serial: 1})
}

// founding is a notice with the founding case's facts, of a town that is not.
func founding() letter.Notice {
	first, last := calendar.MakeDate(2019, 8, 27), calendar.MakeDate(2019, 10, 14)
	return letter.Notice{
		Town: "City of Sampletown", Office: "Utility Billing", Address: []string{"120 Standpipe Street", "Sampletown, TX 78600"},
		Phone: "1-800-555-0134", Site: "pay.sampletown.example/notice", Hours: "8 a.m. – 8 p.m.",
		Monitoring: "monitoring.example", Entity: law.LocalGovernment, State: "TX",
		On: calendar.MakeDate(2019, 12, 12), Discovered: calendar.MakeDate(2019, 12, 11),
		Windows: []letter.Window{{From: first, To: last}}, Seen: letter.SeenCard,
		Ways: []string{"one_time_web"}, Safe: []string{"autopay", "counter", "telephone", "echeck"}, People: 8000,
	}
}

// recipient is one of those who get a letter.
func recipient(n int) letter.Recipient {
	states := []string{"TX", "TX", "TX", "OK", "MA", "IL", "NC"}
	names := []string{"María Núñez-O’Brien", "محمد عبد الله", "王小明", "김민준", "प्रिया शर्मा", "สมชาย ใจดี", "Нікіта Ёлкин", "דוד כהן", "Nguyễn Thị Hường"}
	r := letter.Recipient{
		ID: fmt.Sprintf("P-%05d", n), Name: fmt.Sprintf("Resident Number %d", n),
		Lines: []string{fmt.Sprintf("%d Reservoir Road", n), fmt.Sprintf("Sampletown, TX 79701-%04d", n%10_000)},
		State: states[n%len(states)], Language: locale.Languages[n%len(locale.Languages)],
	}
	if n%7 == 0 {
		r.Name = names[n/7%len(names)]
	}
	return r
}

func plainPages(pages int, path string) error {
	pdf := fpdf.New("P", "pt", "Letter", "")
	pdf.SetFont("Helvetica", "", 10)
	for page := range pages {
		pdf.AddPage()
		for line := range 20 {
			pdf.Text(72, float64(72+line*14), fmt.Sprintf("Line %d of page %d says what happened and what to do next.", line, page))
		}
	}
	return writeFile(path, func(to *bufio.Writer) error { return pdf.Output(to) })
}
