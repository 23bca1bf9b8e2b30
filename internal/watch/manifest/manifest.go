package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is one page of the payment path.
type Kind string

// The path up to the card page, in its order.
const (
	Find Kind = "find"
	Bill Kind = "bill"
	Pay  Kind = "pay"
)

// Kinds lists the path in its order.
func Kinds() []Kind { return []Kind{Find, Bill, Pay} }

// Page is one page in one language.
type Page struct {
	Kind     Kind   `json:"kind"`
	Language string `json:"language"`
	Path     string `json:"path"` // what differs between visits is in braces
	Facts    []Fact `json:"facts"`
}

// Manifest is what one release serves for one town.
type Manifest struct {
	Served
	PageManifest string    `json:"page_manifest"` // the digest of Served, as exposure has it
	City         string    `json:"city"`
	Start        string    `json:"start"` // address of the first page
	MadeAt       time.Time `json:"made_at"`
	Files        []Asset   `json:"files"` // of the town's own: colours and sign
	Pages        []Page    `json:"pages"`
}

// Page finds a page.
func (m Manifest) Page(kind Kind, language string) (Page, bool) {
	for _, page := range m.Pages {
		if page.Kind == kind && page.Language == language {
			return page, true
		}
	}
	return Page{}, false
}

// Languages lists the languages, in the manifest's order.
func (m Manifest) Languages() []string {
	var all []string
	for _, page := range m.Pages {
		if page.Kind == Find {
			all = append(all, page.Language)
		}
	}
	return all
}

// Contents are facts of every file that a page may load.
func (m Manifest) Contents() []Fact {
	var all []Fact
	for _, assets := range [][]Asset{m.Assets, m.Files} {
		for _, asset := range assets {
			all = append(all, Fact{File, asset.Path, asset.SHA256})
		}
	}
	return all
}

// Everything that may be wrong with a manifest.
var (
	ErrEmpty     = errors.New("the manifest states no payment path")
	ErrDigest    = errors.New("the manifest does not state what its own digest says")
	ErrSignature = errors.New("the manifest is not signed by the key that is trusted")
)

// check refuses a manifest against which nothing could be compared.
func (m Manifest) check() error {
	digest, err := m.Digest()
	if err != nil {
		return err
	}
	if digest != m.PageManifest {
		return ErrDigest
	}
	if len(m.Languages()) == 0 {
		return ErrEmpty
	}
	for _, language := range m.Languages() {
		for _, kind := range Kinds() {
			if page, ok := m.Page(kind, language); !ok || len(page.Facts) == 0 {
				return fmt.Errorf("%w: %s in language %s", ErrEmpty, kind, language)
			}
		}
	}
	return nil
}

// Sign writes the manifest as a note with a signature, the form that [Open]
// reads. Returns [ErrEmpty] and [ErrDigest].
func (m Manifest) Sign(key Key) (string, error) {
	if err := m.check(); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing a manifest: %w", err)
	}
	return key.Sign(string(text))
}

// Open reads a signed manifest and checks it against the public key that is
// trusted. Returns [ErrSignature], [ErrEmpty] and [ErrDigest].
func Open(signed, trusted string) (Manifest, error) {
	var m Manifest
	text, err := Verify(signed, trusted)
	if err != nil {
		return m, errors.Join(ErrSignature, err)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("reading a manifest: %w", err)
	}
	return m, m.check()
}
