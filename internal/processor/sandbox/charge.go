package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/id"
	"clearwell/internal/processor"
)

// errReplyLost is what the payer's portal sees when a charge is made and the
// connection drops before the answer.
var errReplyLost = errors.New("connection ended before the answer")

type chargeKind struct{}

func (chargeKind) Prefix() string { return "ch" }

type refundKind struct{}

func (refundKind) Prefix() string { return "re" }

// Tokenize makes a fresh token, as the card fields do for what a payer types:
// single use, for half an hour. The error is [Problems] when the card is at
// fault, and [processor.ErrRequest] when the merchant is none.
func (s *Server) Tokenize(merchant processor.Merchant, card Card) (processor.Token, error) {
	if !nameable(merchant) {
		return "", processor.ErrRequest
	}
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return "", err
	}
	kept, err := s.read(merchant, card, now)
	if err != nil {
		return "", err
	}
	made := processor.Token("tok_" + rand.Text())
	return made, s.put(entry{At: now, Token: &tokenMade{name{merchant, string(made)}, kept, now.Add(tokenLife)}})
}

// longestMerchant is more characters than any identifier of a merchant has.
const longestMerchant = 64

// nameable reports whether something can be a merchant's identifier. Anybody can
// write one to the card fields, and it is kept in the journal.
func nameable(merchant processor.Merchant) bool {
	return merchant != "" && len(merchant) <= longestMerchant && !cardscan.Contains([]byte(merchant))
}

func (s *Server) describe(merchant processor.Merchant, token processor.Token) (processor.Instrument, error) {
	_, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return processor.Instrument{}, err
	}
	wanted := name{merchant, string(token)}
	if fresh, found := s.book.fresh[wanted]; found {
		return fresh.card.instrument(processor.Typed), nil
	}
	if kept, found := s.book.stored[wanted]; found {
		return kept.Card.instrument(processor.Stored), nil
	}
	return processor.Instrument{}, processor.ErrTokenUnknown
}

func (s *Server) charge(ctx context.Context, req processor.ChargeRequest) (processor.Result, error) {
	if err := s.checkCharge(req); err != nil {
		return processor.Result{}, err
	}
	c, fresh, err := s.accept(req)
	if err != nil {
		return processor.Result{}, err
	}
	if fresh && c.Does == ReplyLost {
		return processor.Result{}, errReplyLost
	}
	if fresh && c.Does == Slow {
		if err := s.cfg.Wait(ctx, s.cfg.SlowFor); err != nil {
			return processor.Result{}, fmt.Errorf("waiting for the issuer: %w", err)
		}
		if err := s.approve(c.Reference); err != nil {
			return processor.Result{}, err
		}
	}
	return s.lookup(processor.LookupRequest{Key: req.Key, Merchant: req.Merchant})
}

func (s *Server) checkCharge(req processor.ChargeRequest) error {
	switch {
	case req.Key == "", req.Merchant == "", !req.Amount.IsPositive(), len(req.Descriptor) > 22:
		return processor.ErrRequest.Because(errors.New("key, merchant account, amount or descriptor"))
	case req.ReturnURL != "" && !s.returnable(req.ReturnURL):
		return processor.ErrRequest.Because(errors.New("payers may not be sent back to that origin"))
	default:
		return nil
	}
}

// accept decides a charge that is new, and finds one that is not. It returns a
// copy of what was recorded.
func (s *Server) accept(req processor.ChargeRequest) (chargeMade, bool, error) {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return chargeMade{}, false, err
	}
	content := digestCharge(req)
	if known, found := s.book.keys[name{req.Merchant, string(req.Key)}]; found {
		if known.Digest != content {
			return chargeMade{}, false, processor.ErrKeyReused
		}
		return known.chargeMade, false, nil
	}
	card, err := s.present(req)
	if err != nil {
		return chargeMade{}, false, err
	}
	made := s.judge(req, card, now)
	made.Digest = content
	return made, true, s.put(entry{At: now, Charge: &made})
}

// present finds the card behind a request's token, and refuses a token that may
// not be used so.
func (s *Server) present(req processor.ChargeRequest) (*plastic, error) {
	wanted := name{req.Merchant, string(req.Token)}
	if fresh, found := s.book.fresh[wanted]; found {
		if fresh.spentBy != "" {
			return nil, processor.ErrTokenSpent
		}
		if req.Stored != nil && req.Stored.Initiator != processor.ByPayer {
			return nil, processor.ErrStoredUse
		}
		return fresh.card, nil
	}
	kept, found := s.book.stored[wanted]
	if !found {
		return nil, processor.ErrTokenUnknown
	}
	if !s.declared(req.Stored, kept) {
		return nil, processor.ErrStoredUse
	}
	return kept.Card, nil
}

