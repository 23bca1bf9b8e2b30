package letter_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"clearwell/internal/letter"
	"clearwell/internal/locale"

	"github.com/google/go-cmp/cmp"
)

func mailing() letter.Mailing {
	return letter.Mailing{Mailer: "123456", Service: "270", Serial: 41}
}

// people have names in many scripts, and addresses as they come.
func people() []letter.Recipient {
	home := []string{"200 Reservoir Road", "Clearwell, TX 79701-1234"}
	return []letter.Recipient{
		{ID: "P-0001", Name: "María Núñez-O’Brien", Lines: home, State: "TX", Language: locale.Spanish, Code: "MON-4471-XK"},
		{ID: "P-0002", Name: "محمد عبد الله", Lines: home, State: "TX"},
		{ID: "P-0003", Name: "王小明 / 김민준 / さくら", Lines: home, State: "TX"},
		{ID: "P-0004", Name: "प्रिया शर्मा", Lines: home, State: "TX"},
		{ID: "P-0005", Name: "สมชาย ใจดี", Lines: []string{"c/o Somebody", "Building 7", "Apartment 12", "200 Reservoir Road", "Clearwell, TX 79701"}, State: "TX"},
		{ID: "P-0006", Name: "Нікіта Ёлкин", Lines: home, State: "MA"},
		{ID: "P-0007", Name: "דוד כהן", Lines: home, State: "IL"},
		{ID: "P-0008", Name: "𐎠𐎡 Darius", Lines: home, State: "TX"},
		{ID: "P-0009", Name: "Nguyễn Thị Hường", Lines: []string{"Rue 1", "Montréal QC H2X 1Y4"}, State: "ON"},
		{ID: "P-0010", Name: "=Someone With an Extraordinarily Long Name and Several Titles, Executor", State: "TX"},
	}
}

// print prints people, and leaves the file where one may look at it.
func print(t testing.TB, name string, all []letter.Recipient, m letter.Mailing) ([]byte, letter.Printed) {
	t.Helper()
	press, err := writer(t).NewPress(notice(), letter.Exposed, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if err := press.Print(r); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	printed, err := press.Finish(&out)
	if err != nil {
		t.Fatal(err)
	}
	if *look != "" {
		if err := os.WriteFile(filepath.Join(*look, name+".pdf"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes(), printed
}

func TestPrintedLetters(t *testing.T) {
	pdf, printed := print(t, "letters", people(), mailing())
	want := letter.Printed{
		Letters: 10, Pages: 20,
		Replaced: []string{"P-0008"}, Unaddressed: []string{"P-0010"}, Unbarred: []string{"P-0009", "P-0010"},
	}
	if diff := cmp.Diff(want, printed); diff != "" {
		t.Error(diff)
	}
	again, _ := print(t, "letters", people(), mailing())
	if !bytes.Equal(pdf, again) {
		t.Error("the same letters are different bytes")
	}
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages != 20 {
		t.Errorf("the file has %d pages", pages)
	}
}

// Printed on both sides, every letter begins on a front: a letter of one page
// is followed by an empty one.
func TestBothSides(t *testing.T) {
	for duplex, want := range map[bool]int{false: 3, true: 6} {
		press, err := writer(t).NewPress(notice(), letter.Information, letter.Mailing{Duplex: duplex})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range people()[:3] {
			if err := press.Print(r); err != nil {
				t.Fatal(err)
			}
		}
		printed, err := press.Finish(io.Discard)
		if err != nil || printed.Pages != want {
			t.Errorf("both sides %v: %d pages, want %d (%v)", duplex, printed.Pages, want, err)
		}
	}
}

// A letter that the law would not have is not printed, and nothing of it.
func TestWhatMustNotBeSaidIsNotPrinted(t *testing.T) {
	n := notice()
	n.Story = map[locale.Lang]string{locale.English: "All 8,000 of you."}
	press, err := writer(t).NewPress(n, letter.Exposed, letter.Mailing{})
	if err != nil {
		t.Fatal(err)
	}
	if err := press.Print(letter.Recipient{ID: "1", Name: "Ana", State: "IL"}); !errors.Is(err, letter.ErrForbidden) {
		t.Errorf("printing: %v", err)
	}
	if printed, err := press.Finish(io.Discard); err != nil || printed.Letters != 0 {
		t.Errorf("printed %+v, %v", printed, err)
	}
}
