package standin

import "time"

// move notes that the merchant's balance changed, and gives the name of the line.
func (s *Server) move(b *book, category, source string, amount, fee int64) string {
	kind := category
	if category == "dispute" {
		kind = "adjustment"
	}
	details := []object{}
	if fee > 0 {
		details = append(details, object{"amount": fee, "currency": "usd", "type": "stripe_fee", "application": nil, "description": nil})
	}
	made := s.put(b, "txn", "balance_transaction", object{
		"amount": amount, "available_on": s.now().Unix(), "balance_type": "payments", "currency": "usd", "description": nil,
		"exchange_rate": nil, "fee": fee, "fee_details": details, "net": amount - fee, "reporting_category": category,
		"source": source, "status": "available", "type": kind, "payout": nil,
	})
	delete(made, "livemode")
	b.unpaid = append(b.unpaid, made.text("id"))
	return made.text("id")
}

// PayOut pays each merchant all that is not paid out yet, now.
func (s *Server) PayOut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.books {
		s.payOut(b, s.now())
	}
}

func (s *Server) payOut(b *book, at time.Time) {
	var sum int64
	lines := b.unpaid
	for _, id := range lines {
		sum += b.things[id].number("net")
	}
	if len(lines) == 0 {
		return
	}
	made := s.put(b, "po", "payout", object{
		"amount": sum, "arrival_date": at.Unix(), "automatic": true, "currency": "usd", "method": "standard",
		"reconciliation_status": "completed", "source_type": "card", "status": "paid", "type": "bank_account",
	})
	s.move(b, "payout", made.text("id"), -sum, 0)
	for _, id := range b.unpaid {
		b.things[id]["payout"] = made.text("id")
	}
	b.unpaid = nil
	s.tell(b, "payout.paid", made)
}
