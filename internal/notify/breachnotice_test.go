package notify

import (
	"errors"
	"testing"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

func TestBreachNoticesInWords(t *testing.T) {
	n := BreachNotice{Town: "City of Sampletown", Title: "Notice of Data Breach", Paragraphs: []string{"What happened", "A script was changed.\n  FTC, 600 Pennsylvania Avenue"}}
	for _, lang := range locale.Languages {
		words, err := n.letter(catalogue(t).Printer(lang))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "breach-notice."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
	}
	n.Paragraphs = append(n.Paragraphs, "4242424242424242")
	if err := n.check(); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("a notice with a card number: %v", err)
	}
}
