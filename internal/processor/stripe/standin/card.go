package standin

// Card is one of Stripe's test cards.
type Card struct {
	Number  string
	Brand   string
	Funding string
	Wallet  bool // as if it came from Apple Pay
	Does    does
	Decline refusal
}

// does is what becomes of a charge.
type does int

const (
	pays does = iota
	declines
	asks     // the bank asks the payer first
	disputes // paid, and disputed at once
)

// refusal is why the issuer says no, in everybody's codes.
type refusal struct{ code, decline, network, advice, counsel string }

// The cards, as Stripe documents them (docs.stripe.com/testing).
var cards = []Card{
	{Number: "4242424242424242", Brand: "visa", Funding: "credit"},
	{Number: "4000056655665556", Brand: "visa", Funding: "debit"},
	{Number: "5555555555554444", Brand: "mastercard", Funding: "credit"},
	{Number: "5105105105105100", Brand: "mastercard", Funding: "prepaid"},
	{Number: "378282246310005", Brand: "amex", Funding: "credit"},
	{Number: "4242424242424242 wallet", Brand: "visa", Funding: "credit", Wallet: true},
	{Number: "4000000000003220", Brand: "visa", Funding: "credit", Does: asks},
	{Number: "4000000000000259", Brand: "visa", Funding: "credit", Does: disputes},
	declined("4000000000000002", refusal{"card_declined", "generic_decline", "05", "", "try_again_later"}),
	declined("4000000000009995", refusal{"card_declined", "insufficient_funds", "51", "", "try_again_later"}),
	declined("4000000000009987", refusal{"card_declined", "lost_card", "41", "03", "do_not_try_again"}),
	declined("4000000000009979", refusal{"card_declined", "stolen_card", "43", "03", "do_not_try_again"}),
	declined("4000000000000069", refusal{"expired_card", "expired_card", "54", "01", "confirm_card_data"}),
	declined("4000000000000127", refusal{"incorrect_cvc", "incorrect_cvc", "N7", "", "confirm_card_data"}),
	declined("4000000000000119", refusal{"processing_error", "processing_error", "91", "02", "try_again_later"}),
}

func declined(number string, why refusal) Card {
	return Card{Number: number, Brand: "visa", Funding: "credit", Does: declines, Decline: why}
}

func find(number string) (Card, bool) {
	for _, one := range cards {
		if one.Number == number {
			return one, true
		}
	}
	return Card{}, false
}

func (c Card) last4() string {
	digits := c.Number
	if c.Wallet {
		digits = digits[:16]
	}
	return digits[len(digits)-4:]
}

// describe is the card as every object of Stripe's shows it.
func (c Card) describe() object {
	told := object{
		"brand": c.Brand, "last4": c.last4(), "funding": c.Funding, "exp_month": 12, "exp_year": 2049,
		"fingerprint": "fp_" + c.Brand + c.last4(), "country": "US", "wallet": nil, "checks": nil,
	}
	if c.Wallet {
		told["wallet"] = object{"type": "apple_pay", "apple_pay": object{}, "dynamic_last4": "4242"}
	}
	return told
}
