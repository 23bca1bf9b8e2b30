package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/watch"
	"clearwell/internal/watch/browser"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// watchCommand looks at portals from outside.
type watchCommand struct {
	Run       watchRun       `cmd:"" default:"withargs" help:"Compare what residents receive with the signed manifests, and raise an alarm."`
	Heartbeat watchHeartbeat `cmd:"" help:"Say whether a prober is alive and content. For another machine than the prober's."`
	Key       manifestKey    `cmd:"" help:"Make the prober's own signing key, and print its public half."`
}

// watchRun is the prober.
type watchRun struct {
	Config   string        `default:"watch.yaml" placeholder:"FILE" help:"The prober's configuration (watch.yaml)."`
	Manifest []string      `required:"" placeholder:"FILE" help:"A town's signed manifest; read anew for each run."`
	Once     bool          `help:"Make one run, for a timer. Ends with status 1 when there is an alarm."`
	Interval time.Duration `default:"5m" help:"What is changed is told at the latest so long after (${default})."`
	Spread   time.Duration `placeholder:"DURATION" help:"With --once: wait a random time up to this before, so that nobody can foresee the run."`
	URL      []string      `arg:"" optional:"" help:"The first pages to look at (all that the manifests state)."`
}

// errAlarm ends the command with a status that timers notice.
var errAlarm = errors.New("the prober has raised an alarm")

// errUnstated says that there is nothing to compare a page with.
var errUnstated = errors.New("no manifest states this address")

// Run makes one run, or runs until it is told to stop.
func (c watchRun) Run(ctx context.Context, p Process) error {
	cfg, err := readWatchConfig(c.Config)
	if err != nil {
		return err
	}
	w, err := newProber(c, cfg, p.Err)
	if err != nil {
		return err
	}
	if c.Once {
		if err := watch.Wait(ctx, rand.N(c.Spread+1)); err != nil {
			return err
		}
		return w.all(ctx)
	}
	pace := &watch.Pace{Interval: c.Interval}
	return pace.Keep(ctx, clock.System(), w.round)
}

// errSlow says that a change may be told later than it should.
var errSlow = errors.New("a run takes longer than the interval: give each town a prober of its own, or a longer interval")

// round makes the runs of one round, and says what went wrong.
func (w *prober) round(ctx context.Context) {
	began := clock.System().Now()
	err := w.all(ctx)
	if clock.System().Now().Sub(began) > w.Interval {
		err = errors.Join(err, errSlow)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(w.out, "clearwell watch: %s\n", err)
	}
}

// prober is a prober at work.
type prober struct {
	watchRun
	cfg   WatchConfig
	key   manifest.Key
	words *locale.Printer
	out   io.Writer
	faces *watch.Deck[browser.Face]
	names *watch.Deck[string]
	roads *watch.Deck[string]
}

