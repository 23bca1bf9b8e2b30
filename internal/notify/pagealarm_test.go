package notify

import (
	"errors"
	"testing"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

func TestPageAlarmsInWords(t *testing.T) {
	a := PageAlarm{
		Town: "City of Sampletown", Page: "/pay/{quo}", What: "https://evil.example/<skim>.js", Rule: "script-src-elem",
		At: time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC), Zone: "America/Chicago", Command: "clearwell reports show --city sampletown see_1",
	}
	for _, lang := range locale.Languages {
		words, err := a.letter(catalogue(t).Printer(lang))
		if err != nil {
			t.Fatal(err)
		}
		html, err := words.html()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "page-alarm."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
		golden(t, "page-alarm."+string(lang)+".html", html)
	}
	a.What = "https://evil.example/4242424242424242"
	if err := a.check(); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("an alarm with a card number: %v", err)
	}
}
