package sandbox

import (
	"clearwell/internal/id"
	"clearwell/internal/processor"
)

func (s *Server) refund(req processor.RefundRequest) (processor.RefundResult, error) {
	if req.Key == "" || !req.Amount.IsPositive() {
		return processor.RefundResult{}, processor.ErrRequest
	}
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return processor.RefundResult{}, err
	}
	content := digestOf("refund", req.Amount.Cents(), req.Reference)
	wanted := name{req.Merchant, string(req.Key)}
	if known, found := s.book.refunds[wanted]; found {
		if known.Digest != content {
			return processor.RefundResult{}, processor.ErrKeyReused
		}
		return known.result(), nil
	}
	c, found := s.book.charges[req.Reference]
	if !found || c.Merchant != req.Merchant {
		return processor.RefundResult{}, processor.ErrNeverSeen
	}
	made := &refundMade{
		name: wanted, Reference: id.New[refundKind](now).String(), Charge: c.Reference,
		Digest: content, Amount: req.Amount.Cents(), Outcome: c.refundable(req.Amount.Cents()),
	}
	if err := s.put(entry{At: now, Refund: made}); err != nil {
		return processor.RefundResult{}, err
	}
	return made.result(), nil
}

// refundable decides a refund of so many cents.
func (c *charge) refundable(cents int64) outcome {
	switch {
	case c.Outcome.Decision != processor.Approved:
		return outcome{Decision: processor.Declined, Code: "charge_not_approved"}
	case c.disputed:
		return outcome{Decision: processor.Declined, Code: "charge_disputed"}
	case cents > c.Amount-c.refunded:
		return outcome{Decision: processor.Declined, Code: "more_than_is_left"}
	default:
		return outcome{Decision: processor.Approved}
	}
}

func (r *refundMade) result() processor.RefundResult {
	return processor.RefundResult{Decision: r.Outcome.Decision, Reference: r.Reference, Code: r.Outcome.Code}
}
