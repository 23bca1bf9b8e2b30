package sandbox

import (
	"crypto/rand"
	"strings"

	"clearwell/internal/processor"
)

func (s *Server) save(req processor.SaveRequest) (processor.Saved, error) {
	if req.Key == "" || req.Consent == "" {
		return processor.Saved{}, processor.ErrRequest
	}
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return processor.Saved{}, err
	}
	content := digestOf("save", 0, string(req.Token), req.Consent)
	wanted := name{req.Merchant, string(req.Key)}
	if known, found := s.book.saved[wanted]; found {
		if known.Digest != content {
			return processor.Saved{}, processor.ErrKeyReused
		}
		return known.result(), nil
	}
	card, err := s.keepable(name{req.Merchant, string(req.Token)})
	if err != nil {
		return processor.Saved{}, err
	}
	made := &cardSaved{
		name: wanted, Digest: content, Fresh: req.Token, Token: processor.Token("card_" + rand.Text()),
		Card: card, Consent: req.Consent, Network: networkPrefix + strings.ToLower(rand.Text()),
	}
	if err := s.put(entry{At: now, Saved: made}); err != nil {
		return processor.Saved{}, err
	}
	return made.result(), nil
}

// keepable finds the card behind a fresh token that may be kept.
func (s *Server) keepable(wanted name) (*plastic, error) {
	fresh, found := s.book.fresh[wanted]
	switch {
	case !found:
		return nil, processor.ErrTokenUnknown
	case fresh.spentBy != "":
		return nil, processor.ErrTokenSpent
	case fresh.card.Does.refusesKeeping():
		return nil, processor.ErrCardRefused
	default:
		return fresh.card, nil
	}
}

func (c *cardSaved) result() processor.Saved {
	return processor.Saved{
		Token: c.Token, Instrument: c.Card.instrument(processor.Stored), InitialTransactionID: c.Network,
	}
}

func (s *Server) forget(merchant processor.Merchant, token processor.Token) error {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return err
	}
	wanted := name{merchant, string(token)}
	if _, found := s.book.stored[wanted]; !found {
		return nil
	}
	return s.put(entry{At: now, Forgot: &forgotten{wanted}})
}
