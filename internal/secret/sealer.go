package secret

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os/exec"
	"sync/atomic"
	"time"

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
	source func(context.Context) (*keyset.Handle, error)
	inUse  atomic.Pointer[keyring]
}

// keyring is a keyset that has been read.
type keyring struct {
	cipher  tink.AEAD
	primary uint32 // the key that seals
	keys    int
}

// NewSealer makes a sealer with a random key that lives as long as the program.
func NewSealer() (*Sealer, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return newSealer(context.Background(), func(context.Context) (*keyset.Handle, error) { return keys, nil })
}

// ReadSealer reads a keyset file. It refuses one that others than its owner may
// read.
func ReadSealer(path string) (*Sealer, error) {
	return newSealer(context.Background(), func(context.Context) (*keyset.Handle, error) { return readKeyset(path) })
}

// RunSealer has a command print the keyset, for towns whose keys are kept by a
// service of their own: the command fetches or unwraps them. What it prints goes
// nowhere else, and what it says about its troubles is not repeated.
func RunSealer(ctx context.Context, command []string) (*Sealer, error) {
	return newSealer(ctx, func(ctx context.Context) (*keyset.Handle, error) { return runKeyset(ctx, command) })
}

func newSealer(ctx context.Context, source func(context.Context) (*keyset.Handle, error)) (*Sealer, error) {
	s := &Sealer{source: source}
	if _, err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Refresh reads the keyset again, so that a running program seals and opens with
// a key that was rotated in meanwhile. It tells whether anything changed; where
// the keyset cannot be read, the sealer goes on with what it has.
func (s *Sealer) Refresh(ctx context.Context) (changed bool, err error) {
	keys, err := s.source(ctx)
	if err != nil {
		return false, err
	}
	wrap, err := aead.New(keys)
	if err != nil {
		return false, fmt.Errorf("using keyset: %w", err)
	}
	fresh := &keyring{aead.NewKMSEnvelopeAEAD2(aead.AES256GCMKeyTemplate(), wrap), keys.KeysetInfo().GetPrimaryKeyId(), keys.Len()}
	before := s.inUse.Swap(fresh)
	return before != nil && (before.primary != fresh.primary || before.keys != fresh.keys), nil
}

// An envelope begins with the length of the wrapped key, which begins with the
// number of the key that wrapped it (Tink's wire format: version 1, then 4 bytes).
const (
	envelopeLength = 4
	tinkVersion    = 1
)

// Current reports whether a sealed value was sealed with the key that seals now.
// One that was not still opens, and is due to be sealed again.
func (s *Sealer) Current(sealed []byte) bool {
	if len(sealed) < envelopeLength+5 || sealed[envelopeLength] != tinkVersion {
		return false
	}
	return binary.BigEndian.Uint32(sealed[envelopeLength+1:]) == s.inUse.Load().primary
}

// Reseal seals a value again with the key that seals now. One that is current is
// given back as it is. Returns [ErrUnopenable].
func (s *Sealer) Reseal(city id.City, purpose string, sealed []byte) ([]byte, error) {
	if s.Current(sealed) {
		return sealed, nil
	}
	value, err := s.Open(city, purpose, sealed)
	if err != nil {
		return nil, err
	}
	return s.Seal(city, purpose, value)
}

// Seal encrypts a value for one city and purpose. The purpose names the use,
// such as "instrument.bank_account"; with the row's identifier in it, the sealed
// value opens in no other row either. Sealing twice gives different bytes.
func (s *Sealer) Seal(city id.City, purpose string, value String) ([]byte, error) {
	place, err := bind(city, purpose)
	if err != nil {
		return nil, err
	}
	sealed, err := s.inUse.Load().cipher.Encrypt([]byte(value.Reveal()), place)
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
	value, err := s.inUse.Load().cipher.Decrypt(sealed, place)
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
	return parseKeyset(text, path)
}

// commandPatience bounds how long a key service may take.
const commandPatience = 30 * time.Second

func runKeyset(ctx context.Context, command []string) (*keyset.Handle, error) {
	if len(command) == 0 {
		return nil, errors.New("reading keyset: no command is given")
	}
	ctx, stop := context.WithTimeout(ctx, commandPatience)
	defer stop()
	text, err := exec.CommandContext(ctx, command[0], command[1:]...).Output()
	if err != nil {
		return nil, fmt.Errorf("reading keyset by command %s: %s", command[0], err) // not its stderr: it may hold the key
	}
	return parseKeyset(text, "that "+command[0]+" printed")
}

func parseKeyset(text []byte, origin string) (*keyset.Handle, error) {
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		// Not err itself: a parser quotes what it read.
		return nil, fmt.Errorf("reading keyset %s: %w", origin, errors.New("it is not a keyset"))
	}
	return keys, nil
}

// encode writes a keyset in clear: its file is the secret, and the machine's
// permissions keep it. A town with a key service
// gives a command instead, see [RunSealer].
func encode(keys *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(keys, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("encoding keyset: %w", err)
	}
	return text.Bytes(), nil
}
