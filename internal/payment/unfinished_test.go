package payment_test

import (
	"errors"
	"testing"

	"clearwell/internal/locale"
	"clearwell/internal/payment"
)

const challenged = "4000000000003220"

// Who turns back at the bank's question has paid nothing: what is owed stays
// what it was, and is only told of.
func TestWhoTurnsBackAtTheBanksQuestionHasPaidNothing(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.card(tw.quote(8310), challenged)
		p, err := tw.payments.Start(t.Context(), payment.StartRequest{
			City: sampletown, Quote: quote.ID, Consent: quote.Total(), ReturnURL: "http://localhost:8080/back",
		})
		if err != nil || p.State != payment.Away {
			t.Fatalf("payment is %s, %v", p.State, err)
		}
		owed, err := tw.payments.Owed(t.Context(), sampletown, number)
		if err != nil || owed.Total.Cents() != 8310 || len(owed.Pending) != 0 {
			t.Errorf("owed %s with %d on their way, %v", owed.Total, len(owed.Pending), err)
		}
		if len(owed.Unfinished) != 1 || owed.Unfinished[0].ID != p.ID || owed.Unfinished[0].Total() != p.Total() {
			t.Errorf("unfinished are %+v", owed.Unfinished)
		}
		second := tw.card(tw.quote(8310), good)
		_, err = tw.start(second)
		tw.refused(err, payment.ErrLikelyDuplicate) // the first may still be finished
	})
}

// A quote goes on in the language of who reads it now.
func TestAQuoteSpeaksAnotherLanguage(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.quote(8310)
		if err := tw.payments.Speak(t.Context(), sampletown, quote.ID, locale.Spanish); err != nil {
			t.Fatal(err)
		}
		found, err := tw.payments.FindQuote(t.Context(), sampletown, quote.ID)
		if err != nil || found.Language != locale.Spanish {
			t.Errorf("the quote speaks %s, %v", found.Language, err)
		}
		var nobody payment.QuoteID
		if err := tw.payments.Speak(t.Context(), sampletown, nobody, locale.Spanish); !errors.Is(err, payment.ErrNoQuote) {
			t.Errorf("a quote that is not there: %v", err)
		}
	})
}
