package sandbox

import (
	"crypto/rand"
	"errors"
	"time"

	"clearwell/internal/id"
	"clearwell/internal/processor"
)

// errNoCardAsked is what whoever holds a card to an idle reader is told.
var errNoCardAsked = errors.New("the reader asks for no card")

// askAtReader has a reader ask for a card. The attempt exists from now on and is
// pending; it is abandoned when nobody gives one in time. There is a reader of any
// name.
func (s *Server) askAtReader(req processor.PresentRequest) error {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return err
	}
	if err := checkPresent(req, now); err != nil {
		return err
	}
	content := digestOf("present", req.Amount.Cents(), req.Descriptor, req.Reader)
	if known, found := s.book.keys[name{req.Merchant, string(req.Key)}]; found {
		if known.Digest != content {
			return processor.ErrKeyReused
		}
		return nil
	}
	if _, busy := s.asking(req.Merchant, req.Reader); busy {
		return processor.ErrReaderBusy
	}
	made := presented(req, content, now)
	return s.put(entry{At: now, Charge: &made})
}

func checkPresent(req processor.PresentRequest, now time.Time) error {
	switch {
	case req.Key == "", !nameable(req.Merchant), !req.Amount.IsPositive(), len(req.Descriptor) > 22:
		return processor.ErrRequest.Because(errors.New("key, merchant account, amount or descriptor"))
	case req.Reader == "", len(req.Reader) > longestMerchant, !req.Expires.After(now):
		return processor.ErrRequest.Because(errors.New("no reader, or it would have asked already"))
	}
	return nil
}

func presented(req processor.PresentRequest, content digest, now time.Time) chargeMade {
	expires := req.Expires.UTC()
	return chargeMade{
		name: name{req.Merchant, string(req.Key)}, Reference: id.New[chargeKind](now).String(),
		Digest: content, Amount: req.Amount.Cents(), Outcome: outcome{Decision: processor.Pending},
		Visit: &visit{Secret: rand.Text(), Reader: req.Reader, Description: req.Description, Expires: expires}, Due: &expires,
	}
}

// asking finds the charge for which a reader asks for a card.
func (s *Server) asking(merchant processor.Merchant, reader string) (charge, bool) {
	for _, c := range s.book.visits {
		if c.Merchant == merchant && c.Visit.Reader == reader && c.Outcome.Decision == processor.Pending {
			return *c, true
		}
	}
	return charge{}, false
}

// Tap holds a test card to a reader, and is refused where the reader asks for none.
func (s *Server) Tap(merchant processor.Merchant, reader string, card Card) error {
	_, err := s.open()
	c, found := s.asking(merchant, reader)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if !found {
		return errNoCardAsked
	}
	_, err = s.payVisit(c, card)
	return err
}

// dismiss has a reader ask no more.
func (s *Server) dismiss(merchant processor.Merchant, key processor.Key) error {
	_, err := s.open()
	known, found := s.book.keys[name{merchant, string(key)}]
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if !found {
		return processor.ErrNeverSeen
	}
	return s.settle(known.Reference, func(open *charge) (decided, bool) {
		given := outcome{processor.Declined, processor.Abandoned, "dismissed"}
		return decided{Outcome: given}, open.Card == nil && open.Visit != nil && open.Visit.Reader != ""
	})
}
