package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/sampletown"
	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
	"clearwell/internal/web"
)

// drill is a breach that was made up, in a town that does not exist: with the real
// pages, services, prober and commands, on a database of its own that goes when it
// is over.
type drill struct {
	*works
	folder  string
	at      listeners
	servers []*http.Server
	changed atomic.Bool // somebody on the way changes the card page
	stated  manifest.Manifest
	town    *sampletown.Town
	stage   sampletown.Stage
	sample  *sampletown.Resident // the town's own utility account, which the prober opens
	met     []sampletown.Meeting // who met the changed page
	runner  watch.Runner
	views   []watch.View
	told    atomic.Int64 // alarms
	card    scorecard
	say     io.Writer
}

// newDrill builds the town: bills and payments of a month, the manifest of its
// pages, and a prober that has seen them as they are.
func newDrill(ctx context.Context, c drillIncident, out io.Writer) (*drill, error) {
	folder, err := os.MkdirTemp("", "clearwell-drill-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the drill: %w", err)
	}
	d := &drill{folder: folder, say: out}
	if err := d.build(ctx, c); err != nil {
		return nil, errors.Join(err, d.end())
	}
	return d, nil
}

func (d *drill) build(ctx context.Context, c drillIncident) error {
	demo := demoCommand{Port: drillPort, Seed: c.Seed}
	var err error
	if d.at, err = demo.listen(); err != nil {
		return err
	}
	cfg := demo.config(d.folder, d.at)
	k, err := demoKeys(cfg.Keys)
	if err != nil {
		return err
	}
	if err := d.configure(cfg); err != nil {
		return err
	}
	if err := d.past(ctx, demo, cfg, k); err != nil {
		return fmt.Errorf("making the town: %w", err)
	}
	if d.works, err = open(ctx, cfg, k, clock.System(), slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	if err := d.towns.Refresh(ctx); err != nil {
		return err
	}
	if err := d.serve(ctx); err != nil {
		return err
	}
	return d.watch(ctx, c)
}

// drillPort is where the drill looks for free ports.
const drillPort = 18080

// configure writes the configuration that the commands read.
func (d *drill) configure(cfg Config) error {
	return writeNew(d.config(), fmt.Appendf(nil, "data: %q\nkeys: %q\norigin: %q\nlisten: %q\nplain: true\nsandbox: {listen: %q, origin: %q}\nmail: {folder: %q, from: %q}\n",
		cfg.Data, cfg.Keys, cfg.Origin, cfg.Listen, cfg.Sandbox.Listen, cfg.Sandbox.Origin, cfg.Mail.Folder, cfg.Mail.From))
}

func (d *drill) config() string { return filepath.Join(d.folder, "clearwell.yaml") }

// quiet is how many days before the drill nobody paid, so that whoever is found
// met the page in the drill.
const quiet = 7

// past tells the story of the last month, by its own clock.
func (d *drill) past(ctx context.Context, demo demoCommand, cfg Config, k keys) error {
	file, err := city.Parse(city.ExampleName, city.Example())
	if err != nil {
		return err
	}
	bills, err := layouts.Find("clearwell")
	if err != nil {
		return err
	}
	before := *cfg.Sandbox
	before.notices = ""
	cfg.Sandbox, cfg.Mail = &before, Mail{}
	today := calendar.Of(clock.System().Now(), file.Zone).AddDays(-quiet)
	d.town = sampletown.Draw(demo.Seed, today, file.Zone, bills)
	began := clock.NewManual(today.AddMonths(-2).Start(file.Zone))
	w, err := open(ctx, cfg, k, began, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := w.found(ctx, city.ExampleName, city.Example()); err != nil {
		return errors.Join(err, w.close())
	}
	settled, err := w.towns.ByID(sampleCity)
	if err != nil {
		return errors.Join(err, w.close())
	}
	stage := w.played(settled, began)
	return errors.Join(stage.Recent(ctx, d.town), w.close())
}

// played is the services that residents meet.
func (w *works) played(town townOf, now *clock.Manual) sampletown.Stage {
	stage := sampletown.Stage{
		Town: town, Clock: now, DB: w.db, Exchange: w.exchange, Payments: w.payments, Sandbox: w.company, Origin: w.Origin,
		Posted: func(ctx context.Context, on calendar.Date) error { return w.posted(ctx, town, on) },
	}
	if kit, err := w.kit(); err == nil {
		stage.Manifest = kit.Manifest()
	}
	return stage
}

// serve opens the portal, with somebody on the way, and the processor.
func (d *drill) serve(context.Context) error {
	doors, err := d.doors()
	if err != nil {
		return err
	}
	settled, err := d.towns.ByID(sampleCity)
	if err != nil {
		return err
	}
	d.stage = d.played(settled, nil)
	d.servers = []*http.Server{web.Server(d.between(doors), d.log), web.Server(d.company.Handler(), d.log)}
	go d.servers[0].Serve(d.at.portal)
	go d.servers[1].Serve(d.at.sandbox)
	return nil
}

// skimmer is what somebody puts into the card page: the shape of 2020. Its address
// belongs to nobody (RFC 2606).
const skimmer = `<script src="https://skimmer.invalid/pay.js"></script>`

// between hands requests on, and puts a skimmer into the card page once the drill
// says so.
func (d *drill) between(doors http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.changed.Load() || r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/pay/quo") {
			doors.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		answer := &caught{header: http.Header{}, status: http.StatusOK}
		doors.ServeHTTP(answer, r)
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.status)
		_, _ = w.Write(bytes.Replace(answer.body.Bytes(), []byte("</main>"), []byte(skimmer+"</main>"), 1)) // to a browser that may have gone
	})
}

