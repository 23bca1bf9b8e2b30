package depot

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"
)

// errKey: the file or the text is no key of ours.
var errKey = errors.New("it is not an Ed25519 key as \"clearwell audit receive --make-key\" writes it")

// publicOf reads the public half out of the text of a verifier: its last part is
// one byte for the algorithm and 32 of the key.
func publicOf(verifier string) (ed25519.PublicKey, error) {
	parts := strings.SplitN(strings.TrimSpace(verifier), "+", 3) // the last has plus signs of its own
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return nil, fmt.Errorf("reading a public key: %w", errKey)
	}
	return ed25519.PublicKey(raw[1:]), nil
}

// certificate reads the key file of a receiver, and makes what TLS shows of it. The
// certificate vouches for nothing: the key in it is what the sender knows.
func certificate(path string) (tls.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("reading the receiver's key: %w", err)
	}
	parts := strings.SplitN(strings.TrimSpace(string(text)), "+", 5) // PRIVATE+KEY+name+hash+seed
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return tls.Certificate{}, fmt.Errorf("reading the receiver's key %s: %w", path, errKey) // not err: it may quote the key
	}
	key := ed25519.NewKeyFromSeed(seed[1:])
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	shown, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the receiver's certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{shown}, PrivateKey: key}, nil
}

// serverTLS is how the receiver listens.
func serverTLS(path string) (*tls.Config, error) {
	shown, err := certificate(path)
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{shown}}, err
}

// errStranger: somebody else answers at the receiver's address.
var errStranger = errors.New("whoever answers there has not the receiver's key")

// clientTLS is how the sender calls: it accepts one key, whatever the name.
func clientTLS(verifier string) (*tls.Config, error) {
	known, err := publicOf(verifier)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // names and authorities say nothing here; the key below does
		VerifyConnection: func(state tls.ConnectionState) error {
			shown, ok := state.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
			if !ok || !shown.Equal(known) {
				return errStranger
			}
			return nil
		},
	}, nil
}
