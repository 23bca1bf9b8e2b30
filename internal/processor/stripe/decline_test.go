package stripe

import (
	"strings"
	"testing"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// What the networks forbid to try again is never tried again, whatever else is
// said beside it.
func TestFamiliesOfDeclines(t *testing.T) {
	tests := map[reason]processor.DeclineFamily{
		{stripe: "insufficient_funds", network: "51", counsel: "try_again_later"}: processor.TryAnother,
		{stripe: "generic_decline", network: "05"}:                                processor.TryAnother,
		{stripe: "generic_decline", network: "04"}:                                processor.NeverRetry,
		{stripe: "insufficient_funds", advice: "03"}:                              processor.NeverRetry,
		{stripe: "do_not_honor", advice: "21"}:                                    processor.NeverRetry,
		{stripe: "do_not_honor", network: "R1"}:                                   processor.NeverRetry,
		{stripe: "lost_card"}:                                                     processor.NeverRetry,
		{stripe: "revocation_of_authorization"}:                                   processor.NeverRetry,
		{stripe: "expired_card", network: "54", advice: "01"}:                     processor.FixDetails,
		{stripe: "incorrect_zip"}:                                                 processor.FixDetails,
		{stripe: "do_not_honor", advice: "01"}:                                    processor.FixDetails,
		{stripe: "processing_error", network: "91"}:                               processor.TryLater,
		{stripe: "new_word_of_theirs", advice: "24"}:                              processor.TryLater,
		{stripe: "new_word_of_theirs", counsel: "try_again_later"}:                processor.TryLater,
		{stripe: "new_word_of_theirs", counsel: "do_not_try_again"}:               processor.NeverRetry,
		{stripe: "new_word_of_theirs", counsel: "confirm_card_data"}:              processor.FixDetails,
		{stripe: "new_word_of_theirs"}:                                            processor.TryAnother,
		{stripe: "authentication_required"}:                                       processor.TryAnother,
	}
	for why, want := range tests {
		if got := why.family(); got != want {
			t.Errorf("%s: %s, want %s", why, got, want)
		}
	}
}

// Staff see every code that anybody gave.
func TestStaffSeeTheNetworksReason(t *testing.T) {
	c := found(t, false)
	got, err := c.adapter(t).Charge(t.Context(), charge(c.token(t, "4000000000009987"), "att_1"))
	if err != nil || got.DeclineCode != "lost_card, network 41, advice 03" || got.Instrument.Last4 != "9987" {
		t.Errorf("Charge = %+v, %v", got, err)
	}
}

func TestAWalletIsAWallet(t *testing.T) {
	c := found(t, false)
	got, err := c.adapter(t).Charge(t.Context(), charge(c.token(t, "4242424242424242 wallet"), "att_1"))
	if err != nil || got.Instrument.Entry != processor.Wallet {
		t.Errorf("Charge = %+v, %v", got, err)
	}
}

// A status that nobody knows decides nothing.
func TestAnUnknownStatusIsDoubt(t *testing.T) {
	for _, status := range []api.PaymentIntentStatus{"", "of_tomorrow"} {
		if got := resultOf(&api.PaymentIntent{Status: status}); got.Decision != processor.Unknown {
			t.Errorf("%q decided %v", status, got.Decision)
		}
	}
}

// A charge in progress awaits nobody; a question, and a page that takes another
// card, await the payer.
func TestWhatIsBeingChargedAwaitsNobody(t *testing.T) {
	page := map[string]string{markPage: "checkout"}
	tests := map[api.PaymentIntentStatus]bool{
		api.PaymentIntentStatusProcessing: false, api.PaymentIntentStatusRequiresCapture: false,
		api.PaymentIntentStatusRequiresAction: true, api.PaymentIntentStatusRequiresPaymentMethod: true,
		api.PaymentIntentStatusRequiresConfirmation: true,
	}
	for status, want := range tests {
		got := resultOf(&api.PaymentIntent{Status: status, Metadata: page})
		if got.Decision != processor.Pending || got.AwaitsPayer != want {
			t.Errorf("%s: %v, awaiting the payer %v", status, got.Decision, got.AwaitsPayer)
		}
	}
}

// Link keeps cards under a name that is not the town's: it is off, on our page
// and on Stripe's.
func TestLinkIsOff(t *testing.T) {
	params, err := chargeParams(charge("ctoken_1", "att_1"))
	if err != nil || len(params.PaymentMethodTypes) != 1 || *params.PaymentMethodTypes[0] != "card" {
		t.Errorf("a charge takes %v, %v", params.PaymentMethodTypes, err)
	}
	page := sendParams(processor.SendRequest{Key: "att_1", Amount: money.Cents(100)})
	if len(page.PaymentMethodTypes) != 1 || *page.PaymentMethodTypes[0] != "card" || *page.WalletOptions.Link.Display != "never" {
		t.Error("the page offers more than cards")
	}
}

// Nothing personal, and no word of ours about a card, goes along with a charge.
func TestMetadataIsOurKeyAlone(t *testing.T) {
	c := found(t, false)
	if _, err := c.adapter(t).Charge(t.Context(), charge(c.token(t, "4242424242424242"), "att_1")); err != nil {
		t.Fatal(err)
	}
	for _, one := range c.Exchanges() {
		for name, values := range one.Form {
			if strings.HasPrefix(name, "metadata") && (name != "metadata[clearwell_attempt]" || values[0] != "att_1") {
				t.Errorf("sent %s = %q", name, values)
			}
		}
	}
}
