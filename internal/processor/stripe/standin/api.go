package standin

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// routes are the parts of Stripe's API that this house uses.
func (s *Server) routes() map[string]func(call) answer {
	return map[string]func(call) answer{
		"POST /v1/payment_intents":               s.makeIntent,
		"GET /v1/payment_intents":                listing("payment_intent"),
		"GET /v1/payment_intents/{id}":           one("payment_intent", "intent"),
		"POST /v1/payment_intents/{id}/cancel":   s.cancelIntent,
		"GET /v1/confirmation_tokens/{id}":       one("confirmation_token", "confirmation_token"),
		"POST /v1/checkout/sessions":             s.makeSession,
		"GET /v1/checkout/sessions":              listing("checkout.session"),
		"GET /v1/checkout/sessions/{id}":         one("checkout.session", "session"),
		"POST /v1/checkout/sessions/{id}/expire": s.expireSession,
		"POST /v1/refunds":                       s.makeRefund,
		"GET /v1/refunds":                        listRefunds,
		"POST /v1/customers":                     s.makeCustomer,
		"DELETE /v1/customers/{id}":              dropCustomer,
		"POST /v1/setup_intents":                 s.makeSetup,
		"GET /v1/payment_methods/{id}":           one("payment_method", "payment_method"),
		"GET /v1/payouts":                        listing("payout"),
		"GET /v1/balance_transactions":           listing("balance_transaction"),
		"GET /v1/disputes/{id}":                  one("dispute", "dispute"),
	}
}

func one(kind, param string) func(call) answer {
	return func(c call) answer {
		found, known := c.book.get(c.id, kind)
		if !known {
			return absent(param)
		}
		return ok(c.book.shown(found, c.expand()))
	}
}

// ranges are the filters by time, and filters those by name.
var (
	ranges  = []string{"created", "arrival_date"}
	filters = []string{"payment_intent", "payout", "status"}
)

func (c call) fits(o object) bool {
	for _, name := range ranges {
		at := o.number(name)
		for bound, within := range map[string]func(limit int64) bool{
			"gte": func(limit int64) bool { return at >= limit }, "lte": func(limit int64) bool { return at <= limit },
			"gt": func(limit int64) bool { return at > limit }, "lt": func(limit int64) bool { return at < limit },
		} {
			field := name + "[" + bound + "]"
			if c.form.Has(field) && c.number(field) != 0 && !within(c.number(field)) {
				return false
			}
		}
	}
	for _, name := range filters {
		if c.form.Has(name) && o.text(name) != c.text(name) {
			return false
		}
	}
	return true
}

// listing answers a list, page by page.
func listing(kind string) func(call) answer {
	return func(c call) answer {
		all := c.book.pick(kind, c.fits)
		if after := c.text("starting_after"); after != "" {
			for i, o := range all {
				if o.text("id") == after {
					all = all[i+1:]
					break
				}
			}
		}
		limit := int(c.number("limit"))
		if limit == 0 {
			limit = 10
		}
		more := len(all) > limit
		page := []object{}
		for _, o := range all[:min(limit, len(all))] {
			page = append(page, c.book.shown(withoutPayout(o), inData(c.expand())))
		}
		return ok(object{"object": "list", "data": page, "has_more": more, "url": "/v1/" + kind})
	}
}

// withoutPayout hides what a balance transaction is filed under: Stripe filters by
// it and does not show it.
func withoutPayout(o object) object {
	if o.text("object") != "balance_transaction" {
		return o
	}
	shown := maps.Clone(o)
	delete(shown, "payout")
	return shown
}

func inData(expand []string) []string {
	var inner []string
	for _, path := range expand {
		if rest, found := strings.CutPrefix(path, "data."); found {
			inner = append(inner, rest)
		}
	}
	return inner
}

func listRefunds(c call) answer {
	if _, known := c.book.get(c.text("payment_intent"), "payment_intent"); !known {
		return invalid("resource_missing", "payment_intent")
	}
	return listing("refund")(c)
}

// makeRefund gives money back: at once, as for cards.
func (s *Server) makeRefund(c call) answer {
	in, known := c.book.get(c.text("payment_intent"), "payment_intent")
	if !known {
		return invalid("resource_missing", "payment_intent")
	}
	charge, paid := c.book.get(in.text("latest_charge"), "charge")
	left := charge.number("amount") - charge.number("amount_refunded")
	switch {
	case !paid || charge.text("status") != "succeeded":
		return invalid("resource_missing", "payment_intent")
	case charge["disputed"] == true:
		return invalid("charge_disputed", "")
	case left == 0:
		return invalid("charge_already_refunded", "")
	case c.number("amount") > left:
		return invalid("", "amount")
	}
	amount := c.number("amount")
	charge["amount_refunded"] = charge.number("amount_refunded") + amount
	charge["refunded"] = charge.number("amount_refunded") == charge.number("amount")
	made := s.put(c.book, "re", "refund", object{
		"amount": amount, "currency": "usd", "charge": charge.text("id"), "payment_intent": in.text("id"),
		"metadata": c.metadata("metadata"), "status": "succeeded", "reason": nil,
	})
	delete(made, "livemode")
	s.move(c.book, "refund", made.text("id"), -amount, 0)
	s.tell(c.book, "refund.created", made)
	return ok(made)
}

func (s *Server) makeCustomer(c call) answer {
	return ok(s.put(c.book, "cus", "customer", object{"metadata": c.metadata("metadata"), "email": nil, "name": nil}))
}

func dropCustomer(c call) answer {
	if _, known := c.book.get(c.id, "customer"); !known {
		return absent("id")
	}
	delete(c.book.things, c.id)
	for id, o := range c.book.things {
		if o.text("object") == "payment_method" && o["customer"] == c.id {
			delete(c.book.things, id)
		}
	}
	return ok(object{"id": c.id, "object": "customer", "deleted": true})
}

// makeSetup keeps a card, after asking its issuer.
func (s *Server) makeSetup(c call) answer {
	if _, known := c.book.get(c.text("customer"), "customer"); !known {
		return invalid("resource_missing", "customer")
	}
	card, refused := s.spend(c, "setup_intent", fmt.Sprintf("seti_3%09d", s.counter+1))
	if refused != nil {
		return *refused
	}
	made := s.put(c.book, "seti", "setup_intent", object{
		"customer": c.text("customer"), "metadata": c.metadata("metadata"), "payment_method_types": []string{"card"},
		"status": "succeeded", "usage": "off_session", "payment_method": nil, "last_setup_error": nil,
	})
	if card.Does == declines && card.Decline.advice != "" {
		made["status"] = "requires_payment_method"
		return s.cardError(card, "setup_intent", made)
	}
	method := s.put(c.book, "pm", "payment_method", object{
		"billing_details": object{}, "type": "card", "card": card.describe(), "customer": c.text("customer"), "metadata": object{},
	})
	c.book.cards[method.text("id")] = card
	made["payment_method"] = method.text("id")
	return ok(c.book.shown(made, c.expand()))
}

// cardError is Stripe's answer when an issuer says no.
func (s *Server) cardError(card Card, name string, about object) answer {
	e := object{
		"type": "card_error", "code": card.Decline.code, "decline_code": card.Decline.decline, "message": "Your card was declined.",
		"advice_code": card.Decline.counsel, "network_decline_code": card.Decline.network, name: maps.Clone(about),
	}
	if card.Decline.advice != "" {
		e["network_advice_code"] = card.Decline.advice
	}
	return answer{status: http.StatusPaymentRequired, body: object{"error": e}}
}
