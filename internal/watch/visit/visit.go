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
	From     string            // where the visitor comes from, as the first request says; empty for nowhere
	Again    bool              // opens the card page a second time, as somebody who comes back
	// Doubt is asked about each page; a picture is taken of those that it
	// doubts. Nil doubts nothing.
	Doubt func(Sight) bool
}

// Kinds are the pages to look at, in their order.
func (e Errand) Kinds() []manifest.Kind {
	all := manifest.Kinds()
	if e.Again {
		all = append(all, manifest.Pay)
	}
	return all
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

// Roads are where residents come from: they typed the address, or followed a link
// of a search or of a neighbour.
func Roads() []string {
	return []string{"", "https://www.google.com/", "https://www.bing.com/", "https://www.facebook.com/"}
}

// Agents are browsers that [Plain] says it is: those that Chromium cannot play,
// because they would do other things than they say.
func Agents() map[string]string {
	return map[string]string{
		"firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0",
		"iphone":  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
		"safari":  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
	}
}