// watch states the pages and sets the prober up.
func (d *drill) watch(ctx context.Context, c drillIncident) error {
	var err error
	if d.stated, err = stateTown(ctx, d.Config, city.ExampleName, city.Example()); err != nil {
		return fmt.Errorf("stating the pages: %w", err)
	}
	key, err := manifest.CreateKey(filepath.Join(d.folder, "prober.key"), "prober.example")
	if err != nil {
		return err
	}
	owing := d.town.Meetings(c.Residents + 1)
	d.sample, d.met = owing[0].Resident, owing[1:]
	house, _, _ := strings.Cut(d.sample.Address, " ")
	d.runner = watch.Runner{
		Prober: watch.Prober{
			Manifest: d.stated, Clock: clock.System(), Fields: map[string]string{"utility_account": d.sample.Number, "house_number": house},
		},
		Folder: filepath.Join(d.folder, "watch"), Words: d.words.Printer(locale.English), Key: key, Tellers: []watch.Teller{d},
	}
	d.views = []watch.View{{Name: "plain", Face: "firefox", Walker: visit.Plain{Agent: visit.Agents()["firefox"]}}}
	if c.Plain {
		return nil
	}
	return d.hire(ctx)
}

// hire adds the browser's view where there is a browser.
func (d *drill) hire(ctx context.Context) error {
	face := browser.Faces()[0]
	as := browser.Config{NoSandbox: os.Geteuid() == 0, Zone: "America/Chicago", Face: face}
	running, err := browser.Start(ctx, as)
	if errors.Is(err, browser.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	running.Close()
	d.views = append(d.views, watch.View{Name: "browser", Face: face.Name, Walker: browser.Fresh{Config: as}})
	return nil
}

// Tell counts an alarm: the drill calls nobody.
func (d *drill) Tell(context.Context, watch.Report, watch.Letter) error {
	d.told.Add(1)
	return nil
}

// end gives everything back. What the drill made goes.
func (d *drill) end() error {
	var errs []error
	for _, server := range d.servers {
		errs = append(errs, server.Close())
	}
	if d.servers == nil {
		errs = append(errs, d.at.close())
	}
	if d.works != nil {
		errs = append(errs, d.works.close())
	}
	return errors.Join(append(errs, os.RemoveAll(d.folder))...)
}

// run runs a command of this program as somebody would type it, and gives what it
// said.
func (d *drill) run(ctx context.Context, args ...string) (string, error) {
	at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-") })
	if at < 0 {
		at = min(2, len(args))
	}
	var out, complaint bytes.Buffer
	all := slices.Concat(args[:at], []string{"--config", d.config(), "--city", sampleCity}, args[at:])
	if status := Run(ctx, Process{Args: all, Out: &out, Err: &complaint}); status != statusDone {
		return out.String(), fmt.Errorf("clearwell %s: %s", strings.Join(args, " "), strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}

// clockwork is how long something takes.
func clockwork(do func() error) (time.Duration, error) {
	began := clock.System().Now()
	err := do()
	return clock.System().Now().Sub(began), err
}