func newProber(c watchRun, cfg WatchConfig, out io.Writer) (*prober, error) {
	key, err := manifest.ReadKey(cfg.Heartbeat.Key)
	if err != nil {
		return nil, err
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return &prober{
		watchRun: c, cfg: cfg, key: key, words: words.Printer(cfg.Language), out: out,
		faces: watch.NewDeck(browser.Faces()), names: watch.NewDeck(slices.Collect(maps.Keys(visit.Agents()))), roads: watch.NewDeck(visit.Roads()),
	}, nil
}

// all makes one run of each town. A town whose manifest cannot be read leaves no
// sign of life: the other end notices.
func (w *prober) all(ctx context.Context) error {
	stated, err := w.manifests()
	errs := []error{err}
	for _, m := range stated {
		errs = append(errs, w.one(ctx, m, len(stated) > 1))
	}
	return errors.Join(errs...)
}

// manifests reads the manifests of the towns that were asked for.
func (w *prober) manifests() ([]manifest.Manifest, error) {
	var all []manifest.Manifest
	var errs []error
	for _, path := range w.Manifest {
		m, err := w.cfg.open(path)
		switch {
		case err != nil:
			errs = append(errs, err)
		case len(w.URL) == 0 || slices.Contains(w.URL, m.Start):
			all = append(all, m)
		}
	}
	for _, start := range w.URL {
		if !slices.ContainsFunc(all, func(m manifest.Manifest) bool { return m.Start == start }) {
			errs = append(errs, fmt.Errorf("%s: %w", start, errUnstated))
		}
	}
	return all, errors.Join(errs...)
}

// one makes one run of one town.
func (w *prober) one(ctx context.Context, m manifest.Manifest, several bool) error {
	runner := watch.Runner{
		Prober: watch.Prober{Manifest: m, Fields: w.cfg.Samples[m.Start], Ignored: w.cfg.IgnoreHeaders, Clock: clock.System()},
		Folder: filepath.Join(w.cfg.Folder, m.City), Words: w.words, Key: w.key, Tellers: w.cfg.tellers(), Posters: w.cfg.posters(m.City, several),
	}
	report, err := runner.Run(ctx, w.views())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Fprintf(w.out, "%s %s: %s, %d pages\n", report.At.Format(time.RFC3339), m.City, report.Verdict(), report.Pages)
	if report.Verdict() != watch.Good {
		letter := report.Words(w.words)
		fmt.Fprintf(w.out, "%s\n\n%s", letter.Subject, letter.Text)
		err = errors.Join(errAlarm, err)
	}
	return err
}

// views are this run's guises.
func (w *prober) views() []watch.View {
	face, name := w.faces.Draw(), w.names.Draw()
	return []watch.View{
		{Name: "browser", Face: face.Name, From: w.roads.Draw(), Walker: browser.Fresh{Config: browser.Config{
			Path: w.cfg.Browser.Path, NoSandbox: w.cfg.Browser.NoSandbox, Zone: w.cfg.Browser.Zone, Face: face, Dwell: rand.N(w.cfg.Browser.Dwell),
		}}},
		{Name: "plain", Face: name, From: w.roads.Draw(), Walker: visit.Plain{Agent: visit.Agents()[name]}},
	}
}

// watchHeartbeat is the other end.
type watchHeartbeat struct {
	Key    string        `required:"" placeholder:"KEY" help:"The prober's public key."`
	MaxAge time.Duration `default:"15m" help:"An older sign of life is silence (${default})."`
	Tell   string        `placeholder:"FILE" help:"Raise an alarm by the mail, text and webhook of this file, which is like watch.yaml. Without it the status alone says so."`
	From   string        `arg:"" name:"file-or-url" help:"Where the prober leaves its sign of life."`
}

const largestBeat = 64 << 10 // bytes

// Run says that all is well, or ends with status 1, after whoever is to hear of
// it was told.
func (c watchHeartbeat) Run(ctx context.Context, p Process) error {
	var tell WatchConfig
	if c.Tell != "" {
		var err error
		if tell, err = readTellConfig(c.Tell); err != nil {
			return err
		}
	}
	beat, err := c.check(ctx)
	if err != nil {
		return errors.Join(err, tell.raise(ctx, beat, err))
	}
	_, err = fmt.Fprintf(p.Out, "%s: %s at %s, run %d\n", beat.City, beat.Verdict, beat.At.Format(time.RFC3339), beat.Run)
	return err
}

// check reads the sign of life. One that cannot be had is silence.
func (c watchHeartbeat) check(ctx context.Context) (watch.Beat, error) {
	signed, err := c.read(ctx)
	if err != nil {
		return watch.Beat{}, fmt.Errorf("%w: %w", watch.ErrSilent, err)
	}
	return watch.CheckBeat(string(signed), c.Key, clock.System().Now(), c.MaxAge)
}

// raise tells that the prober is silent, or what else is wrong with its sign of
// life, to all there are to tell.
func (c *WatchConfig) raise(ctx context.Context, beat watch.Beat, why error) error {
	words, err := locale.Load()
	if err != nil {
		return err
	}
	report := watch.Report{City: beat.City, Start: beat.Start, At: clock.System().Now(), Run: beat.Run}
	letter := beat.Words(words.Printer(c.Language), why)
	var errs []error
	for _, teller := range c.tellers() {
		errs = append(errs, teller.Tell(ctx, report, letter))
	}
	return errors.Join(errs...)
}

func (c watchHeartbeat) read(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(c.From, "https://") && !strings.HasPrefix(c.From, "http://") {
		return os.ReadFile(c.From)
	}
	return fetchBeat(ctx, http.DefaultClient, c.From)
}

// fetchBeat asks an address for a sign of life.
func fetchBeat(ctx context.Context, by *http.Client, address string) ([]byte, error) {
	ctx, late := context.WithTimeout(ctx, 30*time.Second)
	defer late()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := by.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s", answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, largestBeat))
}
