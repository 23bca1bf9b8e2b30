package standin

import (
	"fmt"
	"time"
)

// Type makes a confirmation token, as Stripe.js does of what a payer types into
// the Payment Element.
func (s *Server) Type(merchant, number string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	card, known := find(number)
	b, here := s.books[merchant]
	if !known || !here {
		return "", fmt.Errorf("typing a card: none of the script, or nobody's")
	}
	made := s.put(b, "ctoken", "confirmation_token", object{
		"expires_at": s.now().Add(12 * time.Hour).Unix(), "payment_intent": nil, "setup_intent": nil, "use_stripe_sdk": false,
		"payment_method_preview": object{"billing_details": object{}, "type": "card", "card": card.describe(), "customer": nil},
	})
	b.cards[made.text("id")] = card
	return made.text("id"), nil
}

// LoseReplyOf makes the connection drop when a token is charged, after it was.
func (s *Server) LoseReplyOf(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost[token] = true
}

// spend uses a confirmation token up, or says why it cannot be used.
func (s *Server) spend(c call, by, id string) (Card, *answer) {
	token, known := c.book.get(c.text("confirmation_token"), "confirmation_token")
	if !known {
		no := invalid("resource_missing", "confirmation_token")
		return Card{}, &no
	}
	if token["payment_intent"] != nil || token["setup_intent"] != nil || token.number("expires_at") <= s.now().Unix() {
		no := invalid("", "confirmation_token")
		return Card{}, &no
	}
	token[by] = id
	return c.book.cards[token.text("id")], nil
}

