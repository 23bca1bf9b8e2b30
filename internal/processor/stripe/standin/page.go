package standin

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Stripe lets a session live from half an hour to a day.
const (
	sessionLeast = 30 * time.Minute
	sessionMost  = 24 * time.Hour
)

func (s *Server) makeSession(c call) answer {
	ends := time.Unix(c.number("expires_at"), 0).Sub(s.now())
	amount := c.number("line_items[0][price_data][unit_amount]") * c.number("line_items[0][quantity]")
	switch {
	case ends < sessionLeast || ends > sessionMost:
		return invalid("", "expires_at")
	case amount < 50:
		return invalid("amount_too_small", "line_items")
	}
	made := s.put(c.book, "cs_test", "checkout.session", object{
		"automatic_tax": object{"enabled": false, "liability": nil, "provider": nil, "status": nil}, "custom_fields": []object{},
		"custom_text":      object{"after_submit": nil, "shipping_address": nil, "submit": nil, "terms_of_service_acceptance": nil},
		"amount_subtotal":  amount,
		"amount_total":     amount,
		"expires_at":       c.number("expires_at"),
		"metadata":         c.metadata("metadata"),
		"mode":             "payment",
		"payment_intent":   nil,
		"payment_status":   "unpaid",
		"shipping_options": []object{}, "status": "open", "success_url": c.text("success_url"), "cancel_url": orNil(c.text("cancel_url")),
		"client_reference_id": orNil(c.text("client_reference_id")), "payment_method_types": []string{"card"}, "currency": "usd",
	})
	made["url"] = s.origin + "/checkout/" + c.book.name + "/" + made.text("id")
	c.book.things[made.text("id")+".intent"] = c.metadata("payment_intent_data[metadata]")
	return ok(made)
}

func (s *Server) expireSession(c call) answer {
	found, known := c.book.get(c.id, "checkout.session")
	if !known {
		return absent("session")
	}
	if s.lapsed(c.book, found); found.text("status") != "open" {
		return invalid("", "")
	}
	s.expire(c.book, found)
	return ok(found)
}

func (s *Server) expire(b *book, session object) {
	session["status"], session["url"] = "expired", nil
	if in, tried := b.get(session.text("payment_intent"), "payment_intent"); tried {
		in["status"], in["canceled_at"], in["last_payment_error"] = "canceled", s.now().Unix(), nil
	}
	s.tell(b, "checkout.session.expired", session)
}

func (s *Server) lapsed(b *book, session object) {
	if session.text("status") == "open" && s.now().Unix() >= session.number("expires_at") {
		s.expire(b, session)
	}
}

func (s *Server) routePages(all *http.ServeMux) {
	all.HandleFunc("GET /checkout/{merchant}/{id}", s.locked(s.showCheckout))
	all.HandleFunc("POST /checkout/{merchant}/{id}", s.locked(s.takeCheckout))
	all.HandleFunc("GET /challenge/{merchant}/{id}", s.locked(s.showChallenge))
	all.HandleFunc("POST /challenge/{merchant}/{id}", s.locked(s.takeChallenge))
	s.routeScript(all)
}

// locked serves a page about one of a merchant's things.
func (s *Server) locked(serve func(http.ResponseWriter, *http.Request, *book)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if b, known := s.books[r.PathValue("merchant")]; known {
			serve(w, r, b)
			return
		}
		http.NotFound(w, r)
	}
}

func write(w http.ResponseWriter, title, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><h1>%s</h1>%s</html>`, html.EscapeString(title), html.EscapeString(title), body)
}

const checkoutForm = `<form method="post"><label>Test card <input name="number" inputmode="numeric"></label><button>Pay</button></form>`

func (s *Server) showCheckout(w http.ResponseWriter, r *http.Request, b *book) {
	session, known := b.get(r.PathValue("id"), "checkout.session")
	if !known {
		http.NotFound(w, r)
		return
	}
	s.lapsed(b, session)
	if session.text("status") != "open" {
		write(w, "This page is over", "")
		return
	}
	write(w, "Stand-in for Stripe Checkout", checkoutForm)
}

// takeCheckout pays a session. Whose card is declined stays and may try another.
func (s *Server) takeCheckout(w http.ResponseWriter, r *http.Request, b *book) {
	session, known := b.get(r.PathValue("id"), "checkout.session")
	card, scripted := find(r.PostFormValue("number"))
	if !known || !scripted {
		write(w, "Your card number is invalid", checkoutForm)
		return
	}
	s.lapsed(b, session)
	if session.text("status") == "open" && s.pay(b, session, card) == "declined" {
		write(w, "Your card was declined", checkoutForm)
		return
	}
	if session.text("status") == "complete" {
		http.Redirect(w, r, session.text("success_url"), http.StatusSeeOther)
		return
	}
	write(w, "This page is over", "")
}

// pay tries a card on a session. The intent is made with the first.
func (s *Server) pay(b *book, session object, card Card) string {
	in, tried := b.get(session.text("payment_intent"), "payment_intent")
	if !tried {
		in = s.newIntent(b, session.number("amount_total"), b.things[session.text("id")+".intent"])
		session["payment_intent"] = in.text("id")
	}
	if card.Does == declines {
		s.failed(b, in, card)
		return "declined"
	}
	s.succeed(b, in, card)
	session["status"], session["payment_status"], session["url"] = "complete", "paid", nil
	s.tell(b, "checkout.session.completed", session)
	return "paid"
}

func (s *Server) showChallenge(w http.ResponseWriter, _ *http.Request, _ *book) {
	write(w, "Your bank asks: was it you?",
		`<form method="post"><button name="answer" value="approve">Yes</button><button name="answer" value="refuse">No</button></form>`)
}

// takeChallenge answers the bank, and sends the payer back with what Stripe adds.
func (s *Server) takeChallenge(w http.ResponseWriter, r *http.Request, b *book) {
	in, known := b.get(r.PathValue("id"), "payment_intent")
	if !known || in.text("status") != "requires_action" {
		http.NotFound(w, r)
		return
	}
	action, _ := in["next_action"].(object)
	where, _ := action["redirect_to_url"].(object)
	status := "succeeded"
	if r.PostFormValue("answer") == "approve" {
		s.succeed(b, in, b.cards[in.text("id")])
	} else {
		status = "failed"
		in["status"], in["next_action"] = "requires_payment_method", nil
		in["last_payment_error"] = object{"type": "invalid_request_error", "code": "payment_intent_authentication_failure"}
		s.tell(b, "payment_intent.payment_failed", in)
	}
	back, err := url.Parse(where.text("return_url"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	query := back.Query()
	query.Set("payment_intent", in.text("id"))
	query.Set("payment_intent_client_secret", in.text("client_secret"))
	query.Set("redirect_status", status)
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// ReturnAdds are the query parameters that Stripe adds to a return address.
func ReturnAdds() []string {
	return slices.Clone([]string{"payment_intent", "payment_intent_client_secret", "redirect_status"})
}
