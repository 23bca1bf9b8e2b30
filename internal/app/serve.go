package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/clock"
	"clearwell/internal/depot"
	"clearwell/internal/id"
	"clearwell/internal/letter"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/notice"
	"clearwell/internal/web"
	"clearwell/internal/web/resident"
)

type serveCommand struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
}

// Run serves until it is told to stop.
func (c serveCommand) Run(ctx context.Context, p Process) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	k, err := readKeys(cfg.Keys)
	if err != nil {
		return err
	}
	lines := &depot.Buffer{} // also where nobody takes them yet: who does is known when the settings are
	log := logger(both(lines, p.Err))
	w, err := open(ctx, cfg, k, clock.System(), log)
	if err != nil {
		return err
	}
	w.lines = lines
	if err := w.take(ctx); err != nil {
		return errors.Join(err, w.close())
	}
	for _, file := range cfg.Cities {
		text, err := os.ReadFile(file)
		if err != nil {
			return errors.Join(fmt.Errorf("reading a city file: %w", err), w.close())
		}
		if err := w.found(ctx, filepath.Base(file), text); err != nil {
			return errors.Join(err, w.close())
		}
	}
	at, err := w.listen()
	if err != nil {
		return errors.Join(err, w.close())
	}
	if err := w.confine(p, at); err != nil {
		return errors.Join(err, at.close(), w.close())
	}
	if err := w.note(); err != nil {
		return errors.Join(err, at.close(), w.close())
	}
	for _, town := range w.towns.All() {
		fmt.Fprintf(p.Out, "%s: %s\n", town.Name.In(locale.English), w.receipts.at(town, "/"))
	}
	log.Info("serving", "portal", at.portal.Addr().String(), "release", w.release)
	return errors.Join(w.serve(ctx, at), w.close())
}

// listeners are the ports that are open.
type listeners struct {
	portal  net.Listener
	sandbox net.Listener // nil where there is none
}

func (w *works) listen() (listeners, error) {
	var at listeners
	var err error
	if at.portal, err = net.Listen("tcp", w.Listen); err != nil {
		return at, fmt.Errorf("opening the portal: %w", err)
	}
	w.Listen = at.portal.Addr().String() // with the port that was free, where any would do
	if w.Sandbox == nil {
		return at, nil
	}
	if at.sandbox, err = net.Listen("tcp", w.Sandbox.Listen); err != nil {
		return at, errors.Join(fmt.Errorf("opening the sandbox: %w", err), at.portal.Close())
	}
	return at, nil
}

// grace is how long requests under way may take once the program is told to
// stop. A payer waits no longer than this for the processor.
const grace = 45 * time.Second

// serve answers until the context ends, then finishes what is under way.
func (w *works) serve(ctx context.Context, at listeners) error {
	doors, err := w.doors()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	servers := []*http.Server{start(&running, stop, w.log, doors, web.Crowd(at.portal, w.Proxies))}
	if at.sandbox != nil {
		servers = append(servers, start(&running, stop, w.log, w.company.Handler(), at.sandbox))
		running.Go(func() { w.company.Run(ctx) })
	}
	w.repeat(ctx, &running)
	copying, err := w.copying()
	if err != nil {
		stop(err)
	} else if copying != nil {
		running.Go(func() { copying.Run(ctx) })
	}
	<-ctx.Done()
	w.log.Info("stopping: finishing what is under way")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(ending))
	}
	running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// start lets a server answer on a port; when it cannot any more, all stops.
func start(running *sync.WaitGroup, stop context.CancelCauseFunc, log *slog.Logger, handler http.Handler, at net.Listener) *http.Server {
	server := web.Server(handler, log)
	running.Go(func() {
		if err := server.Serve(at); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serving on %s: %w", at.Addr(), err))
		}
	})
	return server
}

// doors hangs the doors: residents' pages, and where processors send notices.
func (w *works) doors() (http.Handler, error) {
	kit, err := w.kit()
	if err != nil {
		return nil, err
	}
	companies := map[string]resident.Company{}
	if w.Sandbox != nil {
		companies["sandbox"] = resident.Company{Name: "Sandbox", Pages: []string{w.Sandbox.Origin}}
	}
	logins := w.logins
	if w.outbox == nil {
		logins = nil
	}
	residents := resident.New(resident.Config{
		Logins: logins,
		Bills:  w.bills, Payments: w.payments, Mail: w.receipts, Holds: w.holds, Clock: w.clock, Companies: companies,
		Gate: limit.NewGate(w.clock, 0), Tries: w.tries, Alarms: newAlarms(w.log, w.clock),
		Openness: w.openness, Notices: w.published,
	})
	return w.notices.Before(w.ofCity(kit.Handler(residents.Routes()))), nil
}

func (w *works) kit() (*web.Kit, error) {
	login := ""
	if w.outbox != nil {
		login = access.Home
	}
	return web.New(web.Config{
		Login:     login,
		Catalogue: w.words, Towns: w.towns, Clock: w.clock, Log: w.log, Sessions: w.visits.Manager().Store,
		Sorry: resident.Sorry{}, Alarms: newAlarms(w.log, w.clock), Shared: w.Origin, Port: w.port(), Secure: !w.Plain,
		Proxies: w.Proxies, Release: w.release, Security: w.reported(), Reports: w.sightings.hear, Banner: w.banner,
	})
}

// banner is what a town has published about a breach, in one sentence. A page is
// shown without it sooner than not at all.
func (w *works) banner(ctx context.Context, city id.City, lang locale.Lang) (text, path string) {
	current, err := w.published.Current(ctx, city)
	if err == nil {
		var public letter.Public
		public, err = w.published.Text(current, lang)
		text = public.Banner
	}
	switch {
	case errors.Is(err, notice.ErrNotPublished):
		return "", ""
	case err != nil:
		w.log.ErrorContext(ctx, "reading the notice in force", "city", string(city), "error", err)
		return "", ""
	}
	return text, "/notice"
}

// alarms go to the log, where whoever watches it is called.
type alarms struct {
	log  *slog.Logger
	gate *limit.Gate
}

func newAlarms(log *slog.Logger, clk clock.Clock) alarms {
	return alarms{log, limit.NewGate(clk, 1000)}
}

// loud is how many lines one alarm of one town may write: who makes us write can
// fill a disk, or hide one line among thousands.
func loud() limit.Bucket { return limit.Bucket{Name: "alarms", Burst: 20, Every: time.Minute} }

// Raise writes one line, unless there have been many of the same.
func (a alarms) Raise(ctx context.Context, city id.City, alarm web.Alarm, route string) {
	if _, ok := a.gate.Allow(loud(), string(alarm)+" "+string(city)); !ok {
		return
	}
	a.log.WarnContext(ctx, "alarm", "alarm", string(alarm), "city", string(city), "route", route)
}
