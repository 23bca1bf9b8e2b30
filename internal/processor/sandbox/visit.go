package sandbox

import (
	"crypto/rand"
	"errors"
	"time"

	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// send opens the sandbox's page for one attempt. The attempt exists from now on
// and is pending; it is abandoned when the page lapses.
func (s *Server) send(req processor.SendRequest) (processor.Sent, error) {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return processor.Sent{}, err
	}
	if err := s.checkSend(req, now); err != nil {
		return processor.Sent{}, err
	}
	content := digestOf("send", req.Amount.Cents(), req.Descriptor)
	if known, found := s.book.keys[name{req.Merchant, string(req.Key)}]; found {
		if known.Digest != content || known.Visit == nil {
			return processor.Sent{}, processor.ErrKeyReused
		}
		return s.sent(known.chargeMade), nil
	}
	made := openVisit(req, content, now)
	if err := s.put(entry{At: now, Charge: &made}); err != nil {
		return processor.Sent{}, err
	}
	return s.sent(made), nil
}

func (s *Server) checkSend(req processor.SendRequest, now time.Time) error {
	switch {
	case req.Key == "", req.Merchant == "", !req.Amount.IsPositive(), len(req.Descriptor) > 22:
		return processor.ErrRequest.Because(errors.New("key, merchant account, amount or descriptor"))
	case !req.Expires.After(now):
		return processor.ErrRequest.Because(errors.New("the page would have expired already"))
	case !s.returnable(req.ReturnURL), !s.returnable(req.CancelURL):
		return processor.ErrRequest.Because(errors.New("payers may not be sent back to that origin"))
	default:
		return nil
	}
}

func openVisit(req processor.SendRequest, content digest, now time.Time) chargeMade {
	expires := req.Expires.UTC()
	return chargeMade{
		name:      name{req.Merchant, string(req.Key)},
		Reference: id.New[chargeKind](now).String(),
		Digest:    content, Amount: req.Amount.Cents(),
		Outcome: outcome{Decision: processor.Pending},
		Visit: &visit{
			Secret: rand.Text(), ReturnURL: req.ReturnURL, CancelURL: req.CancelURL,
			Language: req.Language, Description: req.Description, Expires: expires,
		},
		Due: &expires,
	}
}

func (s *Server) sent(c chargeMade) processor.Sent {
	return processor.Sent{URL: s.visitURL(c.Visit), Reference: c.Reference}
}

func (s *Server) visitURL(v *visit) string {
	if v.Challenge {
		return s.cfg.URL + "/challenge/" + v.Secret
	}
	return s.cfg.URL + "/pay/" + v.Secret
}

// visiting finds the charge of a page, as it stands now.
func (s *Server) visiting(secret string) (charge, bool, error) {
	_, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return charge{}, false, err
	}
	c, found := s.book.visits[secret]
	if !found || c.Visit.Reader != "" {
		return charge{}, false, nil
	}
	return *c, true, nil
}

// payVisit pays a page's charge with a card. A page that was paid, cancelled or
// has lapsed meanwhile stays as it is. The error is [Problems] when the card is
// at fault. It returns the behaviour of a card that was charged.
func (s *Server) payVisit(c charge, card Card) (Behaviour, error) {
	kept, err := s.read(c.Merchant, card, s.cfg.Clock.Now())
	if err != nil {
		return "", err
	}
	var does Behaviour
	err = s.settle(c.Reference, func(open *charge) (decided, bool) {
		if open.Card != nil {
			return decided{}, false // another tab was first
		}
		does = kept.Does.forAmount(money.Cents(open.Amount))
		return s.judgeVisit(open, kept, does), true
	})
	return does, err
}

// judgeVisit says what becomes of a page's charge by its card's script.
func (s *Server) judgeVisit(open *charge, card *plastic, does Behaviour) decided {
	verdict := decided{Card: card, Does: does, Outcome: does.outcome(false)}
	if verdict.Outcome.Decision != processor.Pending {
		return verdict
	}
	if does == Challenges && open.Visit.Reader != "" { // its chip and PIN have answered
		verdict.Outcome = outcome{Decision: processor.Approved}
		return verdict
	}
	now := s.cfg.Clock.Now()
	due := now.Add(s.cfg.SlowFor)
	if does == Challenges {
		due = now.Add(challengeLife)
		next := *open.Visit
		next.Secret, next.Challenge, next.Expires = rand.Text(), true, due
		verdict.Visit = &next
	}
	verdict.Due = &due
	return verdict
}

// cancelVisit notes that the payer gave up.
func (s *Server) cancelVisit(c charge) error {
	return s.settle(c.Reference, func(open *charge) (decided, bool) {
		given := outcome{processor.Declined, processor.Abandoned, "cancelled"}
		return decided{Outcome: given}, open.Card == nil
	})
}

// answerChallenge notes what the payer told the bank.
func (s *Server) answerChallenge(c charge, approved bool) error {
	return s.settle(c.Reference, func(*charge) (decided, bool) {
		if approved {
			return decided{Outcome: outcome{Decision: processor.Approved}}, true
		}
		return decided{Outcome: outcome{processor.Declined, processor.TryAnother, "challenge_refused"}}, true
	})
}

// awaitsPayer reports whether a page of ours has still to be finished.
func (c *charge) awaitsPayer() bool {
	return c.Outcome.Decision == processor.Pending && c.Visit != nil && (c.Card == nil || c.Visit.Challenge)
}
