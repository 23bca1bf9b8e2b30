package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
	"clearwell/internal/secret"
)

// SignatureHeader carries the signature of a notice: "t=<unix seconds>,v1=<hex>",
// where v1 is HMAC-SHA256 over the seconds, a dot and the body.
const SignatureHeader = "Sandbox-Signature"

// replayWindow is how old, or how far ahead of us, a notice may be.
const replayWindow = 5 * time.Minute

// notice is one message to the portal.
type notice struct {
	ID        string             `json:"id"`
	Type      string             `json:"type"`
	Merchant  processor.Merchant `json:"merchant"`
	Key       string             `json:"key"`
	Reference string             `json:"reference"`
	Amount    int64              `json:"amount_cents"`
	At        time.Time          `json:"at"`

	twice bool
	tries int
}

// delivery is one sending of a notice; a repeat is sent although it was told.
type delivery struct {
	notice *notice
	repeat bool
}

func (b *book) tellDecided(c *charge) {
	b.tell(&notice{ID: "evt_decided_" + c.Reference, Type: "charge.decided", Reference: c.Reference,
		Amount: c.Amount, At: c.decidedAt, twice: c.Does == NoticeTwice}, c)
	if c.Does == NoticesReversed {
		b.tell(&notice{ID: "evt_accepted_" + c.Reference, Type: "charge.accepted", Reference: c.Reference,
			Amount: c.Amount, At: c.at}, c)
	}
}

func (b *book) tell(n *notice, c *charge) {
	n.Merchant, n.Key = c.Merchant, c.Name
	b.waiting[n.ID] = n
	b.notices.add(c.lastChange(n.At), delivery{notice: n})
}

// lastChange keeps an "accepted" that is told late behind the "decided".
func (c *charge) lastChange(at time.Time) time.Time {
	if c.decidedAt.After(at) {
		return c.decidedAt
	}
	return at
}

// Run sends notices as they fall due, until the context ends.
func (s *Server) Run(ctx context.Context) {
	for {
		s.DeliverDue(ctx)
		timer := time.NewTimer(s.untilNext())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// nudge wakes [Server.Run].
func (s *Server) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// untilNext is how long nothing is due, a minute at most, so that a clock that
// jumps is noticed.
func (s *Server) untilNext() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	patience := time.Minute
	now := s.cfg.Clock.Now()
	if at, found := s.book.notices.first(); found {
		patience = min(patience, at.Sub(now))
	}
	if at, found := s.book.due.first(); found {
		patience = min(patience, at.Sub(now))
	}
	return max(patience, 0)
}

// DeliverDue lets happen what is due, sends each notice that is due once, in
// order, and returns how many were taken. A notice that is not taken is sent again later.
func (s *Server) DeliverDue(ctx context.Context) int {
	taken := 0
	for ctx.Err() == nil {
		next, found := s.nextDelivery()
		if !found {
			break
		}
		err := s.deliver(ctx, next.notice)
		s.delivered(next, err == nil)
		if err == nil {
			taken++
		}
	}
	return taken
}

// nextDelivery takes what is due from the schedule, skipping what was told
// before the journal was reopened.
func (s *Server) nextDelivery() (delivery, bool) {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil || s.cfg.NoticeURL == "" {
		return delivery{}, false
	}
	for {
		next, _, found := s.book.notices.next(now)
		if !found {
			return delivery{}, false
		}
		if _, untold := s.book.waiting[next.notice.ID]; untold || next.repeat {
			return next, true
		}
	}
}

// delivered notes what became of a delivery. A failure to record a success only
// means that the notice will come once more.
func (s *Server) delivered(d delivery, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock.Now()
	if taken {
		if !d.repeat {
			_ = s.put(entry{At: now, Told: &told{d.notice.ID}})
		}
		if d.notice.twice && !d.repeat {
			s.book.notices.add(now, delivery{d.notice, true})
		}
		return
	}
	d.notice.tries++
	if pause, again := backoff(d.notice.tries); again {
		s.book.notices.add(now.Add(pause), d)
	}
}

// backoff is the pause after so many failed tries: about three days in all.
func backoff(tries int) (time.Duration, bool) {
	pauses := [...]time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour,
		6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	}
	if tries > len(pauses) {
		return 0, false
	}
	return pauses[tries-1], true
}

func (s *Server) deliver(ctx context.Context, n *notice) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encoding notice %s: %w", n.ID, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.NoticeURL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("addressing notice %s: %w", n.ID, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(SignatureHeader, sign(s.cfg.NoticeSecret, s.cfg.Clock.Now(), body))
	answer, err := s.cfg.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("sending notice %s: %w", n.ID, err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection serves again
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("sending notice %s: answered %s", n.ID, answer.Status)
	}
	return nil
}

func sign(key secret.String, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(signature(key, seconds, body))
}

func signature(key secret.String, seconds string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// noticeReader verifies and reads notices, as the portal does.
type noticeReader struct {
	secrets []secret.String // the newest first; a retired one until its last notices are through
}

// ReadNotice verifies the signature and age of a notice and reads it.
func (r noticeReader) ReadNotice(header http.Header, body []byte, now time.Time) (processor.Notice, error) {
	seconds, mark, ok := splitSignature(header.Get(SignatureHeader))
	if !ok || !r.signed(seconds, mark, body) {
		return processor.Notice{}, processor.ErrSignature
	}
	sent, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return processor.Notice{}, processor.ErrSignature.Because(err)
	}
	if age := now.Sub(time.Unix(sent, 0)); age > replayWindow || age < -replayWindow {
		return processor.Notice{}, processor.ErrStale
	}
	var n notice
	if err := json.Unmarshal(body, &n); err != nil {
		return processor.Notice{}, fmt.Errorf("reading notice: %w", err)
	}
	return n.port(), nil
}

func (r noticeReader) signed(seconds string, mark, body []byte) bool {
	for _, one := range r.secrets {
		if !one.IsEmpty() && hmac.Equal(mark, signature(one, seconds, body)) {
			return true
		}
	}
	return false
}

func splitSignature(header string) (seconds string, mark []byte, ok bool) {
	first, second, found := strings.Cut(header, ",")
	seconds, dated := strings.CutPrefix(first, "t=")
	digits, signed := strings.CutPrefix(second, "v1=")
	if !found || !dated || !signed {
		return "", nil, false
	}
	mark, err := hex.DecodeString(digits)
	return seconds, mark, err == nil
}

func (n notice) port() processor.Notice {
	kind := processor.NoticeOther
	switch n.Type {
	case "charge.decided":
		kind = processor.NoticeOutcome
	case "charge.disputed":
		kind = processor.NoticeDispute
	case "refund.decided":
		kind = processor.NoticeRefund
	}
	return processor.Notice{
		ID: n.ID, Kind: kind, Key: processor.Key(n.Key), Merchant: n.Merchant,
		Reference: n.Reference, Amount: money.Cents(n.Amount), At: n.At,
	}
}
