package notify

import (
	"errors"
	"testing"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

func TestTownWarningsInWords(t *testing.T) {
	w := TownWarning{
		Town: "City of Sampletown", Incident: "portal-2026", Known: time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC), Zone: "America/Chicago",
		Text: "A script on the card page was changed between November 20 and 24.", Answer: "security@operator.example",
	}
	for _, lang := range locale.Languages {
		words, err := w.letter(catalogue(t).Printer(lang))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "town-warning."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
	}
	w.Text = "The card was 4242 4242 4242 4242."
	if err := w.check(); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("a warning with a card number: %v", err)
	}
}
