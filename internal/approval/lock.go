package approval

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"clearwell/internal/secret"
)

// lockedHeading begins a key file that a passphrase opens. A change of the form
// changes it.
const lockedHeading = "clearwell locked key 1\n"

const (
	saltBytes = 16
	// What trying one passphrase costs: 64 MiB and about a quarter of a second. A key
	// is opened a few times a year.
	lockPasses = 4
	lockMemory = 64 << 10 // KiB
)

// LeastPassphrase is how long a passphrase is at least, in bytes: who has the file
// may try as long as they like.
const LeastPassphrase = 12

var (
	// ErrPassphrase: it does not open the key, or the file was changed.
	ErrPassphrase = errors.New("the passphrase does not open the key")
	// ErrPassphraseShort: whoever finds the file would try it out.
	ErrPassphraseShort = fmt.Errorf("the passphrase needs at least %d characters; four words do", LeastPassphrase)
)

// IsLocked reports whether a key file needs a passphrase.
func IsLocked(text string) bool { return strings.HasPrefix(text, lockedHeading) }

// Lock gives the text of a key file that only the passphrase opens (argon2id, RFC
// 9106; XChaCha20-Poly1305). Returns [ErrPassphraseShort].
func Lock(key, passphrase secret.String) (string, error) {
	if len(passphrase.Reveal()) < LeastPassphrase {
		return "", ErrPassphraseShort
	}
	head := make([]byte, saltBytes+chacha20poly1305.NonceSizeX)
	rand.Read(head) // never fails: crypto/rand ends the process instead
	box, err := chacha20poly1305.NewX(stretched(passphrase, head[:saltBytes]))
	if err != nil {
		return "", fmt.Errorf("locking a key: %w", err)
	}
	sealed := box.Seal(head, head[saltBytes:], []byte(key.Reveal()), []byte(lockedHeading))
	return lockedHeading + base64.StdEncoding.EncodeToString(sealed) + "\n", nil
}

// Unlock opens what [Lock] has made. Returns [ErrPassphrase].
func Unlock(text string, passphrase secret.String) (secret.String, error) {
	body, _ := strings.CutPrefix(text, lockedHeading)
	sealed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(body))
	if err != nil || !IsLocked(text) || len(sealed) < saltBytes+chacha20poly1305.NonceSizeX {
		return secret.String{}, ErrPassphrase
	}
	box, err := chacha20poly1305.NewX(stretched(passphrase, sealed[:saltBytes]))
	if err != nil {
		return secret.String{}, fmt.Errorf("unlocking a key: %w", err)
	}
	nonce, rest := sealed[saltBytes:saltBytes+chacha20poly1305.NonceSizeX], sealed[saltBytes+chacha20poly1305.NonceSizeX:]
	opened, err := box.Open(nil, nonce, rest, []byte(lockedHeading))
	if err != nil {
		return secret.String{}, ErrPassphrase
	}
	return secret.New(string(opened)), nil
}

func stretched(passphrase secret.String, salt []byte) []byte {
	return argon2.IDKey([]byte(passphrase.Reveal()), salt, lockPasses, lockMemory, 1, chacha20poly1305.KeySize)
}
