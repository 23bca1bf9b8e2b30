package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
	"clearwell/internal/web"
	"clearwell/internal/web/webtest"
)

// lookout is a town with a prober in front of it, and somebody on the way between
// who can change every byte.
type lookout struct {
	*testing.T
	*cities
	prober watch.Prober
	words  *locale.Printer
	tamper atomic.Pointer[meddling]
	asked  atomic.Int64
	drop   *drop  // the attacker's own server
	evil   string // its origin
}

// meddling changes an answer before a visitor has it.
type meddling func(r *http.Request, header http.Header, body string) string

// watchFrom founds a town and states its manifest.
func watchFrom(t *testing.T) *lookout {
	t.Helper()
	return watchAt(t, "pay.shared.localhost", "processor.localhost")
}

// watchAt is watchFrom with host names of one's choice.
func watchAt(t *testing.T, home, cards string) *lookout {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes longer than a short run may")
	}
	l := &lookout{T: t, drop: dropAt(t)}
	l.evil = l.drop.origin
	portal, processor := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	named := func(s *httptest.Server, name string) string {
		return "http://" + strings.Replace(s.Listener.Addr().String(), "127.0.0.1", name, 1)
	}
	l.cities = settleAt(t, named(portal, home), named(processor, cards))
	processor.Config.Handler = l.company.Handler()
	portal.Config = web.Server(http.HandlerFunc(l.between), l.log)
	for _, server := range []*httptest.Server{portal, processor} {
		server.Start()
		t.Cleanup(server.Close)
	}
	stated, err := stateTown(t.Context(), l.works.Config, "eastwell.yaml", l.east.file())
	l.must(err)
	words, err := locale.Load()
	l.must(err)
	l.words = words.Printer(locale.English)
	l.prober = watch.Prober{
		Manifest: stated, Clock: clock.System(), Fields: map[string]string{"utility_account": display(4), "house_number": "12"},
	}
	return l
}

// must serves both halves.
func (l *lookout) must(err error) { l.cities.must(err) }

// between hands a request on, and what comes back to whoever meddles. Each comes
// from another network, as over a day they would.
func (l *lookout) between(w http.ResponseWriter, r *http.Request) {
	n := l.asked.Add(1)
	r.RemoteAddr = fmt.Sprintf("198.%d.%d.%d:1000", 18+n%2, n/250%250, n%250)
	change := l.tamper.Load()
	if change == nil {
		l.doors.ServeHTTP(w, r)
		return
	}
	r.Header.Del("Accept-Encoding")
	caught := httptest.NewRecorder()
	l.doors.ServeHTTP(caught, r)
	for name, values := range caught.Header() {
		w.Header()[name] = values
	}
	body := (*change)(r, w.Header(), caught.Body.String())
	w.Header().Del("Content-Length")
	if status := w.Header().Get("X-Status"); status != "" {
		w.Header().Del("X-Status")
		caught.Code = http.StatusOK
	}
	w.WriteHeader(caught.Code)
	fmt.Fprint(w, body)
}

func (l *lookout) meddle(change meddling) {
	l.tamper.Store(nil)
	if change != nil {
		l.tamper.Store(&change)
	}
}

// chromium is the prober's own view.
func (l *lookout) chromium(face browser.Face) watch.View {
	l.Helper()
	webtest.Open(l.T) // skips where there is none
	running, err := browser.Start(l.Context(), browser.Config{NoSandbox: true, Face: face, Hush: 100 * time.Millisecond})
	l.must(err)
	l.Cleanup(running.Close)
	return watch.View{Name: "browser", Face: face.Name, Walker: running}
}

// plain is the second view. Names below localhost are this machine's.
func (l *lookout) plain() watch.View {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	l.Cleanup(transport.CloseIdleConnections)
	return watch.View{Name: "plain", Face: "firefox", Walker: visit.Plain{Transport: transport, Agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0"}}
}

// in looks at one language alone.
func (l *lookout) in(language string) watch.Prober {
	p := l.prober
	var pages []manifest.Page
	for _, page := range p.Manifest.Pages {
		if page.Kind == manifest.Find && page.Language != language {
			continue
		}
		pages = append(pages, page)
	}
	p.Manifest.Pages = pages
	return p
}

// The page that the release serves raises no alarm: in both languages, in the
// browsers that most residents have, and by mere HTTP.
func TestUnchangedPagesRaiseNoAlarm(t *testing.T) {
	l := watchFrom(t)
	views := []watch.View{l.plain()}
	for _, face := range browser.Faces() {
		views = append(views, l.chromium(face))
	}
	report, exhibits := l.prober.Look(t.Context(), views)
	if report.Verdict() != watch.Good || len(exhibits) > 0 || report.Pages != 2*4*len(views) {
		t.Errorf("%d pages: %s", report.Pages, report.Words(l.words).Text)
	}
}
