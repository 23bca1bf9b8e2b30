package access

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"clearwell/internal/cardscan"
)

const (
	// leastRunes is PCI DSS 4.0.1, 8.3.6. Nothing is asked of which characters they
	// are: such rules make people choose alike (NIST SP 800-63B, 3.1.1.2).
	leastRunes = 12
	// mostBytes is more than anybody types, and little to hash.
	mostBytes = 256
	// fewRunes is how many different characters make a password that is more than
	// one pressed key.
	fewRunes = 5

	mostFailures = 10               // PCI DSS 4.0.1, 8.3.4
	lockLasts    = 30 * time.Minute // the same
	failuresLast = 24 * time.Hour   // after a day without any, counting begins anew

	sessionLasts = 4 * time.Hour    // as a visit: library computers are shared
	sessionIdle  = 30 * time.Minute // the same; PCI DSS 8.2.8 asks 15 minutes of staff
	seenEvery    = time.Minute      // how exactly it is known when a session was last used
	proofLasts   = 10 * time.Minute

	codeDigits = 8
	codeLasts  = 15 * time.Minute
	codeTries  = 5
	codesSent  = 5 // to one address
	codesEvery = time.Hour

	longestAgent = 120 // runes
)

// ReadEmail reads an e-mail address as logins keep it: in lower case, since no
// mail system that residents use tells Ana@ from ana@. Returns [ErrEmail].
func ReadEmail(text string) (string, error) {
	text = strings.ToLower(norm.NFC.String(strings.TrimSpace(text)))
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > 254 || !residents(text) || cardscan.Contains([]byte(text)) {
		return "", ErrEmail
	}
	return text, nil
}

// residents leaves out what no resident has and mail programs misread: a name
// that begins as an option does, quotes, a host without a dot, an address of a
// machine.
func residents(email string) bool {
	at := strings.LastIndexByte(email, '@')
	name, host := email[:at], email[at+1:]
	last := host[strings.LastIndexByte(host, '.')+1:]
	return !strings.HasPrefix(name, "-") && !strings.ContainsAny(email, `"[]() `) && last != host && strings.Trim(last, "0123456789") != ""
}

// normal is a password as it is hashed: the same, however a keyboard puts the
// accent on a letter.
func normal(password string) string { return norm.NFC.String(password) }

// checkPassword judges a new password, in its normal form. Returns
// [ErrPasswordShort], [ErrPasswordLong], [ErrPasswordCommon], cardscan.ErrCard.
func checkPassword(password, email string, common map[string]bool) error {
	name, _, _ := strings.Cut(email, "@")
	folded := strings.ToLower(password)
	switch {
	case len(password) > mostBytes:
		return ErrPasswordLong
	case cardscan.Contains([]byte(password)) || cardscan.Scattered(password):
		return cardscan.ErrCard
	case utf8.RuneCountInString(password) < leastRunes:
		return ErrPasswordShort.With("Count", leastRunes)
	case common[folded], folded == email, strings.Trim(folded, "0123456789 ") == name, different(folded) < fewRunes:
		return ErrPasswordCommon
	}
	return nil
}

func different(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// lock is how often signing in with one address went wrong, one after another.
type lock struct {
	failures int
	failedAt time.Time
	until    time.Time // zero where it is not locked
}

// locked tells how long nobody may try a password.
func (l lock) locked(now time.Time) time.Duration { return max(0, l.until.Sub(now)) }

// tried counts one more try, before it is known whether it will succeed: a
// thousand at the same instant are ten. Success forgets the lock.
func (l lock) tried(now time.Time) lock {
	if !l.until.IsZero() && !now.Before(l.until) || now.Sub(l.failedAt) > failuresLast {
		l = lock{}
	}
	l.failures, l.failedAt = l.failures+1, now
	if l.failures >= mostFailures {
		l.until = now.Add(lockLasts)
	}
	return l
}

// live reports whether a session still is one.
func (s Session) live(now time.Time) bool {
	return s.endedAt.IsZero() && now.Before(s.EndsAt) && now.Sub(s.SeenAt) < sessionIdle
}

// Fresh reports whether the owner of a session proved so lately to be who they
// are that they may change where money comes from, or how they sign in. Others
// are asked again: a browser that was left open must not be enough.
func (s Session) Fresh(now time.Time) bool {
	return now.Sub(s.ProvedAt) < proofLasts
}

// code is one that was sent.
type code struct {
	id      CodeID
	purpose Purpose
	email   string
	login   LoginID // zero where the address has no login, which its reader is not told
	hash    []byte
	pass    string // hash of the password of a login to be made
	lang    string
	tries   int
	madeAt  time.Time
	usedAt  time.Time
	spentAt time.Time // when a code that was used has served its purpose
}

// open reports whether it may still be typed.
func (c code) open(now time.Time) bool {
	return c.usedAt.IsZero() && c.tries < codeTries && now.Sub(c.madeAt) < codeLasts
}

// serves reports whether it was used, so lately that what it is for may be done.
func (c code) serves(now time.Time) bool {
	return !c.usedAt.IsZero() && c.spentAt.IsZero() && now.Sub(c.usedAt) < codeLasts
}

// digitsOf is what was meant by what was typed.
func digitsOf(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
}

// aloud is a code as it is read out.
func aloud(digits string) string { return digits[:codeDigits/2] + " " + digits[codeDigits/2:] }

// agent is as much as is kept of what a browser calls itself.
func agent(text string) string {
	runes := []rune(strings.ToValidUTF8(cardscan.Redact(text), "?"))
	runes = runes[:min(len(runes), longestAgent)]
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(runes))
}
