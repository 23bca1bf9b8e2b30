package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/secret"
)

// Key signs checkpoints with Ed25519. Make one with [NewKey] or [ReadKey]; the
// zero key signs nothing.
type Key struct {
	signer   note.Signer
	verifier string
}

// Verifier is the text by which others check the key's signatures. It is
// public: print it, publish it, give it to the town's auditor.
func (k Key) Verifier() string { return k.verifier }

// Signer signs other notes with the key.
func (k Key) Signer() note.Signer { return k.signer }

// NewKey makes a key. The name says whose it is, as "clearwell.example.com";
// it has neither spaces nor plus signs. The text is what [ParseKey] reads.
func NewKey(name string) (Key, secret.String, error) {
	text, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return Key{}, secret.String{}, fmt.Errorf("making audit key: %w", err)
	}
	key, err := ParseKey(secret.New(text))
	return key, secret.New(text), err
}

// ParseKey reads the text of a key, in the format of sumdb/note.
func ParseKey(text secret.String) (Key, error) {
	signer, err := note.NewSigner(text.Reveal())
	if err != nil {
		return Key{}, errors.New("reading audit key: it is not one") // not err: it may quote the key
	}
	verifier, err := verifierOf(signer.Name(), text)
	if err != nil {
		return Key{}, err
	}
	return Key{signer, verifier}, nil
}

// verifierOf derives the public half: the last part of the text is one byte for
// the algorithm and the 32 bytes of an Ed25519 seed.
func verifierOf(name string, text secret.String) (string, error) {
	parts := strings.SplitN(text.Reveal(), "+", 5) // PRIVATE+KEY+name+hash+seed
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("reading audit key: it has no Ed25519 seed")
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(name, public)
}

// CreateKey writes a new key to a new file, readable by its owner alone. It
// refuses a file that exists: a lost audit key cannot be made again.
func CreateKey(path, name string) (Key, error) {
	key, text, err := NewKey(name)
	if err != nil {
		return Key{}, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("creating audit key: %w", err)
	}
	_, err = file.WriteString(text.Reveal() + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return Key{}, fmt.Errorf("writing audit key: %w", err)
	}
	return key, nil
}

// ReadKey reads a key file. It refuses one that others than its owner may read.
func ReadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("reading audit key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("reading audit key %s: others than its owner may read it: chmod 600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("reading audit key: %w", err)
	}
	return ParseKey(secret.New(strings.TrimSpace(string(text))))
}

// verifiers reads the public texts of keys.
func verifiers(texts []string) (note.Verifiers, error) {
	var all []note.Verifier
	for _, text := range texts {
		verifier, err := note.NewVerifier(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("reading verifier key %q: %w", text, err)
		}
		all = append(all, verifier)
	}
	return note.VerifierList(all...), nil
}
