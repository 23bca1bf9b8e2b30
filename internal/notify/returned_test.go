package notify

import (
	"errors"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

func TestAReturnInWords(t *testing.T) {
	r := PaymentReturned{
		Town: "City of Sampletown", Confirmation: "CW7K-Q4MZ", PaidOn: calendar.MakeDate(2026, 1, 6), Service: "Water", UtilityAccount: "…001",
		Amount: money.Cents(8310), Address: "https://pay.sampletown.example/", Phone: "(512) 555-0100",
	}
	for code, name := range map[string]string{"R01": "money", "R02": "closed", "R10": "stopped", "not_sent": "not_sent", "R16": "other"} {
		r.Why, r.Retry = WhyReturned(code), calendar.Date{}
		if code == "R01" {
			r.Retry = calendar.MakeDate(2026, 1, 9)
		}
		if err := r.check(); err != nil || string(r.Why) != name {
			t.Fatal(err, r.Why)
		}
		for _, lang := range locale.Languages {
			words, err := r.letter(catalogue(t).Printer(lang))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "returned-"+name+"."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
		}
	}
	r.Service = "4242424242424242"
	if err := r.check(); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("with a card number: %v", err)
	}
	if err := (PaymentReturned{Why: "weather"}).check(); err == nil {
		t.Error("there is a reason weather")
	}
}