// declared reports whether the use of a stored card is marked as the networks
// require: by whom, and if by the merchant, under which consented first use.
func (s *Server) declared(use *processor.StoredUse, kept *cardSaved) bool {
	if use == nil {
		return false
	}
	if use.Initiator == processor.ByPayer {
		return true
	}
	if use.Initiator != processor.ByMerchant || use.Reason == "" {
		return false
	}
	if use.InitialTransactionID == kept.Network {
		return true
	}
	reference, _ := strings.CutPrefix(use.InitialTransactionID, networkPrefix)
	first, found := s.book.charges[reference]
	return found && first.network() == use.InitialTransactionID && first.Merchant == kept.Merchant &&
		first.Card.Fingerprint == kept.Card.Fingerprint
}

// judge says what becomes of a charge by its script.
func (s *Server) judge(req processor.ChargeRequest, card *plastic, now time.Time) chargeMade {
	does := card.Does.forAmount(req.Amount)
	made := chargeMade{
		name:      name{req.Merchant, string(req.Key)},
		Reference: id.New[chargeKind](now).String(),
		Amount:    req.Amount.Cents(), Token: req.Token, Card: card, Does: does,
	}
	if req.Stored != nil {
		made.Stored = req.Stored.Initiator
	}
	made.Outcome = does.outcome(made.Stored == processor.ByMerchant)
	if made.Outcome.Decision != processor.Pending {
		return made
	}
	if does == Challenges && req.ReturnURL == "" {
		made.Outcome = outcome{processor.Declined, processor.TryAnother, "1A"} // authentication is required
		return made
	}
	due := now.Add(s.cfg.SlowFor)
	if does == Challenges {
		due = now.Add(challengeLife)
		made.Visit = &visit{Secret: rand.Text(), Challenge: true, ReturnURL: req.ReturnURL, Language: req.Language, Expires: due}
	}
	made.Due = &due
	return made
}

// outcome is what a behaviour decides at once. With nobody present there is
// nobody to challenge: the stored credential's first use stands in for it.
func (b Behaviour) outcome(absent bool) outcome {
	family, code := b.decline()
	switch {
	case family != "":
		return outcome{processor.Declined, family, code}
	case b == Revoked && absent:
		return outcome{processor.Declined, processor.NeverRetry, "R1"}
	case b == Slow, b == Challenges && !absent:
		return outcome{Decision: processor.Pending}
	default:
		return outcome{Decision: processor.Approved}
	}
}

// approve decides a charge that is still pending; one decided meanwhile stays.
func (s *Server) approve(reference string) error {
	return s.settle(reference, func(*charge) (decided, bool) {
		return decided{Outcome: outcome{Decision: processor.Approved}}, true
	})
}

// settle decides a pending charge by rule, which may decline to decide.
func (s *Server) settle(reference string, rule func(*charge) (decided, bool)) error {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return err
	}
	c, found := s.book.charges[reference]
	if !found || c.Outcome.Decision != processor.Pending {
		return nil
	}
	verdict, ready := rule(c)
	if !ready {
		return nil
	}
	verdict.Reference = reference
	return s.put(entry{At: now, Decided: &verdict})
}

func (s *Server) lookup(req processor.LookupRequest) (processor.Result, error) {
	_, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return processor.Result{}, err
	}
	c, found := s.book.keys[name{req.Merchant, string(req.Key)}]
	if !found {
		return processor.Result{}, processor.ErrNeverSeen
	}
	result := c.result(c.entry())
	if result.AwaitsPayer = c.awaitsPayer(); result.AwaitsPayer && c.Visit.Reader == "" {
		result.ChallengeURL = s.visitURL(c.Visit)
	}
	return result, nil
}

// digest tells whether two requests with one key have one content.
type digest [16]byte

// MarshalText writes the digest in hexadecimal.
func (d digest) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(d[:])), nil }

// UnmarshalText reads it back.
func (d *digest) UnmarshalText(text []byte) error {
	n, err := hex.Decode(d[:], text)
	if err != nil || n != len(d) {
		return fmt.Errorf("reading digest: not one")
	}
	return nil
}

func digestCharge(req processor.ChargeRequest) digest {
	var use processor.StoredUse
	if req.Stored != nil {
		use = *req.Stored
	}
	return digestOf("charge", req.Amount.Cents(), string(req.Token), req.Descriptor,
		string(use.Initiator), string(use.Reason), use.InitialTransactionID)
}

// digestOf hashes the parts of a request, each with its length, so that no two
// requests run together. Addresses and descriptions may differ between tries.
func digestOf(verb string, cents int64, parts ...string) digest {
	text := binary.BigEndian.AppendUint64(make([]byte, 0, 256), uint64(cents))
	for _, part := range append(parts, verb) {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return digest(sum[:16])
}
