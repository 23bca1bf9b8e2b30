package access

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clearwell/internal/cardscan"
)

func TestPasswordsAreJudged(t *testing.T) {
	common, err := readCommon()
	if err != nil || len(common) < 12_000 {
		t.Fatalf("%d common passwords, %v", len(common), err)
	}
	for password, want := range map[string]error{
		"":                               ErrPasswordShort,
		"elevenrunes":                    ErrPasswordShort,
		"twelve runes":                   nil,
		"ññññññññññññ":                   ErrPasswordCommon, // one key
		"niño piñón aún":                 nil,
		"passwordpassword":               ErrPasswordCommon,
		"PasswordPassword":               ErrPasswordCommon,
		"qwertyuiop12":                   ErrPasswordCommon,
		"ana.b@example.com":              ErrPasswordCommon,
		"ana.b1234567":                   ErrPasswordCommon,
		"4111111111111111":               cardscan.ErrCard,
		"my card is 4111a1111b1111c1111": cardscan.ErrCard,
		strings.Repeat("wet words ", 25): nil,
		strings.Repeat("wet words ", 26): ErrPasswordLong,
	} {
		if err := checkPassword(normal(password), "ana.b@example.com", common); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", password, err, want)
		}
	}
}

func TestEmailAddressesAreRead(t *testing.T) {
	for typed, want := range map[string]string{
		"ana@example.com": "ana@example.com", " Ana@Example.COM ": "ana@example.com", "ana+water@mail.example.org": "ana+water@mail.example.org",
		"": "", "ana": "", "ana@localhost": "", "ana@127.0.0.1": "", "-ana@example.com": "", `"a b"@example.com`: "", "ana@[127.0.0.1]": "",
		"Ana <ana@example.com>": "", "ana@example.com, bo@example.com": "", "ana@example.com\r\nBcc: bo@example.com": "",
		"4111111111111111@example.com": "", strings.Repeat("a", 250) + "@example.com": "",
	} {
		got, err := ReadEmail(typed)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

// Hashing: what was hashed matches, in another way of typing accents too, and
// nothing else does.
func TestHashesMatch(t *testing.T) {
	h := newHasher(Hashing{MemoryKiB: 8, Passes: 1})
	stored, err := h.hash(t.Context(), normal("niño piñón"))
	if err != nil {
		t.Fatal(err)
	}
	dearer := newHasher(Hashing{MemoryKiB: 16, Passes: 2}) // reads what cost less
	for password, want := range map[string]bool{"nin\u0303o pin\u0303o\u0301n": true, "nino pinon": false, "": false} {
		if got, err := dearer.matches(t.Context(), stored, normal(password)); got != want || err != nil {
			t.Errorf("%q matches: %v, %v", password, got, err)
		}
	}
	if got, err := h.matches(t.Context(), "", "anything"); got || err != nil {
		t.Errorf("no hash matches: %v, %v", got, err)
	}
	for _, bad := range []string{"x", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA", strings.Replace(stored, "m=8", "m=0", 1), strings.Replace(stored, "v=19", "v=18", 1)} {
		if got, err := h.matches(t.Context(), bad, "niño piñón"); got || !errors.Is(err, errHash) {
			t.Errorf("%q matches: %v, %v", bad, got, err)
		}
	}
}

func TestHashingCostsWhatIsAsked(t *testing.T) {
	h := newHasher(Hashing{})
	if !strings.HasPrefix(h.nobodys, "$argon2id$v=19$m=19456,t=2,p=1$") || cap(h.slots) != 4 {
		t.Errorf("by itself: %s, %d at once", h.nobodys, cap(h.slots))
	}
}

// So many at once, so much memory: others wait, or leave.
func TestHashingWaitsItsTurn(t *testing.T) {
	h := newHasher(Hashing{MemoryKiB: 8, Passes: 1, AtOnce: 1})
	h.slots <- struct{}{}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := h.hash(ctx, "twelve runes"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-h.slots
	if _, err := h.hash(t.Context(), "twelve runes"); err != nil {
		t.Error(err)
	}
}

// Whatever happens when, nobody tries more than ten passwords in half an hour
// without success.
func TestLocksHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lock
		var tries []time.Time
		now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
		for range 60 {
			now = now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, 10 * time.Minute, 31 * time.Minute, 25 * time.Hour}).Draw(t, "later"))
			if l.locked(now) > 0 {
				continue
			}
			l = l.tried(now)
			tries = append(tries, now)
			if n := len(tries); n > mostFailures && tries[n-1].Sub(tries[n-1-mostFailures]) < lockLasts {
				t.Fatalf("more than %d tries in %s", mostFailures, tries[n-1].Sub(tries[n-1-mostFailures]))
			}
		}
	})
}

func TestFreshProofs(t *testing.T) {
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: true, 10*time.Minute - 1: true, 10 * time.Minute: false, 24 * time.Hour: false} {
		if got := (Session{ProvedAt: now.Add(-age)}).Fresh(now); got != want {
			t.Errorf("a proof %s old is fresh: %v", age, got)
		}
	}
	if (Session{}).Fresh(now) {
		t.Error("no proof is fresh")
	}
}
