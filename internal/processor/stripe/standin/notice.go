package standin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
)

// Notice is one delivery of an event.
type Notice struct {
	Header http.Header
	Body   []byte
}

// Notices gives all events of a merchant so far as Stripe would deliver them now:
// signed anew, with each secret, as while one is being replaced. Those of a
// connected merchant name it.
func (s *Server) Notices(merchant string, connected bool, secrets ...string) ([]Notice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.books[merchant]
	if !known {
		return nil, fmt.Errorf("telling %s: nobody of that name", merchant)
	}
	var all []Notice
	for _, event := range b.events {
		told := maps.Clone(event)
		if connected {
			told["account"] = merchant
		}
		body, err := json.Marshal(told)
		if err != nil {
			return nil, fmt.Errorf("telling %s: %w", merchant, err)
		}
		all = append(all, Notice{s.signed(body, secrets), body})
	}
	return all, nil
}

// Thin is an event in Stripe's other form, which names its object and no more.
func (s *Server) Thin(merchant, kind, objectType, id string, secrets ...string) Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counter++
	body := fmt.Appendf(nil, `{"id":"evt_thin_%d","object":"v2.core.event","type":%q,"created":%q,"livemode":false,"context":%q,`+
		`"related_object":{"id":%q,"type":%q,"url":"/v1/x"}}`,
		s.counter, kind, s.now().UTC().Format("2006-01-02T15:04:05.000Z"), merchant, id, objectType)
	return Notice{s.signed(body, secrets), body}
}

// signed is the header of a delivery: the time, and a mark by each secret.
func (s *Server) signed(body []byte, secrets []string) http.Header {
	at := s.now().Unix()
	value := fmt.Sprintf("t=%d", at)
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%d.", at)
		mac.Write(body)
		value += ",v1=" + hex.EncodeToString(mac.Sum(nil))
	}
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	header.Set("Stripe-Signature", value+",v0=00")
	return header
}
