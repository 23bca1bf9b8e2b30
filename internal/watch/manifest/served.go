package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Asset is one file that pages load.
type Asset struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // hex, of the bytes before any packing
}

// Served is what every page of a release has, whichever the town: the program,
// its files, and the headers of every answer.
type Served struct {
	Release string            `json:"release"` // SHA-256 of the program
	Assets  []Asset           `json:"assets"`
	Headers map[string]string `json:"headers"`
}

// Digest names all of it: SHA-256 in hexadecimal. It is the page_manifest of
// exposure.
func (s Served) Digest() (string, error) {
	text, err := json.Marshal(s) // the keys of a map are sorted
	if err != nil {
		return "", fmt.Errorf("naming what pages are made of: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
