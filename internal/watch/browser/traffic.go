package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// traffic is what a tab asked for since the page was opened.
type traffic struct {
	mu       sync.Mutex
	asked    []string // addresses
	files    map[network.RequestID]string
	pending  map[network.RequestID]bool
	document http.Header // of the page itself
	frame    cdp.FrameID
	told     chan struct{} // after each change
}

func newTraffic() *traffic {
	t := &traffic{told: make(chan struct{}, 1)}
	t.forget()
	return t
}

// forget begins a new page. Its own document is asked for before the old one is
// gone, so that the headers stay until others come.
func (t *traffic) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked, t.files, t.pending = nil, map[network.RequestID]string{}, map[network.RequestID]bool{}
}

func (t *traffic) hear(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		t.asked = append(t.asked, e.Request.URL)
		// The document of a frame ends in the frame's own process, unheard.
		if e.Type != network.ResourceTypeDocument {
			t.pending[e.RequestID] = true
		}
	case *network.EventResponseReceived:
		t.answered(e)
	case *network.EventLoadingFinished:
		delete(t.pending, e.RequestID)
	case *network.EventLoadingFailed:
		delete(t.pending, e.RequestID)
	case *network.EventWebSocketCreated:
		t.asked = append(t.asked, e.URL)
	case *network.EventWebTransportCreated:
		t.asked = append(t.asked, e.URL)
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			t.frame = e.Frame.ID
		}
		t.asked = append(t.asked, e.Frame.URL)
	default:
		return
	}
	select {
	case t.told <- struct{}{}:
	default:
	}
}

func (t *traffic) answered(e *network.EventResponseReceived) {
	switch {
	case e.Type != network.ResourceTypeDocument:
		t.files[e.RequestID] = e.Response.URL
	case t.frame == "" || e.FrameID == t.frame:
		t.document = http.Header{}
		for name, value := range e.Response.Headers {
			t.document[http.CanonicalHeaderKey(name)] = strings.Split(fmt.Sprint(value), "\n")
		}
	}
}

func (t *traffic) quiet() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.pending) == 0
}

// connections are facts of whom the page talked to.
func (t *traffic) connections() []manifest.Fact {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []manifest.Fact
	for _, address := range t.asked {
		at, err := url.Parse(address)
		if err != nil || at.Scheme == "about" || at.Scheme == "data" {
			continue
		}
		name := at.Scheme + "://" + at.Host
		if at.Host == "" {
			name = at.Scheme + ":"
		}
		all = append(all, manifest.Fact{Subject: manifest.Connection, Name: name})
	}
	return manifest.Sorted(all)
}

// contents reads what the files of the portal's own origin held, as the browser
// had them.
func (t *traffic) contents(ctx context.Context, target *chromedp.Target, origin string) []manifest.Fact {
	t.mu.Lock()
	files := map[network.RequestID]string{}
	for request, address := range t.files {
		files[request] = address
	}
	t.mu.Unlock()
	var all []manifest.Fact
	for request, address := range files {
		path, own := strings.CutPrefix(address, origin)
		if !own {
			continue
		}
		body, err := cdp.Call(ctx, target, network.GetResponseBody, network.GetResponseBodyParams{RequestID: request})
		if err != nil {
			continue // it had none: the markup names it, and the plain view reads it
		}
		all = append(all, manifest.Fact{Subject: manifest.File, Name: path, Value: visit.Digest(body.Body)})
	}
	return all
}
