package law

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed jurisdiction/*.yaml networks.yaml contacts.yaml sources.yaml electronic.yaml
var embedded embed.FS

// Book is all law on file. It does not change once loaded and is safe for
// concurrent use.
type Book struct {
	places     map[string]Jurisdiction
	networks   Jurisdiction
	contacts   []Contact
	electronic []electronic
	sources    map[string]string
}

// Load reads the embedded rules. It is called once, at the start: an error means
// that the binary was built from broken rules.
func Load() (*Book, error) { return load(embedded) }

func load(files fs.FS) (*Book, error) {
	b := &Book{places: map[string]Jurisdiction{}}
	paths, err := fs.Glob(files, "jurisdiction/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing jurisdictions: %w", err)
	}
	if err := b.readAside(files); err != nil {
		return nil, err
	}
	for _, name := range paths {
		var place Jurisdiction
		if err := read(files, name, &place); err != nil {
			return nil, err
		}
		if strings.ToLower(place.Code)+".yaml" != path.Base(name) {
			return nil, fmt.Errorf("reading %s: it is about %q", name, place.Code)
		}
		b.places[place.Code] = place
	}
	return b, b.check()
}

// readAside reads what is no state's.
func (b *Book) readAside(files fs.FS) error {
	for name, into := range map[string]any{
		"networks.yaml": &b.networks, "contacts.yaml": &b.contacts, "sources.yaml": &b.sources, "electronic.yaml": &b.electronic,
	} {
		if err := read(files, name, into); err != nil {
			return err
		}
	}
	return nil
}

func read(files fs.FS, name string, into any) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// Codes lists the jurisdictions on file.
func (b *Book) Codes() []string {
	var codes []string
	for code := range b.places {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Name is that of a jurisdiction, the code itself for one that is not on file.
func (b *Book) Name(code string) string {
	if place, ok := b.places[code]; ok {
		return place.Name
	}
	return code
}

// SourceTitle says in full what a cell's source is.
func (b *Book) SourceTitle(source string) string { return b.sources[source] }
