package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"

	"clearwell/internal/clock"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/web/ui"
)

// Config is what the kit works with.
type Config struct {
	Catalogue *locale.Catalogue
	Towns     Towns
	Clock     clock.Clock
	Log       *slog.Logger
	Sessions  scs.Store // one that has scs.CtxStore's methods is asked with the request's context
	Sorry     Sorry
	Alarms    Alarms
	Shared    string         // origin at which towns are told apart by path; empty where each has a host
	Port      string         // that browsers say behind the host of a town that has its own; empty for none
	Secure    bool           // the browser speaks TLS with us, or with a proxy of ours
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Release   string         // digest of the program
	Security  string         // URI at which weaknesses of the host that towns share are reported; empty for each town's own
	Reports   Reports        // nil where browsers are not asked to report
	Login     string         // path of the page of a resident's login; empty where there are none
	// Banner is what every page of a town says about a breach, and the path of the
	// page that says more; empty for nothing. nil for none ever.
	Banner func(ctx context.Context, city id.City, lang locale.Lang) (text, path string)
}

// Sorry is the pages for when a door cannot go on.
type Sorry interface {
	Missing(p ui.Page) templ.Component
	Broken(p ui.Page, mark string) templ.Component
	Refused(p ui.Page, explanation, back string) templ.Component
	CardNumber(p ui.Page, back string) templ.Component
	Towns(p ui.Page, towns []ui.Town) templ.Component
}

// Alarms hears of what may be an attack. It is told what happened and at which
// route, never what was sent. city is empty where no town was addressed.
type Alarms interface {
	Raise(ctx context.Context, city id.City, alarm Alarm, route string)
}

// Alarm is what happened.
type Alarm string

// The alarms.
const (
	CardSent    Alarm = "card_number_sent"  // something like a card number came in
	ForeignForm Alarm = "foreign_form_sent" // another site sent a form
	BadNotice   Alarm = "notice_not_verified"
	BillGuessed Alarm = "bill_guessed"  // answers were wrong too often for one utility account, or from one network
	TownGuessed Alarm = "bills_guessed" // and all over the town
	// LoginsGuessed: passwords were wrong too often, from one network or all over
	// the town.
	LoginsGuessed Alarm = "logins_guessed"
	// PageReported: residents' browsers refuse something on our pages that does
	// not come from an extension of theirs.
	PageReported Alarm = "page_reported"
)

// Kit is what doors are hung in.
type Kit struct {
	cfg      Config
	sessions *scs.SessionManager
	foreign  *http.CrossOriginProtection
	assets   ui.Assets
	served   manifest.Served
	manifest string    // its digest
	mute     sync.Once // a proxy that does not say whom it speaks for is told of once
}

// patience is how long a request may take. A processor is given less.
const patience = 40 * time.Second

// New makes a kit.
func New(cfg Config) (*Kit, error) {
	if cfg.Catalogue == nil || cfg.Towns == nil || cfg.Clock == nil || cfg.Log == nil || cfg.Sessions == nil || cfg.Sorry == nil || cfg.Alarms == nil {
		return nil, errors.New("hanging doors: a catalogue, towns, a clock, a log, sessions, pages and alarms are needed")
	}
	assets, err := ui.Load()
	if err != nil {
		return nil, err
	}
	served, err := serving(cfg)
	if err != nil {
		return nil, err
	}
	digest, err := served.Digest()
	if err != nil {
		return nil, err
	}
	k := &Kit{cfg: cfg, foreign: http.NewCrossOriginProtection(), assets: assets, served: served, manifest: digest}
	k.sessions = newSessions(cfg)
	k.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { k.fail(w, r, err) }
	return k, nil
}

// Manifest names all that our pages are made of: the digest of [Kit.Served]. An
// occasion on which card fields were shown is recorded with it.
func (k *Kit) Manifest() string { return k.manifest }

// Served is what every page has, whichever the town: the signed manifest states
// the same, so that its reader can find the occasions of a page.
func (k *Kit) Served() manifest.Served { return k.served }

func serving(cfg Config) (manifest.Served, error) {
	files, err := ui.Manifest()
	if err != nil {
		return manifest.Served{}, err
	}
	s := manifest.Served{Release: cfg.Release, Headers: common(cfg.Secure)}
	for _, file := range files {
		s.Assets = append(s.Assets, manifest.Asset{Path: file.Path, SHA256: file.SHA256})
	}
	return s, nil
}

// Handler serves a door. Everything a door is protected by is on this list, in
// the order in which a request meets it.
func (k *Kit) Handler(door Routes) http.Handler {
	rooms := k.rooms(door)
	return chain(k.enter(rooms),
		k.stage,    // where what is found out about the request is kept
		k.log,      // one line, when all is over
		k.headers,  // before anything can answer
		k.rescue,   // a panic is a page
		k.bound,    // size and time
		k.serveOwn, // assets, which are the same for every town
		k.place,    // the town
		k.reports,  // what browsers refused: no form, and read by nobody but its keeper
		k.find(rooms),
		k.speak,    // the language
		k.guard,    // no card numbers
		k.sameSite, // no forms of other sites
		k.visit,    // what is remembered of the visit
	)
}

// chain wraps the handler; the first of the wrappers is met first.
func chain(h http.Handler, wrappers ...func(http.Handler) http.Handler) http.Handler {
	for i := len(wrappers) - 1; i >= 0; i-- {
		h = wrappers[i](h)
	}
	return h
}

// Server gives handler a server with limits: on the size of headers and on how
// long a client may take to send and to read.
func Server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler,

		DisableGeneralOptionsHandler: true, // "OPTIONS *" is unknown like any other

		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      patience + 10*time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
