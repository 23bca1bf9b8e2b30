package secret

import (
	"bytes"
	"errors"
	"fmt"

	"clearwell/internal/id"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrUnopenable is the error of a sealed value that does not open: it is
// damaged, or was sealed for another city or purpose, or with a key that the
// keyset does not hold.
var ErrUnopenable = errors.New("sealed value does not open")

// Sealer seals values for storage and opens them. It is safe for concurrent use.
type Sealer struct {
	redacted
	cipher tink.AEAD
}

// NewSealer makes a sealer with a random key that lives as long as the program.
func NewSealer() (*Sealer, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return newSealer(keys)
}

// ReadSealer reads a keyset file. It refuses one that others than its owner may
// read.
func ReadSealer(path string) (*Sealer, error) {
	keys, err := readKeyset(path)
	if err != nil {
		return nil, err
	}
	return newSealer(keys)
}

func newSealer(keys *keyset.Handle) (*Sealer, error) {
	wrap, err := aead.New(keys)
	if err != nil {
		return nil, fmt.Errorf("using keyset: %w", err)
	}
	return &Sealer{cipher: aead.NewKMSEnvelopeAEAD2(aead.AES256GCMKeyTemplate(), wrap)}, nil
}

// Seal encrypts a value for one city and purpose. The purpose names the use,
// such as "instrument.bank_account"; with the row's identifier in it, the sealed
// value opens in no other row either. Sealing twice gives different bytes.
func (s *Sealer) Seal(city id.City, purpose string, value String) ([]byte, error) {
	place, err := bind(city, purpose)
	if err != nil {
		return nil, err
	}
	sealed, err := s.cipher.Encrypt([]byte(value.Reveal()), place)
	if err != nil {
		return nil, fmt.Errorf("sealing for %s: %w", purpose, err)
	}
	return sealed, nil
}

// Open decrypts what was sealed for the same city and purpose. Returns
// [ErrUnopenable].
func (s *Sealer) Open(city id.City, purpose string, sealed []byte) (String, error) {
	place, err := bind(city, purpose)
	if err != nil {
		return String{}, err
	}
	value, err := s.cipher.Decrypt(sealed, place)
	if err != nil {
		return String{}, fmt.Errorf("opening for %s: %w", purpose, ErrUnopenable)
	}
	return New(string(value)), nil
}

// bind makes the associated data, which holds a sealed value to its place.
func bind(city id.City, purpose string) ([]byte, error) {
	if city == "" || purpose == "" {
		return nil, errors.New("sealing: city and purpose must be given")
	}
	return framed(string(city), purpose), nil
}

// CreateKeyset writes a keyset of one random key to a new file, readable by its
// owner alone. It refuses a file that exists.
func CreateKeyset(path string) error {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	text, err := encode(keys)
	if err != nil {
		return err
	}
	if err := create(path, text); err != nil {
		return fmt.Errorf("creating keyset: %w", err)
	}
	return nil
}

// AddKey adds a random key to a keyset file without sealing with it yet. Several
// nodes need this step: once all have the new file, and only then, [Rotate] may
// let one of them seal with a key that the others must open with.
func AddKey(path string) error {
	return change(path, func(m *keyset.Manager, _ *keyset.Handle) error {
		_, err := m.Add(aead.AES256GCMKeyTemplate())
		return err
	})
}

// Rotate lets a keyset file seal with its newest key: the one that [AddKey] left
// waiting, or else a fresh one. Older keys stay and open what they sealed. A
// running program goes on with what it has read.
func Rotate(path string) error {
	return change(path, func(m *keyset.Manager, keys *keyset.Handle) error {
		newest, err := keys.Entry(keys.Len() - 1)
		if err != nil {
			return err
		}
		if !newest.IsPrimary() {
			return m.SetPrimary(newest.KeyID())
		}
		fresh, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return err
		}
		return m.SetPrimary(fresh)
	})
}

// change rewrites a keyset file, whole or not at all.
func change(path string, edit func(*keyset.Manager, *keyset.Handle) error) error {
	keys, err := readKeyset(path)
	if err != nil {
		return err
	}
	manager := keyset.NewManagerFromHandle(keys)
	if err := edit(manager, keys); err != nil {
		return fmt.Errorf("changing keyset %s: %w", path, err)
	}
	changed, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("changing keyset %s: %w", path, err)
	}
	text, err := encode(changed)
	if err != nil {
		return err
	}
	if err := replace(path, text); err != nil {
		return fmt.Errorf("changing keyset: %w", err)
	}
	return nil
}

func readKeyset(path string) (*keyset.Handle, error) {
	text, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("reading keyset: %w", err)
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Not err itself: a parser quotes what it read.
		return nil, fmt.Errorf("reading keyset %s: %w", path, errors.New("it is not a keyset"))
	}
	return keys, nil
}

// encode writes a keyset in clear: its file is the secret, and the machine's
// permissions keep it. A town with a key service would wrap it here.
func encode(keys *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(keys, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("encoding keyset: %w", err)
	}
	return text.Bytes(), nil
}
