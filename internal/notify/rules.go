package notify

import (
	"net/mail"
	"regexp"
	"strings"
	"time"

	"clearwell/internal/cardscan"
)

// longestAddress is that of RFC 5321, 4.5.3.1: 64 octets, an at sign, 255.
const longestAddress = 64 + 1 + 255

// checkAddress refuses what is not one bare e-mail address: a name in front of
// it, a second address or a line end would be somebody writing our headers.
func checkAddress(text string) error {
	parsed, err := mail.ParseAddress(text)
	switch {
	case err != nil, parsed.Address != text, len(text) > longestAddress:
		return ErrAddress
	case cardscan.Contains([]byte(text)):
		return cardscan.ErrCard
	}
	return nil
}

// MaxAttempts is how often a message is tried: for about two days, see backoff.
const MaxAttempts = 16

const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
	// lease is how long one node may take to hand a message over. After that
	// it is taken for dead, and another tries.
	lease = 5 * time.Minute
)

// backoff is the pause after so many tries: a minute, doubled each time, six
// hours at most.
func backoff(attempts int) time.Duration {
	pause := firstPause
	for i := 1; i < attempts && pause < longestPause; i++ {
		pause *= 2
	}
	return min(pause, longestPause)
}

// addresses are what a mail server repeats of whom a message is for. A log is read
// by more people than a resident's address is meant for.
var addresses = regexp.MustCompile(`[^\s<>"']+@[^\s<>"']+`)

func anonymous(said string) string { return addresses.ReplaceAllString(said, "[address]") }

// detailRunes bounds what is kept of what the other side said.
const detailRunes = 300

// detail is what the other side said, such that it may be kept.
func detail(err error) string {
	if err == nil {
		return ""
	}
	text := strings.ToValidUTF8(cardscan.Redact(err.Error()), "\uFFFD")
	runes := []rune(strings.ReplaceAll(text, "\x00", "\uFFFD"))
	return string(runes[:min(len(runes), detailRunes)])
}
