package manifest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/secret"
)

// Key signs with Ed25519. The zero key signs nothing.
type Key struct {
	signer note.Signer
	public string
}

// Public is the text by which others check signatures.
func (k Key) Public() string { return k.public }

const largestKey = 1 << 10 // bytes

// CreateKey writes a new key to a new file, readable by its owner alone, and
// refuses a file that exists. The name says whose key it is, without spaces and
// plus signs.
func CreateKey(path, name string) (Key, error) {
	text, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return Key{}, fmt.Errorf("making a signing key: %w", err)
	}
	key, err := parseKey(secret.New(text))
	if err != nil {
		return Key{}, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("creating a signing key: %w", err)
	}
	_, err = file.WriteString(text + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return Key{}, fmt.Errorf("writing a signing key: %w", err)
	}
	return key, nil
}

// ReadKey reads a key file. It refuses one that others than its owner may read.
func ReadKey(path string) (Key, error) {
	file, err := os.Open(path)
	if err != nil {
		return Key{}, fmt.Errorf("reading a signing key: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Key{}, fmt.Errorf("reading a signing key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("reading signing key %s: others than its owner may read it: chmod 600 %s", path, path)
	}
	text, err := io.ReadAll(io.LimitReader(file, largestKey))
	if err != nil {
		return Key{}, fmt.Errorf("reading a signing key: %w", err)
	}
	return parseKey(secret.New(strings.TrimSpace(string(text))))
}

// parseKey reads a key in the format of sumdb/note: its last part is one byte for
// the algorithm and the 32 bytes of an Ed25519 seed.
func parseKey(text secret.String) (Key, error) {
	signer, err := note.NewSigner(text.Reveal())
	if err != nil {
		return Key{}, errors.New("reading a signing key: it is not one") // not err: it may quote the key
	}
	parts := strings.SplitN(text.Reveal(), "+", 5) // PRIVATE+KEY+name+hash+seed
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return Key{}, errors.New("reading a signing key: it has no Ed25519 seed")
	}
	half, _ := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	public, err := note.NewEd25519VerifierKey(signer.Name(), half)
	if err != nil {
		return Key{}, fmt.Errorf("reading a signing key: %w", err)
	}
	return Key{signer, public}, nil
}

// Sign adds a signature below a text.
func (k Key) Sign(text string) (string, error) {
	if k.signer == nil {
		return "", errors.New("signing: there is no key")
	}
	signed, err := note.Sign(&note.Note{Text: strings.TrimRight(text, "\n") + "\n"}, k.signer)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	return string(signed), nil
}

// Verify gives the text that was signed by the key of a public text, or an error
// and nothing.
func Verify(signed, public string) (string, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return "", fmt.Errorf("reading public key %q: %w", public, err)
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return "", fmt.Errorf("checking a signature: %w", err)
	}
	return opened.Text, nil
}
