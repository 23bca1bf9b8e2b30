package notify

import (
	"errors"
	"testing"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

func TestPayeeNewsInWords(t *testing.T) {
	n := PayeeNews{
		Town: "City of Sampletown", Changes: []string{"processor.merchant: sampletown -> elsewhere", "contact.finance: a@sampletown.example -> <b>@example.net"},
		From: time.Date(2026, 11, 25, 15, 4, 5, 0, time.UTC), Zone: "America/Chicago", Asked: "ada", Approved: "bo", Command: "clearwell city stop --city sampletown apr_1",
	}
	for _, stage := range []PayeeStage{PayeeBegun, PayeeInForce, PayeeStopped} {
		n.Stage = stage
		if n.Reason = ""; stage == PayeeStopped {
			n.Reason = "nobody here knows of it"
		}
		if err := n.check(); err != nil {
			t.Fatal(err)
		}
		for _, lang := range locale.Languages {
			words, err := n.letter(catalogue(t).Printer(lang))
			if err != nil {
				t.Fatal(err)
			}
			html, err := words.html()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "payee-"+string(stage)+"."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
			golden(t, "payee-"+string(stage)+"."+string(lang)+".html", html)
		}
	}
	n.Changes = []string{"merchant: 4242424242424242"}
	if err := n.check(); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("news with a card number: %v", err)
	}
	if err := (PayeeNews{Zone: "America/Chicago"}).check(); err == nil {
		t.Error("news of no stage")
	}
}
