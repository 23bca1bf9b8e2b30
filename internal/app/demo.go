package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/sampletown"
)

// demoCommand serves a town that does not exist.
type demoCommand struct {
	Data    string `placeholder:"FOLDER" help:"Keep the town in this folder. Without it, it goes when you stop."`
	Port    int    `default:"8080" help:"The portal's port, or the next that is free (${default})."`
	Seed    uint64 `default:"1" help:"Another seed is another town."`
	Verbose bool   `short:"v" help:"Log what happens."`
}

// Run makes the town if it is not there, says where to click, and serves until
// it is told to stop.
func (c demoCommand) Run(ctx context.Context, p Process) error {
	folder, leave, err := c.folder()
	if err != nil {
		return err
	}
	defer leave()
	at, err := c.listen()
	if err != nil {
		return err
	}
	cfg := c.config(folder, at)
	k, err := demoKeys(cfg.Keys)
	if err == nil {
		err = cfg.writeDemo(folder)
	}
	if err != nil {
		return errors.Join(err, at.close())
	}
	log := slog.New(slog.DiscardHandler)
	if c.Verbose {
		log = logger(p.Err)
	}
	if err := c.make(ctx, p, cfg, k, log); err != nil {
		return errors.Join(err, at.close())
	}
	w, err := open(ctx, cfg, k, clock.System(), log)
	if err != nil {
		return errors.Join(err, at.close())
	}
	if err := c.welcome(ctx, p.Out, w); err != nil {
		return errors.Join(err, at.close(), w.close())
	}
	return errors.Join(w.serve(ctx, at), w.close())
}

// folder is where the town lives, and how to leave it.
func (c demoCommand) folder() (folder string, leave func(), err error) {
	if c.Data != "" {
		return c.kept()
	}
	folder, err = os.MkdirTemp("", "clearwell-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder for the town: %w", err)
	}
	return folder, func() { os.RemoveAll(folder) }, nil
}

// kept is the folder of a town that stays. Two demos on one would both make the
// town, and each write the configuration of the other.
func (c demoCommand) kept() (folder string, leave func(), err error) {
	folder, err = filepath.Abs(c.Data)
	if err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", nil, fmt.Errorf("making a folder for the town: %w", err)
	}
	lock, err := lockFolder(folder)
	if err != nil {
		return "", nil, fmt.Errorf("keeping the town in %s: %w", folder, err)
	}
	return folder, func() { lock.Close() }, nil // nothing was written by it
}

var errDemoRuns = errors.New("another demo runs there; stop it, or give this one a folder of its own")

// listen takes two free ports, the portal's first.
func (c demoCommand) listen() (listeners, error) {
	var at listeners
	var err error
	if at.portal, err = listenFrom(c.Port); err != nil {
		return at, fmt.Errorf("opening the portal: %w", err)
	}
	if at.sandbox, err = listenFrom(port(at.portal) + 1); err != nil {
		return at, errors.Join(fmt.Errorf("opening the sandbox: %w", err), at.close())
	}
	return at, nil
}

// listenFrom opens a port of this machine, or the next that is free.
func listenFrom(first int) (net.Listener, error) {
	const tries = 100
	for next := first; ; next++ {
		at, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(next)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || next == first+tries {
			return at, err
		}
	}
}

func port(at net.Listener) int {
	if address, ok := at.Addr().(*net.TCPAddr); ok {
		return address.Port
	}
	return 0
}

// close gives up ports on which nothing has been served.
func (l listeners) close() error {
	var errs []error
	for _, at := range []net.Listener{l.portal, l.sandbox} {
		if at != nil {
			errs = append(errs, at.Close())
		}
	}
	return errors.Join(errs...)
}

func (c demoCommand) config(folder string, at listeners) Config {
	local := func(l net.Listener) string { return fmt.Sprintf("http://localhost:%d", port(l)) }
	cfg := Config{
		Data: folder, Keys: filepath.Join(folder, "keys"), Listen: at.portal.Addr().String(), Origin: local(at.portal), Plain: true,
		Sandbox: &Sandbox{Listen: at.sandbox.Addr().String(), Origin: local(at.sandbox)},
		Mail:    Mail{Folder: filepath.Join(folder, "mail"), From: "City of Sampletown <utilities@sampletown.example>"},
	}
	cfg.complete(folder)
	return cfg
}

// demoMark is the first line of the configuration that the demo writes. It
// overwrites no other: that would be a real town's.
const demoMark = "# Written by \"clearwell demo\" at each start, for staff's commands on this town.\n"

