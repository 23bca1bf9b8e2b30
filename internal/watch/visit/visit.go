package visit

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"clearwell/internal/watch/manifest"
)

// Errand is one walk along the path.
type Errand struct {
	Start    string            // address of the first page
	Language string            // "en"
	Fields   map[string]string // what to type, by the names of fields
	Ignored  []string          // headers of the town's own proxy
	// Doubt is asked about each page; a picture is taken of those that it
	// doubts. Nil doubts nothing.
	Doubt func(Sight) bool
}

// Sight is one page as it was received.
type Sight struct {
	Kind    manifest.Kind
	Path    string // what differs between visits is in braces
	Facts   []manifest.Fact
	Header  http.Header
	HTML    []byte
	Picture []byte // PNG; nil for none
}

// Walker walks. It returns what it saw even with an error.
type Walker interface {
	Walk(ctx context.Context, errand Errand) ([]Sight, error)
}

// ErrLost says that a page had no form to go on with.
var ErrLost = errors.New("the page has no form to go on with")

// origin is the scheme and host of an address, as a browser writes them.
func origin(at *url.URL) string { return at.Scheme + "://" + at.Host }

// Connections lists what a page may talk to by its own facts: where its files and
// frames lie. page is its address.
func Connections(facts []manifest.Fact, page string) []manifest.Fact {
	at, err := url.Parse(page)
	if err != nil {
		return nil
	}
	all := []manifest.Fact{{Subject: manifest.Connection, Name: origin(at)}}
	for _, fact := range facts {
		switch fact.Subject {
		case manifest.Script, manifest.Style, manifest.Frame, manifest.Picture:
			if to, err := at.Parse(fact.Name); err == nil && to.Host != "" {
				all = append(all, manifest.Fact{Subject: manifest.Connection, Name: origin(to)})
			}
		}
	}
	return manifest.Sorted(all)
}
