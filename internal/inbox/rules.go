package inbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"clearwell/internal/cardscan"
)

// check refuses what may not be kept.
func (m Message) check() error {
	switch {
	case m.Source == "":
		return ErrNoSource
	case len(m.Body) > MaxBodyBytes:
		return ErrTooLarge
	case m.hasCard():
		return ErrCard
	}
	return nil
}

func (m Message) hasCard() bool {
	if cardscan.Contains(m.Body) || cardscan.Contains([]byte(m.ExternalID)) {
		return true
	}
	for name, values := range m.Headers {
		if cardscan.Contains([]byte(name + ": " + strings.Join(values, "\n"))) {
			return true
		}
	}
	return false
}

// once is what a message must be the only one to have: the sender's identifier,
// or the digest of the body. The two are told apart, so that a sender cannot
// take the place of a message by naming its digest.
func (m Message) once() string {
	if m.ExternalID != "" {
		return "id:" + storable(m.ExternalID)
	}
	digest := sha256.Sum256(m.Body)
	return "sha256:" + hex.EncodeToString(digest[:])
}

// externalID takes back what once made of the sender's identifier.
func externalID(once string) string {
	text, named := strings.CutPrefix(once, "id:")
	if !named {
		return ""
	}
	return text
}

// credentials are words in the names of headers that let somebody in. A
// signature lets nobody in, and is kept: with it a message can be verified again.
var credentials = []string{"auth", "cookie", "token", "secret", "password", "api-key", "apikey", "access-key"}

// harmless gives the headers without credentials.
func harmless(headers http.Header) http.Header {
	kept := http.Header{}
	for name, values := range headers {
		if !isCredential(name) {
			kept[http.CanonicalHeaderKey(name)] = values
		}
	}
	return kept
}

func isCredential(name string) bool {
	lower := strings.ToLower(name)
	for _, word := range credentials {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// MaxAttempts is how often a message is tried before it is stuck: for about a
// day, see backoff.
const MaxAttempts = 16

const (
	firstPause   = 10 * time.Second
	longestPause = 4 * time.Hour
)

// backoff is the pause after so many tries: ten seconds, doubled each time, four
// hours at most.
func backoff(attempts int) time.Duration {
	pause := firstPause
	for i := 1; i < attempts && pause < longestPause; i++ {
		pause *= 2
	}
	return min(pause, longestPause)
}

// troubleRunes bounds what is kept of an error.
const troubleRunes = 500

// trouble is what an error says, short and without card numbers: it may quote
// what it read.
func trouble(cause error) string {
	if cause == nil {
		return ""
	}
	text := []rune(storable(cardscan.Redact(cause.Error())))
	return string(text[:min(len(text), troubleRunes)])
}

// storable makes text that both databases keep as it is: PostgreSQL takes
// neither NUL nor broken UTF-8.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
