package stripe

import (
	"slices"
	"strings"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// reason is why a card was refused, in everybody's words.
type reason struct {
	stripe  string // Stripe's decline code, or its error code
	network string // the network's response code
	advice  string // the network's advice: Mastercard's merchant advice codes
	counsel string // Stripe's reading of both
}

// String is for staff: all that is known, the plainest first.
func (r reason) String() string {
	parts := []string{r.stripe}
	for _, one := range []struct{ name, code string }{{"network", r.network}, {"advice", r.advice}} {
		if one.code != "" {
			parts = append(parts, one.name+" "+one.code)
		}
	}
	return strings.Join(parts, ", ")
}

// family groups a reason by what may be done about it. What the networks forbid
// to try again comes first, because it is fined; then what Stripe says exactly;
// then advice.
func (r reason) family() processor.DeclineFamily {
	for _, rule := range []struct {
		applies bool
		family  processor.DeclineFamily
	}{
		{slices.Contains(neverByNetwork, r.network) || slices.Contains(neverByAdvice, r.advice), processor.NeverRetry},
		{slices.Contains(never, r.stripe), processor.NeverRetry},
		{slices.Contains(fix, r.stripe) || r.advice == "01", processor.FixDetails},
		{slices.Contains(later, r.stripe), processor.TryLater},
		{slices.Contains(another, r.stripe), processor.TryAnother},
		{r.counsel == "do_not_try_again", processor.NeverRetry},
		{r.counsel == "confirm_card_data", processor.FixDetails},
		{slices.Contains(laterByAdvice, r.advice) || r.counsel == "try_again_later", processor.TryLater},
	} {
		if rule.applies {
			return rule.family
		}
	}
	return processor.TryAnother
}

// Sources: Visa's rule on reattempts, category 1; Mastercard's merchant advice
// codes 03 and 21 (never), 02 and 24 to 30 (later), 01 (new details first); and
// Stripe's decline and advice codes (docs.stripe.com/declines/codes).
var (
	neverByNetwork = []string{"04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"}
	neverByAdvice  = []string{"03", "21"}
	laterByAdvice  = []string{"02", "24", "25", "26", "27", "28", "29", "30"}

	never = []string{
		"lost_card", "stolen_card", "pickup_card", "restricted_card", "fraudulent", "merchant_blacklist",
		"revocation_of_all_authorizations", "revocation_of_authorization", "stop_payment_order", "invalid_account",
	}
	fix = []string{
		"expired_card", "incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc", "incorrect_zip",
		"incorrect_address", "invalid_expiry_month", "invalid_expiry_year", "new_account_information_available",
	}
	later   = []string{"processing_error", "issuer_not_available", "reenter_transaction", "try_again_later", "approve_with_id"}
	another = []string{
		"insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded", "do_not_honor", "generic_decline",
		"call_issuer", "card_not_supported", "currency_not_supported", "transaction_not_allowed", "authentication_required",
		"payment_intent_authentication_failure",
	}
)

// reasonOf reads why a charge failed.
func reasonOf(c *api.Charge) reason {
	r := reason{stripe: c.FailureCode}
	if o := c.Outcome; o != nil {
		r.network, r.advice, r.counsel = o.NetworkDeclineCode, o.NetworkAdviceCode, string(o.AdviceCode)
		if o.Reason != "" && o.Type == "issuer_declined" {
			r.stripe = o.Reason
		}
	}
	return r
}

// reasonIn reads why a try failed of which there is no charge.
func reasonIn(e *api.Error) reason {
	if e.DeclineCode != "" {
		return reason{stripe: string(e.DeclineCode)}
	}
	return reason{stripe: string(e.Code)}
}
