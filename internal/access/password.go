package access

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Hashing says what hashing a password costs. The zero value is what OWASP's
// password storage cheat sheet asks for at least, argon2id with 19 MiB and two
// passes; tests ask for less.
type Hashing struct {
	MemoryKiB uint32 // 0 means 19456
	Passes    uint32 // 0 means 2
	// AtOnce bounds how many are hashed at the same time, and so the memory that
	// anybody can make us take; 0 means 4. Others wait.
	AtOnce int
}

const (
	saltBytes = 16
	hashBytes = 32
)

// hasher hashes passwords.
type hasher struct {
	memory, passes uint32
	slots          chan struct{}
	nobodys        string // a hash that no password has, for logins that there are not
}

func newHasher(cfg Hashing) *hasher {
	h := &hasher{memory: cfg.MemoryKiB, passes: cfg.Passes, slots: make(chan struct{}, max(cfg.AtOnce, 1))}
	if cfg.AtOnce == 0 {
		h.slots = make(chan struct{}, 4)
	}
	if h.memory == 0 {
		h.memory = 19 << 10
	}
	if h.passes == 0 {
		h.passes = 2
	}
	h.nobodys = h.written(random(saltBytes), random(hashBytes))
	return h
}

func random(n int) []byte {
	fresh := make([]byte, n)
	rand.Read(fresh) // never fails: crypto/rand ends the process instead
	return fresh
}

// hash hashes a password in its normal form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := random(saltBytes)
	sum, err := h.sum(ctx, password, salt, h.memory, h.passes)
	if err != nil {
		return "", err
	}
	return h.written(salt, sum), nil
}

// written is a hash as PHC strings are: the next release can cost more, and still
// read this.
func (h *hasher) written(salt, sum []byte) string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.memory, h.passes, encode(salt), encode(sum))
}

var errHash = errors.New("a stored password is not a hash that is understood")

// matches reports whether a password has a hash. No hash costs the same, and
// matches nothing.
func (h *hasher) matches(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.nobodys
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errHash
	}
	var memory, passes uint32
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &passes)
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, wantErr := base64.RawStdEncoding.DecodeString(parts[5])
	if errors.Join(err, saltErr, wantErr) != nil || memory == 0 || passes == 0 || len(want) != hashBytes {
		return false, errHash
	}
	sum, err := h.sum(ctx, password, salt, memory, passes)
	return known && subtle.ConstantTimeCompare(sum, want) == 1, err
}

// sum waits its turn: so many at once, so much memory.
func (h *hasher) sum(ctx context.Context, password string, salt []byte, memory, passes uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to hash a password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, passes, memory, 1, hashBytes), nil
}

//go:embed common.txt.gz
var packedCommon []byte

// readCommon reads the passwords that others have, in lower case: those of twelve
// characters and more from lists of what was stolen elsewhere. What looks like a
// card number was left out, and is refused anyway.
func readCommon() (map[string]bool, error) {
	packed, err := gzip.NewReader(bytes.NewReader(packedCommon))
	if err != nil {
		return nil, fmt.Errorf("reading common passwords: %w", err)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		return nil, fmt.Errorf("reading common passwords: %w", err)
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		all[strings.TrimSuffix(line, "\n")] = true
	}
	return all, nil
}