var errNotADemo = errors.New("it holds an installation; give the demo a folder of its own")

// writeDemo writes the configuration by which staff's commands find the town.
// Ports may be others at each start.
func (c *Config) writeDemo(folder string) error {
	c.file = filepath.Join(folder, "clearwell.yaml")
	before, err := os.ReadFile(c.file)
	switch {
	case err == nil && !strings.HasPrefix(string(before), demoMark):
		return fmt.Errorf("keeping the town in %s: %w", folder, errNotADemo)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("keeping the town in %s: %w", folder, err)
	}
	text := fmt.Sprintf(demoMark+`data: .
listen: %q
origin: %q
plain: true
sandbox:
  listen: %q
  origin: %q
mail:
  folder: mail
  from: %q
`, c.Listen, c.Origin, c.Sandbox.Listen, c.Sandbox.Origin, c.Mail.From)
	return os.WriteFile(c.file, []byte(text), 0o600)
}

// demoKeys reads the keys of a town that is kept, or makes them.
func demoKeys(folder string) (keys, error) {
	if _, err := os.Stat(filepath.Join(folder, keyOfAudit)); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return keys{}, fmt.Errorf("making keys: %w", err)
		}
		if err := createKeys(folder, "sampletown.example"); err != nil {
			return keys{}, err
		}
	}
	return readKeys(folder)
}

// make tells the town's story into a new database. It goes by its own clock, so
// that what happened in March happened in March.
func (c demoCommand) make(ctx context.Context, p Process, cfg Config, k keys, log *slog.Logger) error {
	done := filepath.Join(cfg.Data, "made")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	fmt.Fprintln(p.Err, "Making the town of Sampletown; this takes some seconds.")
	town, err := c.town()
	if err != nil {
		return err
	}
	past := *cfg.Sandbox
	past.notices = "" // the portal was not there to hear them
	cfg.Sandbox, cfg.Mail = &past, Mail{}
	begin := clock.System().Now().AddDate(0, -sampletown.Months, 0)
	w, err := open(ctx, cfg, k, clock.NewManual(begin), log)
	if err != nil {
		return err
	}
	err = errors.Join(w.tell(ctx, p.Err, town), w.close())
	if err != nil {
		return fmt.Errorf("making Sampletown: %w", err)
	}
	return os.WriteFile(done, nil, 0o600)
}

// town draws the town as it is today.
func (c demoCommand) town() (*sampletown.Town, error) {
	file, err := city.Parse(city.ExampleName, city.Example())
	if err != nil {
		return nil, err
	}
	bills, err := layouts.Find("clearwell")
	if err != nil {
		return nil, err
	}
	return sampletown.Draw(c.Seed, calendar.Of(clock.System().Now(), file.Zone), file.Zone, bills), nil
}

// tell plays the story through the services.
func (w *works) tell(ctx context.Context, out io.Writer, town *sampletown.Town) error {
	if err := w.found(ctx, city.ExampleName, city.Example()); err != nil {
		return err
	}
	settled, err := w.towns.ByID(sampleCity)
	if err != nil {
		return err
	}
	now, ok := w.clock.(*clock.Manual)
	if !ok {
		return errors.New("the story needs a clock that can be set")
	}
	kit, err := w.kit()
	if err != nil {
		return err
	}
	line := newSteps(out, "making Sampletown", "months", sampletown.Months)
	defer line.end()
	stage := sampletown.Stage{
		Town: settled, Clock: now, DB: w.db, Exchange: w.exchange, Payments: w.payments, Sandbox: w.company,
		Origin: w.Origin, Manifest: kit.Manifest(),
		Posted: func(ctx context.Context, on calendar.Date) error { return w.posted(ctx, settled, on) },
	}
	return stage.Play(ctx, town, func(months int) { line.at(int64(months)) })
}

// posted makes the posting file of a day, and notes that the billing system has
// taken it: so staff find in the demo what they would find in a town.
func (w *works) posted(ctx context.Context, town townOf, on calendar.Date) error {
	batch, err := w.writePosting(ctx, town, on, 0, io.Discard)
	if err != nil {
		return err
	}
	if err := w.exchange.Deliver(ctx, town.City, batch.On, batch.Sequence); err != nil {
		return err
	}
	_, err = w.acknowledge(ctx, town, cis.Acknowledgement{On: batch.On, Sequence: batch.Sequence, By: operator()})
	return err
}

const sampleCity = "sampletown"
