package payment_test

import (
	"testing"

	"clearwell/internal/exposure"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

var back = payment.Return{Done: "http://localhost:8080/done", Cancel: "http://localhost:8080/cancel"}

// bare has card fields and no page of its own.
type bare struct {
	processor.Processor
	processor.Fields
}

func TestWithoutAPageOfItsOwnNothingIsStarted(t *testing.T) {
	each(t, func(p processor.Processor) processor.Processor { return bare{p, p.(processor.Fields)} }, func(tw *town) {
		quote := tw.quote(8310)
		_, _, err := tw.payments.StartAway(tw.t.Context(), payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}, back)
		tw.refused(err, payment.ErrNoProcessor)
		_, err = tw.payments.Payment(tw.t.Context(), sampletown, payment.OfQuote(quote.ID))
		tw.refused(err, payment.ErrNoPayment)
	})
}

// Going to the processor's page again, or being refused there, rewrites nothing
// of a quote whose card was given to our page.
func TestAQuoteKeepsItsOccasionUnlessThePageIsUsed(t *testing.T) {
	each(t, nil, func(tw *town) {
		quote := tw.quote(8310)
		if _, err := tw.payments.ShowFields(tw.t.Context(), sampletown, quote.ID, "http://localhost:8080", "m1"); err != nil {
			tw.t.Fatal(err)
		}
		quote = tw.card(quote, good)
		shown := quote.Exposure
		req := payment.StartRequest{City: sampletown, Quote: quote.ID, Consent: quote.Total()}
		dear := req
		dear.Consent = req.Consent.Add(dollar)
		_, _, err := tw.payments.StartAway(tw.t.Context(), dear, back)
		tw.refused(err, payment.ErrRepriced)
		tw.pay(quote, payment.Approved)
		if _, url, err := tw.payments.StartAway(tw.t.Context(), req, back); err != nil || url != "" {
			tw.t.Errorf("StartAway = %q, %v", url, err)
		}
		after, err := tw.payments.FindQuote(tw.t.Context(), sampletown, quote.ID)
		if after.Exposure != shown || after.CapturePath != exposure.WebFrame || shown.IsZero() {
			tw.t.Errorf("the quote's occasion was %s and is %s by %s, %v", shown, after.Exposure, after.CapturePath, err)
		}
	})
}