// makeIntent makes an intent, and confirms it where that is asked.
func (s *Server) makeIntent(c call) answer {
	if c.number("amount") < 50 {
		return invalid("amount_too_small", "amount")
	}
	card, refused := s.cardFor(c)
	if refused != nil {
		return *refused
	}
	in := s.newIntent(c.book, c.number("amount"), c.metadata("metadata"))
	in["description"] = orNil(c.text("description"))
	if c.text("customer") != "" {
		in["customer"] = c.text("customer")
	}
	if c.text("confirm") != "true" {
		return ok(c.book.shown(in, c.expand()))
	}
	absent := c.text("off_session") == "true"
	if card.Does == asks && !absent {
		if c.text("error_on_requires_action") == "true" {
			return s.failed(c.book, in, Card{Number: card.Number, Brand: card.Brand, Funding: card.Funding,
				Decline: refusal{code: "authentication_required", decline: "authentication_required"}})
		}
		s.ask(c.book, in, c.text("return_url"))
		c.book.cards[in.text("id")] = card
		return ok(c.book.shown(in, c.expand()))
	}
	if card.Does == declines {
		return s.failed(c.book, in, card)
	}
	s.succeed(c.book, in, card)
	return ok(c.book.shown(in, c.expand()))
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// cardFor finds the card that a request names: fresh, or kept for its customer.
func (s *Server) cardFor(c call) (Card, *answer) {
	if c.text("confirm") != "true" {
		return Card{}, nil
	}
	if c.form.Has("confirmation_token") {
		return s.spend(c, "payment_intent", fmt.Sprintf("pi_3%09d", s.counter+1))
	}
	if _, known := c.book.get(c.text("customer"), "customer"); !known {
		no := invalid("resource_missing", "customer")
		return Card{}, &no
	}
	method, known := c.book.get(c.text("payment_method"), "payment_method")
	if !known || method.text("customer") != c.text("customer") {
		no := invalid("resource_missing", "payment_method")
		return Card{}, &no
	}
	return c.book.cards[method.text("id")], nil
}

func (s *Server) newIntent(b *book, amount int64, metadata object) object {
	in := s.put(b, "pi", "payment_intent", object{
		"amount": amount, "amount_received": 0, "currency": "usd", "metadata": metadata, "status": "requires_payment_method",
		"latest_charge": nil, "last_payment_error": nil, "next_action": nil, "customer": nil, "canceled_at": nil,
		"cancellation_reason": nil, "capture_method": "automatic_async", "confirmation_method": "automatic",
		"payment_method_types": []string{"card"}, "payment_method": nil,
	})
	in["client_secret"] = in.text("id") + "_secret_standin"
	return in
}

// charge makes the charge of an intent's try.
func (s *Server) charge(b *book, in object, card Card, paid bool) object {
	status := map[bool]string{true: "succeeded", false: "failed"}[paid]
	details := card.describe()
	details["network"] = card.Brand
	details["network_transaction_id"] = fmt.Sprintf("net%012d", s.counter+1)
	made := s.put(b, "ch", "charge", object{
		"amount": in["amount"], "amount_captured": 0, "amount_refunded": 0, "billing_details": object{}, "captured": paid,
		"currency": "usd", "disputed": false, "metadata": in["metadata"], "paid": paid, "refunded": false, "status": status,
		"payment_intent": in.text("id"), "payment_method_details": object{"type": "card", "card": details},
		"failure_code": nil, "balance_transaction": nil,
		"outcome": object{"type": "authorized", "network_status": "approved_by_network", "reason": nil, "seller_message": "Payment complete."},
	})
	in["latest_charge"] = made.text("id")
	return made
}

func (s *Server) succeed(b *book, in object, card Card) {
	made := s.charge(b, in, card, true)
	made["amount_captured"] = in["amount"]
	amount := in.number("amount")
	made["balance_transaction"] = s.move(b, "charge", made.text("id"), amount, (amount*290+5000)/10000+30)
	in["status"], in["amount_received"], in["next_action"], in["last_payment_error"] = "succeeded", amount, nil, nil
	s.tell(b, "payment_intent.succeeded", in)
	if card.Does == disputes {
		s.dispute(b, in, made)
	}
}

// failed is a try that the issuer refused.
func (s *Server) failed(b *book, in object, card Card) answer {
	made := s.charge(b, in, card, false)
	why := card.Decline
	made["failure_code"] = why.code
	outcome := object{
		"type": "issuer_declined", "network_status": "declined_by_network", "reason": why.decline,
		"seller_message": "The bank did not return any further details with this decline.",
		"advice_code":    orNil(why.counsel), "network_decline_code": orNil(why.network), "network_advice_code": orNil(why.advice),
	}
	if why.counsel == "" {
		delete(outcome, "advice_code")
	}
	made["outcome"] = outcome
	in["last_payment_error"] = object{"type": "card_error", "code": why.code, "decline_code": why.decline}
	in["status"], in["next_action"] = "requires_payment_method", nil
	s.tell(b, "payment_intent.payment_failed", in)
	return s.cardError(card, "payment_intent", in)
}

// ask is a bank's question to the payer, on a page of Stripe's.
func (s *Server) ask(b *book, in object, back string) {
	in["status"] = "requires_action"
	in["next_action"] = object{"type": "redirect_to_url", "redirect_to_url": object{
		"url": s.origin + "/challenge/" + b.name + "/" + in.text("id"), "return_url": back,
	}}
	s.tell(b, "payment_intent.requires_action", in)
}

// cancelIntent ends an intent for good. As with any update, its last error goes.
func (s *Server) cancelIntent(c call) answer {
	in, known := c.book.get(c.id, "payment_intent")
	if !known {
		return absent("intent")
	}
	if status := in.text("status"); status == "succeeded" || status == "canceled" || status == "processing" {
		return invalid("payment_intent_unexpected_state", "")
	}
	in["status"], in["canceled_at"], in["next_action"], in["last_payment_error"] = "canceled", s.now().Unix(), nil, nil
	in["cancellation_reason"] = orNil(c.text("cancellation_reason"))
	s.tell(c.book, "payment_intent.canceled", in)
	return ok(c.book.shown(in, c.expand()))
}

func (s *Server) dispute(b *book, in, charge object) {
	charge["disputed"] = true
	made := s.put(b, "du", "dispute", object{
		"amount": in["amount"], "balance_transactions": []object{}, "charge": charge.text("id"), "currency": "usd",
		"enhanced_eligibility_types": []string{}, "evidence": object{"enhanced_evidence": object{}},
		"evidence_details":     object{"due_by": nil, "enhanced_eligibility": object{}, "has_evidence": false, "past_due": false, "submission_count": 0},
		"is_charge_refundable": false, "metadata": object{}, "payment_intent": in.text("id"), "reason": "fraudulent", "status": "needs_response",
	})
	s.move(b, "dispute", made.text("id"), -in.number("amount"), 1500)
	s.tell(b, "charge.dispute.created", made)
}
