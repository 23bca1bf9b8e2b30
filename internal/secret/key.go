package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const keyBytes = 32

// Key makes keyed digests. It is safe for concurrent use. The zero value is no
// key, and its digests match nothing; make one with [NewKey] or [ReadKey].
//
// A key whose digests are stored cannot be replaced without making them anew
// from what was digested.
type Key struct {
	redacted
	reveal func() []byte // a closure for the reason given at String
}

func keyOf(raw []byte) Key { return Key{reveal: func() []byte { return raw }} }

// NewKey makes a random key that lives as long as the program.
func NewKey() Key {
	fresh := make([]byte, keyBytes)
	rand.Read(fresh) // never fails: crypto/rand ends the process instead
	return keyOf(fresh)
}

// CreateKey writes a random key to a new file, readable by its owner alone. It
// refuses a file that exists.
func CreateKey(path string) error {
	text := hex.EncodeToString(NewKey().reveal()) + "\n"
	if err := create(path, []byte(text)); err != nil {
		return fmt.Errorf("creating key file: %w", err)
	}
	return nil
}

// ReadKey reads a key file. It refuses one that others than its owner may read.
func ReadKey(path string) (Key, error) {
	text, err := read(path)
	if err != nil {
		return Key{}, fmt.Errorf("reading key file: %w", err)
	}
	decoded, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(decoded) != keyBytes {
		// Not err itself: it quotes what it read.
		return Key{}, fmt.Errorf("reading key file %s: %w", path, errors.New("it is not 64 hexadecimal digits"))
	}
	return keyOf(decoded), nil
}

// MAC gives the digest of msg, 32 bytes (HMAC-SHA256, RFC 2104). The domain says
// what the digest is for: digests of one domain say nothing about those of
// another, whatever the messages.
func (k Key) MAC(domain string, msg []byte) []byte {
	if k.reveal == nil {
		k = NewKey() // known to nobody, not even to the next call
	}
	mac := hmac.New(sha256.New, k.reveal())
	mac.Write(framed(domain))
	mac.Write(msg)
	return mac.Sum(nil)
}

// Check reports whether sum is the digest of msg, in constant time.
func (k Key) Check(domain string, msg, sum []byte) bool {
	return hmac.Equal(k.MAC(domain, msg), sum)
}

// framed writes texts behind their lengths, so that no two lists of texts read
// alike.
func framed(texts ...string) []byte {
	var all []byte
	for _, text := range texts {
		all = binary.BigEndian.AppendUint64(all, uint64(len(text)))
		all = append(all, text...)
	}
	return all
}
