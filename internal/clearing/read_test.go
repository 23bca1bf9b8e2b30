package clearing

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead: whatever a bank sends ends with answers or with a refusal that says
// nothing of what stood in it.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"day.ach", "balanced.ach", "prenote.ach", "returned.ach"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add([]byte(strings.ReplaceAll(string(text), "\n", "\r\n")))
	}
	f.Add([]byte("\xef\xbb\xbf101"))
	terms := Terms{CompanyID: "1234567890"}
	f.Fuzz(func(t *testing.T, file []byte) {
		answers, err := read(file, terms)
		if err != nil && !errors.Is(err, ErrNotACH) && !errors.Is(err, ErrForeign) {
			t.Errorf("refused as %v", err)
		}
		for _, a := range answers {
			_ = a.once()
		}
	})
}

func TestOurOwnFilesHoldNoAnswers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "day.ach"))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := read(text, Terms{CompanyID: "1234567890"})
	for _, a := range answers {
		if a.Kind != Other || a.Original != 0 {
			t.Errorf("a debit of ours is taken for %+v", a)
		}
	}
	if err != nil || len(answers) != 5 {
		t.Errorf("%d answers, %v", len(answers), err)
	}
}
